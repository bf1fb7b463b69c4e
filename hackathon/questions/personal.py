"""What answers hold about a person, for the rooms that keep them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from ..competitions.models import Competition
from ..ground.personal import Fact
from .models import AnswerTo, Kind, Question
from .words import KINDS, said

# What an answer tells, besides whose it is.
FACTS = (
    Fact("question", _l("Question"), "question.label"),
    Fact("kind", _l("Kind"), words=KINDS.get),
    Fact("value", _l("Answer"), told=lambda row: said(row.question, row.value)),
    Fact("created_at", _l("First written")),
    Fact("changed_at", _l("Last changed")),
)


def with_question(kind: type[AnswerTo]) -> Any:
    """What FACTS read, at no further query for each row."""
    return selectinload(kind.question).selectinload(Question.options)


def file_of(row: AnswerTo) -> tuple[str, str] | None:
    return (row.value["name"], row.value["digest"]) if row.kind is Kind.FILE else None


def personal_questions(competition: Competition) -> Select[Any]:
    """The keys of the questions whose answers are forgotten in time."""
    return select(Question.id).where(Question.competition_id == competition.id, Question.personal)
