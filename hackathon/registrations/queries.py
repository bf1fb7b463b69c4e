"""Reads about registrations."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
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
from .models import Answer, Consent, ConsentText, Registration


@once_per_request
def registration_of(user: User, competition: Competition) -> Registration | None:
    """The person's entry in the competition, unless withdrawn."""
    return db.session.scalar(
        select(Registration).where(
            Registration.user_id == user.id,
            Registration.competition_id == competition.id,
            Registration.takes_part,
        )
    )


def count_of(competition: Competition) -> int:
    """How many people take part."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.competition_id == competition.id, Registration.takes_part
            )
        )
        or 0
    )


def places_left(competition: Competition) -> int | None:
    """How many more people can register; None without a limit."""
    if competition.capacity is None:
        return None
    return max(0, competition.capacity - count_of(competition))


def registration_with(address: str, competition: Competition) -> Registration | None:
    """The entry of the person with this address, unless withdrawn."""
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


def consent_texts_in_force(competition: Competition) -> list[ConsentText]:
    """The newest published version of each text, the required ones first."""
    rows = db.session.scalars(
        select(ConsentText)
        .where(ConsentText.competition_id == competition.id, ConsentText.published_at <= now())
        .order_by(ConsentText.version)
    )
    newest = {text.key: text for text in rows}
    return sorted(newest.values(), key=lambda text: (not text.required, text.created_at, text.key))


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
        .order_by(ConsentText.key, ConsentText.version.desc())
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
