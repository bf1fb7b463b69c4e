"""Answers that take as long whatever they say, so that the clock tells nothing."""

from collections.abc import Callable
from functools import wraps
from time import monotonic, sleep
from typing import Any

from flask import Response, after_this_request, request

FLOOR = 0.3
"""Seconds: many times what writing a letter takes."""


def unhurried(view: Callable[..., Any]) -> Callable[..., Any]:
    """What is sent to this view is answered no sooner than FLOOR after it came.

    The wait comes after the commit: nobody else waits for it.
    """

    @wraps(view)
    def paced(*args: Any, **kwargs: Any) -> Any:
        begun = monotonic()

        def wait(response: Response) -> Response:
            sleep(max(0.0, begun + FLOOR - monotonic()))
            return response

        if request.method == "POST":
            after_this_request(wait)
        return view(*args, **kwargs)

    return paced
