"""What judges changed after discussions: what it was, and what would be without it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from ..competitions.models import Challenge, Competition, Round
from ..extensions import db
from ..judging.outcome import Levels, Outcome, Row, ranking_of
from ..judging.queries import round_of
from ..judging.ranking import PODIUM
from .models import Discussion, Revision


def revisions_of(
    competition: Competition, reviews: Collection[uuid.UUID], round_: Round | None = None
) -> list[Revision]:
    """The revisions of these reviews in a round, in their order."""
    query = (
        select(Revision)
        .join(Revision.discussion)
        .where(
            Discussion.competition_id == competition.id,
            Discussion.round_id == (round_ or round_of(competition)).id,
        )
        .order_by(Revision.created_at, Revision.id)
    )
    return [each for each in db.session.scalars(query) if each.review_id in reviews]


def changed(revision: Revision) -> dict[str, tuple[int | None, int | None]]:
    """The levels that it changed, each before and after, by the key of the criterion."""
    before, after = revision.before["scores"], revision.after["scores"]
    keys = sorted({*before, *after})
    return {
        key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    }


def undone(revisions: Iterable[Revision]) -> Levels:
    """What the reviews said before they were first revised, where they were."""
    found: defaultdict[uuid.UUID, dict[uuid.UUID, float | None]] = defaultdict(dict)
    for revision in revisions:
        for key, (before, _) in changed(revision).items():
            found[revision.review_id].setdefault(uuid.UUID(key), before)
    return dict(found)


@dataclass(frozen=True)
class Podium:
    """Who stands on the podium of a challenge, and who would without the revisions."""

    challenge: Challenge
    now: list[Row]
    then: list[Row]


@dataclass(frozen=True)
class Revised:
    """How many scores were revised, and the podiums that are others for it."""

    scores: int
    podiums: list[Podium]


def revised_in(
    competition: Competition, outcome: Outcome, withheld: Collection[uuid.UUID]
) -> Revised:
    """What the revisions made of this outcome, from which the same is `withheld`."""
    revisions = revisions_of(competition, outcome.basis.reviews.keys(), outcome.round)
    instead = undone(revisions)
    scores = sum(len(levels) for levels in instead.values())
    if not scores:
        return Revised(0, [])
    other = dict(
        ranking_of(
            competition, round_=outcome.round, instead=instead, withheld=withheld
        ).by_challenge()
    )
    found = []
    for challenge, rows in outcome.by_challenge():
        now, then = podium(rows), podium(other[challenge])
        if [(row.submission.id, row.place) for row in now] != [
            (row.submission.id, row.place) for row in then
        ]:
            found.append(Podium(challenge, now, then))
    return Revised(scores, found)


def podium(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.place is not None and row.place <= PODIUM]
