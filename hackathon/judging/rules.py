"""Who judges what, and what stands in the way."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.rules import admitted
from ..competitions.timetable import State
from ..ground.i18n import moment_text
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Verdict, closed, first, forbidden, stopped
from ..questions.models import Reader
from ..redaction.queries import is_cleared
from ..submissions.queries import submission_of
from ..teams.queries import place_of
from .blind import blinded
from .conflicts import (
    Finding,
    Ground,
    chaired_by,
    concerns,
    declared,
    finding_of,
    partial,
    partial_in,
    withheld_from,
)
from .jury import came_by_link, link_behind, terms_before
from .models import Way
from .queries import (
    SAID_OF_WORK,
    judge_of,
    judging_of,
    reviews_between,
    round_of,
    version_in_force,
    yet_to_review,
)
from .stopping import stoppage_seen

CONFLICT_REASONS = {
    Ground.DECLARED: _l("You have a conflict of interest with this team."),
    Ground.MENTOR: _l("You accompany this team as a mentor, so you do not judge it."),
    Ground.MEMBER: _l("You are a member of this team, so you do not judge it."),
    Ground.ORGANIZATION: _l(
        "Somebody in this team is of the same organization as you, so you do not judge it."
    ),
    Ground.DOMAIN: _l(
        "Somebody in this team has an address of the same organization as you, so you do not judge "
        "it unless the organizers decide that you can."
    ),
    Ground.REVIEWED: _l("You gave this team feedback as a mentor, so you do not judge it."),
    Ground.EARLIER_TEAM: _l(
        "You were in a team with somebody of this team, so you do not judge it unless the "
        "organizers decide that you can."
    ),
    Ground.MET: _l(
        "You met somebody of this team when one of you accompanied the other’s team as a mentor, "
        "so you do not judge it unless the organizers decide that you can."
    ),
    Ground.SESSION: _l(
        "You and somebody in this team were in the same small session, so you do not judge it "
        "unless the organizers decide that you can."
    ),
    Ground.MESSAGED: _l(
        "You and somebody in this team wrote to each other about joining a team, so you do not "
        "judge it unless the organizers decide that you can."
    ),
    # What a team said in confidence stays between it and the organizers.
    Ground.TEAM: _l("The organizers have to decide whether you can judge this team."),
    Ground.RULED: _l("The organizers decided that you do not judge this team."),
}


def why_barred(finding: Finding) -> Any:
    """In words, to the judge."""
    if finding.ruling and finding.ruling.bars and not finding.final:
        return CONFLICT_REASONS[Ground.RULED]
    return CONFLICT_REASONS[finding.interests[0].ground]


NOT_GIVEN = forbidden(_l("This submission was not given to you to judge."))


def seat_of(user: Any, competition: Any, review: Any = None) -> Any:
    """The person as a judge; without a question where the address names their own review."""
    if review is not None and review.judge.user_id == user.id:
        return None if review.judge.dismissed_at else review.judge
    return judge_of(user, competition)


@Rule
def rules_known(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The rules of judging were published."""
    return ALLOWED if version_in_force(competition, competition.rounds[0]) else HIDDEN


@Rule
def rules_hold(user: Any, *, competition: Any, review: Any, **_: Any) -> Verdict:
    """Nobody judges by rules that are not published."""
    if version_in_force(competition, review.round):
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
        own = [review] if review.judge_id == judge.id else []
    else:
        own = reviews_between(judge, submission)
    if not own:
        return NOT_GIVEN
    blind = blinded(competition)
    if (found := finding_of(judge, submission)).bars:
        # Why would say whose it is.
        return NOT_GIVEN if blind else forbidden(why_barred(found))
    # What they touched they could open, so they have answered.
    answered = any(each.touched_at or each.completed_at for each in own)
    if not answered and not declared(judge, submission):
        if blind:  # of all teams at once, so that no answer is about this work
            return first("judging.declarations", competition=competition)
        return first("judging.declarations", competition=competition, submission=submission.url_key)
    return ALLOWED


@Rule
def prepared(
    user: Any, *, competition: Any, submission: Any = None, review: Any = None, **_: Any
) -> Verdict:
    """Where judges may not learn whose work they read, once it was cleared of what says so."""
    if not blinded(competition) or is_cleared(submission or review.submission):
        return ALLOWED
    return forbidden(
        _l(
            "The organizers are preparing this submission, so that it does not say whose it is. "
            "It comes back to your list as soon as that is done; what you scored is kept."
        )
    )


