"""Writing news and making it public."""

import re
import unicodedata
from datetime import datetime
from itertools import count
from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import LANGUAGES, Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from .models import NewsItem
from .queries import slugs_like

SLUG = 70  # leaves room for a number after it


class HalfWritten(Obstacle):
    sentence = _l(
        "In each language, write both the title and the text, or neither, before it is published."
    )


class StillPublic(Obstacle):
    sentence = _l("This is public or will be. Withdraw it before you delete it.")


def draft_news(competition: Competition, *, title: Localized, body: Localized) -> NewsItem:
    """Begin a piece of news that only organizers see; its address comes from its title."""
    item = NewsItem(
        competition=competition, title=title, body=body, slug=_free_slug(competition, title)
    )
    db.session.add(item)
    db.session.flush()
    return item


def edit_news(item: NewsItem, *, by: User, **fields: Any) -> NewsItem:
    """Change the words. The address stays, because people may hold it."""
    for name, value in fields.items():
        setattr(item, name, value)
    if item.published_at:
        _refuse_half_written(item)
        record(Deed.NEWS_EDITED, by=by, competition=item.competition, subject=str(item.title))
    db.session.flush()
    return item


def publish_news(item: NewsItem, *, at: datetime | None = None, by: User) -> NewsItem:
    """Make it public now, or from the moment `at`."""
    _refuse_half_written(item)
    item.published_at = at or now()
    record(
        Deed.NEWS_PUBLISHED,
        by=by,
        competition=item.competition,
        subject=str(item.title),
        at=item.published_at.isoformat(),
    )
    db.session.flush()
    return item


def withdraw_news(item: NewsItem, *, by: User) -> NewsItem:
    """Make it a draft again."""
    item.published_at = None
    record(Deed.NEWS_WITHDRAWN, by=by, competition=item.competition, subject=str(item.title))
    db.session.flush()
    return item


def delete_news(item: NewsItem) -> None:
    if item.published_at:
        raise StillPublic
    db.session.delete(item)
    db.session.flush()


def _refuse_half_written(item: NewsItem) -> None:
    if item.half_written:
        raise HalfWritten


def _free_slug(competition: Competition, title: Localized) -> str:
    slug = slug_of(title.in_(LANGUAGES[0]))
    taken = slugs_like(competition, slug)
    numbered = (f"{slug}-{number}" for number in count(2))
    return slug if slug not in taken else next(s for s in numbered if s not in taken)


def slug_of(text: str) -> str:
    """Words for an address: `Été à Montréal !` becomes `ete-a-montreal`; nothing becomes `news`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:SLUG].strip("-") or "news"
