"""Reads about news."""

from sqlalchemy import select

from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from .models import NewsItem


def published_news(competition: Competition, most: int | None = None) -> list[NewsItem]:
    """What is public now, the newest first."""
    return list(
        db.session.scalars(
            select(NewsItem)
            .where(NewsItem.competition_id == competition.id, NewsItem.published_at <= now())
            .order_by(NewsItem.published_at.desc())
            .limit(most)
        )
    )
