"""Judging without knowing whose the work is: what judges are told instead, and until when."""

import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import exists

from ..competitions.models import Competition
from ..extensions import db
from ..ground.remember import once_per_request
from ..redaction.queries import cleared_in, cleared_of_all, lots_of
from ..submissions.models import Submission, Version
from ..submissions.telling import Telling, tellings
from .conflicts import conflicts
from .models import Declaration, Judge, Review
from .queries import competed, round_of, version_in_force

T = TypeVar("T")


@once_per_request
def blinded(competition: Competition) -> bool:
    """Do judges not learn whose work they read? By the rules that hold, and before any were
    published by the draft; until the results are public, or organizers show it after the round. A
    later round that is blind hides it again."""
    version, round_ = version_in_force(competition), round_of(competition)
    blind = version.content.get("blind", False) if version else round_.blind
    if not blind or round_.unblinded_at is not None:
        return False
    return not current_app.extensions["results_out"](competition)


def read_blindly(competition: Competition) -> frozenset[uuid.UUID]:
    """The submissions that judges of a blind round read now, or can come to read. A round whose
    submissions are not selected yet takes them from the one that is judged, and what the limits of
    the first left out comes straight into it."""
    round_ = round_of(competition)
    later = any(each.blind for each in competition.rounds[round_.position :])
    if not later and not blinded(competition):
        return frozenset()
    everything = later and round_.position == 1
    query = competed(competition, None if everything else round_)
    return frozenset(db.session.scalars(query.with_only_columns(Submission.id)))


def known_to_be_blind(competition: Competition) -> bool:
    """Do the rules that everyone reads say so?"""
    version = version_in_force(competition)
    return bool(version and version.content.get("blind"))


def called(submission: Submission) -> str:
    """What judges know a submission by: its team, or where they may not learn that, its number."""
    if not blinded(submission.competition):
        return submission.team.name
    number = lots_of(submission.competition).get(submission.id)
    if number is None:
        return _("A project without a number yet")
    return _("Project %(number)s", number=number)


def by_number(rows: Iterable[T], competition: Competition, about: Callable[[T], Any]) -> list[T]:
    """Rows in the order of the numbers of what they are `about`, which is a submission's key."""
    lots = lots_of(competition)
    return sorted(rows, key=lambda row: lots.get(about(row), 0))


def arranged(reviews: list[Review]) -> list[Review]:
    """A judge's reviews that come by team, as the judge leafs through them. Where they know no
    teams: by number, and only what is cleared."""
    if not reviews or not blinded(reviews[0].submission.competition):
        return reviews
    competition = reviews[0].submission.competition
    cleared = cleared_in(competition)
    found = [each for each in reviews if each.submission_id in cleared]
    return by_number(found, competition, lambda review: review.submission_id)


def told_of(versions: Collection[Version], competition: Competition) -> dict[uuid.UUID, Telling]:
    """What the works of these versions say of themselves to judges, by submission. Where they know
    no teams, only what was cleared."""
    if not blinded(competition):
        return tellings({version.submission_id: version.content for version in versions})
    return {key: each.telling for key, each in cleared_of_all(versions).items()}


def undeclared_by_name(judge: Judge, *, anew: bool = False) -> list[Submission]:
    """What is judged, by the name of its team: that of which the judge has not said yet whether
    they are tied to the team, or all of which they may say it once more. Whom they are barred from
    already is not asked."""
    query = competed(judge.competition)
    if not anew:
        query = query.where(
            ~exists().where(
                Declaration.judge_id == judge.id, Declaration.submission_id == Submission.id
            )
        )
    barred = conflicts(judge.competition, judge=judge)
    return [
        version.submission
        for version in db.session.scalars(query)
        if (judge.id, version.submission_id) not in barred
    ]
