"""What samples hold about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..judging.models import Judge
from .models import Sample, SampleReview, SampleScore


def forget(person: User) -> None:
    """It never counted for anything, so nothing of it has to stay."""
    theirs = select(Judge.id).where(Judge.user_id == person.id)
    db.session.execute(delete(SampleReview).where(SampleReview.judge_id.in_(theirs)))


def expire(competition: Competition) -> dict[str, int]:
    """What judges noted; their levels stay until they leave."""
    here = select(Sample.id).where(Sample.competition_id == competition.id)
    notes = update(SampleReview).where(SampleReview.sample_id.in_(here), SampleReview.note != "")
    return {"sample_notes": db.session.execute(notes.values(note="")).rowcount}


def _reviews(person: User) -> Any:
    return (
        select(SampleReview)
        .join(SampleReview.judge)
        .where(Judge.user_id == person.id)
        .options(joinedload(SampleReview.sample).joinedload(Sample.competition))
        .order_by(SampleReview.created_at, SampleReview.id)
    )


def _scores(person: User) -> Any:
    return (
        select(SampleScore)
        .join(SampleScore.review)
        .join(SampleReview.judge)
        .where(Judge.user_id == person.id)
        .options(
            contains_eager(SampleScore.review).joinedload(SampleReview.sample),
            joinedload(SampleScore.criterion),
        )
        .order_by(SampleScore.created_at, SampleScore.id)
    )


SHARE = Share(
    holdings=(
        Holding(
            "sample_reviews",
            _l("Samples that you scored as a judge"),
            SampleReview,
            _reviews,
            (
                Fact("competition", _l("Competition"), "sample.competition.name"),
                Fact("sample", _l("Sample"), "sample.title"),
                Fact("note", _l("Note for the organizers")),
                Fact("created_at", _l("Begun on")),
                Fact("touched_at", _l("Changed")),
                Fact("completed_at", _l("Completed")),
            ),
        ),
        Holding(
            "sample_scores",
            _l("What you gave samples"),
            SampleScore,
            _scores,
            (
                Fact("sample", _l("Sample"), "review.sample.title"),
                Fact("criterion", _l("Criterion"), "criterion.name"),
                Fact("score", _l("Level")),
                Fact("levels", _l("Levels to choose from")),
                Fact("created_at", _l("Written")),
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
