"""Reads about registrations."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Window
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..questions import asking
from ..questions.fields import Sheet
from ..questions.models import Question, Questionnaire, Reader, values
from ..questions.queries import questions_in
from ..questions.tallies import Tally, tallies
from ..questions.words import Told, told
from .eligibility import Conditions
from .models import Answer, Consent, ConsentText, Registration, RegistrationChange
from .states import HOLDING, State


@once_per_request
def registration_of(user: User, competition: Competition) -> Registration | None:
    """The registration of a person who takes part."""
    entry = entry_of(user, competition)
    return entry if entry and entry.takes_part else None


@once_per_request
def entry_of(user: User, competition: Competition) -> Registration | None:
    """The person's registration, in whatever state."""
    return db.session.scalar(
        select(Registration).where(
            Registration.user_id == user.id, Registration.competition_id == competition.id
        )
    )


def count_of(competition: Competition, state: State = State.REGISTERED) -> int:
    """How many people stand there; by itself, how many take part."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.competition_id == competition.id, Registration.state == state
            )
        )
        or 0
    )


def counts_of(competition: Competition) -> dict[State, int]:
    """How many registrations are in each state; every state is there."""
    rows = db.session.execute(
        select(Registration.state, func.count())
        .where(Registration.competition_id == competition.id)
        .group_by(Registration.state)
    )
    return dict.fromkeys(State, 0) | {state: count for state, count in rows}


def places_taken(competition: Competition) -> int:
    """How many people take part or are offered a place."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.competition_id == competition.id, Registration.state.in_(HOLDING)
            )
        )
        or 0
    )


def places_left(competition: Competition) -> int | None:
    """How many more people can have a place; None without a limit."""
    if competition.capacity is None:
        return None
    return max(0, competition.capacity - places_taken(competition))


def place_in_line(registration: Registration) -> int | None:
    """1 for whoever is next on the waitlist; None for who is not on it."""
    if registration.turn is None:
        return None
    return db.session.scalar(
        select(func.count()).where(
            Registration.competition_id == registration.competition_id,
            Registration.turn <= registration.turn,
        )
    )


def applications_of(competition: Competition) -> list[Registration]:
    """Who waits for the organizers' answer, the longest first."""
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.competition_id == competition.id, Registration.state == State.APPLIED)
        .options(joinedload(Registration.user))
        .order_by(Registration.moved_at, Registration.id)
    )
    return list(rows)


def changes_of(registration: Registration) -> list[RegistrationChange]:
    """The history of a registration, the newest first."""
    rows = db.session.scalars(
        select(RegistrationChange)
        .where(RegistrationChange.registration_id == registration.id)
        .options(joinedload(RegistrationChange.by))
        .order_by(RegistrationChange.created_at.desc(), RegistrationChange.id.desc())
    )
    return list(rows)


def with_offers(*conditions: ColumnElement[bool]) -> list[Competition]:
    """The competitions with offers of places that meet the conditions."""
    return _where_any(Registration.state == State.OFFERED, *conditions)


def with_a_place_awaited() -> list[Competition]:
    """The competitions where a place is free and somebody on the waitlist."""
    taken = (
        select(func.count(Registration.id))
        .where(Registration.competition_id == Competition.id, Registration.state.in_(HOLDING))
        .correlate(Competition)
        .scalar_subquery()
    )
    free = or_(Competition.capacity.is_(None), Competition.capacity > taken)
    return _where_any(Registration.state == State.WAITLISTED, of=free)


def _where_any(
    *conditions: ColumnElement[bool], of: ColumnElement[bool] | None = None
) -> list[Competition]:
    """The competitions (of those that meet `of`) with a registration that meets the conditions."""
    some = select(Registration.competition_id).where(*conditions)
    query = (
        select(Competition)
        .where(Competition.id.in_(some))
        .options(selectinload(Competition.windows).selectinload(Window.extensions))
    )
    return list(db.session.scalars(query if of is None else query.where(of)))


def registration_with(address: str, competition: Competition) -> Registration | None:
    """The registration of the person with this address, who takes part."""
    return db.session.scalar(
        select(Registration)
        .join(User, Registration.user_id == User.id)
        .where(
            User.email == address.strip().lower(),
            Registration.competition_id == competition.id,
            Registration.takes_part,
        )
    )


def consents_of(registration: Registration) -> list[Consent]:
    """What the person agreed to and has not taken back, the required texts first."""
    rows = db.session.scalars(
        select(Consent)
        .join(ConsentText, Consent.consent_text_id == ConsentText.id)
        .where(Consent.registration_id == registration.id, Consent.withdrawn_at.is_(None))
        .options(joinedload(Consent.text))
        .order_by(ConsentText.required.desc(), ConsentText.key, ConsentText.version)
    )
    return list(rows)


