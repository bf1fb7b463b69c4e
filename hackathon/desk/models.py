"""What the house remembers of itself."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..ground.model import Model


class DailyChore(Model):
    """When a chore that is done once a day was last done: whoever moves `done_at` does it."""

    __tablename__ = "daily_chore"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    done_at: Mapped[datetime]
