"""Who reads a piece of news."""

from typing import Any

from ..ground.clock import now
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict


@Rule
def public_news(user: Any, *, news_item: Any, **_: Any) -> Verdict:
    """Everyone from the moment it is published; of a draft not even that it exists."""
    return ALLOWED if news_item.published_at and news_item.published_at <= now() else HIDDEN
