"""What was published stays: the record by which a challenge's results came out.

Whatever is ruled, scored or published as rules after that moment changes nothing of it; results
that are withdrawn and shown again come out by the record of then.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..competitions.models import Challenge, Competition, Round
from ..extensions import db
from ..ground.by_content import Made
from ..ground.remember import once_per_request
from ..judging import rulebook
from ..judging.models import RulesVersion
from ..judging.queries import counted_version, selections_of
from ..judging.record import Method
from ..judging.rulebook import Rules
from ..submissions.models import Submission
from .disclosure import Disclosure
from .models import Amendment, Change, Decision
from .queries import announcements_of


@dataclass(frozen=True)
class Kept:
    """What a record says of the last round in which a submission was judged: its ranking, in the
    words of the record, and the rules it names; None where there were none."""

    ranking: Mapping[str, Any]
    rules: Rules | None

    def row_of(self, submission: Submission) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(
            row for row in self.ranking["result"] if row["submission"] == str(submission.id)
        )
        return found

    def interval_of(self, row: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """Between which places it lies, by what decided."""
        told = row["compared"] if self.ranking["method"] == Method.COMPARISONS else row
        return told["from_place"], told["to_place"]

    def holds(self, review: uuid.UUID) -> bool:
        """Did the review count?"""
        return str(review) in self.ranking["reviews"]


def decision_behind(competition: Competition, challenge: Challenge) -> Decision | None:
    """The last decision that was sealed when the results of the challenge came out, or will be as
    things stand. None where no moment is set, where they are withdrawn, and where nothing was
    sealed by then, which no announcement of an organizer allows."""
    moments = {each.challenge_id: each.publish_at for each in announcements_of(competition)}
    moment = Disclosure(max(moments.values()), moments).moment_of(challenge.id) if moments else None
    if moment is None:
        return None
    for ended_at in db.session.scalars(
        select(Amendment.ended_at).where(
            Amendment.competition_id == competition.id,
            Amendment.kind == Change.WITHDRAWAL,
            Amendment.challenge_id.is_(None) | (Amendment.challenge_id == challenge.id),
        )
    ):
        if ended_at is None:
            return None
        moment = max(moment, ended_at)
    return db.session.scalar(
        select(Decision)
        .where(Decision.competition_id == competition.id, Decision.created_at <= moment)
        .order_by(Decision.number.desc())
        .limit(1)
    )


_rankings: Made[list[Mapping[str, Any]]] = Made(4)
_rules: Made[Rules] = Made(16)


@once_per_request
def kept_of(submission: Submission) -> Kept | None:
    """What was published of the submission; None as long as nothing was."""
    version = counted_version(submission)
    decision = decision_behind(submission.competition, version.challenge) if version else None
    if decision is None:
        return None
    for ranking in _rankings.of(decision.digest, lambda: _read(decision)):
        if str(submission.id) in ranking["submissions"]:
            return Kept(ranking, _rules_in(submission.competition, ranking))
    return None


def _read(decision: Decision) -> list[Mapping[str, Any]]:
    """The rankings of all rounds on which the decision rests, the last round first."""
    db.session.refresh(decision, ["content"])
    told = json.loads(decision.content)
    rested = {each["round"]: each["rests_on_sha256"] for each in told.get("selections", ())}
    earlier = [
        json.loads(each.content)
        for each in selections_of(decision.competition)
        if rested.get(each.round.position) == each.digest
    ]
    return [told["ranking"], *reversed(earlier)]


def _rules_in(competition: Competition, ranking: Mapping[str, Any]) -> Rules | None:
    """The very version of the rules that the ranking names."""
    named = ranking["rules"]
    if not named:
        return None

    def read() -> Rules:
        version = db.session.scalars(
            select(RulesVersion)
            .join(RulesVersion.round)
            .where(Round.competition_id == competition.id, RulesVersion.digest == named["digest"])
            .limit(1)
        ).one()
        return rulebook.read(version.content)

    return _rules.of(named["digest"], read)
