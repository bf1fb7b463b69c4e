"""Who one is, regardless of any competition."""

from typing import Any

from flask_login import AnonymousUserMixin

from hackathon.accounts.rules import administrator, signed_in, signed_out
from hackathon.ground.verdict import ALLOWED, SIGN_IN, Refusal
from tests.world import World


def refusals(user: Any) -> list[Refusal | None]:
    return [rule(user).refusal for rule in (signed_in, signed_out, administrator)]


def test_who_one_is(world: World) -> None:
    visitor = AnonymousUserMixin()
    assert refusals(visitor) == [Refusal.SIGN_IN, None, Refusal.SIGN_IN]
    assert refusals(world.person()) == [None, Refusal.FORBIDDEN, Refusal.FORBIDDEN]
    assert refusals(world.administrator()) == [None, Refusal.FORBIDDEN, None]
    assert (signed_out(visitor), signed_in(visitor)) == (ALLOWED, SIGN_IN)
    assert repr(administrator) == "administrator"
