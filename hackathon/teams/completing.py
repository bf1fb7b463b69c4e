"""The completion of one competition's teams: rows in, a proposal out, and confirming it."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.i18n import LOCALES
from ..ground.localized import LANGUAGES
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..registrations.models import Registration
from . import completion, letters
from .actions import give_place, lock, lock_person, note
from .board import seekers_in
from .completion import Fault, Filled, Key, New
from .models import Membership, Seeker, Team, Vacancy
from .queries import _members, name_key, team_named
from .settling import hold_requests

Places = Mapping[Key, Key]  # by the key of a registration, the key of a team or a New one


class CompletionChanged(Obstacle):
    sentence = _l(
        "Something changed since you saw the proposal, so nobody was placed. "
        "This is the new proposal: look at it, then confirm it."
    )


class NobodyPlaced(Obstacle):
    sentence = _l("Nobody has a place here, so there is nothing to confirm.")


class TeamTooSmall(Obstacle):
    sentence = _l("“%(team)s” would be too small. Nobody was placed.")


class TeamTooLarge(Obstacle):
    sentence = _l("“%(team)s” would be too large. Nobody was placed.")


class TeamWithoutLanguage(Obstacle):
    sentence = _l("“%(team)s” would have no language that all its people share. Nobody was placed.")


OBSTACLES: dict[Fault, type[Obstacle]] = {
    Fault.TOO_SMALL: TeamTooSmall,
    Fault.TOO_LARGE: TeamTooLarge,
    Fault.NO_SHARED_LANGUAGE: TeamWithoutLanguage,
}


@dataclass
class Completion:
    """All that a proposal rests on.

    `people` are without a team, who seek first and the longest waiting first among them; of the
    others only if they were asked for, and their language is that of their letters. `teams` have a
    free place; people are proposed to those that look for people or are too small, or to all.
    """

    competition: Competition
    people: list[Registration]
    seekers: dict[uuid.UUID, Seeker]
    teams: list[Team]
    vacancies: dict[uuid.UUID, Vacancy]
    any_team: bool

    @cached_property
    def inputs(self) -> tuple[list[completion.Person], list[completion.Team]]:
        keys = {row.user.email: row.id for row in self.people}
        people = []
        for row in self.people:
            seeker = self.seekers.get(row.id)
            people.append(
                completion.Person(
                    row.id,
                    frozenset(seeker.languages if seeker else [row.user.language]),
                    frozenset(each.id for each in seeker.skills) if seeker else frozenset(),
                    frozenset(each.id for each in seeker.interests) if seeker else frozenset(),
                    frozenset(keys[each] for each in seeker.friends if each in keys)
                    if seeker
                    else frozenset(),
                )
            )
        teams = [
            completion.Team(
                team.id,
                len(team.memberships),
                frozenset(team.languages),
                wanted=frozenset(each.id for each in self.vacancies[team.id].skills)
                if team.id in self.vacancies
                else frozenset(),
                challenge=team.challenge_id,
                open=self.any_team or team.too_small or team.id in self.vacancies,
            )
            for team in self.teams
        ]
        return people, teams

    @cached_property
    def digest(self) -> str:
        """Equal when, and only when, everything that the proposal rests on is equal."""
        people, teams = self.inputs
        rests_on = [
            *([p.key, *_sorted(p.languages, p.skills, p.interests, p.friends)] for p in people),
            *([t.key, t.size, t.challenge, t.open, *_sorted(t.languages, t.wanted)] for t in teams),
            [self.competition.team_min, self.competition.team_max],
        ]
        return hashlib.sha256(json.dumps(rests_on, default=str).encode()).hexdigest()

    @cached_property
    def proposal(self) -> completion.Proposal:
        return completion.propose(*self.inputs, **self._sizes)

    def filled(self, places: Places) -> list[Filled]:
        """The teams that these places touch, as they would be."""
        return completion.fill(*self.inputs, places, **self._sizes)

    @property
    def _sizes(self) -> dict[str, int]:
        return {"least": self.competition.team_min, "most": self.competition.team_max}

    @cached_property
    def names(self) -> dict[Key, Any]:
        """What stands behind every key: registrations, teams, skills and challenges."""
        found: dict[Key, Any] = {row.id: row for row in (*self.people, *self.teams)}
        tagged = [*self.seekers.values(), *self.vacancies.values()]
        found |= {each.id: each for row in tagged for each in row.skills}
        return found | {each.id: each for each in self.competition.challenges}

    def name_of(self, team: Key) -> str:
        if isinstance(team, New):
            return _("New team %(number)s", number=team.number)
        return str(self.names[team].name)


def completion_of(
    competition: Competition, *, everyone: bool = False, any_team: bool = False
) -> Completion:
    """As the tables stand now, whatever was read before. `everyone`: also who does not seek."""
    anew = {"populate_existing": True}
    placed = select(Membership.id).where(Membership.registration_id == Registration.id).exists()
    seeking = db.session.scalars(seekers_in(competition).execution_options(**anew))
    seekers = {seeker.registration_id: seeker for seeker in seeking}
    people = [seeker.registration for seeker in seekers.values()]
    if everyone:
        rows = db.session.scalars(
            select(Registration)
            .where(Registration.competition_id == competition.id, Registration.takes_part, ~placed)
            .options(joinedload(Registration.user))
            .order_by(Registration.created_at, Registration.id)
        )
        people += [row for row in rows if row.id not in seekers]
    teams = list(
        db.session.scalars(
            select(Team)
            .where(Team.competition_id == competition.id, _members() < competition.team_max)
            .options(
                selectinload(Team.memberships)
                .joinedload(Membership.registration)
                .joinedload(Registration.user),
                joinedload(Team.challenge),
            )
            .order_by(Team.name_key)
            .execution_options(**anew)
        )
    )
    vacancies = db.session.scalars(
        select(Vacancy)
        .where(Vacancy.team_id.in_([team.id for team in teams]))
        .options(selectinload(Vacancy.skills))
        .execution_options(**anew)
    )
    return Completion(
        competition, people, seekers, teams, {row.team_id: row for row in vacancies}, any_team
    )


def complete(
    competition: Competition,
    places: Places,
    *,
    digest: str,
    everyone: bool,
    any_team: bool,
    by: User,
) -> list[Team]:
    """Give the people their places, found the new teams, and tell everyone concerned.

    Teams are held first, then the people, then what they asked, each in the order of their keys;
    what the organizer saw must still be so. A new team's captain is whoever of them looks for a
    team the longest.
    """
    known = {place for place in places.values() if not isinstance(place, New)}
    teams = db.session.scalars(select(Team).where(Team.id.in_(known))).all()
    lock(*teams)
    people = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(places.keys()))
        .order_by(Registration.id)
        .with_for_update(key_share=True)
    ).all()
    hold_requests(teams, people)
    found = completion_of(competition, everyone=everyone, any_team=any_team)
    if found.digest != digest:
        raise CompletionChanged
    filled = found.filled(places)
    if not filled:
        raise NobodyPlaced
    for each in filled:
        for fault in each.faults:
            raise OBSTACLES[fault](team=found.name_of(each.team.key))
    completed = [_complete(found, each, by) for each in filled]
    record(
        Deed.COMPLETION_CONFIRMED,
        by=by,
        competition=competition,
        people=sum(len(each.people) for each in filled),
        teams=sum(each.new for each in filled),
    )
    return completed


def _complete(found: Completion, filled: Filled, by: User) -> Team:
    newcomers = [found.names[person.key] for person in filled.people]
    if filled.new:
        team = _found(found.competition, newcomers[0].user, filled, by)
    else:
        team = found.names[filled.team.key]
    for registration in newcomers:
        lock_person(registration)
        give_place(team, registration, captain=not team.memberships)
        note(Deed.MEMBER_ADDED, team, by, person=registration.user.name)
    for registration in newcomers:
        letters.placed(team, registration.user)
    if not filled.new:
        letters.completed(team, [registration.user for registration in newcomers])
    return team


def _found(competition: Competition, captain: User, filled: Filled, by: User) -> Team:
    """A team with a name that nobody has, in the captain's language, who may change it."""
    number = 1
    with force_locale(LOCALES[captain.language]):
        while team_named(name := _("Team %(number)s", number=number), competition):
            number += 1
    team = Team(
        competition=competition,
        name=name,
        name_key=name_key(name),
        languages=[code for code in LANGUAGES if code in filled.languages],
    )
    db.session.add(team)
    db.session.flush()
    note(Deed.TEAM_FOUNDED, team, by)
    return team


def _sorted(*tags: frozenset[Any]) -> list[list[str]]:
    return [sorted(map(str, each)) for each in tags]
