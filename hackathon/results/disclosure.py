"""What of the results may be known at a moment. Plain values; the one place that decides it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Scope = uuid.UUID | None
"""A challenge's key; None for all that has no moment of its own, and for what concerns all."""


@dataclass(frozen=True)
class Disclosure:
    """`moments`: from when the results of each scope are public. `withdrawn`: those that were
    taken back since; None among them: all of them."""

    at: datetime
    moments: Mapping[Scope, datetime]
    withdrawn: frozenset[Scope] = frozenset()

    def moment_of(self, challenge: Scope) -> datetime | None:
        return self.moments.get(challenge, self.moments.get(None))

    def reached(self, challenge: Scope) -> bool:
        """Its moment has come, whatever happened since. At the very moment, too."""
        moment = self.moment_of(challenge)
        return moment is not None and moment <= self.at

    def tells(self, challenge: Scope) -> bool:
        """The results of the challenge are public; with None, what concerns all challenges."""
        return self.reached(challenge) and not self.withdrawn & {None, challenge}

    @property
    def tells_something(self) -> bool:
        """Something is public now, and not withdrawn."""
        return any(self.tells(scope) for scope in self.moments)

    @property
    def begun(self) -> bool:
        """Something was made public, even if it was withdrawn: from then on there is a page."""
        return any(moment <= self.at for moment in self.moments.values())

    @property
    def planned(self) -> frozenset[Scope]:
        """The scopes whose own moment is set and has not come."""
        return frozenset(scope for scope, moment in self.moments.items() if moment > self.at)

    @property
    def next_at(self) -> datetime | None:
        """The first of the moments that have not come."""
        return min((self.moments[scope] for scope in self.planned), default=None)

    @property
    def settled(self) -> bool:
        """All is public and nothing withdrawn, so that nothing can change any more."""
        return self.tells(None) and not self.withdrawn and not self.planned

    @property
    def first(self) -> datetime | None:
        return min(self.moments.values(), default=None)
