"""A part of a page that many pages show is drawn once, and kept by what it was drawn of."""

from typing import Any

from flask_babel import get_translations
from markupsafe import Markup

from .by_content import Made

_parts: Made[Markup] = Made(4096)


def drawn(macro: Any, *given: Any) -> Markup:
    """What the macro draws of these values. It may rest on nothing else but the language: on no
    row, nobody, no moment.
    """
    content = (tuple(each) if isinstance(each, list) else each for each in given)
    return _parts.of((macro.name, get_translations(), *content), lambda: macro(*given))
