"""What registrations hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.personal import Fact, Holding, Share
from ..questions.personal import FACTS, file_of, personal_questions, with_question
from .models import Answer, Consent, Registration, RegistrationChange
from .residence import residence_name


def forget(person: User) -> None:
    """Forget what was told, and close every yes. Whoever could leave has left by now."""
    db.session.flush()
    own = select(Registration.id).where(Registration.user_id == person.id)
    db.session.execute(
        update(Registration)
        .where(Registration.user_id == person.id)
        .values(residence=None, birth_date=None)
    )
    db.session.execute(delete(Answer).where(Answer.registration_id.in_(own)))
    db.session.execute(
        update(RegistrationChange)
        .where(RegistrationChange.registration_id.in_(own), RegistrationChange.reason != "")
        .values(reason="")
    )
    db.session.execute(
        update(Consent)
        .where(Consent.registration_id.in_(own), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )
    db.session.expire_all()


def expire(competition: Competition) -> dict[str, int]:
    """What people told when they registered, and why they were let in or not."""
    of_it = Registration.competition_id == competition.id
    entries = select(Registration.id).where(of_it)
    deeds = {
        "registrations": update(Registration)
        .where(of_it, Registration.residence.is_not(None))
        .values(residence=None),
        "birth_dates": update(Registration)
        .where(of_it, Registration.birth_date.is_not(None))
        .values(birth_date=None),
        "answers": delete(Answer).where(
            Answer.registration_id.in_(entries),
            Answer.question_id.in_(personal_questions(competition)),
        ),
        "reasons": update(RegistrationChange)
        .where(RegistrationChange.registration_id.in_(entries), RegistrationChange.reason != "")
        .values(reason=""),
    }
    return {what: db.session.execute(deed).rowcount for what, deed in deeds.items()}


SHARE = Share(
    holdings=(
        Holding(
            "registrations",
            _l("Your registrations"),
            Registration,
            lambda person: (
                select(Registration)
                .where(Registration.user_id == person.id)
                .options(joinedload(Registration.competition))
                .order_by(Registration.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Entered")),
                Fact("of_age_declared_at", _l("Minimum age declared")),
                Fact("residence", _l("Where you live"), words=residence_name),
                Fact("birth_date", _l("Date of birth")),
                Fact("state", _l("State"), words=lambda state: state.label),
                Fact("moved_at", _l("In this state since")),
                Fact("registered_at", _l("Taking part since")),
                Fact("turn", _l("Turn on the waitlist")),
                Fact("offered_until", _l("Place kept until")),
                Fact("remind_at", _l("Reminder due")),
            ),
            stays=_l(
                "That somebody was registered, and when: without where you live and when you were "
                "born."
            ),
        ),
        Holding(
            "registration_changes",
            _l("What became of your registrations"),
            RegistrationChange,
            lambda person: (
                select(RegistrationChange)
                .join(RegistrationChange.registration)
                .where(Registration.user_id == person.id)
                .options(
                    contains_eager(RegistrationChange.registration).joinedload(
                        Registration.competition
                    )
                )
                .order_by(RegistrationChange.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "registration.competition.name"),
                Fact("created_at", _l("When")),
                Fact("before", _l("Before"), words=lambda state: state and state.label),
                Fact("after", _l("After"), words=lambda state: state.label),
                Fact("reason", _l("Reason")),
            ),
            stays=_l("The states, without the reasons: places were given in this order."),
        ),
        Holding(
            "answers",
            _l("Your answers at registration"),
            Answer,
            lambda person: (
                select(Answer)
                .join(Answer.registration)
                .where(Registration.user_id == person.id)
                .options(
                    contains_eager(Answer.registration).joinedload(Registration.competition),
                    with_question(Answer),
                )
                .order_by(Answer.created_at)
            ),
            (Fact("competition", _l("Competition"), "registration.competition.name"), *FACTS),
            file=file_of,
        ),
        Holding(
            "consents",
            _l("What you agreed to"),
            Consent,
            lambda person: (
                select(Consent)
                .join(Consent.registration)
                .where(Registration.user_id == person.id)
                .options(
                    contains_eager(Consent.registration).joinedload(Registration.competition),
                    joinedload(Consent.text),
                )
                .order_by(Consent.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "registration.competition.name"),
                Fact("text", _l("Text"), "text.title"),
                Fact("version", _l("Version"), "text.version"),
                Fact("document", _l("Document"), "text.file_name"),
                Fact("sha256", _l("SHA-256 of the document"), "text.digest"),
                Fact("created_at", _l("Given")),
                Fact("withdrawn_at", _l("Taken back")),
            ),
            stays=_l(
                "The proof that somebody agreed to which text, and until when. Every yes ends now."
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
