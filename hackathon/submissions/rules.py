"""Who reads a team's work."""

from typing import Any

from ..accounts.rules import signed_in
from ..competitions.rules import organizes_it, published
from ..ground.rule import Rule
from ..ground.verdict import Verdict
from ..mentoring.rules import mentor_of_team
from ..teams.rules import member


@Rule
def author(
    user: Any, *, competition: Any, team: Any = None, submission: Any = None, **_: Any
) -> Verdict:
    """In the team that the address names, by itself or through its submission."""
    return member(user, competition=competition, team=team or submission.team)


may_read = signed_in & published & (author | mentor_of_team | organizes_it)
may_read.name = "may_read"
