"""The life of a registration; the texts that people agree to.

Whoever moves a registration holds the competition's row first, so that the last place is given
once and the waitlist has one order. What is free is offered to who waits by the worker alone.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..competitions.models import Approval, Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..questions.actions import keep
from ..questions.fields import Filled
from ..questions.models import Kind, Question
from . import letters
from .models import Answer, Consent, ConsentText, Registration, RegistrationChange
from .queries import (
    consent_texts_in_force,
    count_of,
    newest_version,
    places_left,
    places_taken,
    with_a_place_awaited,
    with_offers,
)
from .states import Mover, State, may_move, offer_until, remind_at

# An offer lapses this long after its end, so that a yes begun in time is in time.
GRACE = timedelta(minutes=1)
AT_ONCE = 50  # deeds of one chore in one competition


class CompetitionFull(Obstacle):
    sentence = _l("Every place in this competition is taken.")


class NotEnoughPlaces(Obstacle):
    sentence = _l(
        "There are not enough free places, and the waitlist is off. Choose fewer people, or change"
        " the settings of the registration."
    )


class CapacityTooSmall(Obstacle):
    sentence = _l(
        "%(taken)s people have a place or an offer of one, so there cannot be fewer places."
    )
    field = "capacity"


class MoveRefused(Obstacle):
    sentence = _l("This is not possible any more. The registration now stands at: %(state)s.")


class OfferOver(Obstacle):
    sentence = _l("There is no place kept for you any more. Your registration says why.")


class NotEntered(Obstacle):
    sentence = _l("Your registration has ended, so nothing of it can be changed.")


class ConsentNeeded(Obstacle):
    sentence = _l("Nobody can take part without this. To take it back, withdraw your registration.")


class TextSuperseded(Obstacle):
    sentence = _l("There is a newer version of this text: read that one.")


class AskedByQuestion(Obstacle):
    sentence = _l("This stands in an answer: it is given and taken back there.")


class TextPublished(Obstacle):
    sentence = _l("This text is published: people may have agreed to it. Write a new version.")


class NeedsBothLanguages(Obstacle):
    sentence = _l("Write the title and the text in both languages before you publish them.")


# -- entering and leaving --------------------------------------------------------------------


def register(
    competition: Competition,
    *,
    by: User,
    residence: str,
    agreed: Iterable[ConsentText],
    birth_date: date | None = None,
    answers: Filled | None = None,
) -> Registration:
    """Enter the person, or enter them again; twice is once.

    Where organizers approve by hand they apply. Otherwise they get a place, or where none is
    left the end of the waitlist. Raises CompetitionFull, and MoveRefused for who was declined.
    """
    _lock(competition)
    registration = db.session.scalar(  # not as it was before the lock
        select(Registration)
        .where(Registration.user_id == by.id, Registration.competition_id == competition.id)
        .execution_options(populate_existing=True)
    )
    if registration and registration.state.live:
        return registration
    by_hand = competition.approval is Approval.BY_HAND
    to = State.APPLIED if by_hand else _place_for_one_more(competition)
    registration = registration or Registration(competition=competition, user=by)
    registration.residence = residence
    registration.birth_date = birth_date
    registration.of_age_declared_at = now()
    for text in agreed:
        _give(registration, text)
    _move(registration, to, mover=Mover.PERSON, by=by, deed=ENTERED[to])
    if answers is not None:
        _keep(registration, answers, by=by)
    return registration


def confirm(registration: Registration, *, agreed: Iterable[ConsentText], by: User) -> Registration:
    """Take the place that is offered; twice is once. Raises OfferOver."""
    hold(registration)
    if registration.takes_part:
        return registration
    if registration.offered_until is None or now() >= registration.offered_until:
        raise OfferOver
    for text in agreed:
        _give(registration, text)
    return _move(
        registration, State.REGISTERED, mover=Mover.PERSON, by=by, deed=Deed.PLACE_CONFIRMED
    )


def withdraw(registration: Registration, *, by: User) -> Registration:
    """End the entry, wherever it stands; twice is once.

    The row stays for the record, its consents taken back.
    """
    hold(registration)
    if registration.state is State.WITHDRAWN:
        return registration
    mover = Mover.PERSON if by == registration.user else Mover.ORGANIZER
    _move(registration, State.WITHDRAWN, mover=mover, by=by, deed=Deed.REGISTRATION_WITHDRAWN)
    for consent in registration.consents:
        consent.withdrawn_at = consent.withdrawn_at or now()
    for row in [row for row in registration.answers if row.kind is Kind.CONSENT]:
        registration.answers.remove(row)
    return registration


def answer(registration: Registration, answers: Filled, *, by: User) -> Registration:
    """Change answers, while the registration has not ended. Raises NotEntered."""
    _hold_live(registration)
    if _keep(registration, answers, by=by):
        record(
            Deed.ANSWERS_CHANGED,
            by=by,
            competition=registration.competition,
            subject=registration.user.name,
        )
    return registration


# -- by hand ---------------------------------------------------------------------------------


def edit_entry(
    competition: Competition,
    *,
    capacity: int | None,
    approval: Approval,
    waitlist: bool,
    offer_hours: int,
    offers_after_close: bool,
    by: User,
) -> Competition:
    """Set how people come to a place. Who has one, or waits, keeps it. Raises CapacityTooSmall."""
    _lock(competition)
    taken = places_taken(competition)
    if capacity is not None and capacity < taken:
        raise CapacityTooSmall(taken=taken)
    competition.capacity, competition.approval = capacity, approval
    competition.waitlist, competition.offer_hours = waitlist, offer_hours
    competition.offers_after_close = offers_after_close
    db.session.flush()
    record(Deed.COMPETITION_EDITED, by=by, competition=competition, subject=str(competition.name))
    return competition


def approve(
    competition: Competition, applications: Iterable[Registration], *, by: User
) -> list[Registration]:
    """Say yes, to the oldest application first: to a place, or to the waitlist when all are taken.

    What was answered meanwhile is left out. Raises NotEnoughPlaces, and then nobody is approved.
    """
    return [
        _move(
            registration,
            _place_by_hand(competition),
            mover=Mover.ORGANIZER,
            by=by,
            deed=Deed.APPLICATION_APPROVED,
        )
        for registration in _unanswered(competition, applications)
    ]


def decline(
    competition: Competition, applications: Iterable[Registration], *, reason: str, by: User
) -> list[Registration]:
    """Say no, for a reason that each person reads. What was answered meanwhile is left out."""
    return [
        _move(
            registration,
            State.DECLINED,
            mover=Mover.ORGANIZER,
            by=by,
            deed=Deed.APPLICATION_DECLINED,
            reason=reason,
        )
        for registration in _unanswered(competition, applications)
    ]


def reinstate(registration: Registration, *, reason: str, by: User) -> Registration:
    """Let a person in again whose registration ended, whether or not registration is open.

    Who was declined gets the place; who left or let an offer pass is offered it, since their
    agreement is needed. When every place is taken: the waitlist. Raises NotEnoughPlaces, and
    MoveRefused for who is in or waits already.
    """
    hold(registration)
    if registration.state.live:
        raise MoveRefused(state=registration.state.label)
    competition = registration.competition
    to, until = _place_by_hand(competition), None
    if to is State.REGISTERED and registration.state is not State.DECLINED:
        to, until = State.OFFERED, now() + timedelta(hours=competition.offer_hours)
    return _move(
        registration,
        to,
        mover=Mover.ORGANIZER,
        by=by,
        deed=Deed.REGISTRATION_REINSTATED,
        reason=reason,
        until=until,
    )


# -- what falls due --------------------------------------------------------------------------


def lapse_offers() -> int:
    """End the offers that nobody confirmed in time; returns how many."""
    over = Registration.offered_until <= now() - GRACE
    return sum(
        _move_all(competition, State.LAPSED, Deed.OFFER_LAPSED, over)
        for competition in with_offers(over)
        if _lock(competition, skip_locked=True)
    )


def offer_free_places() -> int:
    """Offer what is free to who waits, in the order of the waitlist; returns how many."""
    offered = 0
    for competition in with_a_place_awaited():
        closes_at = opening_of(competition, Gate.REGISTRATION).closes_at
        until = offer_until(
            now(),
            competition.offer_hours,
            closes_at,
            after_close=competition.offers_after_close,
        )
        if until is not None and _lock(competition, skip_locked=True):
            left = places_left(competition)
            offered += _move_all(
                competition,
                State.OFFERED,
                Deed.PLACE_OFFERED,
                Registration.state == State.WAITLISTED,
                most=AT_ONCE if left is None else min(AT_ONCE, left),
                until=until,
            )
    return offered


def remind_of_offers() -> int:
    """Write to who has let most of an offer's time pass; returns how many letters."""
    due = (Registration.remind_at <= now(), Registration.offered_until > now())
    written = 0
    for competition in with_offers(*due):
        for registration in _of(competition, *due) if _lock(competition, skip_locked=True) else ():
            registration.remind_at = None
            letters.offer_reminder(registration)
            written += 1
    return written


