"""Who judges what, and what stands in the way."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.rules import admitted
from ..competitions.timetable import State
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, closed, forbidden
from ..questions.models import Reader
from ..submissions.queries import submission_of
from ..teams.queries import place_of
from .queries import Ground, interests, judge_of, review_of, version_in_force

CONFLICT_REASONS = {
    Ground.DECLARED: _l("You have a conflict of interest with this team."),
    Ground.MENTOR: _l("You accompany this team as a mentor, so you do not judge it."),
    Ground.MEMBER: _l("You are a member of this team, so you do not judge it."),
    Ground.ORGANIZATION: _l(
        "Somebody in this team is of the same organization as you, so you do not judge it."
    ),
}


def seat_of(user: Any, competition: Any, review: Any = None) -> Any:
    """The person as a judge; without a question where the address names their own review."""
    if review is not None and review.judge.user_id == user.id:
        return None if review.judge.dismissed_at else review.judge
    return judge_of(user, competition)


@Rule
def rules_known(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The rules of judging were published."""
    return ALLOWED if version_in_force(competition) else HIDDEN


@Rule
def rules_hold(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Nobody judges by rules that are not published."""
    if version_in_force(competition):
        return ALLOWED
    return closed(
        _l("The organizers have not published the rules of judging yet. You can read meanwhile.")
    )


@Rule
def judge(user: Any, *, competition: Any, review: Any = None, **_: Any) -> Verdict:
    if seat_of(user, competition, review):
        return ALLOWED
    return forbidden(_l("This page is for the judges of this competition."))


@Rule
def assigned_judge(
    user: Any, *, competition: Any, submission: Any = None, review: Any = None, **_: Any
) -> Verdict:
    """Reads the submission (or does the review) that the address names, and is in no conflict."""
    judge = seat_of(user, competition, review)
    if judge is None:
        return forbidden(_l("This page is for the judges of this competition."))
    if review is not None:
        submission = review.submission
        own = review.judge_id == judge.id
    else:
        own = review_of(judge, submission) is not None
    if not own:
        return forbidden(_l("This submission was not given to you to judge."))
    if found := interests(judge, submission):
        return forbidden(CONFLICT_REASONS[found[0].ground])
    return ALLOWED


@Rule
def reads_answer_as_judge(
    user: Any,
    *,
    competition: Any,
    question: Any,
    team: Any = None,
    registration: Any = None,
    **_: Any,
) -> Verdict:
    """Judges the team that answered, or of the person who did, and is shown the answer."""
    place = place_of(registration) if registration is not None else None
    team = team or (place and place.team)
    submission = submission_of(team) if team and Reader.JUDGES in question.shown_to else None
    if submission and assigned_judge(user, competition=competition, submission=submission):
        return ALLOWED
    return forbidden(_l("This answer is not for you to read."))


@Rule
def while_judging(user: Any, *, competition: Any, changing: bool = False, **_: Any) -> Verdict:
    """While the gate is open. It closes for all at once: no team's own dates are asked for."""
    return admitted(opening_of(competition, Gate.JUDGING), changing=changing)


@Rule
def before_judging_closes(
    user: Any, *, competition: Any, changing: bool = False, **_: Any
) -> Verdict:
    opening = opening_of(competition, Gate.JUDGING)
    if opening.state is not State.CLOSED:
        return ALLOWED
    return admitted(opening, changing=changing)
