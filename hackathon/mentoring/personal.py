"""What mentoring holds about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.localized import Localized
from ..ground.personal import Fact, Holding, Share
from ..teams.models import Team
from . import letters
from .actions import hold
from .models import Conflict, Mentor, Pairing


def forget(person: User) -> None:
    """Leave the teams, who are told, and empty the profile. What was sent to teams hangs on it."""
    for mentor in db.session.scalars(select(Mentor).filter_by(user=person)).all():
        hold(mentor)
        for pairing in list(mentor.pairings):
            letters.pairing_ended(mentor, pairing.team, to=pairing.team.members)
            mentor.pairings.remove(pairing)
        mentor.headline, mentor.languages, mentor.expertise, mentor.capacity = (
            Localized(),
            [],
            [],
            0,
        )
    db.session.flush()
    db.session.execute(update(Conflict).where(Conflict.user_id == person.id).values(reason=""))


def expire(competition: Competition) -> dict[str, int]:
    """Why people were kept from teams; that they were, stays for the record."""
    teams = select(Team.id).where(Team.competition_id == competition.id)
    emptied = db.session.execute(
        update(Conflict).where(Conflict.team_id.in_(teams), Conflict.reason != "").values(reason="")
    )
    return {"conflicts": emptied.rowcount}


SHARE = Share(
    holdings=(
        Holding(
            "mentoring",
            _l("Your mentor profiles"),
            Mentor,
            lambda person: (
                select(Mentor)
                .where(Mentor.user_id == person.id)
                .options(joinedload(Mentor.competition), selectinload(Mentor.expertise))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Since")),
                Fact("headline", _l("Headline")),
                Fact("languages", _l("Languages")),
                Fact("capacity", _l("Most teams")),
                Fact(
                    "expertise", _l("Expertise"), lambda mentor: [e.label for e in mentor.expertise]
                ),
            ),
            stays=_l("An empty profile that nobody is shown, to which your feedback belongs."),
        ),
        Holding(
            "pairings",
            _l("Teams you accompany"),
            Pairing,
            lambda person: (
                select(Pairing)
                .join(Pairing.mentor)
                .where(Mentor.user_id == person.id)
                .options(contains_eager(Pairing.mentor), joinedload(Pairing.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("created_at", _l("Since")),
                Fact("fit", _l("Fit, of 1000")),
            ),
        ),
        Holding(
            "conflicts",
            _l("Conflicts of interest"),
            Conflict,
            lambda person: (
                select(Conflict)
                .where(Conflict.user_id == person.id)
                .options(joinedload(Conflict.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("created_at", _l("Declared")),
                # What others wrote in confidence is theirs.
                Fact(
                    "reason",
                    _l("Reason, where you gave it"),
                    lambda conflict: (
                        conflict.reason if conflict.by_id == conflict.user_id else None
                    ),
                ),
            ),
            stays=_l("That there was one, without its reason: it decides which reviews count."),
        ),
    ),
    forget=forget,
    expire=expire,
)
