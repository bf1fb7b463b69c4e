"""Saying what can be won and deciding who receives it. See publishing.py for what comes next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..ground.remember import forget_answers
from ..journal.actions import record
from ..journal.deeds import Deed
from ..judging.models import Review, Score
from ..submissions.models import Submission
from . import letters
from .deciding import Votes, barred_from, content_of, corrected, in_force, state_of
from .disclosure import Disclosure, Scope
from .models import (
    Announcement,
    Claim,
    Confirmation,
    Decision,
    Delivery,
    Honour,
    Prize,
    PrizeKind,
    PrizeRuling,
    Release,
    Reply,
    Span,
)
from .proposing import Award
from .queries import (
    digest_of,
    disclosure_of,
    honours_by_prize,
    honours_of,
    is_given,
    last_decision,
    prizes_of,
    reminded_of_prizes,
    scope_of,
    unanswered,
    uncited,
)
from .sealing import canonical, digest, signed, written
from .sheets import fingerprint


class AlreadyPublic(Obstacle):
    sentence = _l("The results are public, so this cannot be changed any more.")


class NobodyHonoured(Obstacle):
    sentence = _l("At least one project must be honoured.")


class CitationMissing(Obstacle):
    sentence = _l("These citations must be written in both languages: %(missing)s.")


class StillJudging(Obstacle):
    sentence = _l("Judging is not over. Results can be announced once it has closed.")


class WrittenAnew(Obstacle):
    sentence = _l("A judge has changed a comment meanwhile. Read it once more.")


class DecidedMeanwhile(Obstacle):
    sentence = _l("Somebody else has decided meanwhile. Save again to replace their decisions.")


class PrizeGiven(Obstacle):
    sentence = _l("Somebody receives this prize. Take it back first.")


class FewerThanGiven(Obstacle):
    sentence = _l("More projects than that receive this prize. Take some of it back first.")
    field = "number"


class TooMany(Obstacle):
    sentence = _l("This prize is for fewer projects: at most %(number)s.")


class TooManyInChallenge(Obstacle):
    sentence = _l("This prize is for fewer projects: at most %(number)s in each challenge.")


class NoSuchPlace(Obstacle):
    sentence = _l("This prize has no such place.")


class ReasonMissing(Obstacle):
    sentence = _l("This is not what was proposed. Say why, for the record.")
    field = "reason"


class OwnInterest(Obstacle):
    sentence = _l(
        "You are tied to a project that could receive this, so somebody else must decide."
    )


class SealedAlready(Obstacle):
    sentence = _l("Nothing has changed since the last decision was sealed.")


class KeyUnreadable(Obstacle):
    sentence = _l(
        "The key with which this site signs records cannot be read, so nothing can be sealed, "
        "confirmed or announced now. Nothing was changed. Ask the operators of the site to bring "
        "back the file that RECORD_KEY names; the log says what is wrong with it."
    )


class NotSealed(Obstacle):
    sentence = _l("The decision must be sealed first, as it stands now.")


class NotConfirmed(Obstacle):
    sentence = _l("A second organizer must confirm the decision first.")


class OutOfDate(Obstacle):
    sentence = _l("Something was changed after this decision was sealed. Seal it again first.")


class ConfirmedAlready(Obstacle):
    sentence = _l("This decision is confirmed already.")


class SamePerson(Obstacle):
    sentence = _l("You sealed this decision, so somebody else must confirm it.")


class AnnouncementPlanned(Obstacle):
    sentence = _l(
        "The moment of the announcement is set. Cancel it first: what changes must be confirmed "
        "anew."
    )


class ConfirmationStays(Obstacle):
    sentence = _l("A decision is sealed already, so this cannot be turned off any more.")


class NothingToClaim(Obstacle):
    sentence = _l("There is nothing to hand over for this prize.")


class TakenBack(Obstacle):
    sentence = _l("The organizers have taken this prize back meanwhile.")


class DeliveredAlready(Obstacle):
    sentence = _l("This prize was handed over already.")


class Declined(Obstacle):
    sentence = _l("The team has declined this prize.")


class InTheFuture(Obstacle):
    sentence = _l("This moment has not come yet.")
    field = "delivered_at"


@dataclass(frozen=True)
class Given:
    """What a submission receives: its place where the prize has places, and the citation."""

    place: int | None
    citation: Localized


@dataclass(frozen=True)
class Means:
    """What sealing needs from elsewhere: the votes of the people's choice, where they are known,
    and the key that signs, where the site has one. `key_lost`: it has, and it cannot be read."""

    votes: Votes | None = None
    key: Ed25519PrivateKey | None = None
    key_lost: bool = False

    def sign(self, content: bytes) -> tuple[str, str]:
        """(signature, public key), both empty where the site has no key. Raises KeyUnreadable."""
        if self.key_lost:
            raise KeyUnreadable
        return signed(content, self.key)


NONE = Means()


# -- prizes ----------------------------------------------------------------------------------


def save_prize(prize: Prize, *, means: Means = NONE, by: User, **fields: Any) -> Prize:
    """Write down what can be won: a new prize, or what is so of this one now.

    What it is given for stays once somebody receives it. `fields`: those of the row.
    """
    competition = prize.competition
    disclosure = _changeable(competition)
    new = prize.id is None or prize not in db.session
    if fields.get("span", prize.span) is not Span.ONE:
        fields["challenge"] = None
    if not new:
        _check_secret(prize, disclosure)
    if not new and is_given(prize):
        now_so = (prize.kind, prize.span, prize.challenge)
        if now_so != tuple(fields.get(n, getattr(prize, n)) for n in ("kind", "span", "challenge")):
            raise PrizeGiven
        _check_number(prize, fields.get("number", prize.number))
    for name, value in fields.items():
        setattr(prize, name, value)
    db.session.add(prize)
    db.session.flush()
    deed = Deed.PRIZE_DEFINED if new else Deed.PRIZE_CHANGED
    record(deed, by=by, competition=competition, subject=prize.name.in_("en"))
    _seal_anew(competition, disclosure, means, by)
    return prize


def _check_number(prize: Prize, number: int) -> None:
    given = honours_by_prize(prize.competition).get(prize.id, [])
    if prize.kind is PrizeKind.PLACE:
        most = max((honour.place or 0 for honour in given), default=0)
    else:
        most = max(_counts(prize, [honour.submission for honour in given]).values(), default=0)
    if number < most:
        raise FewerThanGiven


def remove_prize(prize: Prize, *, means: Means = NONE, by: User) -> None:
    """Nobody can win it any more. Raises PrizeGiven."""
    competition = prize.competition
    disclosure = _changeable(competition)
    _check_secret(prize, disclosure)
    if is_given(prize):
        raise PrizeGiven
    record(Deed.PRIZE_REMOVED, by=by, competition=competition, subject=prize.name.in_("en"))
    db.session.delete(prize)
    db.session.flush()
    _seal_anew(competition, disclosure, means, by)


USUAL = (
    (PrizeKind.PLACE, Localized(en="Winner", fr="Projet gagnant")),
    (PrizeKind.OUTSTANDING, Localized(en="Outstanding", fr="Projet remarquable")),
)


def define_usual_prizes(competition: Competition, *, by: User) -> list[Prize]:
    """A winner and an outstanding project in each challenge; nothing where there are prizes."""
    _changeable(competition)
    if prizes_of(competition):
        return []
    return [
        save_prize(
            Prize(competition=competition, gift=Localized()),
            by=by,
            name=name,
            kind=kind,
            span=Span.EACH,
            number=1,
            position=position,
        )
        for position, (kind, name) in enumerate(USUAL, 1)
    ]


def ask_for_confirmation(competition: Competition, *, needed: bool, by: User) -> bool:
    """Does a second organizer have to confirm decisions? Once one is sealed, it stays so."""
    disclosure = _not_settled(competition)
    if needed is competition.second_person_confirms:
        return True
    if not needed and last_decision(competition) is not None:
        raise ConfirmationStays
    if disclosure.planned:
        raise AnnouncementPlanned
    competition.second_person_confirms = needed
    record(
        Deed.CONFIRMATION_ASKED if needed else Deed.CONFIRMATION_DROPPED,
        by=by,
        competition=competition,
    )
    db.session.flush()
    return True


# -- deciding --------------------------------------------------------------------------------


def decide(
    prize: Prize,
    given: Mapping[Submission, Given],
    *,
    proposed: Collection[Award] = (),
    reason: str = "",
    seen: str | None = None,
    means: Means = NONE,
    by: User,
) -> PrizeRuling | None:
    """Give the prize to these submissions and to nobody else; None when that changes nothing.

    `seen` is the digest of the honours that the page showed, where it matters that they are still
    the same. `reason` is needed when this is not what was `proposed`. May be done over and over
    until the results are public, and again while they are withdrawn. Once their moment is set,
    somebody must be honoured, and every citation be there in both languages.
    """
    competition = prize.competition
    disclosure = _changeable(competition)
    if barred_from(prize, by):
        raise OwnInterest
    present = {h.submission: h for h in honours_by_prize(competition).get(prize.id, ())}
    if seen is not None and seen != digest_of(present.values()):
        raise DecidedMeanwhile
    _check_fits(prize, given)
    awards = written(Award(each.id, to.place) for each, to in given.items())
    wanted = written(proposed)
    if awards != wanted and not reason.strip():
        raise ReasonMissing
    kept = {s: (h.place, h.citation) for s, h in present.items()}
    last = _last_ruling(prize)
    if kept == {s: (to.place, to.citation) for s, to in given.items()} and (
        last is not None and (last.reason, last.given, last.proposed) == (reason, awards, wanted)
    ):
        return None
    _check_unseen(prize, kept, given, disclosure)
    # Also from those that do not count now: should they again, they would have it beside others.
    for honour in db.session.scalars(select(Honour).where(Honour.prize_id == prize.id)):
        if honour.submission not in given:
            db.session.delete(honour)
    for submission, to in given.items():
        honour = present.get(submission)
        if honour is None:
            honour = Honour(competition_id=competition.id, submission=submission, prize=prize)
            db.session.add(honour)
        elif (honour.place, honour.citation) == (to.place, to.citation):
            continue
        honour.place, honour.citation, honour.by = to.place, to.citation, by
    ruling = PrizeRuling(prize=prize, given=awards, proposed=wanted, reason=reason, by=by)
    db.session.add(ruling)
    db.session.flush()
    record(
        Deed.PRIZE_DECIDED,
        by=by,
        competition=competition,
        subject=prize.name.in_("en"),
        projects=_titles(prize) or "–",
    )
    _seal_anew(competition, disclosure, means, by)
    return ruling


def _check_unseen(
    prize: Prize,
    kept: Mapping[Submission, tuple[int | None, Localized]],
    given: Mapping[Submission, Given],
    disclosure: Disclosure,
) -> None:
    """Raises AlreadyPublic when this changes what somebody may know already."""
    wanted = {submission: (to.place, to.citation) for submission, to in given.items()}
    for submission in {*kept, *wanted}:
        if kept.get(submission) != wanted.get(submission):
            challenge = submission.versions[-1].challenge_id
            if disclosure.tells(None if prize.span is Span.ALL else challenge):
                raise AlreadyPublic


def _check_fits(prize: Prize, given: Mapping[Submission, Given]) -> None:
    """Raises NoSuchPlace, TooMany or TooManyInChallenge."""
    if prize.kind is PrizeKind.PLACE:
        if not all(to.place and 1 <= to.place <= prize.number for to in given.values()):
            raise NoSuchPlace
        return
    if any(to.place is not None for to in given.values()):
        raise NoSuchPlace
    if max(_counts(prize, given).values(), default=0) > prize.number:
        too_many = TooManyInChallenge if prize.span is Span.EACH else TooMany
        raise too_many(number=prize.number)


def _counts(prize: Prize, submissions: Collection[Submission]) -> dict[Any, int]:
    """How many of these there are in each group in which the prize is given."""
    counts: dict[Any, int] = {}
    for submission in submissions:
        version = submission.versions[-1] if prize.span is Span.EACH else None
        group = version.challenge_id if version else None
        counts[group] = counts.get(group, 0) + 1
    return counts


def _last_ruling(prize: Prize) -> PrizeRuling | None:
    return db.session.scalar(
        select(PrizeRuling)
        .where(PrizeRuling.prize_id == prize.id)
        .order_by(PrizeRuling.created_at.desc(), PrizeRuling.id.desc())
        .limit(1)
    )


def seal(
    competition: Competition,
    *,
    means: Means = NONE,
    by: User,
) -> Decision:
    """Write down what is decided, so that it can be checked later, and confirmed by another.

    May be done again once something has changed.
    """
    disclosure = _not_settled(competition)
    if disclosure.planned and competition.second_person_confirms:
        raise AnnouncementPlanned
    check_judged(competition)
    check_complete(competition, {None})
    last = last_decision(competition)
    if last is not None and in_force(last, votes=means.votes, by=by):
        raise SealedAlready
    return seal_as_it_is(competition, means, by)


def seal_as_it_is(competition: Competition, means: Means, by: User) -> Decision:
    """Without asking whether anything stands against it: for `seal`, and for deeds that
    asked already."""
    last = last_decision(competition)
    number, moment = last.number + 1 if last else 1, now()
    content = content_of(
        competition, number=number, sealed_at=moment.isoformat(), by=by, votes=means.votes
    )
    return _sealed(competition, number, moment, content, state_of(competition), means, by)


def seal_correction(honour: Honour, citation: Localized, means: Means, by: User) -> Decision:
    """Give it other words, and seal the last decision anew with them: all else, the ranking first
    of all, stays as it was when it decided."""
    competition = honour.prize.competition
    last, before = last_decision(competition), state_of(competition)
    honour.citation = citation
    db.session.flush()
    moment = now()
    content = last and corrected(
        last, honour, number=last.number + 1, sealed_at=moment.isoformat(), by=by
    )
    if last is None or content is None:  # it came out before what is announced was sealed
        return seal_as_it_is(competition, means, by)
    # Where something was decided since, this one does not hold it, and must not stand for it.
    state = state_of(competition) if last.state == before else last.state
    return _sealed(competition, last.number + 1, moment, content, state, means, by)


def _sealed(
    competition: Competition,
    number: int,
    moment: datetime,
    content: bytes,
    state: str,
    means: Means,
    by: User,
) -> Decision:
    signature, signer = means.sign(content)
    decision = Decision(
        competition=competition,
        created_at=moment,
        number=number,
        content=content.decode(),
        digest=digest(content),
        state=state,
        signature=signature,
        signer=signer,
        by=by,
    )
    db.session.add(decision)
    record(
        Deed.DECISION_SEALED,
        by=by,
        competition=competition,
        subject=str(number),
        digest=decision.digest,
    )
    db.session.flush()
    return decision


def confirm(decision: Decision, *, means: Means = NONE, by: User) -> Confirmation:
    """A second person stands behind the decision. Never who sealed it, nor who is tied to a project
    that it could concern."""
    competition = decision.competition
    _not_settled(competition)
    db.session.refresh(decision, ["confirmation"])
    if decision.confirmation is not None:
        raise ConfirmedAlready
    if decision.by_id == by.id:
        raise SamePerson
    last = last_decision(competition)
    if last is not decision or not in_force(decision, votes=means.votes, by=by):
        raise OutOfDate
    if any(barred_from(prize, by) for prize in prizes_of(competition)):
        raise OwnInterest
    moment = now()
    content = canonical({"decision": decision.digest, "by": str(by.id), "at": moment.isoformat()})
    signature, signer = means.sign(content)
    confirmation = Confirmation(
        created_at=moment,
        decision=decision,
        content=content.decode(),
        signature=signature,
        signer=signer,
        by=by,
    )
    db.session.add(confirmation)
    record(
        Deed.DECISION_CONFIRMED,
        by=by,
        competition=competition,
        subject=str(decision.number),
        digest=decision.digest,
    )
    db.session.flush()
    return confirmation


# -- what becomes of prizes ------------------------------------------------------------------


def respond(honour: Honour, *, reply: Reply, contact: str = "", by: User) -> Claim:
    """The team accepts what it won, and says where it should go, or declines it.

    May be changed until the prize is handed over.
    """
    _lock(honour)
    if not honour.prize.gift:
        raise NothingToClaim
    if honour.delivery is not None:
        raise DeliveredAlready
    claim = honour.claim or Claim(honour=honour)
    claim.reply, claim.by = reply, by
    claim.contact = contact if reply is Reply.ACCEPTED else ""
    db.session.add(claim)
    deed = {
        Reply.ACCEPTED: Deed.PRIZE_ACCEPTED,
        Reply.DECLINED: Deed.PRIZE_DECLINED,
    }[reply]
    record(
        deed,
        by=by,
        competition=honour.prize.competition,
        subject=honour.prize.name.in_("en"),
        team=honour.submission.team.name,
    )
    db.session.flush()
    return claim


def deliver(honour: Honour, *, delivered_at: datetime, note: str = "", by: User) -> Delivery:
    """The prize has been handed over. Done again, it corrects moment and note."""
    _lock(honour)
    if not honour.prize.gift:
        raise NothingToClaim
    if honour.claim is not None and honour.claim.reply is Reply.DECLINED:
        raise Declined
    if delivered_at > now():
        raise InTheFuture
    delivery = honour.delivery or Delivery(honour=honour)
    delivery.delivered_at, delivery.note, delivery.by = delivered_at, note, by
    db.session.add(delivery)
    record(
        Deed.PRIZE_DELIVERED,
        by=by,
        competition=honour.prize.competition,
        subject=honour.prize.name.in_("en"),
        team=honour.submission.team.name,
    )
    db.session.flush()
    return delivery


def remind_of_prizes(competition: Competition, *, by: User) -> int:
    """Write to the captains of teams that have said nothing to what they won; how many letters.

    Whoever had such a letter within a day gets none.
    """
    hold(competition)
    lately = reminded_of_prizes(competition)
    waiting = [
        (captain, honour)
        for honour in unanswered(competition)
        if (captain := honour.submission.team.captain) and captain.id not in lately
    ]
    for captain, honour in waiting:
        letters.prize_unclaimed(captain, competition, honour)
    if waiting:
        record(Deed.PRIZES_REMINDED, by=by, competition=competition, count=len(waiting))
    return len(waiting)


def _lock(honour: Honour) -> None:
    """The team and the organizers wait here for each other."""
    there = select(Honour.id).where(Honour.id == honour.id).with_for_update()
    if db.session.scalar(there) is None:
        raise TakenBack
    db.session.refresh(honour, ["claim", "delivery"])


def hold(competition: Competition) -> Disclosure:
    """What is public now, which stays so until the caller commits.

    Decisions and announcements of one competition wait here for each other, and for the worker.
    What was read before the wait is read again.
    """
    db.session.refresh(competition, ["second_person_confirms"], with_for_update={"key_share": True})
    for row in db.session.identity_map.values():
        if isinstance(row, Prize | Honour):
            db.session.expire(row)
    db.session.scalars(
        select(Announcement)
        .where(Announcement.competition_id == competition.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    forget_answers()
    return disclosure_of(competition)


def check_complete(competition: Competition, scopes: Collection[Scope]) -> None:
    """Can these be made public? Raises NobodyHonoured, or CitationMissing."""
    honoured = {each.id if each else None for each, _ in honours_of(competition)}
    for scope in scopes:
        if not honoured or (scope is not None and scope not in honoured):
            raise NobodyHonoured
    check_citations(competition, scopes)


def check_citations(competition: Competition, scopes: Collection[Scope]) -> None:
    """Raises CitationMissing, which names the projects and the languages."""
    own = {*disclosure_of(competition).moments, *scopes}
    names = {"en": _l("English"), "fr": _l("French")}
    missing = []
    for project, honour in uncited(competition):
        scope = scope_of(honour, project.challenge.id)
        if (scope if scope in own else None) in scopes:
            languages = ", ".join(str(names[code]) for code in honour.citation.missing)
            missing.append(f"{project.title} ({languages})")
    if missing:
        raise CitationMissing(missing=", ".join(missing))


def check_judged(competition: Competition) -> None:
    """Raises StillJudging."""
    for round_ in competition.rounds:
        judging = opening_of(competition, round_.gate)
        if judging.closes_at is not None and not judging.settled:
            raise StillJudging


def check_decided(competition: Competition, means: Means, by: User) -> Decision:
    """There is a decision that says what is announced: where a second person must have confirmed
    it, it has to be there, else it is sealed now. Raises NotSealed or NotConfirmed."""
    last = last_decision(competition)
    current = last is not None and in_force(last, votes=means.votes, by=by)
    if not competition.second_person_confirms:
        return last if last and current else seal_as_it_is(competition, means, by)
    if last is None or not current:
        raise NotSealed
    if last.confirmation is None:
        raise NotConfirmed
    return last


def _not_settled(competition: Competition) -> Disclosure:
    """What is public. Raises AlreadyPublic where all of it is."""
    disclosure = hold(competition)
    if disclosure.settled:
        raise AlreadyPublic
    return disclosure


def _changeable(competition: Competition) -> Disclosure:
    """What is public, where the rest may still be changed. Raises AlreadyPublic when there is no
    rest, AnnouncementPlanned when what is planned would need confirming anew."""
    disclosure = _not_settled(competition)
    if disclosure.planned and competition.second_person_confirms:
        raise AnnouncementPlanned
    return disclosure


def _seal_anew(competition: Competition, disclosure: Disclosure, means: Means, by: User) -> None:
    """What was changed while a moment is set has to be complete, and is sealed at once, so that
    what comes out at the moment is always what the last decision says."""
    if disclosure.planned:
        check_complete(competition, disclosure.planned)
        seal_as_it_is(competition, means, by)


def _check_secret(prize: Prize, disclosure: Disclosure) -> None:
    """Raises AlreadyPublic when somebody may know already who receives it."""
    scopes: set[Scope] = {prize.challenge_id}
    if prize.span is Span.EACH:
        scopes = {each.id for each in prize.competition.challenges}
    if any(disclosure.tells(scope) for scope in scopes):
        raise AlreadyPublic


def _titles(prize: Prize) -> str:
    """The titles of those who receive it, for the journal."""
    given = honours_by_prize(prize.competition).get(prize.id, [])
    return ", ".join(honour.submission.versions[-1].content["title"] for honour in given)


# -- what teams read -------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What becomes of a judge's comment, on the whole or on a criterion. `seen`: the fingerprint of
    what was read; `text`: what the team gets to read, empty: nothing."""

    review: Review
    score: Score | None
    seen: str
    text: str


def read_comments(
    submission: Submission, competition: Competition, readings: Collection[Reading], *, by: User
) -> list[Release]:
    """Release comments, as they are or in other words, or withhold them; returns what changed."""
    changed = []
    for reading in readings:
        source = reading.score or reading.review
        db.session.refresh(source, ["comment"])
        if fingerprint(source.comment) != reading.seen:
            raise WrittenAnew
        release = db.session.scalar(
            select(Release)
            .where(
                Release.review_id == reading.review.id,
                Release.score_id == (reading.score.id if reading.score else None),
            )
            .with_for_update()
        )
        before = release and (release.original, release.text)
        if before == (source.comment, reading.text):
            continue
        if release is None:
            release = Release(review=reading.review, score=reading.score)
            db.session.add(release)
        release.original, release.text, release.by = source.comment, reading.text, by
        release.released_at = now() if reading.text else None
        db.session.flush()
        changed.append(release)
    if changed:
        record(
            Deed.COMMENTS_READ,
            by=by,
            competition=competition,
            subject=submission.team.name,
            released=sum(bool(each.text) for each in changed),
            withheld=sum(not each.text for each in changed),
        )
    return changed
