"""Who reads a team's work."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Competition, Gate
from ..competitions.queries import organizes
from ..competitions.rules import admitted
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, Verdict, forbidden
from ..mentoring.queries import accompanies
from ..questions.models import Reader
from ..teams.models import Team
from ..teams.queries import opening_for
from ..teams.rules import member
from .answers import answers_for, shown_keys


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


def reader_of(user: Any, competition: Competition, team: Team) -> Reader | None:
    """As whom the person reads the answers in a team's work: None for the team and organizers, who
    read all. Whoever else a door lets in judges it."""
    if member(user, competition=competition, team=team) or organizes(user, competition):
        return None
    return Reader.MENTORS if accompanies(user, team) else Reader.JUDGES


@Rule
def reads_file(user: Any, *, competition: Any, submission: Any, file: Any, **_: Any) -> Verdict:
    """A file that answers questions is for those who are shown one of the answers."""
    reader = reader_of(user, competition, submission.team) if file.answers else None
    if reader is None or file.answers & shown_keys(competition, reader):
        return ALLOWED
    return forbidden(_l("This answer is not for you to read."))


@Rule
def reads_all(user: Any, *, competition: Any, version: Any, **_: Any) -> Verdict:
    """No answer of the version is kept from them."""
    reader = reader_of(user, competition, version.submission.team)
    if len(answers_for(version, reader)) == len(answers_for(version, None)):
        return ALLOWED
    return forbidden(_l("Some answers of this team are not for you to read."))


@Rule
def while_arriving(user: Any, *, team: Any, **_: Any) -> Verdict:
    """A file that began to come goes on coming as long as a form sent with it would be taken.

    Pieces and questions come often, so what came by grace is written down once, with the last one.
    """
    verdict = admitted(opening_for(team, Gate.SUBMISSION), changing=True)
    return ALLOWED if verdict else verdict
