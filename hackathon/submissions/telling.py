"""What a work says of itself to one reader: in their language where the organizers translated it.

The team's own text stays one click away, and is what its receipt vouches for.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..ground.i18n import language
from .models import Translation

PARTS = ("title", "summary", "warning")
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """A text as one reader is shown it, and what the team wrote."""

    text: str
    language: str
    original: str

    @property
    def translated(self) -> bool:
        return self.text != self.original

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Telling:
    """What a work says of itself, in the reader's language as far as that was translated.

    `content` is what the team wrote (of a version or a draft); `translations` are the published
    ones by language. A part that the team words otherwise by now is told in its own words. Like
    Localized, it speaks the language that is being spoken when it is asked.
    """

    content: Content
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def title(self) -> Said:
        return self._said("title")

    @property
    def summary(self) -> Said:
        return self._said("summary")

    @property
    def warning(self) -> Said:
        return self._said("warning")

    @property
    def language(self) -> str:
        """The one the team wrote in."""
        return str(self.content["language"])

    @property
    def translated(self) -> bool:
        """Does the reader see anything that the team did not write itself?"""
        return any(self._said(part).translated for part in PARTS)

    def _said(self, part: str) -> Said:
        original = self.content.get(part) or ""
        found = self.translations.get(language()) if language() != self.language else None
        if found and original and getattr(found, f"of_{part}") == original:
            return Said(getattr(found, part) or original, language(), original)
        return Said(original, self.language, original)


def published_translations(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Translation]]:
    """Those of these submissions (by id), by submission and language. One query."""
    found: defaultdict[uuid.UUID, dict[str, Translation]] = defaultdict(dict)
    query = select(Translation).where(
        Translation.submission_id.in_(list(keys)), Translation.published_at.is_not(None)
    )
    for each in db.session.scalars(query):
        found[each.submission_id][each.language] = each
    return found


def tellings(contents: Mapping[uuid.UUID, Content]) -> dict[uuid.UUID, Telling]:
    """What these works say of themselves, by submission. One query, however many there are."""
    found = published_translations(contents)
    return {key: Telling(said, found.get(key, {})) for key, said in contents.items()}


def telling_of(key: uuid.UUID, content: Content) -> Telling:
    """The same of one submission."""
    return tellings({key: content})[key]
