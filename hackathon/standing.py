"""What the menus of a competition ask about the person who reads them, in one question.

Every room has its own question, and a page with a menu asks most of them; together they cost as
much as two or three.
"""

from typing import Any

from flask import request
from flask_login import current_user
from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import contains_eager

from .competitions.models import Competition, Organizer
from .competitions.queries import competition_at, organizes
from .datasets.models import DataSet
from .datasets.queries import offers_data
from .extensions import db
from .gallery.models import Gallery
from .gallery.queries import chosen_gallery
from .ground.clock import now
from .ground.doors import asks_for_json
from .ground.remember import foretell
from .ground.transaction import READING
from .judging.models import Judge
from .judging.queries import judge_of
from .mentoring.models import Mentor
from .mentoring.queries import mentor_of
from .press.models import PressPack
from .press.queries import offers_pack
from .registrations.models import Registration
from .registrations.queries import entry_of
from .teams.models import Membership
from .teams.queries import membership_of
from .voting.models import Poll
from .voting.queries import poll_of


def _own(kind: Any) -> Any:
    """The row of this kind that is the person's in the competition."""
    return and_(kind.competition_id == Competition.id, kind.user_id == bindparam("person"))


_STANDING = (
    select(
        Organizer.id,
        Registration,
        Membership,
        Mentor,
        Judge,
        Gallery,
        Poll,
        PressPack.published_at,
        exists().where(
            DataSet.competition_id == Competition.id, DataSet.published_at <= bindparam("now")
        ),
    )
    .select_from(Competition)
    .outerjoin(Organizer, _own(Organizer))
    .outerjoin(Registration, _own(Registration))
    .outerjoin(Membership, Membership.registration_id == Registration.id)
    .outerjoin(Membership.team)
    .outerjoin(Mentor, _own(Mentor))
    .outerjoin(Judge, and_(_own(Judge), Judge.dismissed_at.is_(None)))
    .outerjoin(Gallery, Gallery.competition_id == Competition.id)
    .outerjoin(Poll, Poll.competition_id == Competition.id)
    .outerjoin(PressPack, PressPack.competition_id == Competition.id)
    .where(Competition.id == bindparam("competition"))
    .options(contains_eager(Membership.team))
)


def competition_met(slug: str, **_: Any) -> Competition | None:
    """The competition of an address; and how the person stands in it, where a menu will ask."""
    competition = competition_at(slug)
    if competition is not None and _shows_menu() and current_user.is_authenticated:
        _meet(current_user, competition)
    return competition


def _shows_menu() -> bool:
    """Organizers' pages have a menu of their own, which asks one thing alone."""
    manages = (request.endpoint or "").startswith("manage.")
    return request.method in READING and not manages and not asks_for_json()


def _meet(person: Any, competition: Competition) -> None:
    asked = {"person": person.id, "competition": competition.id, "now": now()}
    organizer, entry, membership, mentor, judge, gallery, poll, pack, data = db.session.execute(
        _STANDING, asked
    ).one()
    foretell(organizes, person, competition, answer=bool(person.administrator or organizer))
    foretell(entry_of, person, competition, answer=entry)
    foretell(membership_of, person, competition, answer=membership)
    foretell(mentor_of, person, competition, answer=mentor)
    foretell(judge_of, person, competition, answer=judge)
    foretell(chosen_gallery, competition, answer=gallery)
    foretell(poll_of, competition, answer=poll)
    foretell(offers_pack, competition, answer=pack is not None)
    foretell(offers_data, competition, answer=data)
