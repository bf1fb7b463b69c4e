"""Teams below the minimum: warned once before each close, allowed to stay."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Extension, Gate
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions.queries import Part, missing_parts
from hackathon.teams import sizes
from hackathon.teams.models import Allowance, SizeWarning
from hackathon.teams.queries import balance_of, small_teams
from tests.counting import cost, queries
from tests.world import World, both


def closing_in(world: World, hours: float, **others: Any) -> Any:
    """A competition for teams of 2 to 3 whose team changes close in so many hours."""
    competition = world.competition("c", **others)
    [window] = [w for w in competition.windows if w.gate == Gate.TEAM_CHANGES]
    window.closes_at = datetime.now(UTC) + timedelta(hours=hours)
    db.session.flush()
    return competition


def warned() -> list[str]:
    return sorted(db.session.scalars(select(Letter.address).filter_by(name="team_too_small")))


def test_members_of_small_teams_are_warned_once(world: World) -> None:
    competition = closing_in(world, 71)
    small, _ = world.team(competition, 1), world.team(competition, 2)
    world.exemption(world.team(competition, 1))
    assert [sizes.warn_small_teams() for _ in range(2)] == [1, 0]
    assert warned() == [small.captain.email]
    assert db.session.scalars(select(Entry.deed)).all() == ["small_team_warned"]


@pytest.mark.parametrize(
    ("hours", "others", "told"),
    [
        (73, {}, 0),
        (71, {}, 1),
        (5, {"size_warning_hours": 4}, 0),
        (3, {"size_warning_hours": 4}, 1),
        (3, {"size_warning_hours": 0}, 0),
        (-1, {}, 0),
        (3, {"published_at": None}, 0),
    ],
)
def test_as_long_before_the_close_as_the_competition_says(
    world: World, hours: float, others: Any, told: int
) -> None:
    world.team(closing_in(world, hours, **others), 1)
    assert sizes.warn_small_teams() == told


def test_an_extension_moves_the_warning_and_brings_another(world: World) -> None:
    competition = closing_in(world, 10)
    world.team(competition, 1)
    [window] = [w for w in competition.windows if w.gate == Gate.TEAM_CHANGES]
    assert sizes.warn_small_teams() == 1
    later = window.closes_at + timedelta(days=7)
    world.add(Extension(window=window, closes_at=later, reason=both("why")))
    db.session.expire_all()
    assert sizes.warn_small_teams() == 0
    competition.size_warning_hours = 24 * 8
    assert [sizes.warn_small_teams() for _ in range(2)] == [1, 0]
    assert len(db.session.scalars(select(SizeWarning)).all()) == 2


def test_a_teams_own_later_close_is_its_own(world: World) -> None:
    competition = closing_in(world, -1)
    team, _ = world.team(competition, 1), world.team(competition, 1)
    world.add(
        Allowance(
            team=team,
            gate=Gate.TEAM_CHANGES,
            closes_at=datetime.now(UTC) + timedelta(hours=5),
            reason=both("why"),
        )
    )
    assert sizes.warn_small_teams() == 1
    assert warned() == [team.captain.email]


def test_looking_for_the_small_costs_the_same_whatever_their_number(world: World) -> None:
    competition = closing_in(world, 10)
    world.team(competition, 1)
    sizes.warn_small_teams()
    costs = []
    for _ in range(2):
        db.session.flush()  # what was written before does not count
        db.session.expire_all()
        with queries(world.app) as seen:
            sizes.warn_small_teams()
        costs.append(len(seen))
        for _ in range(3):
            world.team(competition, 1)
        sizes.warn_small_teams()
    assert costs[0] == costs[1]


def test_allowed_to_stay_small(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 1)
    organizer = world.organizer(competition)
    submission = world.submission(team, handed_in=False)
    team.challenge_id = world.challenge(competition).id
    assert missing_parts(team, submission) == [Part.TEAM]
    sizes.allow(team, reason=both("remote"), by=organizer)
    sizes.allow(team, reason=both("very remote"), by=organizer)
    assert missing_parts(team, submission) == []
    assert (balance_of(competition).small, small_teams(competition)) == (0, [])
    letters = db.session.scalars(select(Letter).order_by(Letter.created_at)).all()
    assert [letter.name for letter in letters] == ["size_allowed", "size_allowed"]
    assert "very remote" in letters[1].text
    sizes.take_back(team, by=organizer)
    assert (balance_of(competition).small, small_teams(competition)) == (1, [team])
    with pytest.raises(sizes.NotExempt):
        sizes.take_back(team, by=organizer)


def test_a_team_that_is_large_enough_needs_no_leave(world: World) -> None:
    competition = world.competition()
    with pytest.raises(sizes.LargeEnough):
        sizes.allow(world.team(competition, 2), reason=both("why"), by=world.organizer(competition))


def test_organizers_see_the_small_ones_and_what_can_be_done(world: World) -> None:
    competition = closing_in(world, -1)
    team = world.team(competition, 1)
    client = world.client(world.organizer(competition))
    assert "One team is too small" in client.get("/en/c/manage/").text
    page = client.get("/en/c/manage/teams/small").text
    for way in ("mergers", "admission", "exemption", "allowance", "dissolution"):
        assert f"/en/c/manage/teams/{team.id}/{way}" in page
    path = f"/en/c/manage/teams/{team.id}/exemption"
    assert client.post(path, data={"reason-en": "Only English"}).status_code == 422
    reason = {"reason-en": "⟦remote⟧", "reason-fr": "⟦éloigné⟧"}
    assert client.post(path, data=reason).location == "/en/c/manage/teams/small"
    page = client.get("/en/c/manage/teams/small").text
    assert "⟦remote⟧" in page
    assert "Every team is large enough" in page
    assert "⟦éloigné⟧" in client.get(f"/fr/c/manage/teams/{team.id}").text
    assert "⟦remote⟧" in world.client(team.captain).get(f"/en/c/teams/{team.id}").text
    assert client.post(f"{path}/end").location == "/en/c/manage/teams/small"


def test_the_page_costs_the_same_whatever_their_number(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    costs = []
    for _ in range(2):
        world.team(competition, 1)
        world.exemption(world.team(competition, 1))
        costs.append(cost(world.app, client, "/en/c/manage/teams/small"))
        world.team(competition, 1)
        world.exemption(world.team(competition, 1))
    assert costs[0] == costs[1]


def test_they_are_held_in_the_order_in_which_everyone_holds_teams(world: World) -> None:
    competition = closing_in(world, 71, team_min=2, team_max=3)
    for number in (2, 1):
        world.team(competition, 1, id=UUID(int=number))
    sizes.warn_small_teams()
    warned = db.session.scalars(select(SizeWarning).order_by(SizeWarning.id))
    assert [warning.team_id.int for warning in warned] == [1, 2]
