"""Writing, handing in, and saying what one thinks of it.

Whoever changes a team's work first locks the team's row: its draft, files, versions, size and
choice of challenge then stand still.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Criterion
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..ground.receiving import FileRefused, Received
from ..journal.actions import record
from ..journal.deeds import Deed
from ..mentoring.models import Mentor
from ..teams.models import Team
from . import letters
from .models import Feedback, File, Remark, Submission, Version
from .queries import Part, feedback_by, missing_parts
from .receipt import digest_of, frozen
from .scans import note_scan

MOST_FILES = 10


class TeamGone(Obstacle):
    sentence = _l("This team does not exist any more.")


class Overtaken(Obstacle):
    sentence = _l(
        "Somebody in your team saved this draft while you were writing. Yours is still in the "
        "form and theirs stands beside it: bring the two together, then save again."
    )


class TooManyFiles(FileRefused):
    sentence = _l("A submission has at most %(most)s files. Remove one, or pack several in a ZIP.")


class VirusInIt(Obstacle):
    sentence = _l("A virus was found in this file (%(virus)s), so it is not given out.")


class NoTitle(Obstacle):
    sentence = _l("The submission has no title yet. Write one in the draft.")


class NoSummary(Obstacle):
    sentence = _l("The submission has no summary yet. Write one in the draft.")


class NoDescription(Obstacle):
    sentence = _l("The submission has no description yet. Write one in the draft.")


class NoChallenge(Obstacle):
    sentence = _l("Your team has not chosen a challenge yet. Choose one on the page of the team.")


class TeamTooSmall(Obstacle):
    sentence = _l("A team needs at least %(least)s people. Invite others on the page of the team.")


class NothingChanged(Obstacle):
    sentence = _l(
        "Nothing has changed since version %(number)s, which is safely handed in and counts."
    )


class NothingWritten(Obstacle):
    sentence = _l("There is nothing to send yet. Write at least one comment.")
    field = "overall"


class NoSubmissionYet(Obstacle):
    sentence = _l("This team has not begun its submission, so there is nothing to comment on yet.")


OBSTACLES = {
    Part.TITLE: NoTitle,
    Part.SUMMARY: NoSummary,
    Part.DESCRIPTION: NoDescription,
    Part.CHALLENGE: NoChallenge,
    Part.TEAM: TeamTooSmall,
}

# -- the draft -------------------------------------------------------------------------------


def edit(team: Team, *, based_on: int, by: User, **fields: str) -> Submission:
    """Save the draft, which the first save begins.

    `based_on` is the revision that the writer saw. Raises Overtaken when another was saved since
    that says something else.
    """
    submission = _hold(team)
    if all(getattr(submission, name) == value for name, value in fields.items()):
        return submission
    if submission.revision != based_on:
        raise Overtaken
    for name, value in fields.items():
        setattr(submission, name, value)
    submission.revision += 1
    return _touched(submission, by)


def add_files(team: Team, received: list[Received], *, by: User) -> Submission:
    """Add the files to the draft.

    What is there already stays as it is; a new file with the name of another takes its place.
    """
    submission = _hold(team)
    for new in received:
        if any(file.digest == new.digest for file in submission.files):
            continue
        for file in [file for file in submission.files if file.name == new.name]:
            submission.files.remove(file)
        submission.files.append(File(name=new.name, digest=new.digest, size=new.size, by=by))
        note_scan(new)
    if len(submission.files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    return _touched(submission, by)


def remove_file(team: Team, digest: str, *, by: User) -> Submission:
    """Take the file out of the draft; versions that have it keep it."""
    submission = _hold(team)
    for file in [file for file in submission.files if file.digest == digest]:
        submission.files.remove(file)
    return _touched(submission, by)


# -- handing in ------------------------------------------------------------------------------


def submit(team: Team, *, by: User) -> Version:
    """Freeze the draft as the next version, which counts from now on; tell the team.

    Raises an Obstacle for the first thing that is missing, and NothingChanged.
    """
    submission = _hold(team)
    for part in missing_parts(team, submission):
        raise OBSTACLES[part](least=team.competition.team_min)
    content = frozen(submission)
    digest = digest_of(content)
    last = submission.handed_in
    if last and last.digest == digest:
        raise NothingChanged(number=last.number)
    version = Version(
        number=last.number + 1 if last else 1,
        challenge=team.challenge,
        content=content,
        digest=digest,
        by=by,
    )
    submission.versions.append(version)
    db.session.flush()
    record(
        Deed.SUBMISSION_HANDED_IN,
        by=by,
        competition=team.competition,
        subject=team.name,
        number=version.number,
        digest=digest,
    )
    letters.submission_received(version)
    return version


# -- feedback --------------------------------------------------------------------------------


def write_feedback(
    mentor: Mentor,
    submission: Submission | None,
    *,
    overall: str,
    remarks: dict[Criterion, str],
    send: bool,
    by: User,
) -> Feedback:
    """Save the mentor's words, and with `send` show them to the team and write to its people.

    What was sent once stays so: a change to it goes to the team too. Raises NoSubmissionYet,
    NothingWritten.
    """
    if submission is None:
        raise NoSubmissionYet
    db.session.refresh(mentor, with_for_update={"key_share": True})
    feedback = feedback_by(mentor, submission)
    if feedback is None:
        feedback = Feedback(mentor=mentor, submission=submission, overall="")
        db.session.add(feedback)
    before = _words(feedback)
    feedback.overall = overall
    written = {remark.criterion_id: remark for remark in feedback.remarks}
    for criterion, text in remarks.items():
        remark = written.get(criterion.id)
        if remark and text:
            remark.text = text
        elif remark:
            feedback.remarks.remove(remark)
        elif text:
            feedback.remarks.append(Remark(criterion_id=criterion.id, text=text))
    db.session.flush()
    changed = _words(feedback) != before
    if feedback.sent_at is None and not send:
        return feedback
    if not overall and not feedback.remarks:
        raise NothingWritten
    if feedback.sent_at is None or changed:
        letters.feedback_received(feedback, updated=feedback.sent_at is not None)
        feedback.sent_at = now()
        db.session.flush()
        record(
            Deed.FEEDBACK_SENT,
            by=by,
            competition=mentor.competition,
            subject=submission.team.name,
        )
    return feedback


def _words(feedback: Feedback) -> Any:
    return feedback.overall, {remark.criterion_id: remark.text for remark in feedback.remarks}


# -- underneath ------------------------------------------------------------------------------


def _hold(team: Team) -> Submission:
    """The team's submission as it is now, begun if there is none, and ours until the end."""
    anew = {"populate_existing": True}
    locked = db.session.scalar(
        select(Team)
        .where(Team.id == team.id)
        .with_for_update(key_share=True)
        .execution_options(**anew)
    )
    if locked is None:
        raise TeamGone
    submission = db.session.scalar(
        select(Submission).where(Submission.team_id == team.id).execution_options(**anew)
    )
    if submission is None:
        submission = Submission(
            competition_id=team.competition_id,
            team=team,
            revision=0,
            **{name: "" for name in ("title", "summary", "description")},
            **{name: "" for name in ("repository", "demonstration", "video")},
            language="en",
        )
        db.session.add(submission)
    return submission


def _touched(submission: Submission, by: User) -> Submission:
    submission.edited_at, submission.edited_by = now(), by
    db.session.flush()
    return submission
