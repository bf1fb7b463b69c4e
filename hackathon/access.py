"""THE POLICY: who may go through which door, and while which gate is open.

One line per endpoint. A door that is not named here does not exist: the site will not start.
"""

import uuid
from typing import Any

from sqlalchemy import select

from .accounts.rules import administrator, signed_in, signed_out
from .competitions.models import Challenge, Criterion, Document, Gate, Organizer, Partner
from .competitions.queries import competition_at
from .competitions.rules import organizer, published
from .demo.queries import mail_at
from .extensions import db
from .ground.doors import Doors
from .ground.rule import anyone
from .post.models import Letter
from .teams.models import Team

POLICY = {
    # -- the house --
    "static": anyone,
    "healthz": anyone,
    # -- accounts --
    "accounts.sign_up": signed_out,
    "accounts.letter_sent": anyone,
    "accounts.confirmation_letter": anyone,
    "accounts.confirmation": anyone,
    "accounts.sign_in": signed_out,
    "accounts.sign_out": signed_in,
    "accounts.reset_letter": anyone,
    "accounts.reset": anyone,
    "accounts.profile": signed_in,
    "accounts.password": signed_in,
    # -- competitions --
    "competitions.index": anyone,
    "competitions.new": administrator,
    "competitions.dates": published,
    "competitions.challenges": published,
    "competitions.challenge": published,
    "competitions.rules": published,
    "competitions.partners": published,
    "competitions.documents": published,
    "competitions.document": published,
    "manage.competitions.edit": organizer,
    "manage.competitions.publication": organizer,
    "manage.competitions.dates": organizer,
    "manage.competitions.window": organizer,
    "manage.competitions.challenges": organizer,
    "manage.competitions.challenge_new": organizer,
    "manage.competitions.challenge_edit": organizer,
    "manage.competitions.challenge_removal": organizer,
    "manage.competitions.partners": organizer,
    "manage.competitions.partner_new": organizer,
    "manage.competitions.partner_edit": organizer,
    "manage.competitions.partner_removal": organizer,
    "manage.competitions.criteria": organizer,
    "manage.competitions.criterion_new": organizer,
    "manage.competitions.criterion_edit": organizer,
    "manage.competitions.criterion_removal": organizer,
    "manage.competitions.documents": organizer,
    "manage.competitions.document_new": organizer,
    "manage.competitions.document_edit": organizer,
    "manage.competitions.document_removal": organizer,
    "manage.competitions.organizers": organizer,
    "manage.competitions.dismissal": organizer,
    # -- registrations --
    # -- teams --
    # -- workshops --
    # -- mentoring --
    # -- submissions --
    # -- judging --
    # -- results --
    # -- news --
    # -- desk --
    "desk.front": published,
    "desk.home": signed_in,
    "manage.desk.overview": organizer,
    "manage.desk.extension": organizer,
    "manage.desk.journal": organizer,
    "manage.desk.letters": organizer,
    "manage.desk.letter": organizer,
}

# Doors that are hung in the demo alone.
DEMO_POLICY = {
    "demo.phase": anyone,
    "demo.sign_in": anyone,
    "demo.mailbox": anyone,
    "demo.mail": anyone,
}


def within(kind: Any) -> Any:
    """A finder of rows that belong to the competition in the address."""

    def find(key: str, *, competition: Any, **_: Any) -> Any:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        return db.session.scalar(
            select(kind).where(kind.id == wanted, kind.competition_id == competition.id)
        )

    return find


FINDERS = {
    "competition": competition_at,
    # -- competitions --
    "challenge": within(Challenge),
    "document": within(Document),
    "criterion": within(Criterion),
    "gate": lambda key, **_: Gate(key) if key in set(Gate) else None,
    "organizer": within(Organizer),
    "partner": within(Partner),
    # -- registrations --
    # -- teams --
    "team": within(Team),
    # -- workshops --
    # -- mentoring --
    # -- submissions --
    # -- judging --
    # -- results --
    # -- news --
    # -- desk --
    "letter": within(Letter),
}

doors = Doors(POLICY, FINDERS)
demo_doors = Doors(POLICY | DEMO_POLICY, FINDERS | {"mail": mail_at})
