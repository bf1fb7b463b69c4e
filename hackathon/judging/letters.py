"""Letters about judging."""

from ..accounts.models import User
from ..competitions.timetable import State
from ..ground.clock import now
from ..mentoring.models import Objection
from ..post.actions import Recipient, write
from ..post.models import Letter
from ..submissions.models import Submission
from ..teams.models import Team
from .models import (
    Abstention,
    Judge,
    JudgeInvitation,
    Problem,
    Review,
    RulesVersion,
    Selection,
    Stoppage,
)
from .queries import judging_of


def _to_judge(name: str, judge: Judge, **context: object) -> Letter:
    opening = judging_of(judge.competition)
    closes_at = opening.closes_at if opening.closes_at and opening.closes_at > now() else None
    return write(
        name,
        to=judge.user,
        competition=judge.competition,
        closes_at=closes_at,
        by_link=judge.user.confirmed_at is None,
        **context,
    )


def judge_invitation(invitation: JudgeInvitation, token: str) -> None:
    """It holds a secret, so it names no competition and is not in the organizers' list."""
    both = invitation.language == "both"
    opening = judging_of(invitation.competition)
    ahead = opening.state is State.UPCOMING
    write(
        "judge_invitation",
        to=Recipient(invitation.address, invitation.name, "en" if both else invitation.language),
        both=both,
        occasion=invitation,
        invitation=invitation,
        token=token,
        opens_at=opening.opens_at if ahead else None,
        closes_at=opening.closes_at if ahead or opening.is_open else None,
    )


def judge_declined(organizer: User, invitation: JudgeInvitation) -> None:
    """To an organizer."""
    write(
        "judge_declined",
        to=organizer,
        competition=invitation.competition,
        invitation=invitation,
    )


def judge_appointed(judge: Judge) -> None:
    _to_judge("judge_appointed", judge)


def judge_dismissed(judge: Judge) -> None:
    _to_judge("judge_dismissed", judge)


def reviews_assigned(judge: Judge, number: int) -> None:
    _to_judge("reviews_assigned", judge, number=number)


def reviews_taken_over(judge: Judge, number: int) -> None:
    """To a judge who goes on, without what they had not completed."""
    _to_judge("reviews_taken_over", judge, number=number)


def review_removed(judge: Judge, submission: Submission) -> None:
    _to_judge("review_removed", judge, submission=submission)


def review_set_aside(review: Review) -> None:
    """To a judge whose completed review does not count any more. Like the next one it gives no
    ground, which would say whose the work is where judging is blind."""
    _to_judge("review_set_aside", review.judge, submission=review.submission)


def review_open_again(review: Review) -> None:
    """To a judge who can judge after all what they were given."""
    _to_judge("review_open_again", review.judge, review=review)


def judging_reminder(judge: Judge, left: int) -> None:
    _to_judge("judging_reminder", judge, left=left)


def judging_stopped(judge: Judge, stoppage: Stoppage) -> None:
    _to_judge("judging_stopped", judge, reason=stoppage.reason)


def judging_goes_on(judge: Judge) -> None:
    _to_judge("judging_goes_on", judge)


def conflict_declared(organizer: User, judge: Judge, team: Team, reason: str) -> None:
    """To an organizer: a judge may not judge a team they were given."""
    write(
        "conflict_declared",
        to=organizer,
        competition=judge.competition,
        judge=judge,
        team=team,
        reason=reason,
    )


def objection_made(decider: User, objection: Objection) -> None:
    """To who decides. What the team said in confidence stands on the page alone."""
    write(
        "objection_made",
        to=decider,
        competition=objection.team.competition,
        objection=objection,
    )


def review_given_back(organizer: User, back: Abstention) -> None:
    """To an organizer: a judge does not judge a submission they were given, and why."""
    write("review_given_back", to=organizer, competition=back.judge.competition, back=back)


def problem_reported(organizer: User, problem: Problem) -> None:
    """To an organizer: something keeps a judge from judging a submission."""
    write("problem_reported", to=organizer, competition=problem.judge.competition, problem=problem)


def problem_settled(problem: Problem) -> None:
    """To the judge: what came of it. Nobody writes to one who no longer judges."""
    if problem.judge.dismissed_at is None:
        _to_judge("problem_settled", problem.judge, problem=problem)


def selection_announced(to: User, selection: Selection, team: Team, *, enters: bool) -> None:
    """To a member of a team: whether its submission comes into the next round."""
    write(
        "selected_for_round" if enters else "not_selected_for_round",
        to=to,
        competition=selection.round.competition,
        round=selection.round,
        team=team,
    )


def rules_changed(to: User, version: RulesVersion) -> None:
    """To a judge or a member of a team: other rules hold than those they knew."""
    write(
        "rules_changed",
        to=to,
        competition=version.round.competition,
        number=version.number,
        reason=version.reason,
    )
