"""Who may answer a proposal, and take it back."""

from typing import Any

from ..competitions.models import Gate
from ..ground.rule import Rule
from ..ground.verdict import Verdict
from ..teams.rules import captain, while_open

_open = while_open(Gate.TEAM_CHANGES)
_decides = captain & _open


@Rule
def asked(user: Any, *, competition: Any, merger: Any, changing: bool = False, **_: Any) -> Verdict:
    """The captain of the team to which it was proposed, while teams can be changed."""
    return _decides(user, competition=competition, team=merger.other, changing=changing)


@Rule
def proposer_open(
    user: Any, *, competition: Any, merger: Any, changing: bool = False, **_: Any
) -> Verdict:
    """While the team that proposed it can be changed: only one of the two may have more time."""
    return _open(user, competition=competition, team=merger.team, changing=changing)


@Rule
def proposes(
    user: Any, *, competition: Any, merger: Any, changing: bool = False, **_: Any
) -> Verdict:
    """The captain of the team that proposed it, while teams can be changed."""
    return _decides(user, competition=competition, team=merger.team, changing=changing)


@Rule
def concerned(user: Any, *, competition: Any, merger: Any, **_: Any) -> Verdict:
    """The captain of one of the two."""
    verdict = captain(user, competition=competition, team=merger.team)
    return verdict or captain(user, competition=competition, team=merger.other)
