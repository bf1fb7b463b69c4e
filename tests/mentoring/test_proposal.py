"""The proposal over real rows, and the digest of what it rests on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from hackathon.extensions import db
from hackathon.mentoring.matching import Reason
from hackathon.mentoring.models import Mentor, team_need
from hackathon.mentoring.proposal import Prospect, candidates_for, matching_of
from hackathon.teams.models import Team
from tests.world import World


def need(team: Team, *expertise: Any) -> None:
    for each in expertise:
        db.session.execute(insert(team_need).values(team_id=team.id, expertise_id=each.id))


def test_the_proposal_serves_languages_needs_and_capacities(world: World) -> None:
    competition = world.competition()
    law, data = world.expertise(competition), world.expertise(competition)
    english = world.team(competition, name_key="a", languages=["en"])
    french = world.team(competition, name_key="b", languages=["fr"])
    both_ways = world.team(competition, name_key="c", languages=["en", "fr"])
    world.team(competition, 0)  # nobody is in it: left out
    need(english, law)
    need(french, law, data)
    need(both_ways, data)
    lawyer = world.mentor(competition, languages=["en", "fr"], expertise=[law], capacity=2)
    analyst = world.mentor(competition, languages=["en"], expertise=[data], capacity=2)
    matching = matching_of(competition, 1)
    assert [(team, found) for team, found in matching.prospects] == [
        (english, [Prospect(lawyer, english, 1000, ["en"], [law])]),
        (french, [Prospect(lawyer, french, 550, ["fr"], [law])]),
        (both_ways, [Prospect(analyst, both_ways, 950, ["en"], [data])]),
    ]
    proposal = matching.proposal
    assert (proposal.total, proposal.worst, proposal.gap) == (2500, 550, 0)
    assert matching.unserved == []
    assert len(matching.new) == 3


def test_a_team_without_a_mentor_learns_why(world: World) -> None:
    competition = world.competition()
    french = world.team(competition, name_key="a", languages=["fr"])
    apart = world.team(competition, name_key="b")
    late = world.team(competition, name_key="c")
    first = world.team(competition, name_key="d")
    mentor = world.mentor(competition, first, languages=["en"], capacity=1)
    world.conflict(mentor.user, apart)
    assert matching_of(competition, 1).unserved == [
        (french, Reason.NO_SHARED_LANGUAGE),
        (apart, Reason.ALL_IN_CONFLICT),
        (late, Reason.CAPACITY_USED_UP),
    ]


def test_nobody_mentors_their_own_team(world: World) -> None:
    competition = world.competition()
    team = world.team(competition)
    world.mentor(competition, user=team.members[1])
    assert matching_of(competition, 1).unserved == [(team, Reason.ALL_IN_CONFLICT)]


def test_what_stands_is_kept_even_in_conflict(world: World) -> None:
    competition = world.competition()
    team = world.team(competition)
    mentor = world.mentor(competition, team)
    world.conflict(mentor.user, team)
    other = world.mentor(competition)
    [(_, found)] = matching_of(competition, 2).prospects
    assert {(each.mentor, each.kept, each.barred) for each in found} == {
        (mentor, True, True),
        (other, False, False),
    }


def test_a_deserted_team_still_takes_its_mentors_time(world: World) -> None:
    competition = world.competition()
    team = world.team(competition)
    world.mentor(competition, world.team(competition, 0), capacity=1)
    assert matching_of(competition, 1).unserved == [(team, Reason.CAPACITY_USED_UP)]


CHANGES: dict[str, Callable[[World, Team, Mentor], Any]] = {
    "a team speaks another language": lambda w, t, m: setattr(t, "languages", ["fr"]),
    "a team needs something": lambda w, t, m: need(t, m.expertise[0]),
    "a mentor knows less": lambda w, t, m: setattr(m, "expertise", []),
    "a mentor has more time": lambda w, t, m: setattr(m, "capacity", 9),
    "a mentor speaks less": lambda w, t, m: setattr(m, "languages", ["en"]),
    "a conflict": lambda w, t, m: w.conflict(m.user, t),
    "a pairing": lambda w, t, m: w.mentor(t.competition, t),
    "a team more": lambda w, t, m: w.team(t.competition),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_digest_changes_with_every_input(world: World, change: str) -> None:
    competition = world.competition()
    team = world.team(competition)
    mentor = world.mentor(competition, expertise=[world.expertise(competition)])
    before = matching_of(competition, 1).digest
    assert matching_of(competition, 1).digest == before
    assert matching_of(competition, 2).digest != before
    CHANGES[change](world, team, mentor)
    db.session.flush()
    db.session.expire_all()
    assert matching_of(competition, 1).digest != before


def test_candidates_come_with_the_best_fit_first(world: World) -> None:
    competition = world.competition()
    field = world.expertise(competition)
    team = world.team(competition)
    need(team, field)
    weak = world.mentor(competition)
    best = world.mentor(competition, expertise=[field])
    none = world.mentor(competition, team, languages=["fr"])
    world.conflict(weak.user, team)
    assert candidates_for(team) == [
        Prospect(best, team, 1000, ["en"], [field]),
        Prospect(weak, team, 100, ["en"], [], barred=True),
        Prospect(none, team, 0, [], [], kept=True),
    ]