# -- texts to agree to -----------------------------------------------------------------------


def agree(registration: Registration, text: ConsentText, *, by: User) -> Consent:
    """Say yes after registering: to what was optional, or to a newer version. Raises NotEntered."""
    if text.question_id is not None:
        raise AskedByQuestion
    if text not in consent_texts_in_force(registration.competition):
        raise TextSuperseded
    _hold_live(registration)
    consent = _give(registration, text)
    _record(Deed.CONSENT_GIVEN, text, by)
    return consent


def take_back(registration: Registration, text: ConsentText, *, by: User) -> Registration:
    """Take a yes back; what taking part needs goes with the registration only."""
    if text.question_id is not None:
        raise AskedByQuestion
    if text.required:
        raise ConsentNeeded
    for consent in registration.consents:
        if consent.consent_text_id == text.id and consent.withdrawn_at is None:
            consent.withdrawn_at = now()
            _record(Deed.CONSENT_TAKEN_BACK, text, by)
    return registration


def write_text(
    competition: Competition,
    *,
    key: str,
    title: Localized,
    body: Localized,
    required: bool,
    by: User,
) -> ConsentText:
    """Draft the next version of the text named by `key`, or its first."""
    _lock(competition)
    newest = newest_version(competition, key)
    if newest and newest.question_id is not None:
        raise AskedByQuestion
    text = ConsentText(
        competition=competition,
        key=key,
        version=newest.version + 1 if newest else 1,
        title=title,
        body=body,
        required=required,
    )
    db.session.add(text)
    db.session.flush()
    _record(Deed.CONSENT_TEXT_WRITTEN, text, by)
    return text


