"""Whether what was handed in counts: withdrawn by the team, disqualified by organizers, and back.

Each holds the team first, as every change to its work does.
"""

from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..teams.models import Team
from . import letters
from .actions import Disqualified, hold
from .models import Exclusion, Ground, Submission


class NotHandedIn(Obstacle):
    sentence = _l("Nothing was handed in, so there is nothing to withdraw or to disqualify.")


class AlreadyExcluded(Obstacle):
    sentence = _l("This was done already: look at the page again.")


class NotExcluded(Obstacle):
    sentence = _l("This submission counts already: look at the page again.")


def withdraw(team: Team, *, by: User) -> Submission:
    """What the team handed in does not count any more, until they take that back."""
    submission = _handed_in(team)
    if submission.excluded(Ground.DISQUALIFIED):
        raise Disqualified
    return _exclude(submission, Ground.WITHDRAWN, "", by)


def restore(team: Team, *, by: User) -> Submission:
    """What the team had withdrawn counts again, as it was."""
    return _end(_handed_in(team), Ground.WITHDRAWN, "", by)


def disqualify(team: Team, *, reason: str, by: User) -> Submission:
    """Take the submission out of what is judged, and tell the team why."""
    return _exclude(_handed_in(team), Ground.DISQUALIFIED, reason, by)


def reinstate(team: Team, *, reason: str, by: User) -> Submission:
    """Let it be judged again, and tell the team why."""
    return _end(_handed_in(team), Ground.DISQUALIFIED, reason, by)


# -- underneath ------------------------------------------------------------------------------

BEGINS = {
    Ground.WITHDRAWN: (Deed.SUBMISSION_WITHDRAWN, letters.submission_withdrawn),
    Ground.DISQUALIFIED: (Deed.SUBMISSION_DISQUALIFIED, letters.submission_disqualified),
}
ENDS = {
    Ground.WITHDRAWN: (Deed.SUBMISSION_RESTORED, letters.submission_restored),
    Ground.DISQUALIFIED: (Deed.SUBMISSION_REINSTATED, letters.submission_reinstated),
}


def _handed_in(team: Team) -> Submission:
    submission = hold(team)
    if submission.handed_in is None:
        raise NotHandedIn
    return submission


def _exclude(submission: Submission, ground: Ground, reason: str, by: User) -> Submission:
    if submission.excluded(ground):
        raise AlreadyExcluded
    exclusion = Exclusion(ground=ground, reason=reason, by=by, end_reason="")
    submission.exclusions.append(exclusion)
    db.session.flush()
    deed, letter = BEGINS[ground]
    _record(deed, submission, by)
    letter(exclusion)
    return submission


def _end(submission: Submission, ground: Ground, reason: str, by: User) -> Submission:
    exclusion = submission.excluded(ground)
    if exclusion is None:
        raise NotExcluded
    exclusion.ended_at, exclusion.ended_by, exclusion.end_reason = now(), by, reason
    db.session.flush()
    deed, letter = ENDS[ground]
    _record(deed, submission, by)
    letter(exclusion)
    return submission


def _record(deed: Deed, submission: Submission, by: User) -> None:
    team = submission.team
    record(deed, by=by, competition=team.competition, subject=team.name)
