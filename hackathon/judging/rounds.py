"""Adding and ordering rounds of judging, and selecting which submissions come into them."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import (
    ROUND_GATES,
    Challenge,
    Competition,
    Condition,
    Criterion,
    Level,
    Reminder,
    Round,
    Window,
)
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..ground.remember import forget_answers
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .actions import keep_in, lock, wait_for_scores
from .models import Entry, Review, Selection
from .outcome import Outcome, Row, ranking_of, record_of, unranked
from .queries import (
    considered,
    in_use,
    round_of,
    rules_of,
    selection_of,
    straight_in,
    used_in,
    version_in_force,
)
from .rulebook import Reach
from .selecting import Proposal, propose


class NoMoreRounds(Obstacle):
    sentence = _l("There are as many rounds as there can be.")


class RoundUsed(Obstacle):
    sentence = _l(
        "This round has published rules, submissions or reviews already, so it cannot be removed."
    )


class NoPlaceThere(Obstacle):
    sentence = _l("There is no place before the first round, nor after the last.")


class OrderChanged(Obstacle):
    sentence = _l("The rounds have another order since this page was shown. This is how it is now.")


class RoundStays(Obstacle):
    sentence = _l(
        "“%(name)s” has published rules, submissions or reviews already, so it keeps its place."
    )


class LaterRoundThere(Obstacle):
    sentence = _l("There is a round after it: remove that one first.")


class AlreadySelected(Obstacle):
    sentence = _l("The submissions of this round are selected already.")


class NotItsTurn(Obstacle):
    sentence = _l("The submissions of the round before have to be selected first.")


class RoundStillOpen(Obstacle):
    sentence = _l("The round before has to be closed first: its scores can still change.")


class RoundWithoutRules(Obstacle):
    sentence = _l(
        "Publish the rules of this round first: they say how submissions come into it, and by what "
        "they are judged."
    )


class SelectionChanged(Obstacle):
    sentence = _l(
        "Something changed since this page was shown. This is how it stands now: look at it, then "
        "confirm."
    )


class NobodySelected(Obstacle):
    sentence = _l("Choose at least one submission.")


class WhyOtherwise(Obstacle):
    """Beside the reason of the first of them."""

    sentence = _l("Say why it is otherwise than proposed: %(teams)s.")

    def __init__(self, lacking: list[Row]) -> None:
        super().__init__(teams=", ".join(row.team.name for row in lacking))
        self.field = f"why_{lacking[0].submission.id.hex}"


class RoundBegun(Obstacle):
    sentence = _l("Judges have given scores in this round, so its submissions stay.")


class JudgesWrote(Obstacle):
    sentence = _l(
        "Judges have written in this round already. Confirm that you know it: what they wrote is "
        "deleted."
    )


class SelectionAnnounced(Obstacle):
    sentence = _l("The teams know which submissions come into this round, so they stay.")


class NothingSelected(Obstacle):
    sentence = _l("No submissions are selected for this round.")


# -- rounds ----------------------------------------------------------------------------------


def add(
    competition: Competition,
    *,
    copies: bool,
    challenges: Collection[Challenge] = (),
    by: User,
    **fields: Any,
) -> Round:
    """One more round after the last; with `copies`, what the draft of that one says is its
    beginning. Raises NoMoreRounds."""
    lock(competition)
    db.session.expire(competition, ["rounds"])
    before = competition.rounds[-1]
    if len(competition.rounds) == len(ROUND_GATES):
        raise NoMoreRounds
    round_ = Round(
        position=before.position + 1,
        challenges=list(challenges),
        **fields,
    )
    competition.rounds.append(round_)
    db.session.flush()
    if copies:
        _copy(before, round_)
    record(Deed.ROUND_ADDED, by=by, competition=competition, subject=str(round_.name))
    return round_


def _copy(before: Round, round_: Round) -> None:
    """Criteria, conditions, and what decides: as drafts of their own."""
    common = {"competition": round_.competition, "round_id": round_.id}
    copied = {}
    for each in before.criteria:
        copied[f"criterion:{each.id}"] = new = Criterion(
            **common,
            position=each.position,
            name=each.name,
            description=each.description,
            weight=each.weight,
            challenge_id=each.challenge_id,
            comment=each.comment,
            comment_shown=each.comment_shown,
            levels=[
                Level(score=level.score, word=level.word, description=level.description)
                for level in each.levels
            ],
        )
        db.session.add(new)
    db.session.add_all(
        Condition(**common, position=each.position, name=each.name, help=each.help)
        for each in before.conditions
    )
    db.session.flush()
    round_.method, round_.told, round_.blind = before.method, list(before.told), before.blind
    round_.ties = [f"criterion:{copied[t].id}" if t in copied else t for t in before.ties]
    db.session.flush()
    db.session.refresh(round_.competition, ["criteria", "conditions"])


def edit(round_: Round, *, challenges: Collection[Challenge], by: User, **fields: Any) -> Round:
    """Change its name, and how submissions come into it. Raises AlreadySelected, and of the first
    round RoundOver and ReviewsLeftOut."""
    lock(round_)
    if round_.position == 1:
        keep_in(round_, [each.id for each in challenges])
    if selection_of(round_):
        raise AlreadySelected
    for name, value in fields.items():
        setattr(round_, name, value)
    round_.challenges = list(challenges)
    db.session.flush()
    record(Deed.ROUND_EDITED, by=by, competition=round_.competition, subject=str(round_.name))
    return round_


def move(round_: Round, *, up: bool, seen: str, by: User) -> Round:
    """Let it change places with the round before it, or after it. Dates stay with the place.

    `seen` is the round that the page showed there, so that a second click does not undo the first.
    Raises OrderChanged, NoPlaceThere, RoundStays.
    """
    competition = round_.competition
    lock(competition)
    db.session.expire(competition, ["rounds"])
    lock(round_)
    if seen != str(round_.id):
        raise OrderChanged
    place, wanted = round_.position, round_.position + (-1 if up else 1)
    other = next((each for each in competition.rounds if each.position == wanted), None)
    if other is None:
        raise NoPlaceThere
    for each in (round_, other):
        if in_use(each):
            raise RoundStays(name=each.name)
    # No two rounds ever have the same place, so one steps aside.
    for each, position in ((round_, len(ROUND_GATES) + 1), (other, place), (round_, wanted)):
        each.position = position
        db.session.flush()
    db.session.expire(competition, ["rounds"])
    record(
        Deed.ROUND_MOVED,
        by=by,
        competition=competition,
        subject=str(round_.name),
        number=wanted,
    )
    return round_


def remove(round_: Round, *, by: User) -> Competition:
    """Take away the last round, with its dates and its draft. Raises LaterRoundThere, RoundUsed."""
    competition = round_.competition
    lock(competition)
    db.session.expire(competition, ["rounds"])
    if round_ is not competition.rounds[-1]:
        raise LaterRoundThere
    if round_.position == 1 or in_use(round_):
        raise RoundUsed
    record(Deed.ROUND_REMOVED, by=by, competition=competition, subject=str(round_.name))
    for kind in (Reminder, Window):
        for row in db.session.scalars(
            select(kind).where(kind.competition_id == competition.id, kind.gate == round_.gate)
        ):
            db.session.delete(row)
    for kind in (Criterion, Condition):
        db.session.execute(delete(kind).where(kind.round_id == round_.id))
    competition.rounds.remove(round_)
    db.session.flush()
    db.session.expire(competition)
    return competition


# -- which submissions come in ---------------------------------------------------------------


@dataclass(frozen=True)
class Slate:
    """What could come into a round, and what does by the rule.

    `groups` are those of each challenge or all together (None), the best first, with their places
    in the round before. `straight` are those to challenges that no round before took: they have
    no place, come last, and are proposed. `close` are two neighbours whom the reviews cannot tell
    apart, of whom one is proposed. `digest` stands for all that was shown.
    """

    round: Round
    reach: Reach
    before: Outcome
    groups: list[tuple[Challenge | None, list[Row]]]
    straight: frozenset[uuid.UUID]
    proposal: Proposal
    close: list[tuple[Row, Row]]
    content: bytes
    digest: str

    @property
    def rows(self) -> dict[uuid.UUID, Row]:
        return {row.submission.id: row for _, rows in self.groups for row in rows}


def slate_of(round_: Round) -> Slate:
    """By the published rules of the round. Raises what keeps it from being selected now."""
    competition = round_.competition
    before = round_of(competition)
    if selection_of(round_):
        raise AlreadySelected
    if round_.position != before.position + 1:
        raise NotItsTurn
    rules, version = rules_of(competition, round_), version_in_force(competition, round_)
    if rules is None or rules.reach is None or version is None:
        raise RoundWithoutRules
    if not opening_of(competition, before.gate).settled:
        raise RoundStillOpen
    outcome = ranking_of(competition, round_=before)
    reach = rules.reach
    whole = reach.best is not None and not reach.in_each
    rows = [
        row
        for row in (outcome.overall if whole else outcome.rows)
        if not reach.challenges or row.challenge.id in reach.challenges
    ]
    proposal = propose(reach, [(r.submission.id, r.challenge.id, r.place) for r in rows])
    straight = [unranked(version) for version in straight_in(round_)]
    proposal = replace(proposal, keys=proposal.keys | {each.submission.id for each in straight})
    rows += straight
    groups: dict[Challenge | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(None if whole else row.challenge, []).append(row)
    content = record_of(competition, round_=before)
    told = (content, version.digest.encode(), *sorted(key.bytes for key in proposal.keys))
    return Slate(
        round=round_,
        reach=reach,
        before=outcome,
        groups=list(groups.items()),
        straight=frozenset(each.submission.id for each in straight),
        proposal=proposal,
        close=_close(outcome, groups.values(), proposal, whole=whole),
        content=content,
        digest=hashlib.sha256(b"".join(told)).hexdigest(),
    )


def _close(
    outcome: Outcome, groups: Collection[list[Row]], proposal: Proposal, *, whole: bool
) -> list[tuple[Row, Row]]:
    """Neighbours at the cut whose places are not told apart: by the model within a challenge, by
    places that overlap across challenges."""
    undecided = {(pair.ahead, pair.behind) for pair in outcome.told.undecided}
    return [
        (one, other)
        for rows in groups
        for one, other in pairwise(rows)
        if (one.submission.id in proposal.keys) != (other.submission.id in proposal.keys)
        and (
            (whole and one.high is not None and other.low is not None and other.low <= one.high)
            or (one.submission.id, other.submission.id) in undecided
        )
    ]


def confirm(
    round_: Round,
    entering: Collection[uuid.UUID],
    reasons: Mapping[uuid.UUID, str],
    *,
    seen: str,
    by: User,
) -> Selection:
    """These submissions come into the round, which is the one that is judged from now on.

    `seen` stands for what was shown (`Slate.digest`); where it is otherwise than proposed, a reason
    is wanted. Raises SelectionChanged, NobodySelected, WhyOtherwise, and what `slate_of` raises.
    """
    competition = round_.competition
    lock(competition)
    lock(round_)
    wait_for_scores(round_of(competition))
    forget_answers()  # what was asked before the wait may be old
    slate = slate_of(round_)
    rows = slate.rows
    if slate.digest != seen or not rows.keys() >= set(entering):
        raise SelectionChanged
    if not entering:
        raise NobodySelected
    otherwise = set(entering) ^ slate.proposal.keys
    lacking = [rows[key] for key in rows if key in otherwise and not reasons.get(key, "").strip()]
    if lacking:
        raise WhyOtherwise(lacking)
    selection = Selection(
        round=round_,
        content=slate.content.decode(),
        digest=hashlib.sha256(slate.content).hexdigest(),
        by=by,
        entries=[
            Entry(
                submission=rows[key].submission,
                proposed=key in slate.proposal.keys,
                enters=key in entering,
                reason=reasons[key].strip() if key in otherwise else "",
            )
            for key in sorted(set(entering) | slate.proposal.keys)
        ],
    )
    db.session.add(selection)
    db.session.flush()
    record(
        Deed.SELECTION_CONFIRMED,
        by=by,
        competition=competition,
        subject=str(round_.name),
        count=len(entering),
    )
    return selection


def written_in(round_: Round) -> list[Review]:
    """The reviews of the round in which a judge said something."""
    return [review for review in _reviews_in(round_) if review.holds]


def _reviews_in(round_: Round) -> list[Review]:
    query = select(Review).where(Review.round_id == round_.id).order_by(Review.id)
    said = (selectinload(Review.scores), selectinload(Review.answers))
    return list(db.session.scalars(query.options(*said, joinedload(Review.judge))))


def take_back(round_: Round, *, confirmed: bool = False, by: User) -> Round:
    """As if nothing had been selected, until the first score: what was assigned meanwhile is
    withdrawn, with what judges wrote in it only when that is confirmed. Raises NothingSelected,
    SelectionAnnounced, RoundBegun, JudgesWrote."""
    competition = round_.competition
    lock(competition)
    lock(round_)
    wait_for_scores(round_)
    forget_answers()
    selection = selection_of(round_)
    if selection is None or round_of(competition) is not round_:
        raise NothingSelected
    if selection.announced_at is not None:
        raise SelectionAnnounced
    if used_in(round_):
        raise RoundBegun
    if written_in(round_) and not confirmed:
        raise JudgesWrote
    for review in _reviews_in(round_):
        if review.judge.dismissed_at is None:
            letters.review_removed(review.judge, review.submission)
        db.session.delete(review)
    db.session.delete(selection)
    db.session.flush()
    record(Deed.SELECTION_TAKEN_BACK, by=by, competition=competition, subject=str(round_.name))
    return round_


def announce(round_: Round, *, by: User) -> Selection:
    """Tell every team whose submission was considered, and everyone, what comes into the round.

    Announced once: a second time changes nothing. Raises NothingSelected.
    """
    lock(round_)
    selection = selection_of(round_)
    if selection is None:
        raise NothingSelected
    if selection.announced_at is not None:
        return selection
    selection.announced_at = now()
    db.session.flush()
    for team, enters in considered(selection):
        for member in team.members:
            letters.selection_announced(member, selection, team, enters=enters)
    record(
        Deed.SELECTION_ANNOUNCED,
        by=by,
        competition=round_.competition,
        subject=str(round_.name),
    )
    return selection
