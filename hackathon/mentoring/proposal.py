"""The matching of one competition: rows in, a proposal out, and a digest of what it rests on."""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select

from ..competitions.models import Competition, Expertise
from ..extensions import db
from ..ground.localized import LANGUAGES
from ..teams.models import Team
from . import matching
from .models import Mentor
from .queries import MEMBERS, conflicted_pairs, mentors_by_name, needs_of

Key = uuid.UUID
MOST_WANTED = 5


@dataclass(frozen=True)
class Prospect:
    """A mentor as seen by a team: the fit (0-1000) and what they have in common.

    `barred`: a conflict of interest stands between them. `kept`: they are paired already.
    """

    mentor: Mentor
    team: Team
    fit: int
    languages: list[str]
    expertise: list[Expertise]
    barred: bool = False
    kept: bool = False


def prospect(
    team: Team, needs: Collection[Expertise], mentor: Mentor, *, barred: bool, kept: bool = False
) -> Prospect:
    return Prospect(
        mentor,
        team,
        matching.fit(_team(team, needs), _mentor(mentor)),
        [code for code in LANGUAGES if code in team.languages and code in mentor.languages],
        [each for each in needs if each in mentor.expertise],
        barred,
        kept,
    )


@dataclass
class Matching:
    """All that a proposal rests on. Teams without people are left out.

    `barred` and `standing` are (mentor, team) keys of who must not meet, and of who already do.
    """

    teams: list[Team]
    mentors: list[Mentor]
    needs: dict[Key, list[Expertise]]
    barred: set[tuple[Key, Key]]
    standing: set[tuple[Key, Key]]
    wanted: int = 1
    _elsewhere: dict[Key, int] = field(init=False)

    def __post_init__(self) -> None:
        places = {team.id for team in self.teams}
        # A pairing with a team that nobody is in any more still takes its mentor's time.
        self._elsewhere = {
            mentor.id: sum(pairing.team_id not in places for pairing in mentor.pairings)
            for mentor in self.mentors
        }

    @cached_property
    def _inputs(self) -> tuple[list[matching.Team], list[matching.Mentor]]:
        return (
            [_team(team, self.needs.get(team.id, ()), self.wanted) for team in self.teams],
            [_mentor(mentor, self._elsewhere[mentor.id]) for mentor in self.mentors],
        )

    @cached_property
    def digest(self) -> str:
        """Equal when, and only when, everything that the proposal rests on is equal."""
        teams, mentors = self._inputs
        rests_on = [
            [[t.key, sorted(t.languages), sorted(map(str, t.needs)), t.wanted] for t in teams],
            [
                [m.key, sorted(m.languages), sorted(map(str, m.expertise)), m.capacity]
                for m in mentors
            ],
            sorted([str(mentor), str(team)] for mentor, team in self.barred),
            sorted([str(mentor), str(team)] for mentor, team in self.standing),
        ]
        return hashlib.sha256(json.dumps(rests_on, default=str).encode()).hexdigest()

    @cached_property
    def proposal(self) -> matching.Proposal:
        teams, mentors = self._inputs
        # What stands was decided by people, even where a conflict was declared afterwards.
        return matching.propose(
            teams, mentors, conflicts=self.barred - self.standing, kept=sorted(self.standing)
        )

    @cached_property
    def prospects(self) -> list[tuple[Team, list[Prospect]]]:
        """Each team that has a mentor or gets one, with all of them."""
        teams = {team.id: team for team in self.teams}
        mentors = {mentor.id: mentor for mentor in self.mentors}
        rows: dict[Key, list[Prospect]] = {}
        for pair in self.proposal.pairs:
            team, mentor = teams[pair.team], mentors[pair.mentor]
            needs = self.needs.get(team.id, ())
            barred = (mentor.id, team.id) in self.barred
            rows.setdefault(team.id, []).append(
                prospect(team, needs, mentor, barred=barred, kept=pair.kept)
            )
        return [(teams[key], found) for key, found in rows.items()]

    @property
    def new(self) -> list[Prospect]:
        """What confirming would add."""
        return [each for _, found in self.prospects for each in found if not each.kept]

    @property
    def unserved(self) -> list[tuple[Team, matching.Reason]]:
        """The teams left without any mentor, and why."""
        teams = {team.id: team for team in self.teams}
        return [(teams[each.team], each.reason) for each in self.proposal.unserved]


def matching_of(competition: Competition, wanted: int) -> Matching:
    """The matching as the tables stand now, with `wanted` mentors for each team."""
    teams = [
        team
        for team in db.session.scalars(
            select(Team)
            .where(Team.competition_id == competition.id)
            .options(MEMBERS)
            .order_by(Team.name_key)
        )
        if team.memberships
    ]
    mentors = list(db.session.scalars(mentors_by_name(competition)))
    places, seats = {team.id for team in teams}, {mentor.user_id: mentor.id for mentor in mentors}
    apart = conflicted_pairs(competition) | {
        (membership.registration.user_id, team.id)  # nobody is their own mentor
        for team in teams
        for membership in team.memberships
    }
    return Matching(
        teams=teams,
        mentors=mentors,
        needs=needs_of(teams),
        barred={(seats[user], team) for user, team in apart if user in seats and team in places},
        standing={
            (mentor.id, pairing.team_id)
            for mentor in mentors
            for pairing in mentor.pairings
            if pairing.team_id in places
        },
        wanted=wanted,
    )


def candidates_for(team: Team) -> list[Prospect]:
    """Every mentor of the competition as this team sees them, the best fit first."""
    team = db.session.scalars(
        select(Team)
        .where(Team.id == team.id)
        .options(MEMBERS)
        .execution_options(populate_existing=True)
    ).one()
    needs = needs_of([team]).get(team.id, ())
    barred = {user for user, place in conflicted_pairs(team.competition) if place == team.id}
    found = [
        prospect(
            team,
            needs,
            mentor,
            barred=mentor.user_id in barred,
            kept=any(pairing.team_id == team.id for pairing in mentor.pairings),
        )
        for mentor in db.session.scalars(mentors_by_name(team.competition))
    ]
    return sorted(found, key=lambda each: -each.fit)


def _team(team: Team, needs: Iterable[Expertise], wanted: int = 1) -> matching.Team:
    return matching.Team(
        team.id, frozenset(team.languages), frozenset(each.id for each in needs), wanted=wanted
    )


def _mentor(mentor: Mentor, elsewhere: int = 0) -> matching.Mentor:
    return matching.Mentor(
        mentor.id,
        frozenset(mentor.languages),
        frozenset(each.id for each in mentor.expertise),
        capacity=max(0, mentor.capacity - elsewhere),
    )
