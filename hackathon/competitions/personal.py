"""What a competition's organizing holds about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..extensions import db
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Hindrance, Holding, Share
from .actions import dismiss_organizer
from .forms import GATE_NAMES
from .models import (
    Challenge,
    Competition,
    Inquiry,
    Organizer,
    Reminded,
    Reminder,
    ReminderRound,
)


def hindrances(person: User) -> list[Hindrance]:
    """The competitions that nobody else organizes."""
    alone = (
        select(Organizer.competition_id)
        .group_by(Organizer.competition_id)
        .having(func.count() == 1)
    )
    rows = db.session.scalars(
        select(Competition)
        .join(Organizer, Organizer.competition_id == Competition.id)
        .where(Organizer.user_id == person.id, Competition.id.in_(alone))
    )
    return [
        Hindrance(
            _l(
                "You are the only organizer of %(competition)s. Appoint another first.",
                competition=competition.name,
            ),
            "manage.competitions.organizers",
            {"competition": competition},
        )
        for competition in rows
    ]


def forget(person: User) -> None:
    """Raises LastOrganizer."""
    for organizer in db.session.scalars(select(Organizer).filter_by(user=person)).all():
        dismiss_organizer(organizer, by=person)
    _drop_inquiries(Inquiry.asker_id == person.id)
    db.session.execute(delete(Reminded).where(Reminded.user_id == person.id))


def expire(competition: Competition) -> dict[str, int]:
    """Who asked what about a challenge. What everyone reads stays."""
    challenges = select(Challenge.id).where(Challenge.competition_id == competition.id)
    return {"inquiries": _drop_inquiries(Inquiry.challenge_id.in_(challenges))}


def _drop_inquiries(which: ColumnElement[bool]) -> int:
    """Delete them, and of those answered for everyone what the person wrote; returns how many."""
    gone = db.session.execute(delete(Inquiry).where(which, Inquiry.published_at.is_(None)))
    emptied = db.session.execute(
        update(Inquiry)
        .where(which, (Inquiry.text != "") | Inquiry.asker_id.is_not(None))
        .values(text="", asker_id=None)
    )
    return int(gone.rowcount + emptied.rowcount)  # type: ignore[attr-defined]


SHARE = Share(
    holdings=(
        Holding(
            "organizing",
            _l("Competitions you organize"),
            Organizer,
            lambda person: (
                select(Organizer)
                .where(Organizer.user_id == person.id)
                .options(joinedload(Organizer.competition))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Since")),
            ),
        ),
        Holding(
            "inquiries",
            _l("Your questions about challenges"),
            Inquiry,
            lambda person: (
                select(Inquiry)
                .where(Inquiry.asker_id == person.id)
                .options(joinedload(Inquiry.challenge).joinedload(Challenge.competition))
                .order_by(Inquiry.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "challenge.competition.name"),
                Fact("challenge", _l("Challenge"), "challenge.title"),
                Fact("created_at", _l("Asked")),
                Fact("language", _l("Language"), words=NAMES.get),
                Fact("text", _l("Question")),
                Fact("answer", _l("Answer")),
                Fact("answered_at", _l("Answered")),
                Fact("published_at", _l("Answered for everyone")),
            ),
            stays=_l(
                "What was answered for everyone, in the organizers’ words, without yours. The "
                "rest is deleted."
            ),
        ),
        Holding(
            "reminders",
            _l("Reminders you were sent"),
            Reminded,
            lambda person: (
                select(Reminded)
                .where(Reminded.user_id == person.id)
                .options(
                    joinedload(Reminded.round)
                    .joinedload(ReminderRound.reminder)
                    .joinedload(Reminder.competition)
                )
                .order_by(Reminded.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "round.reminder.competition.name"),
                Fact("gate", _l("Deadline"), "round.reminder.gate", words=GATE_NAMES.get),
                Fact("closes_at", _l("Closes"), "round.closes_at"),
                Fact("created_at", _l("Written")),
            ),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
    expire=expire,
)
