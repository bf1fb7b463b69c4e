"""Reads about questions."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ..competitions.models import Competition
from ..extensions import db
from .models import Question, Questionnaire


def questions_in(competition: Competition, questionnaire: Questionnaire) -> list[Question]:
    """All of them in order, with their options and what they follow; retired ones too."""
    rows = db.session.scalars(
        select(Question)
        .where(Question.competition_id == competition.id, Question.questionnaire == questionnaire)
        .options(
            selectinload(Question.options),
            joinedload(Question.challenge),
            joinedload(Question.document),
        )
        .order_by(Question.position, Question.created_at)
    )
    return list(rows)


def last_position(competition: Competition, questionnaire: Questionnaire) -> int:
    return (
        db.session.scalar(
            select(func.max(Question.position)).where(
                Question.competition_id == competition.id,
                Question.questionnaire == questionnaire,
            )
        )
        or 0
    )
