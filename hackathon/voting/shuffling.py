"""An order of each voter's own. Pure: plain values in, plain values out."""

import hmac
import uuid
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def shuffled(
    things: Iterable[T], *, seed: str, voter: uuid.UUID, key: Callable[[T], uuid.UUID]
) -> list[T]:
    """The things in an order that is always the same for this voter, and as likely as any other.

    Each thing's place comes from a fingerprint of it and the voter under the secret `seed`. So
    nobody can foresee an order, and one thing more or less does not move the others about.
    """
    secret = seed.encode()
    return sorted(
        things, key=lambda thing: hmac.digest(secret, voter.bytes + key(thing).bytes, "sha256")
    )
