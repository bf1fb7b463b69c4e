"""Appointing mentors, saying what teams need, and bringing the two together."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from ..accounts.actions import NoAccount
from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.models import Competition, Expertise
from ..extensions import db
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..teams.models import Team
from . import letters
from .models import Conflict, Mentor, Objection, Pairing, team_need
from .proposal import Prospect, matching_of, prospect
from .queries import (
    conflict_between,
    load_of,
    mentor_of,
    needs_of,
    pairing_of,
    pairings_of,
)

MOST_NEEDS = 5


class AlreadyMentor(Obstacle):
    sentence = _l("This person is a mentor of this competition already.")
    field = "email"


class NoLongerMentor(Obstacle):
    sentence = _l("This person is no longer a mentor of this competition.")


class CapacityBelowLoad(Obstacle):
    sentence = _l("Choose at least %(load)s: so many teams are mentored already.")
    field = "capacity"


class TooManyNeeds(Obstacle):
    sentence = _l("Choose at most %(most)s, so that your mentors know what matters most.")
    field = "expertise"


class Against(Obstacle):
    """What stands against a pairing. Organizers may set some of it aside."""

    can_be_set_aside = False


class AlreadyPaired(Against):
    sentence = _l("This mentor accompanies the team already.")


class NotPaired(Obstacle):
    sentence = _l("This mentor no longer accompanies the team.")


class InTeam(Against):
    sentence = _l("This person is in the team themself.")


class InConflict(Against):
    sentence = _l("A conflict of interest stands between this mentor and the team.")


class CapacityUsedUp(Against):
    sentence = _l("This mentor accompanies as many teams as they can.")


class NoSharedLanguage(Against):
    sentence = _l("This mentor and the team have no language in common.")
    can_be_set_aside = True


class MatchingChanged(Obstacle):
    sentence = _l(
        "Something changed since you saw the proposal, so nothing was confirmed. "
        "This is the new proposal: look at it, then confirm it."
    )


class NothingToConfirm(Obstacle):
    sentence = _l("The proposal adds no pairing, so there is nothing to confirm.")


class ConflictKnown(Obstacle):
    sentence = _l("This conflict of interest is declared already.")
    field = "team"


class StillPaired(Obstacle):
    sentence = _l("This mentor accompanies the team. End that first, then declare the conflict.")
    field = "team"


# -- mentors ---------------------------------------------------------------------------------


def appoint(competition: Competition, *, email: str, by: User, **fields: Any) -> Mentor:
    """Make the person with this address a mentor; `fields` as in `edit_mentor`."""
    user = person_with(email)
    if user is None:
        raise NoAccount
    if mentor_of(user, competition):
        raise AlreadyMentor
    mentor = Mentor(competition=competition, user=user, **fields)
    db.session.add(mentor)
    db.session.flush()
    record(Deed.MENTOR_APPOINTED, by=by, competition=competition, subject=user.name)
    letters.mentor_appointed(mentor)
    return mentor


def edit_mentor(
    mentor: Mentor,
    *,
    headline: Localized,
    languages: list[str],
    expertise: list[Expertise],
    capacity: int,
    by: User,
) -> Mentor:
    load = hold(mentor)
    if capacity < load:
        raise CapacityBelowLoad(load=load)
    mentor.headline, mentor.languages = headline, languages
    mentor.expertise, mentor.capacity = expertise, capacity
    db.session.flush()
    record(Deed.MENTOR_EDITED, by=by, competition=mentor.competition, subject=mentor.user.name)
    return mentor


def dismiss(mentor: Mentor, *, by: User) -> None:
    """The person is no longer a mentor; their teams are told."""
    hold(mentor)
    for pairing in mentor.pairings:
        letters.pairing_ended(mentor, pairing.team, to=pairing.team.members)
    letters.mentor_dismissed(mentor)
    record(Deed.MENTOR_DISMISSED, by=by, competition=mentor.competition, subject=mentor.user.name)
    db.session.delete(mentor)
    db.session.flush()


def hold(mentor: Mentor) -> int:
    """Keep others from giving the mentor a team until we are done; returns how many they have."""
    held = db.session.scalar(
        select(Mentor)
        .where(Mentor.id == mentor.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NoLongerMentor
    return load_of(held)


# -- expertise -------------------------------------------------------------------------------


def add_expertise(
    competition: Competition, *, label: Localized, position: int, by: User
) -> Expertise:
    expertise = Expertise(competition=competition, label=label, position=position)
    db.session.add(expertise)
    db.session.flush()
    record(Deed.EXPERTISE_ADDED, by=by, competition=competition, subject=str(label))
    return expertise


def edit_expertise(expertise: Expertise, *, label: Localized, position: int, by: User) -> Expertise:
    expertise.label, expertise.position = label, position
    db.session.flush()
    record(Deed.EXPERTISE_EDITED, by=by, competition=expertise.competition, subject=str(label))
    return expertise


def remove_expertise(expertise: Expertise, *, by: User) -> None:
    """Mentors no longer offer it, teams no longer need it."""
    label = str(expertise.label)
    record(Deed.EXPERTISE_REMOVED, by=by, competition=expertise.competition, subject=label)
    db.session.delete(expertise)
    db.session.flush()


def set_needs(team: Team, *, expertise: list[Expertise], by: User) -> Team:
    """What the team asks of its mentors: the answer of the last member who said so."""
    if len(expertise) > MOST_NEEDS:
        raise TooManyNeeds(most=MOST_NEEDS)
    db.session.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    db.session.execute(delete(team_need).where(team_need.c.team_id == team.id))
    if expertise:
        rows = [{"team_id": team.id, "expertise_id": each.id} for each in expertise]
        db.session.execute(insert(team_need), rows)
    record(Deed.NEEDS_EDITED, by=by, competition=team.competition, subject=team.name)
    return team


# -- pairings --------------------------------------------------------------------------------


def obstacles(found: Prospect, *, load: int) -> list[Against]:
    """All that stands against giving the team this mentor, the gravest first."""
    mentor, team = found.mentor, found.team
    against: list[tuple[bool, type[Against]]] = [
        (found.kept, AlreadyPaired),
        (mentor.user in team.members, InTeam),
        (found.barred, InConflict),
        (load >= mentor.capacity, CapacityUsedUp),
        (not found.languages, NoSharedLanguage),
    ]
    return [obstacle() for stands, obstacle in against if stands]


def pair(mentor: Mentor, team: Team, *, language_aside: bool = False, by: User) -> Pairing:
    """Give the team this mentor, and tell both.

    `language_aside`: although they share no language. Nothing else is set aside.
    """
    load = hold(mentor)
    found = prospect(
        team,
        needs_of([team]).get(team.id, ()),
        mentor,
        barred=conflict_between(mentor.user, team) is not None,
        kept=pairing_of(mentor, team) is not None,
    )
    for obstacle in obstacles(found, load=load):
        if not (obstacle.can_be_set_aside and language_aside):
            raise obstacle
    [pairing] = join([found])
    record(
        Deed.PAIRING_ADDED,
        by=by,
        competition=mentor.competition,
        subject=team.name,
        mentor=mentor.user.name,
    )
    return pairing


def join(found: Sequence[Prospect]) -> list[Pairing]:
    """Write the pairings and their letters."""
    pairings = [Pairing(mentor=each.mentor, team=each.team, fit=each.fit) for each in found]
    db.session.add_all(pairings)
    db.session.flush()
    for pairing in pairings:
        letters.mentor_paired(pairing)
        letters.team_paired(pairing)
    return pairings


def part(mentor: Mentor, team: Team, *, by: User) -> None:
    """The mentor no longer accompanies the team, and both are told."""
    pairing = pairing_of(mentor, team)
    if pairing is None:
        raise NotPaired
    letters.pairing_ended(mentor, team, to=[mentor.user, *team.members])
    record(
        Deed.PAIRING_ENDED,
        by=by,
        competition=mentor.competition,
        subject=team.name,
        mentor=mentor.user.name,
    )
    db.session.delete(pairing)
    db.session.flush()


def confirm_matching(
    competition: Competition, *, wanted: int, digest: str, by: User
) -> list[Pairing]:
    """Carry out the proposal that the organizer saw: the same inputs give the same proposal.

    The mentors are held first, so that nothing is paired between looking and writing.
    """
    db.session.execute(
        select(Mentor.id)
        .where(Mentor.competition_id == competition.id)
        .order_by(Mentor.id)
        .with_for_update()
    ).all()
    matching = matching_of(competition, wanted)
    if matching.digest != digest:
        raise MatchingChanged
    if not matching.new:
        raise NothingToConfirm
    pairings = join(matching.new)
    record(Deed.MATCHING_CONFIRMED, by=by, competition=competition, pairings=len(pairings))
    return pairings


def carry_over(team: Team, into: Team, *, by: User) -> None:
    """Two locked teams become one. Conflicts, objections and needs come along; mentors only where
    `into` has none. Mentors who stop, for that or for a conflict that came along, are told."""
    conflicts = db.session.scalars(
        select(Conflict).where(Conflict.team_id.in_([team.id, into.id]))
    ).all()
    known = {conflict.user_id for conflict in conflicts if conflict.team_id == into.id}
    for conflict in conflicts:
        if conflict.user_id not in known:
            conflict.team = into
    for objection in db.session.scalars(select(Objection).where(Objection.team_id == team.id)):
        objection.team = into
    needs = needs_of([into, team])
    wanted = dict.fromkeys([*needs.get(into.id, ()), *needs.get(team.id, ())])
    set_needs(into, expertise=list(wanted)[:MOST_NEEDS], by=by)
    pairings = pairings_of([team, into])
    ours, theirs = pairings.get(into.id, []), pairings.get(team.id, [])
    barred = {conflict.user_id for conflict in conflicts}
    barred |= {person.id for person in [*team.members, *into.members]}
    mentors = {pairing.mentor_id for pairing in ours}
    for pairing in [*ours, *theirs]:
        mentor = pairing.mentor
        if mentor.user_id not in barred and (pairing in ours or not ours):
            pairing.team = into
        elif pairing in theirs and mentor.id in mentors:
            db.session.delete(pairing)  # they accompany the other team, and go on
        else:
            letters.pairing_ended(mentor, pairing.team, to=[mentor.user])
            record(
                Deed.PAIRING_ENDED,
                by=by,
                competition=mentor.competition,
                subject=pairing.team.name,
                mentor=mentor.user.name,
            )
            db.session.delete(pairing)
    db.session.flush()


# -- conflicts -------------------------------------------------------------------------------


def declare_conflict(mentor: Mentor, team: Team, *, reason: str, by: User) -> Conflict:
    """Keep the mentor from the team from now on."""
    hold(mentor)
    if conflict_between(mentor.user, team):
        raise ConflictKnown
    if pairing_of(mentor, team):
        raise StillPaired
    conflict = Conflict(user=mentor.user, team=team, reason=reason, by=by)
    db.session.add(conflict)
    db.session.flush()
    subject = f"{mentor.user.name}, {team.name}"
    record(Deed.CONFLICT_DECLARED, by=by, competition=team.competition, subject=subject)
    return conflict


def lift_conflict(conflict: Conflict, *, by: User) -> None:
    team = conflict.team
    subject = f"{conflict.user.name}, {team.name}"
    record(Deed.CONFLICT_LIFTED, by=by, competition=team.competition, subject=subject)
    db.session.delete(conflict)
    db.session.flush()
