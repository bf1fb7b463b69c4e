"""News of a competition; some items exist in one language only, and say so."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..competitions.models import Competition, OfCompetition
from ..ground.clock import now
from ..ground.localized import LANGUAGES, Localized
from ..ground.model import Model


class NewsItem(Model, OfCompetition):
    """Public from `published_at`; a draft while that is None.

    A language without title and body is missing on purpose.
    """

    __tablename__ = "news_item"
    __table_args__ = (UniqueConstraint("competition_id", "slug"),)

    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[Localized]
    body: Mapped[Localized]
    published_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()

    @property
    def url_key(self) -> str:
        return self.slug

    @property
    def public(self) -> bool:
        return self.published_at is not None and self.published_at <= now()

    @property
    def languages(self) -> list[str]:
        """The languages it is written in."""
        return [language for language in LANGUAGES if self.title[language]]

    @property
    def only_in(self) -> str | None:
        """The one language it is written in; None when it is in both."""
        return self.languages[0] if len(self.languages) == 1 else None

    @property
    def half_written(self) -> list[str]:
        """The languages that have a title without a body, or a body without a title."""
        return [code for code in LANGUAGES if bool(self.title[code]) != bool(self.body[code])]
