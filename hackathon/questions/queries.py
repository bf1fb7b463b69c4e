"""Reads about questions."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from ..competitions.models import Competition
from ..extensions import db
from .models import Question, Questionnaire

# Asked whenever a draft is saved, so written down once.
_QUESTIONS = (
    select(Question)
    .where(
        Question.competition_id == bindparam("competition"),
        Question.questionnaire == bindparam("questionnaire"),
    )
    .options(
        joinedload(Question.options),
        joinedload(Question.challenge),
        joinedload(Question.document),
    )
    .order_by(Question.position, Question.created_at)
)


def questions_in(competition: Competition, questionnaire: Questionnaire) -> list[Question]:
    """All of them in order, with their options and what they follow; retired ones too."""
    asked = {"competition": competition.id, "questionnaire": questionnaire}
    return list(db.session.scalars(_QUESTIONS, asked).unique())


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
