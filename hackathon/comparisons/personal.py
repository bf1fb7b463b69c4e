"""What comparisons hold about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.personal import Fact, Holding, Share
from ..judging.models import Judge
from .models import Absence, Call, Stand, Visit
from .words import SAID


def forget(person: User) -> None:
    """Where they were just now is nobody's business; what they said stays and counts."""
    theirs = select(Judge.id).where(Judge.user_id == person.id)
    db.session.execute(
        update(Visit)
        .where(Visit.judge_id.in_(theirs), Visit.ended_at.is_(None))
        .values(ended_at=now())
    )


def expire(competition: Competition) -> dict[str, int]:
    """Why projects were not shown, which may name somebody."""
    stands = select(Stand.id).where(Stand.competition_id == competition.id)
    told = (Absence.stand_id.in_(stands), Absence.reason != "")
    number = db.session.scalar(select(func.count(Absence.id)).where(*told)) or 0
    db.session.execute(update(Absence).where(*told).values(reason=""))
    return {"absences": number}


def _visits(person: User) -> Any:
    return (
        select(Visit)
        .join(Visit.judge)
        .where(Judge.user_id == person.id)
        .options(contains_eager(Visit.judge).joinedload(Judge.competition), joinedload(Visit.stand))
        .order_by(Visit.judge_id, Visit.number)
    )


def _calls(person: User) -> Any:
    return (
        select(Call)
        .join(Call.visit)
        .join(Visit.judge)
        .where(Judge.user_id == person.id)
        .options(contains_eager(Call.visit).joinedload(Visit.stand))
        .order_by(Call.created_at, Call.id)
    )


SHARE = Share(
    holdings=(
        Holding(
            "comparison_visits",
            _l("Projects you were sent to, to compare them"),
            Visit,
            _visits,
            (
                Fact("competition", _l("Competition"), "judge.competition.name"),
                Fact("submission", _l("Number of the submission"), "stand.submission_id"),
                Fact("created_at", _l("Since")),
                Fact("ended_at", _l("Until")),
            ),
            stays=_l("As your reviews."),
        ),
        Holding(
            "comparison_calls",
            _l("What you said when comparing"),
            Call,
            _calls,
            (
                Fact("submission", _l("Number of the submission"), "visit.stand.submission_id"),
                Fact("word", _l("What you said"), words=lambda word: SAID[word]),
                Fact("created_at", _l("Written")),
                Fact("undone_at", _l("Undone")),
            ),
            stays=_l("As your reviews."),
        ),
    ),
    forget=forget,
    expire=expire,
)