@Rule
def judged_openly(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """What shows whose work it is, is not for judges who may not learn it."""
    if not blinded(competition):
        return ALLOWED
    return forbidden(
        _l("Judges here do not see whose work they read, so this page is not for them now.")
    )


@Rule
def judged_blindly(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The doors to cleared files are there only where judges do not see whose work they read."""
    return ALLOWED if blinded(competition) else HIDDEN


@Rule
def judges_nothing(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Who takes out what says whose a work is knows whose it is, and so does not judge here."""
    if judge_of(user, competition) is None:
        return ALLOWED
    return forbidden(
        _l("You judge in this competition, so somebody else prepares submissions for judges.")
    )


@Rule
def unconflicted(
    user: Any,
    *,
    competition: Any,
    submission: Any = None,
    review: Any = None,
    finding: Any = None,
    problem: Any = None,
    discussion: Any = None,
    team: Any = None,
    **_: Any,
) -> Verdict:
    """No judge whom a conflict of interest keeps from the submission that the address names, by
    itself, through a review, a finding, a problem or a discussion about it, or through its team."""
    withheld = withheld_from(user, competition)
    if not withheld:
        return ALLOWED
    about = review or finding or problem or discussion
    found = submission or (about.submission if about else submission_of(team))
    if found and found.id in withheld:
        return forbidden(
            _l("You have a conflict of interest with this team, so this page is hidden from you.")
        )
    return ALLOWED


@Rule
def own_review_done(
    user: Any, *, competition: Any, submission: Any = None, discussion: Any = None, **_: Any
) -> Verdict:
    """An organizer who judges too reads what others say of a submission after their own review."""
    about = submission or discussion.submission
    if about.id not in yet_to_review(user, competition):
        return ALLOWED
    return forbidden(
        _l(
            "You have this submission to review yourself. Complete your own review first: then you "
            "see what the others say of it."
        )
    )


@Rule
def of_another(user: Any, *, review: Any, **_: Any) -> Verdict:
    """Who takes their own review back could read the others, then be given it anew."""
    if review.judge.user_id != user.id:
        return ALLOWED
    return forbidden(_l("This review is your own: another organizer can withdraw it."))


@Rule
def own_reviews_done(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The same, of what shows what the judges say of all submissions together."""
    if not yet_to_review(user, competition):
        return ALLOWED
    return forbidden(
        _l(
            "You have submissions to review yourself. Complete your own reviews first: then, or "
            "once judging has closed, you see what comes of all of them."
        )
    )


@Rule
def no_conflict(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """No judge in conflict with anything: for what shows all submissions at once."""
    if withheld_from(user, competition):
        return forbidden(
            _l("As a judge you have a conflict of interest with a team whose work is in it.")
        )
    return ALLOWED


@Rule
def unconflicted_letter(user: Any, *, competition: Any, letter: Any, **_: Any) -> Verdict:
    """Nor a letter to others that holds what a judge says of a submission."""
    if letter.name not in SAID_OF_WORK or letter.recipient_id == user.id:
        return ALLOWED
    return no_conflict(user, competition=competition)


@Rule
def about_others(user: Any, *, judge: Any = None, objection: Any = None, **_: Any) -> Verdict:
    """What others know or say of oneself in confidence is not for oneself to read."""
    if (judge and judge.user_id == user.id) or (objection and concerns(objection, user)):
        return forbidden(_l("This is about you, so it is for somebody else to read."))
    return ALLOWED


@Rule
def decides(
    user: Any,
    *,
    competition: Any,
    submission: Any = None,
    judge: Any = None,
    conflict: Any = None,
    objection: Any = None,
    **_: Any,
) -> Verdict:
    """Chairs the judging, or organizes where nobody does; and has no part in what is decided."""
    chairs = chaired_by(competition)
    if chairs and user.id not in chairs:
        return forbidden(_l("The chair of judging decides on conflicts of interest."))
    about = judge.user_id if judge else conflict.user_id if conflict else None
    if about == user.id:
        return forbidden(_l("This is about you, so somebody else decides."))
    team = (submission or conflict or objection).team
    if partial(user, team):
        return forbidden(_l("You have a tie to this team yourself, so somebody else decides."))
    return ALLOWED


@Rule
def selects(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Chairs the judging, or organizes where nobody does; and has no part in any work that
    competes."""
    chairs = chaired_by(competition)
    if chairs and user.id not in chairs:
        return forbidden(_l("The chair of judging decides what comes into a round."))
    if partial_in(user, competition):
        return forbidden(
            _l("You have a tie to a team whose work competes, so somebody else selects.")
        )
    return ALLOWED


@Rule
def later_round(user: Any, *, round: Any, **_: Any) -> Verdict:
    """Every competition has a first round, and nothing is selected for it."""
    return ALLOWED if round.position > 1 else HIDDEN


@Rule
def before_judging_opens(
    user: Any, *, competition: Any, changing: bool = False, **_: Any
) -> Verdict:
    """Until then teams say whom they are in conflict with."""
    opening = opening_of(competition, Gate.JUDGING)
    if opening.state is State.UPCOMING or opening.opens_at is None:
        return ALLOWED
    return closed(_l("Judging has opened. Write to the organizers instead."), opening)


@Rule
def terms_accepted(user: Any, *, competition: Any, review: Any = None, **_: Any) -> Verdict:
    """A judge who said yes to the terms of today, where there are any."""
    judge = seat_of(user, competition, review)
    if judge is None or terms_before(judge) is None:
        return ALLOWED
    return first("judging.terms", competition=competition)


@Rule
def by_link_or_signed_in(user: Any, *, judge_link: Any, **_: Any) -> Verdict:
    if judge_link.invitation.way is Way.LINK:
        return ALLOWED
    if came_by_link(user):
        return forbidden(
            _l("This invitation wants an account: sign out here, then sign in with it.")
        )
    return ALLOWED if user.is_authenticated else SIGN_IN


@Rule
def link_signs_in(user: Any, *, judge_link: Any, **_: Any) -> Verdict:
    if judge_link.invitation.way is Way.LINK:
        return ALLOWED
    return forbidden(_l("This invitation wants an account: sign out here, then sign in with it."))


def within_link(user: Any, endpoint: str, opens: Any, *, competition: Any = None) -> Verdict:
    """What a session that came by a personal link may open: these endpoints, in its competition."""
    if not came_by_link(user):
        return ALLOWED
    if endpoint not in opens:
        return forbidden(
            _l("You came in by a personal link, which opens judging and nothing else.")
        )
    if competition is None:
        return ALLOWED
    link = link_behind(user.here)
    if link is None:
        return forbidden(
            _l("Your personal link has ended. Ask the organizers for a new one, or sign out.")
        )
    if link.competition_id != competition.id:
        return forbidden(_l("Your personal link is for another competition."))
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
    if (
        submission
        and judged_openly(user, competition=competition)
        and assigned_judge(user, competition=competition, submission=submission)
        and terms_accepted(user, competition=competition)
    ):
        return ALLOWED
    return forbidden(_l("This answer is not for you to read."))


def of_round_judged(competition: Any, review: Any) -> Verdict:
    """Once the submissions of the next round were selected, nothing moves what they rested on."""
    if review is None or review.round_id == round_of(competition).id:
        return ALLOWED
    return closed(_l("This round is over. Your review stays as it is."))


@Rule
def round_judged(user: Any, *, competition: Any, review: Any, **_: Any) -> Verdict:
    """The review is of the round that is judged."""
    return of_round_judged(competition, review)


@Rule
def while_judging(
    user: Any, *, competition: Any, review: Any = None, changing: bool = False, **_: Any
) -> Verdict:
    """While the gate is open. It closes for all at once: no team's own dates are asked for."""
    still = of_round_judged(competition, review)
    return still and admitted(judging_of(competition), changing=changing)


@Rule
def not_stopped(user: Any, *, competition: Any, review: Any = None, **_: Any) -> Verdict:
    """The organizers have not stopped the round for a while."""
    found = stoppage_seen(review.round_id if review else round_of(competition).id)
    if found is None:
        return ALLOWED
    return stopped(
        _l(
            "The organizers stopped judging for a while, on %(moment)s. They say: %(reason)s",
            moment=moment_text(found.created_at, competition.zone),
            reason=found.reason,
        )
    )


@Rule
def before_judging_closes(
    user: Any, *, competition: Any, review: Any = None, changing: bool = False, **_: Any
) -> Verdict:
    still, opening = of_round_judged(competition, review), judging_of(competition)
    if not still or opening.state is not State.CLOSED:
        return still
    return admitted(opening, changing=changing)