def ledger_of(user: User, competition: Competition | None = None) -> list[Consent]:
    """Every yes the person gave, taken back or not, the newest first; here or anywhere."""
    query = (
        select(Consent)
        .join(Consent.registration)
        .where(Registration.user_id == user.id)
        .options(
            contains_eager(Consent.registration).joinedload(Registration.competition),
            joinedload(Consent.text),
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
    )
    if competition is not None:
        query = query.where(Registration.competition_id == competition.id)
    return list(db.session.scalars(query))


def _to_agree() -> Select[tuple[ConsentText]]:
    newer = aliased(ConsentText)
    superseded = (
        select(newer.id)
        .where(
            newer.competition_id == ConsentText.competition_id,
            newer.key == ConsentText.key,
            newer.version > ConsentText.version,
            newer.published_at <= bindparam("now"),
        )
        .exists()
    )
    agreed = (
        select(Consent.id)
        .where(
            Consent.registration_id == Registration.id,
            Consent.consent_text_id == ConsentText.id,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )
    return (
        select(ConsentText)
        .join(Registration, Registration.competition_id == ConsentText.competition_id)
        .where(
            Registration.user_id == bindparam("person"),
            Registration.takes_part,
            ConsentText.required,
            ConsentText.question_id.is_(None),
            ConsentText.published_at <= bindparam("now"),
            ~superseded,
            ~agreed,
        )
        .options(joinedload(ConsentText.competition))
        .order_by(ConsentText.created_at)
    )


_TO_AGREE = _to_agree()


def texts_to_agree(user: User, competition: Competition | None = None) -> list[ConsentText]:
    """The newest versions of required texts to which a person who takes part said no yes yet."""
    query = _TO_AGREE
    if competition is not None:
        query = query.where(ConsentText.competition_id == competition.id)
    return list(db.session.scalars(query, {"person": user.id, "now": now()}))


def newest_version(competition: Competition, key: str) -> ConsentText | None:
    return db.session.scalar(
        select(ConsentText)
        .where(ConsentText.competition_id == competition.id, ConsentText.key == key)
        .order_by(ConsentText.version.desc())
        .limit(1)
    )


def consent_texts_in_force(competition: Competition) -> list[ConsentText]:
    """The newest published version of each text, the required ones first."""
    rows = db.session.scalars(
        select(ConsentText)
        .where(
            ConsentText.competition_id == competition.id,
            ConsentText.question_id.is_(None),
            ConsentText.published_at <= now(),
        )
        .order_by(ConsentText.version)
    )
    newest = {text.key: text for text in rows}
    return sorted(newest.values(), key=lambda text: (not text.required, text.created_at, text.key))


def consents_missing(registration: Registration) -> list[ConsentText]:
    """The needed texts in force of which the person has agreed to no version that still holds."""
    agreed = {consent.text.key for consent in consents_of(registration)}
    texts = consent_texts_in_force(registration.competition)
    return [text for text in texts if text.required and text.key not in agreed]


def consent_texts_of(competition: Competition) -> list[tuple[ConsentText, int]]:
    """Every version of every text with the number of people who agreed, newest versions first."""
    agreed = (
        select(func.count())
        .where(Consent.consent_text_id == ConsentText.id, Consent.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(ConsentText, agreed)
        .where(ConsentText.competition_id == competition.id)
        .order_by(ConsentText.question_id, ConsentText.key, ConsentText.version.desc())
    )
    return [(text, count) for text, count in rows]


def conditions_of(competition: Competition) -> Conditions:
    """Who may enter. Without a day of its own, the age counts when the first step opens."""
    first = min((window.opens_at for window in competition.windows), default=now())
    return Conditions(
        age=competition.minimum_age,
        age_on=competition.age_on or first.astimezone(ZoneInfo(competition.zone)).date(),
        country=competition.country,
        provinces=competition.provinces,
    )


# -- answers ---------------------------------------------------------------------------------


def registration_questions(competition: Competition) -> list[Question]:
    return questions_in(competition, Questionnaire.REGISTRATION)


def sheet_for(
    competition: Competition, registration: Registration | None = None, *, bound: bool = True
) -> Sheet:
    """The questions to whoever registers, or with the answers that they gave."""
    answers = values(registration.answers) if registration else {}
    return Sheet(registration_questions(competition), answers, bound=bound)


def answers_of(registration: Registration) -> list[Told]:
    """What the person was asked and answered, as they and the organizers see it."""
    return told(registration_questions(registration.competition), registration.answers)


def answers_shown(
    competition: Competition, registrations: Iterable[Registration], reader: Reader
) -> dict[Any, list[Told]]:
    """What these people answered that the reader may see, by the id of the registration."""
    questions = [q for q in registration_questions(competition) if reader in q.shown_to]
    if not questions:
        return {}
    people = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_([registration.id for registration in registrations]))
        .options(selectinload(Registration.answers))
    )
    return {person.id: told(questions, person.answers, reader=reader) for person in people}


def answer_to(registration: Registration, question: Question) -> Answer | None:
    return db.session.scalar(
        select(Answer).where(
            Answer.registration_id == registration.id, Answer.question_id == question.id
        )
    )


def people_with_answers(competition: Competition) -> list[Registration]:
    """Everyone who takes part, by name, with their answers."""
    return list(
        db.session.scalars(
            select(Registration)
            .join(User, Registration.user_id == User.id)
            .where(Registration.competition_id == competition.id, Registration.takes_part)
            .options(joinedload(Registration.user), selectinload(Registration.answers))
            .order_by(func.lower(User.name), User.email)
        )
    )


def tallies_of(competition: Competition) -> list[Tally]:
    people = people_with_answers(competition)
    return tallies(registration_questions(competition), [(values(p.answers), None) for p in people])


def lacking(competition: Competition, question: Question) -> list[Registration]:
    """Who is asked this question and has not answered it, by name."""
    plain = [each.asked for each in registration_questions(competition)]

    def lacks(person: Registration) -> bool:
        answers = values(person.answers)
        asked = {each.key for each in asking.asked(plain, answers)}
        return question.key in asked and question.key not in answers

    return [person for person in people_with_answers(competition) if lacks(person)]
