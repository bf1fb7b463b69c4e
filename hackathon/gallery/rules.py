"""Who sees the projects, and which of them.

Organizers have no way round: what they want to see before it opens is in their preview.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.rules import organizes_it
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Refusal, Verdict, forbidden
from ..judging.rules import judge, judged_openly
from ..mentoring.rules import mentor
from ..registrations.rules import registered
from ..results.rules import apart
from .models import Audience
from .queries import file_on_show, gallery_of, is_open, on_show_in, picture_on_show

crew = organizes_it | mentor | judge

AMONG = {Audience.CREW: crew, Audience.REGISTERED: crew | registered}
REASONS = {
    Audience.CREW: _l("The projects are shown to the organizers, mentors and judges only."),
    Audience.REGISTERED: _l("The projects are shown to the people of this competition only."),
}


@Rule
def sees_gallery(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Whom the organizers let in, once it has opened. Before that, nobody learns of it. A judge who
    may not learn whose work they read is kept from what all others see, too."""
    if not is_open(competition):
        return HIDDEN
    if user.is_authenticated and judge(user, competition=competition):
        verdict = judged_openly(user, competition=competition)
        if not verdict:
            return verdict
    audience = gallery_of(competition).audience
    if audience is Audience.PUBLIC:
        return ALLOWED
    if not user.is_authenticated:
        return SIGN_IN
    verdict = AMONG[audience](user, competition=competition)
    if verdict or verdict.refusal is Refusal.FIRST:
        return verdict
    return forbidden(REASONS[audience])


@Rule
def on_show(user: Any, *, competition: Any, submission: Any, **_: Any) -> Verdict:
    """Handed in, not withdrawn, disqualified or withheld."""
    return ALLOWED if on_show_in(competition, submission) else HIDDEN


@Rule
def unbiased(user: Any, *, competition: Any, submission: Any, **_: Any) -> Verdict:
    """While only the crew sees it, no judge in conflict with the team does."""
    if gallery_of(competition).audience is Audience.CREW and user.is_authenticated:
        return apart(user, competition=competition, submission=submission)
    return ALLOWED


@Rule
def pictured(user: Any, *, submission: Any, file: Any, **_: Any) -> Verdict:
    """A picture of what counts, not of the draft or of an earlier version."""
    return ALLOWED if picture_on_show(submission, file.digest) else HIDDEN


@Rule
def given_out(user: Any, *, competition: Any, submission: Any, file: Any, **_: Any) -> Verdict:
    """A file of what counts, where the organizers let files be taken."""
    if gallery_of(competition).files and file_on_show(submission, file.digest):
        return ALLOWED
    return HIDDEN
