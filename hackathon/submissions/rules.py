"""Who reads a team's work."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.rules import signed_in
from ..competitions.models import Gate
from ..competitions.rules import admitted, organizes_it, published
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, Verdict, forbidden
from ..mentoring.rules import mentor_of_team
from ..teams.queries import opening_for
from ..teams.rules import member


@Rule
def author(
    user: Any, *, competition: Any, team: Any = None, submission: Any = None, **_: Any
) -> Verdict:
    """In the team that the address names, by itself or through its submission."""
    return member(user, competition=competition, team=team or submission.team)


@Rule
def stands(user: Any, *, submission: Any = None, review: Any = None, **_: Any) -> Verdict:
    """Neither withdrawn nor disqualified."""
    if (submission or review.submission).stands:
        return ALLOWED
    return forbidden(
        _l("This submission was withdrawn or disqualified, so it is not judged at the moment.")
    )


may_read = signed_in & published & (author | mentor_of_team | organizes_it)
may_read.name = "may_read"


@Rule
def while_arriving(user: Any, *, team: Any, **_: Any) -> Verdict:
    """A file that began to come goes on coming as long as a form sent with it would be taken.

    Pieces and questions come often, so what came by grace is written down once, with the last one.
    """
    verdict = admitted(opening_for(team, Gate.SUBMISSION), changing=True)
    return ALLOWED if verdict else verdict
