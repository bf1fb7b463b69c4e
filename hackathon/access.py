"""THE POLICY: who may go through which door, and while which gate is open.

One line per endpoint. A door that is not named here does not exist: the site will not start.
"""

import uuid
from typing import Any

from sqlalchemy import select

from .accounts.rules import administrator, signed_in, signed_out
from .competitions.models import Challenge, Criterion, Document, Gate, Organizer, Partner
from .competitions.queries import competition_at
from .competitions.rules import organizer, organizes_it, published
from .extensions import db
from .ground.doors import Doors
from .ground.rule import anyone
from .judging.models import Judge, Review
from .judging.rules import assigned_judge, before_judging_closes, judge
from .mentoring.models import Conflict
from .post.models import Letter
from .results.rules import announced, handed_in
from .submissions.models import Submission
from .teams.models import Team
from .teams.rules import member, while_open

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
    "judging.index": signed_in & published & judge,
    "judging.review": signed_in & published & judge & assigned_judge,
    "judging.scores": (signed_in & published & judge & assigned_judge & while_open(Gate.JUDGING)),
    "judging.recusal": (signed_in & published & judge & assigned_judge & before_judging_closes),
    "manage.judging.index": organizer,
    "manage.judging.new": organizer,
    "manage.judging.edit": organizer,
    "manage.judging.dismissal": organizer,
    "manage.judging.reminders": organizer,
    "manage.judging.conflicts": organizer,
    "manage.judging.conflict_lifting": organizer,
    "manage.judging.assignment": organizer,
    "manage.judging.proposal": organizer,
    "manage.judging.show": organizer,
    "manage.judging.new_review": organizer,
    "manage.judging.review_removal": organizer,
    "manage.judging.ranking": organizer,
    # -- results --
    "results.index": published & announced,
    "results.projects": published & announced,
    "results.project": published & announced & handed_in,
    "results.of_team": published & announced & signed_in & (member | organizes_it),
    "manage.results.index": organizer,
    "manage.results.announcement": organizer,
    "manage.results.publication": organizer,
    "manage.results.cancellation": organizer,
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


def through(kind: Any, owner: Any) -> Any:
    """A finder of rows that belong to the competition by way of their owner."""

    def find(key: str, *, competition: Any, **_: Any) -> Any:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        return db.session.scalar(
            select(kind)
            .join(owner)
            .where(kind.id == wanted, owner.competition_id == competition.id)
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
    "submission": within(Submission),
    # -- judging --
    "judge": within(Judge),
    "review": through(Review, Judge),
    "conflict": through(Conflict, Team),
    # -- results --
    # -- news --
    # -- desk --
    "letter": within(Letter),
}

doors = Doors(POLICY, FINDERS)
