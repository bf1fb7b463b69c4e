"""News of a competition; some items exist in one language only, and say so."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model


class NewsItem(Model, OfCompetition):
    """Public from `published_at`; a draft while that is None."""

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
