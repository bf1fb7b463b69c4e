"""What the ranking proposes for each prize, what speaks against who decides, and what is sealed."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise, zip_longest
from typing import Any

from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Round
from ..deliberation.models import Revision
from ..deliberation.revising import changed, revisions_of
from ..extensions import db
from ..judging.models import Judge, Review, Selection
from ..judging.outcome import Outcome, Placed, Row, record_of
from ..judging.queries import counted_versions, selections_of, version_in_force
from ..judging.record import Method
from ..mentoring.models import Conflict, Mentor, Pairing
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership
from .kept import decision_behind
from .models import Decision, Honour, Prize, PrizeKind, PrizeRuling, Span
from .proposing import Contender, Proposal, Tie
from .queries import honours_by_prize, last_rulings, names_of, prizes_of
from .sealing import (
    EVERYBODY,
    FORMAT,
    by_votes,
    canonical,
    computed,
    digest,
    overlap,
    podiums,
    propose,
    record,
)

Votes = Mapping[uuid.UUID, int]


# -- what is proposed ------------------------------------------------------------------------


@dataclass(frozen=True)
class Close:
    """Two neighbours whom what decides cannot tell apart, and the prize lies between them.

    `probability`: that the one ahead is truly better; `one_more` and `five_more`: that so many
    further reviews of each, or judges who compare the two, would tell. None across challenges,
    where the places overlap.
    """

    ahead: uuid.UUID
    behind: uuid.UUID
    probability: float | None = None
    one_more: float | None = None
    five_more: float | None = None


@dataclass(frozen=True)
class Panel:
    """Everything needed to decide on a prize.

    `groups` are the projects it may go to, those of each challenge or all together (None), the best
    first, by ids: what is shown of them is asked of the ranking. `places` is what they have by what
    decides, `votes` only where people voted. `waits`: what would propose is not known yet.
    """

    prize: Prize
    groups: list[tuple[Challenge | None, list[Placed]]]
    places: dict[uuid.UUID, int | None]
    proposal: Proposal
    ties: list[Tie]
    close: list[Close]
    votes: Votes | None
    waits: bool

    @property
    def left_open(self) -> set[uuid.UUID]:
        """The projects between which something is left to decide."""
        close = {key for pair in self.close for key in (pair.ahead, pair.behind)}
        return close.union(*(tie.keys for tie in self.ties))

    @property
    def best_first(self) -> list[Placed]:
        """The best of each group, then the second, and so on."""
        turns = zip_longest(*(placed for _, placed in self.groups))
        return [each for turn in turns for each in turn if each is not None]

    @property
    def proposed(self) -> dict[uuid.UUID, int | None]:
        return {award.key: award.place for award in self.proposal.awards}


def panels(
    competition: Competition, outcome: Outcome, *, votes: Votes | None = None
) -> dict[uuid.UUID, Panel]:
    """The panel of each prize, by its key. Of better prizes, what is given counts, else what is
    proposed. `outcome` is that of `with_everyone`."""
    prizes = prizes_of(competition)
    given = honours_by_prize(competition)
    ruled = last_rulings(competition)
    placed: dict[uuid.UUID, set[uuid.UUID]] = {}
    for prize in prizes:
        if prize.kind is PrizeKind.PLACE:
            found = _propose(prize, outcome, votes, frozenset())
            placed[prize.id] = (
                {honour.submission_id for honour in given.get(prize.id, ())}
                if prize.id in ruled
                else {award.key for award in found.awards}
            )
    told = {}
    for prize in prizes:
        better = {
            key
            for other in prizes
            if other.id in placed and overlap(_scope(other), _scope(prize))
            for key in placed[other.id]
        }
        told[prize.id] = _panel(prize, outcome, votes, better)
    return told


def _scope(prize: Prize) -> dict[str, Any]:
    return {"span": prize.span, "challenge": prize.challenge_id}


def _entered(prize: Prize, outcome: Outcome) -> list[Placed]:
    placed = outcome.figures.overall if prize.span is Span.ALL else outcome.figures.rows
    return [each for each in placed if prize.challenge_id in (None, each.group)]


def _contenders(prize: Prize, outcome: Outcome, votes: Votes | None) -> list[Contender]:
    placed = _entered(prize, outcome)
    group = {x.key: EVERYBODY if prize.span is Span.ALL else x.group for x in placed}
    if prize.kind is PrizeKind.PEOPLE:
        return by_votes(votes, group) if votes is not None else []
    if prize.kind is PrizeKind.SPECIAL:
        return []
    if outcome.method is Method.DELIBERATION:
        return []
    return [Contender(each.key, group[each.key], each.place) for each in placed]


def _propose(prize: Prize, outcome: Outcome, votes: Votes | None, better: Any) -> Proposal:
    contenders = _contenders(prize, outcome, votes)
    return propose(prize.kind, contenders, prize.number, better=better)


def _panel(prize: Prize, outcome: Outcome, votes: Votes | None, better: Any) -> Panel:
    proposal = _propose(prize, outcome, votes, better)
    entered = _entered(prize, outcome)
    places = {c.key: c.place for c in _contenders(prize, outcome, votes)}
    last = len(entered) + 1
    entered.sort(key=lambda each: places.get(each.key) or last)
    groups: list[tuple[Challenge | None, list[Placed]]] = [(None, entered)] if entered else []
    if prize.span is not Span.ALL:
        of: defaultdict[uuid.UUID, list[Placed]] = defaultdict(list)
        for each in entered:
            of[each.group].append(each)
        challenges = sorted(prize.competition.challenges, key=lambda each: each.number)
        groups = [(each, of[each.id]) for each in challenges if each.id in of]
    ranked = prize.by_ranking
    return Panel(
        prize=prize,
        groups=groups,
        places=places,
        proposal=proposal,
        ties=list(proposal.ties),
        close=_close(prize, outcome, entered, places, proposal) if ranked else [],
        votes=votes if prize.kind is PrizeKind.PEOPLE else None,
        waits=prize.kind is PrizeKind.PEOPLE and votes is None,
    )


def _close(
    prize: Prize,
    outcome: Outcome,
    entered: list[Placed],
    places: Mapping[uuid.UUID, int | None],
    proposal: Proposal,
) -> list[Close]:
    """Where a proposed project and the next one could as well stand the other way round."""
    proposed = {award.key: award.place for award in proposal.awards}
    by_id = {each.key: each for each in entered}

    def between(ahead: Any, behind: Any) -> bool:
        return ahead in proposed and (behind not in proposed or proposed[ahead] != proposed[behind])

    def overlaps(ahead: Any, behind: Any) -> bool:
        one, other = (outcome.decisive(by_id[key]) for key in (ahead, behind))
        return one.high is not None and other.low is not None and other.low <= one.high

    if prize.span is not Span.ALL:
        return [
            Close(
                pair.ahead,
                pair.behind,
                pair.probability,
                pair.settled_by_one_more,
                pair.settled_by_five_more,
            )
            for pair in outcome.undecided
            if pair.ahead in by_id and pair.behind in by_id and between(pair.ahead, pair.behind)
        ]
    return [
        Close(one, other)
        for one, other in pairwise(each.key for each in entered if places.get(each.key))
        if between(one, other) and places[one] != places[other] and overlaps(one, other)
    ]


# -- who should not decide -------------------------------------------------------------------


class Tied(StrEnum):
    """What ties an organizer to a project. The first three keep them from deciding on a prize it
    may receive; the others are said, and stand in the record."""

    MEMBER = "member"
    MENTOR = "mentor"
    DECLARED = "declared"
    ORGANIZATION = "organization"
    JUDGE = "judge"

    @property
    def bars(self) -> bool:
        return self in (Tied.MEMBER, Tied.MENTOR, Tied.DECLARED)


def ties_of(person: User, competition: Competition) -> dict[uuid.UUID, set[Tied]]:
    """What ties the person to each submission. Always the same number of queries."""
    found: defaultdict[uuid.UUID, set[Tied]] = defaultdict(set)

    def note(tied: Tied, query: Any) -> None:
        for key in db.session.scalars(query.where(Submission.competition_id == competition.id)):
            found[key].add(tied)

    members = (
        select(Submission.id)
        .join(Membership, Membership.team_id == Submission.team_id)
        .join(Registration, Registration.id == Membership.registration_id)
    )
    note(Tied.MEMBER, members.where(Registration.user_id == person.id))
    note(
        Tied.MENTOR,
        select(Submission.id)
        .join(Pairing, Pairing.team_id == Submission.team_id)
        .join(Mentor, Mentor.id == Pairing.mentor_id)
        .where(Mentor.user_id == person.id),
    )
    note(
        Tied.DECLARED,
        select(Submission.id)
        .join(Conflict, Conflict.team_id == Submission.team_id)
        .where(Conflict.user_id == person.id),
    )
    note(
        Tied.JUDGE,
        select(Submission.id)
        .join(Review, Review.submission_id == Submission.id)
        .join(Judge, Judge.id == Review.judge_id)
        .where(Judge.user_id == person.id, Review.completed_at.is_not(None)),
    )
    own = " ".join((person.organization or "").split()).casefold()
    if own:
        # Compared here and not in the database, whose lower case knows no accents everywhere.
        rows = db.session.execute(
            members.join(User, User.id == Registration.user_id)
            .with_only_columns(Submission.id, User.organization)
            .where(Submission.competition_id == competition.id, User.organization != "")
        )
        for key, name in rows:
            if " ".join(name.split()).casefold() == own:
                found[key].add(Tied.ORGANIZATION)
    return dict(found)


def ties_to(
    panel: Panel, outcome: Outcome, ties: Mapping[uuid.UUID, set[Tied]]
) -> list[tuple[Row, list[Tied]]]:
    """Of the projects that the prize may go to, those the person is tied to, and by what."""
    tied = [each for _, placed in panel.groups for each in placed if each.key in ties]
    return [
        (row, sorted(ties[row.submission.id], key=list(Tied).index))
        for row in outcome.rows_of(tied)
    ]


def barred_from(prize: Prize, person: User) -> bool:
    """Is the person tied to a project that the prize may go to, so that others must decide?"""
    ties = ties_of(person, prize.competition)
    keys = {key for key, tied in ties.items() if any(each.bars for each in tied)}
    if not keys:
        return False
    concerned = counted_versions(prize.competition)
    return any(
        version.submission_id in keys and prize.challenge_id in (None, version.challenge_id)
        for version in concerned
    )


# -- what is sealed --------------------------------------------------------------------------


def state_of(competition: Competition) -> str:
    """Stands for the prizes, who receives them now, and what came into later rounds: others,
    another digest."""
    given = honours_by_prize(competition)
    ruled = last_rulings(competition)
    return digest(
        canonical(
            [
                *(str(each.id) for each in selections_of(competition)),
                *(
                    [
                        str(prize.id),
                        _said(prize),
                        [_given(honour) for honour in given.get(prize.id, ())],
                        ruled[prize.id].reason if prize.id in ruled else "",
                    ]
                    for prize in prizes_of(competition)
                ),
            ]
        )
    )


def _said(prize: Prize) -> dict[str, Any]:
    """A prize as the record has it."""
    return {
        "key": str(prize.id),
        "name": dict(prize.name),
        "kind": prize.kind.value,
        "span": prize.span.value,
        "challenge": str(prize.challenge_id) if prize.challenge_id else None,
        "number": prize.number,
        "gift": dict(prize.gift),
        "from": dict(prize.partner.name) if prize.partner else None,
    }


def _given(honour: Honour) -> dict[str, Any]:
    return {
        "submission": str(honour.submission_id),
        "place": honour.place,
        "citation": dict(honour.citation),
    }


def content_of(
    competition: Competition,
    *,
    number: int,
    sealed_at: str,
    by: User,
    votes: Votes | None,
) -> bytes:
    """The canonical bytes of what is decided now: see results/sealing.py."""
    basis = basis_of(competition, number=number, sealed_at=sealed_at, by=by, votes=votes)
    return canonical(computed(basis))


def basis_of(
    competition: Competition,
    *,
    number: int,
    sealed_at: str,
    by: User,
    votes: Votes | None,
) -> dict[str, Any]:
    """What `content_of` says without what can be computed from the rest."""
    ranking = json.loads(record_of(competition))
    prizes = prizes_of(competition)
    given = honours_by_prize(competition)
    ruled = last_rulings(competition)
    versions = counted_versions(competition)
    by_people = any(prize.kind is PrizeKind.PEOPLE for prize in prizes) and votes is not None
    rules = version_in_force(competition)
    return {
        "format": FORMAT,
        "competition": {"slug": competition.slug, "name": dict(competition.name)},
        "number": number,
        "sealed_at": sealed_at,
        "sealed_by": str(by.id),
        "needs_confirmation": competition.second_person_confirms,
        "rules": {"number": rules.number, "sha256": rules.digest} if rules else None,
        "method": ranking["method"],
        "seed": ranking["seed"],
        "code": ranking["code"],
        "ranking": ranking,
        "selections": [_selected(each) for each in selections_of(competition)],
        "votes": {str(v.submission_id): votes.get(v.submission_id, 0) for v in versions}
        if by_people and votes is not None
        else None,
        "submissions": {str(each.submission_id): _handed_in(each) for each in versions},
        "prizes": [
            {
                **_said(prize),
                "given": [_given(honour) for honour in given.get(prize.id, ())],
                **_why(ruled.get(prize.id)),
            }
            for prize in prizes
        ],
        "revisions": [
            _revised(each)
            for each in revisions_of(competition, {uuid.UUID(key) for key in ranking["reviews"]})
            if changed(each)
        ],
        "tied_to_who_sealed": _tied_to(by, competition, [v.submission_id for v in versions]),
    }


def _tied_to(
    by: User, competition: Competition, submissions: Iterable[Any]
) -> dict[str, list[Tied]]:
    ties = {str(key): sorted(tied) for key, tied in ties_of(by, competition).items()}
    return {str(key): ties[str(key)] for key in submissions if str(key) in ties}


def corrected(
    last: Decision, honour: Honour, *, number: int, sealed_at: str, by: User
) -> bytes | None:
    """What the last decision says, with the citation of this honour as it is now. None where it
    does not say that the honour is received.

    Nothing is read or computed again, so that what decided stays what it rests on. `correction`
    names the decision that it is of, and the one by which the honour came out, which is an earlier
    one where something was sealed since.
    """
    told = json.loads(last.content)
    prize, submission = str(honour.prize_id), str(honour.submission_id)
    award = next(
        (
            award
            for each in told["prizes"]
            for award in each["given"]
            if (each["key"], award["submission"]) == (prize, submission)
        ),
        None,
    )
    if award is None:
        return None
    award["citation"] = dict(honour.citation)
    challenge = uuid.UUID(told["submissions"][submission]["challenge"])
    behind = decision_behind(last.competition, db.session.get_one(Challenge, challenge)) or last
    return canonical(
        {
            **told,
            "number": number,
            "sealed_at": sealed_at,
            "sealed_by": str(by.id),
            "needs_confirmation": last.competition.second_person_confirms,
            "tied_to_who_sealed": _tied_to(by, last.competition, told["submissions"]),
            "correction": {
                "prize": prize,
                "submission": submission,
                "of": {"number": last.number, "sha256": last.digest},
                "came_out_by": {"number": behind.number, "sha256": behind.digest},
            },
        }
    )


def _handed_in(version: Version) -> dict[str, Any]:
    return {
        "title": version.content["title"],
        "challenge": str(version.challenge_id),
        "version": version.number,
        "sha256": version.digest,
    }


def _revised(revision: Revision) -> dict[str, Any]:
    """A review that was changed after a discussion; of its reason the fingerprint alone."""
    return {
        "key": str(revision.id),
        "review": str(revision.review_id),
        "at": revision.created_at.isoformat(),
        "reason_sha256": digest(revision.reason.encode()),
        "scores": {
            key: {"before": before, "after": after}
            for key, (before, after) in changed(revision).items()
        },
    }


def _selected(selection: Selection) -> dict[str, Any]:
    """What came into a later round and what was left out, as the record has it."""
    return {
        "round": selection.round.position,
        "name": dict(selection.round.name),
        "selected_by": str(selection.by_id) if selection.by_id else None,
        "selected_at": selection.created_at.isoformat(),
        "rests_on_sha256": selection.digest,
        "entries": sorted(
            (
                {
                    "submission": str(each.submission_id),
                    "proposed": each.proposed,
                    "enters": each.enters,
                    "reason": each.reason,
                }
                for each in selection.entries
            ),
            key=lambda entry: str(entry["submission"]),
        ),
    }


def _why(ruling: PrizeRuling | None) -> dict[str, Any]:
    """Who decided on a prize, when and why; without a ruling, as of old, nothing."""
    return {
        "decided_by": str(ruling.by_id) if ruling and ruling.by_id else None,
        "decided_at": ruling.created_at.isoformat() if ruling else None,
        "proposed_then": ruling.proposed if ruling else [],
        "reason": ruling.reason if ruling else "",
    }


RESTS_ON = (
    *("needs_confirmation", "rules", "method", "seed"),
    *("ranking", "votes", "submissions", "revisions"),
)
"""What a decision says beside the prizes and selections, for which its `state` stands."""


def in_force(decision: Decision, *, votes: Votes | None, by: User) -> bool:
    """Does it still say what is decided, and what that rests on? `by`: whoever looks."""
    competition = decision.competition
    if decision.state != state_of(competition):
        return False
    then = json.loads(decision.content)
    at_present = basis_of(competition, number=0, sealed_at="", by=by, votes=votes)
    return canonical(_rests_on(then)) == canonical(_rests_on(at_present))


def _rests_on(told: Mapping[str, Any]) -> dict[str, Any]:
    """Without the version of the code, by which another may come to the same."""
    found = {name: told.get(name) or None for name in RESTS_ON}
    return {**found, "ranking": {**told["ranking"], "code": None}}


def document_of(decision: Decision) -> bytes:
    """The record as it is handed out, with the names that are still known."""
    content = json.loads(decision.content)
    confirmation = decision.confirmation
    keys = {
        content["sealed_by"],
        *(prize["decided_by"] for prize in content["prizes"]),
        *(each["selected_by"] for each in content.get("selections", ())),
    }
    if confirmation is not None:
        keys.add(json.loads(confirmation.content)["by"])
    return record(
        decision.content.encode(),
        signature=(decision.signature, decision.signer),
        confirmation=confirmation.content.encode() if confirmation else None,
        confirmation_signature=(confirmation.signature, confirmation.signer)
        if confirmation
        else ("", ""),
        people=names_of(sorted(keys - {None})),
        reasons=_reasons(content),
        rounds=_rounds(decision.competition, content),
    )


def _rounds(competition: Competition, content: Mapping[str, Any]) -> dict[str, Any]:
    """The rankings on which what came into later rounds rests, by the place of their round, unless
    something else was selected since the decision."""
    rested = {each["round"]: each["rests_on_sha256"] for each in content.get("selections", ())}
    return {
        str(each.round.position - 1): json.loads(each.content)
        for each in selections_of(competition)
        if rested.get(each.round.position) == each.digest
    }


def ranking_in(decision: Decision, round_: Round) -> bytes | None:
    """The record of the ranking of a round on which the decision rests."""
    document = json.loads(document_of(decision))
    selections = document["decision"].get("selections", ())
    judged = max((each["round"] for each in selections), default=1)
    if round_.position == judged:
        return canonical(document["decision"]["ranking"])
    ranking = document.get("rounds", {}).get(str(round_.position))
    return canonical(ranking) if ranking else None


def _reasons(content: Mapping[str, Any]) -> dict[str, str]:
    """Why scores were revised, by the key of the revision, as far as it was not forgotten since."""
    sealed = {each["key"]: each["reason_sha256"] for each in content.get("revisions", [])}
    keys = [uuid.UUID(key) for key in sealed]
    known = db.session.execute(select(Revision.id, Revision.reason).where(Revision.id.in_(keys)))
    return {
        str(key): reason for key, reason in known if digest(reason.encode()) == sealed[str(key)]
    }


@dataclass(frozen=True)
class RevisedScore:
    """One score that was changed after a discussion, as a record tells it."""

    submission: str
    criterion: str
    before: int | None
    after: int | None
    at: datetime
    reason: str


def revised_scores(told: Mapping[str, Any]) -> list[RevisedScore]:
    """Every change of a score that the record holds, in its order; `told` is the whole document."""
    decision, reasons = told["decision"], told.get("reasons", {})
    reviews = decision["ranking"]["reviews"]
    return [
        RevisedScore(
            reviews[each["review"]]["submission"],
            criterion,
            change["before"],
            change["after"],
            datetime.fromisoformat(each["at"]),
            reasons.get(each["key"], ""),
        )
        for each in decision.get("revisions", [])
        for criterion, change in each["scores"].items()
    ]


def revised_podiums(decision: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    """The challenges whose podium would be another without the revisions: who stands on it, and who
    would."""
    if not decision.get("revisions"):
        return []
    now, then = podiums(decision["ranking"]["result"]), podiums(decision["without_revisions"])
    return [
        (key, [name for name, _ in now[key]], [name for name, _ in then.get(key, [])])
        for key in now
        if now[key] != then.get(key)
    ]