def edit_text(
    text: ConsentText, *, title: Localized, body: Localized, required: bool, by: User
) -> ConsentText:
    _still_draft(text)
    text.title, text.body, text.required = title, body, required
    _record(Deed.CONSENT_TEXT_WRITTEN, text, by)
    return text


def publish_text(text: ConsentText, *, by: User) -> ConsentText:
    """From now on, whoever registers is asked for this version."""
    _still_draft(text)
    if not (text.title.complete and text.body.complete):
        raise NeedsBothLanguages
    text.published_at = now()
    _record(Deed.CONSENT_TEXT_PUBLISHED, text, by)
    return text


def delete_text(text: ConsentText, *, by: User) -> ConsentText:
    _still_draft(text)
    db.session.delete(text)
    _record(Deed.CONSENT_TEXT_DELETED, text, by)
    return text


# -- consents among the answers --------------------------------------------------------------


def agree_by_answer(registration: Registration, question: Question) -> dict[str, Any]:
    """Say yes to what a question asks now; returns the answer, which names the version."""
    text = _asked_by(question)
    _give(registration, text)
    record(
        Deed.CONSENT_GIVEN,
        by=registration.user,
        competition=registration.competition,
        subject=str(text.title),
        version=text.version,
    )
    return {"version": text.version, "words": question.words}


def take_back_by_answer(registration: Registration, question: Question) -> None:
    """End the yes to what the question asked, in whatever version."""
    for consent in registration.consents:
        if consent.text.question_id == question.id and consent.withdrawn_at is None:
            consent.withdrawn_at = now()
            record(
                Deed.CONSENT_TAKEN_BACK,
                by=registration.user,
                competition=registration.competition,
                subject=str(consent.text.title),
                version=consent.text.version,
            )


def _keep(registration: Registration, answers: Filled, *, by: User) -> bool:
    """Bring the answers up to date, and the ledger of consents with them."""
    changes = keep(registration.answers, answers, new=Answer, by=by)
    for change in changes:
        if change.question.kind is not Kind.CONSENT:
            continue
        if change.gone:
            take_back_by_answer(registration, change.question)
        else:
            change.row.value = agree_by_answer(registration, change.question)
    db.session.flush()
    return bool(changes)


def _asked_by(question: Question) -> ConsentText:
    """The text of a question as it stands now; other words or another file are a new version."""
    competition, key = question.competition, f"q-{question.key}"
    newest, document = newest_version(competition, key), question.document
    stands = {
        "title": question.label,
        "body": question.help,
        "file_name": document.file_name if document else None,
        "digest": document.digest if document else None,
    }
    if newest and all(getattr(newest, name) == value for name, value in stands.items()):
        return newest
    text = ConsentText(
        competition_id=competition.id,
        question_id=question.id,
        key=key,
        version=newest.version + 1 if newest else 1,
        required=question.required,
        published_at=now(),
        **stands,
    )
    try:
        with db.session.begin_nested():
            db.session.add(text)
    except IntegrityError:  # somebody else said yes at the same moment
        return _asked_by(question)
    return text


# -- underneath ------------------------------------------------------------------------------

