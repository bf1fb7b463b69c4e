"""Who reads a piece of news."""

from typing import Any

from ..competitions.queries import organizes
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict


@Rule
def public_news(user: Any, *, competition: Any, news_item: Any, **_: Any) -> Verdict:
    """Everyone from the moment it is published; before that its organizers.

    To anyone else a draft does not even exist.
    """
    if news_item.public:
        return ALLOWED
    return ALLOWED if user.is_authenticated and organizes(user, competition) else HIDDEN
