"""Reads about news."""

from typing import Any

from sqlalchemy import Select, select

from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from .models import NewsItem


def news_at(slug: str, *, competition: Competition, **_: Any) -> NewsItem | None:
    """The piece of news, public or not, that an address names."""
    return db.session.scalar(
        select(NewsItem).where(NewsItem.slug == slug, NewsItem.competition_id == competition.id)
    )


def public_news_of(competition: Competition) -> Select[Any]:
    """What is public now, the newest first."""
    return (
        select(NewsItem)
        .where(NewsItem.competition_id == competition.id, NewsItem.published_at <= now())
        .order_by(NewsItem.published_at.desc(), NewsItem.id.desc())
    )


def published_news(competition: Competition, most: int | None = None) -> list[NewsItem]:
    """What is public now, the newest first."""
    return list(db.session.scalars(public_news_of(competition).limit(most)))


def all_news_of(competition: Competition) -> Select[Any]:
    """Everything written: drafts first, then by the moment of publication, the latest first."""
    return (
        select(NewsItem)
        .where(NewsItem.competition_id == competition.id)
        .order_by(
            NewsItem.published_at.is_(None).desc(),
            NewsItem.published_at.desc(),
            NewsItem.created_at.desc(),
        )
    )


def slugs_like(competition: Competition, slug: str) -> set[str]:
    """The names in addresses that begin so and are taken."""
    return set(
        db.session.scalars(
            select(NewsItem.slug).where(
                NewsItem.competition_id == competition.id,
                NewsItem.slug.startswith(slug, autoescape=True),
            )
        )
    )