# How a person who enters by themself is written down.
ENTERED = {
    State.APPLIED: Deed.APPLIED,
    State.WAITLISTED: Deed.WAITLISTED,
    State.REGISTERED: Deed.REGISTERED,
}


def _move(
    registration: Registration,
    to: State,
    *,
    mover: Mover,
    by: User | None,
    deed: Deed,
    reason: str = "",
    until: datetime | None = None,
) -> Registration:
    """The one place where a state changes: as the table allows, with history, journal and letter.

    The competition is held by the caller. `until` is the end of an offer. Raises MoveRefused.
    """
    before, moment = registration.state, now()
    if not may_move(before, to, mover):
        raise MoveRefused(state=before.label)
    turn = _next_turn(registration.competition) if to is State.WAITLISTED else None
    registration.state, registration.moved_at, registration.turn = to, moment, turn
    registration.offered_until = until
    registration.remind_at = until and remind_at(moment, until)
    if to is State.REGISTERED:
        registration.registered_at = moment
    change = RegistrationChange(before=before, after=to, by=by, reason=reason, created_at=moment)
    registration.changes.append(change)
    db.session.add(registration)
    db.session.flush()
    record(
        deed,
        by=by,
        competition=registration.competition,
        subject=registration.user.name,
        **({"reason": reason} if reason else {}),
    )
    letters.moved(change, reinstated=deed is Deed.REGISTRATION_REINSTATED)
    return registration


def _move_all(
    competition: Competition,
    to: State,
    deed: Deed,
    *conditions: Any,
    most: int = AT_ONCE,
    until: datetime | None = None,
) -> int:
    """Move who meets the conditions, by the system; the competition is held."""
    found = _of(competition, *conditions, most=most)
    for registration in found:
        _move(registration, to, mover=Mover.SYSTEM, by=None, deed=deed, until=until)
    return len(found)


def _of(competition: Competition, *conditions: Any, most: int = AT_ONCE) -> list[Registration]:
    """Registrations that meet the conditions, as they are now, in the order of the waitlist."""
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.competition_id == competition.id, *conditions)
        .order_by(Registration.turn, Registration.offered_until, Registration.id)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _unanswered(
    competition: Competition, applications: Iterable[Registration]
) -> list[Registration]:
    _lock(competition)
    chosen = [registration.id for registration in applications]
    waiting = _of(
        competition,
        Registration.id.in_(chosen),
        Registration.state == State.APPLIED,
        most=len(chosen),
    )
    return sorted(waiting, key=lambda registration: registration.moved_at)


def _place_for_one_more(competition: Competition) -> State:
    """A place; where all are taken or awaited, the waitlist. Raises CompetitionFull."""
    if places_left(competition) != 0 and not count_of(competition, State.WAITLISTED):
        return State.REGISTERED
    if not competition.waitlist:
        raise CompetitionFull
    return State.WAITLISTED


def _place_by_hand(competition: Competition) -> State:
    try:
        return _place_for_one_more(competition)
    except CompetitionFull:
        raise NotEnoughPlaces from None


def _next_turn(competition: Competition) -> int:
    last = db.session.scalar(
        select(func.max(Registration.turn)).where(Registration.competition_id == competition.id)
    )
    return (last or 0) + 1


def _give(registration: Registration, text: ConsentText) -> Consent:
    """The open yes to this text, or a new one: the ledger's closed rows stay as they are."""
    for consent in registration.consents:
        if consent.consent_text_id == text.id and consent.withdrawn_at is None:
            return consent
    consent = Consent(text=text)
    registration.consents.append(consent)
    return consent


def _still_draft(text: ConsentText) -> None:
    if text.published_at is not None:
        raise TextPublished


def _record(deed: Deed, text: ConsentText, by: User) -> None:
    record(deed, by=by, competition=text.competition, subject=text.key, version=text.version)


def _lock(competition: Competition, *, skip_locked: bool = False) -> bool:
    """Hold the competition's row, and read it as it is now; foreign keys need not wait.

    Whoever counts and then adds goes one after the other. With `skip_locked`, False when somebody
    else holds it: a chore then leaves it to the next round.
    """
    held = db.session.scalar(
        select(Competition)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True, skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )
    return held is not None


def hold(registration: Registration) -> None:
    """Lock the competition, and read the registration as it is now.

    Whoever holds the registration's own row, too, takes it after this.
    """
    _lock(registration.competition)
    db.session.refresh(registration)


def _hold_live(registration: Registration) -> None:
    """Lock the registration alone, so that two forms at once do not collide, and read it as it is
    now. Raises NotEntered when it has ended, in another tab perhaps."""
    db.session.refresh(registration, with_for_update={"key_share": True})
    if not registration.state.live:
        raise NotEntered
