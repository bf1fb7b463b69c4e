"""What the press gets: the organizers' words, and which projects and pictures go in."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model
from ..submissions.models import Submission


class PressPack(Model, OfCompetition):
    """Published, it is there with the results, never before. `saved_at` tells versions apart."""

    __tablename__ = "press_pack"
    __table_args__ = (UniqueConstraint("competition_id"),)

    introduction: Mapped[Localized]  # Markdown
    quote: Mapped[Localized]
    quoted: Mapped[Localized]  # who says it
    contact: Mapped[Localized]
    terms: Mapped[Localized]  # under which texts and pictures may be used
    logos: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()
    projects: Mapped[list["PressProject"]] = relationship(
        back_populates="pack", cascade="all, delete-orphan"
    )

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be there in both languages, and is not."""
        wanted = {
            "introduction": self.introduction,
            "contact": self.contact,
            "terms": self.terms,
        }
        return tuple(name for name, text in wanted.items() if not text.complete)


class PressProject(Model):
    """A project that goes in, with these of its pictures, by the SHA-256 of what the team sent."""

    __tablename__ = "press_project"
    __table_args__ = (UniqueConstraint("pack_id", "submission_id"),)

    pack_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("press_pack.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    pictures: Mapped[list[str]] = mapped_column(default=list)

    pack: Mapped[PressPack] = relationship(back_populates="projects")
    submission: Mapped[Submission] = relationship()
