"""A name with a project goes with its person, and its record with the competition's time."""

from datetime import UTC, datetime

from sqlalchemy import select

from hackathon.desk.personal import held
from hackathon.extensions import db
from hackathon.gallery.models import Named
from hackathon.gallery.personal import SHARE
from tests.world import World


def test_a_name_is_held_and_forgotten(world: World) -> None:
    team = world.team(world.competition())
    captain, member = team.members
    world.named(captain, team)
    kept = world.named(member, team)
    assert ("names", 1) in [(holding.key, number) for holding, number in held(captain)]
    (holding,) = SHARE.holdings
    (row,) = db.session.scalars(holding.rows(captain))
    told = {fact.key: fact.in_words(row) for fact in holding.facts}
    assert (told["written"], told["team"]) == (captain.name, team.name)
    SHARE.forget(captain)
    assert db.session.scalars(select(Named)).all() == [kept]


def test_only_what_was_taken_back_expires(world: World) -> None:
    competition = world.competition()
    team, elsewhere = world.team(competition), world.team(world.competition())
    ended = {"ended_at": datetime.now(UTC)}
    world.named(team.captain, team, **ended)
    world.named(elsewhere.captain, elsewhere, **ended)
    stays = world.named(team.members[1], team)
    assert SHARE.expire(competition) == {"names": 1}
    left = set(db.session.scalars(select(Named)))
    assert stays in left
    assert len(left) == 2
