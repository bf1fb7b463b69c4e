"""Writing, handing in, and saying what one thinks of it.

Whoever changes a team's work first locks the team's row: its draft, files, versions, size and
choice of challenge then stand still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Criterion
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import language
from ..ground.merging import Conflict, Merged, merged
from ..ground.obstacle import Obstacle
from ..ground.receiving import FileRefused, Received
from ..ground.scans import note_scan
from ..journal.actions import record
from ..journal.deeds import Deed
from ..mentoring.models import Mentor
from ..questions.actions import put
from ..questions.fields import key_in
from ..questions.models import Question
from ..teams.models import Team
from . import letters
from .answers import sheet_of, standing
from .asks import ALWAYS, LINKS, STATEMENTS, Need, Part, needs
from .models import Feedback, File, Ground, Remark, Submission, SubmissionAnswer, Version
from .queries import feedback_by, missing_parts
from .receipt import digest_of, frozen, same

MOST_FILES = 10


class TeamGone(Obstacle):
    sentence = _l("This team does not exist any more.")


class TooManyFiles(FileRefused):
    sentence = _l("A submission has at most %(most)s files. Remove one, or pack several in a ZIP.")


class NoTitle(Obstacle):
    sentence = _l("The submission has no title yet. Write one in the draft.")


class NoSummary(Obstacle):
    sentence = _l("The submission has no summary yet. Write one in the draft.")


class NoDescription(Obstacle):
    sentence = _l("The submission has no description yet. Write one in the draft.")


class NoRepository(Obstacle):
    sentence = _l("The submission has no address of its code yet. Add it to the draft.")


class NoDemonstration(Obstacle):
    sentence = _l("The submission has no address of a demonstration yet. Add it to the draft.")


class NoVideo(Obstacle):
    sentence = _l("The submission has no address of a video yet. Add it to the draft.")


class NoLicence(Obstacle):
    sentence = _l("The submission names no licence yet. Choose one in the draft.")


class NoWarning(Obstacle):
    sentence = _l(
        "The submission says nothing about a content warning yet. Write one in the draft, or that "
        "none is needed."
    )


class NoDataUsed(Obstacle):
    sentence = _l("The submission does not say yet what data it uses. Write it in the draft.")


class NoPriorWork(Obstacle):
    sentence = _l("The submission does not say yet what was there before. Write it in the draft.")


class NoAIUse(Obstacle):
    sentence = _l("The submission does not say yet how AI was used. Write it in the draft.")


class NoAnswer(Obstacle):
    sentence = _l("“%(question)s” is not answered yet. Answer it in the draft.")


class NoChallenge(Obstacle):
    sentence = _l("Your team has not chosen a challenge yet. Choose one on the page of the team.")


class TeamTooSmall(Obstacle):
    sentence = _l("A team needs at least %(least)s people. Invite others on the page of the team.")


class NothingChanged(Obstacle):
    sentence = _l(
        "Nothing has changed since version %(number)s, which is safely handed in and counts."
    )


class Disqualified(Obstacle):
    sentence = _l("The organizers disqualified this submission, so it cannot be handed in again.")


class NothingWritten(Obstacle):
    sentence = _l("There is nothing to send yet. Write at least one comment.")
    field = "overall"


class NoSubmissionYet(Obstacle):
    sentence = _l("This team has not begun its submission, so there is nothing to comment on yet.")


OBSTACLES = {
    Part.TITLE: NoTitle,
    Part.SUMMARY: NoSummary,
    Part.DESCRIPTION: NoDescription,
    Part.REPOSITORY: NoRepository,
    Part.DEMONSTRATION: NoDemonstration,
    Part.VIDEO: NoVideo,
    Part.LICENCE: NoLicence,
    Part.WARNING: NoWarning,
    Part.DATA_USED: NoDataUsed,
    Part.PRIOR_WORK: NoPriorWork,
    Part.AI_USE: NoAIUse,
    Part.CHALLENGE: NoChallenge,
    Part.TEAM: TeamTooSmall,
}
WRITTEN = (*ALWAYS, *LINKS, *STATEMENTS)

# -- the draft -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """The draft after a save, and what came of it field by field."""

    submission: Submission
    merge: Merged


def edit(
    team: Team,
    mine: Mapping[str, Any],
    bases: Mapping[str, str],
    *,
    received: Sequence[Received] = (),
    by: User,
) -> Saved:
    """Save what the writer changed, by the name of its field; the first save begins the draft.

    `bases` are the fingerprints of what they began from. What somebody else changed meanwhile
    stays, and where both changed the same field nothing of it is saved: see ground/merging.py. Nor
    is it where an answer stands still since the form was drawn. `received` are the files among the
    answers. Raises OptionGone.
    """
    submission = hold(team)
    begins = submission.id is None
    sheet = sheet_of(team, submission)
    saved = standing(submission, mine)
    merge = merged(saved, mine, bases)
    for name in [name for name in merge.taken if key_in(name) in sheet.frozen]:
        merge.conflicts[name] = Conflict(merge.taken.pop(name), saved[name])
    answers = dict(sheet.answers)
    for name, value in merge.taken.items():
        if key := key_in(name):
            answers[key] = value
        else:
            setattr(submission, name, value)
    for file in received:
        note_scan(file)
    if merge.taken or begins:
        submission.edited_at, submission.edited_by = now(), by
    put(submission.answers, sheet.questions, answers, new=SubmissionAnswer, by=by)
    return Saved(submission, merge)


def add_files(team: Team, received: list[Received], *, by: User) -> Submission:
    """Add the files to the draft.

    What is there already stays as it is; a new file with the name of another takes its place.
    """
    submission = hold(team)
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
    submission = hold(team)
    for file in [file for file in submission.files if file.digest == digest]:
        submission.files.remove(file)
    return _touched(submission, by)


# -- handing in ------------------------------------------------------------------------------


def submit(team: Team, *, by: User | None) -> Version:
    """Freeze the draft as the next version, which counts from now on; tell the team.

    A withdrawal ends by it. `by` is None when the draft is handed in at the deadline, as the team
    had asked. Raises Disqualified, an Obstacle for the first thing that is missing, and
    NothingChanged.
    """
    submission = hold(team)
    if submission.excluded(Ground.DISQUALIFIED):
        raise Disqualified
    for part in missing_parts(team, submission):
        if isinstance(part, Question):
            raise NoAnswer(question=part.label)
        raise OBSTACLES[part](least=team.competition.team_min)
    content = frozen(submission)
    digest = digest_of(content)
    last, withdrawal = submission.handed_in, submission.excluded(Ground.WITHDRAWN)
    if last and same(last.content, content) and withdrawal is None:
        raise NothingChanged(number=last.number)
    if withdrawal:
        withdrawal.ended_at, withdrawal.ended_by = now(), by
    version = Version(
        number=last.number + 1 if last else 1,
        challenge=team.challenge,
        content=content,
        digest=digest,
        automatic=by is None,
        by=by,
    )
    submission.versions.append(version)
    db.session.flush()
    record(
        Deed.SUBMISSION_HANDED_IN if by else Deed.DRAFT_HANDED_IN,
        by=by,
        competition=team.competition,
        subject=team.name,
        number=version.number,
        digest=digest,
    )
    letters.submission_received(version)
    return version


# -- what is asked ---------------------------------------------------------------------------


def ask_for(competition: Competition, wanted: Mapping[Part, Need], *, by: User) -> Competition:
    """Set how much each part that can be left out is wanted. What teams wrote stays."""
    before = needs(competition.submission_asks)
    competition.submission_asks = {part.value: need.value for part, need in wanted.items()}
    if needs(competition.submission_asks) != before:
        record(Deed.SUBMISSION_ASKS_CHANGED, by=by, competition=competition)
    db.session.flush()
    return competition


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


# The lock comes in a statement of its own: what one reads together with it may be from before.
_LOCK = select(Team.id).where(Team.id == bindparam("team")).with_for_update(key_share=True)
_WORK = (
    select(Submission)
    .where(Submission.team_id == bindparam("team"))
    .options(joinedload(Submission.team, innerjoin=True), joinedload(Submission.answers))
    .execution_options(populate_existing=True)
)


def hold(team: Team) -> Submission:
    """The team's submission as it is now, begun if there is none, and ours until the end."""
    if db.session.scalar(_LOCK, {"team": team.id}) is None:
        raise TeamGone
    submission = db.session.scalars(_WORK, {"team": team.id}).unique().one_or_none()
    if submission is None:
        db.session.refresh(team)
        submission = Submission(
            competition_id=team.competition_id,
            team=team,
            language=language(),
            **{name: "" for name in (*WRITTEN, "licence_other")},
        )
        db.session.add(submission)
    return submission


def _touched(submission: Submission, by: User) -> Submission:
    submission.edited_at, submission.edited_by = now(), by
    db.session.flush()
    return submission
