"""Opening the gallery, keeping a project out of it, and being named in it."""

import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.actions import hold
from ..submissions.models import Submission
from ..teams.models import Team
from ..teams.queries import membership_of
from . import letters
from .models import Audience, Gallery, Named, Withheld
from .queries import naming_of, withheld_now


class AlreadyWithheld(Obstacle):
    sentence = _l("This project is kept out already: look at the page again.")


class NotWithheld(Obstacle):
    sentence = _l("This project is not kept out: look at the page again.")


class NotInTeam(Obstacle):
    sentence = _l("You are not in this team any more.")


def settle(
    competition: Competition,
    *,
    audience: Audience,
    opens_at: datetime | None,
    files: bool,
    by: User,
) -> Gallery:
    """To whom and from when the projects are shown. It holds at once."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    gallery = db.session.scalar(select(Gallery).where(Gallery.competition_id == competition.id))
    if gallery is None:
        gallery = Gallery(competition_id=competition.id)
        db.session.add(gallery)
    gallery.audience, gallery.opens_at, gallery.files = audience, opens_at, files
    gallery.by = by
    db.session.flush()
    moment = {"opens_at": opens_at.isoformat()} if opens_at else {}
    deed = Deed.GALLERY_DATED if opens_at else Deed.GALLERY_SET
    record(deed, by=by, competition=competition, audience=audience.value, **moment)
    return gallery


def withhold(submission: Submission, *, reason: str, by: User) -> Withheld:
    """Keep a project out of the gallery, and tell its team why. Judging is not touched."""
    hold(submission.team)
    if withheld_now(submission):
        raise AlreadyWithheld
    withheld = Withheld(submission=submission, reason=reason, by=by)
    db.session.add(withheld)
    db.session.flush()
    _record(Deed.PROJECT_WITHHELD, submission, by)
    letters.project_withheld(withheld)
    return withheld


def show_again(submission: Submission, *, reason: str, by: User) -> Withheld:
    """Let it be seen like the others, and tell its team."""
    hold(submission.team)
    withheld = withheld_now(submission)
    if withheld is None:
        raise NotWithheld
    withheld.ended_at, withheld.ended_by, withheld.end_reason = now(), by, reason
    db.session.flush()
    _record(Deed.PROJECT_SHOWN_AGAIN, submission, by)
    letters.project_shown_again(withheld)
    return withheld


def name(team: Team, *, written: str, by: User) -> Named:
    """Name the person with the team's project, so written; a new wording is a new row."""
    _hold(team)
    membership = membership_of(by, team.competition)
    if membership is None or membership.team_id != team.id:
        raise NotInTeam
    if (before := naming_of(by, team)) and before.written == written:
        return before
    # Also what an earlier time in the team left open, which does not count.
    _end(team, membership.registration_id)
    named = Named(registration_id=membership.registration_id, team=team, written=written)
    db.session.add(named)
    db.session.flush()
    record(Deed.NAME_SHOWN, by=by, competition=team.competition, subject=team.name)
    return named


def unname(team: Team, *, by: User) -> Named | None:
    """Stop naming them, at once. Nothing happens to who is not named."""
    _hold(team)
    named = naming_of(by, team)
    if named is not None:
        _end(team, named.registration_id)
        record(Deed.NAME_HIDDEN, by=by, competition=team.competition, subject=team.name)
    return named


# -- underneath ------------------------------------------------------------------------------


def _hold(team: Team) -> None:
    """As every change around a team does, but without beginning a draft."""
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update(key_share=True))


def _end(team: Team, registration_id: uuid.UUID) -> None:
    for named in db.session.scalars(
        select(Named).where(
            Named.registration_id == registration_id,
            Named.team_id == team.id,
            Named.ended_at.is_(None),
        )
    ):
        named.ended_at = now()
    db.session.flush()


def _record(deed: Deed, submission: Submission, by: User) -> None:
    team = submission.team
    record(deed, by=by, competition=team.competition, subject=team.name)
