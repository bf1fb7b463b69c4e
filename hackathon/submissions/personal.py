"""What submissions hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..mentoring.models import Mentor
from ..questions.personal import FACTS, file_of, with_question
from ..registrations.models import Registration
from ..teams.models import Membership
from .answers import submission_questions
from .models import (
    Feedback,
    File,
    Remark,
    Submission,
    SubmissionAnswer,
    Translation,
    Upload,
    Version,
)


def forget(person: User) -> None:
    """Drop unsent feedback, unfinished uploads, and work begun alone that was never handed in."""
    db.session.execute(delete(Upload).where(Upload.by_id == person.id))
    mentors = select(Mentor.id).where(Mentor.user_id == person.id)
    db.session.execute(
        delete(Feedback).where(Feedback.mentor_id.in_(mentors), Feedback.sent_at.is_(None))
    )
    whole = aliased(Membership)
    size = select(func.count()).where(whole.team_id == Membership.team_id).scalar_subquery()
    alone = (
        select(Membership.team_id)
        .join(Registration, Membership.registration_id == Registration.id)
        .where(Registration.user_id == person.id, size == 1)
    )
    for submission in db.session.scalars(
        select(Submission).where(Submission.team_id.in_(alone), ~Submission.versions.any())
    ).all():
        db.session.delete(submission)
    db.session.flush()


def expire(competition: Competition) -> dict[str, int]:
    """What teams answered of people, in drafts and in what was handed in.

    A version then says that an answer stood there, and no longer which: its receipt stays, but
    nobody can compute its fingerprint anew.
    """
    forgotten = {each.id for each in submission_questions(competition) if each.personal}
    if not forgotten:
        return {"submission_answers": 0}
    own = select(Submission.id).where(Submission.competition_id == competition.id)
    gone = db.session.execute(
        delete(SubmissionAnswer).where(
            SubmissionAnswer.submission_id.in_(own), SubmissionAnswer.question_id.in_(forgotten)
        )
    ).rowcount
    keys = {each.hex for each in forgotten}
    for version in db.session.scalars(select(Version).where(Version.submission_id.in_(own))):
        answers = version.content.get("answers", ())
        told = [each for each in answers if each["key"] in keys and each["value"] is not None]
        if told:
            emptied = [
                {**each, "value": None, "options": {}} if each in told else each for each in answers
            ]
            version.content = {**version.content, "answers": emptied}
            gone += len(told)
    db.session.flush()
    return {"submission_answers": gone}


SHARE = Share(
    holdings=(
        Holding(
            "submission_answers",
            _l("Answers you wrote in the draft of your team’s work"),
            SubmissionAnswer,
            lambda person: (
                select(SubmissionAnswer)
                .where(SubmissionAnswer.by_id == person.id)
                .options(
                    joinedload(SubmissionAnswer.submission).joinedload(Submission.team),
                    with_question(SubmissionAnswer),
                )
                .order_by(SubmissionAnswer.created_at)
            ),
            (Fact("team", _l("Team"), "submission.team.name"), *FACTS),
            stays=_l("The answers of your team, written by “Deleted account”."),
            file=file_of,
        ),
        Holding(
            "files",
            _l("Files you added to your team’s work"),
            File,
            lambda person: (
                select(File)
                .where(File.by_id == person.id)
                .options(joinedload(File.submission).joinedload(Submission.team))
            ),
            (
                Fact("team", _l("Team"), "submission.team.name"),
                Fact("name", _l("Name")),
                Fact("size", _l("Octets")),
                Fact("digest", _l("SHA-256")),
                Fact("alt", _l("What the picture shows")),
                Fact("created_at", _l("Added")),
            ),
            stays=_l("The work of your team."),
            file=lambda row: (row.name, row.digest),
        ),
        Holding(
            "uploads",
            _l("Files that you began to send"),
            Upload,
            lambda person: (
                select(Upload).where(Upload.by_id == person.id).options(joinedload(Upload.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("name", _l("Name")),
                Fact("size", _l("Octets")),
                Fact("received", _l("Octets that arrived")),
                Fact("digest", _l("SHA-256")),
                Fact("created_at", _l("Begun on")),
                Fact("expires_at", _l("Kept until")),
            ),
        ),
        Holding(
            "versions",
            _l("What you handed in for your team"),
            Version,
            lambda person: (
                select(Version)
                .where(Version.by_id == person.id)
                .options(joinedload(Version.submission).joinedload(Submission.team))
            ),
            (
                Fact("team", _l("Team"), "submission.team.name"),
                Fact("number", _l("Version")),
                Fact("digest", _l("SHA-256")),
                Fact("created_at", _l("Handed in")),
            ),
            stays=_l("The work of your team, handed in by “Deleted account”."),
        ),
        Holding(
            "translations",
            _l("Translations of titles and summaries that you edited last"),
            Translation,
            lambda person: (
                select(Translation)
                .where(Translation.edited_by_id == person.id)
                .options(joinedload(Translation.submission).joinedload(Submission.team))
            ),
            (
                Fact("team", _l("Team"), "submission.team.name"),
                Fact("language", _l("Language")),
                Fact("title", _l("Title")),
                Fact("summary", _l("Summary")),
                Fact("warning", _l("Content warning")),
                Fact("created_at", _l("Begun on")),
                Fact("edited_at", _l("Saved")),
                Fact("published_at", _l("Public")),
            ),
            stays=_l("The competition’s translation, without your name."),
        ),
        Holding(
            "feedback",
            _l("Your feedback to teams"),
            Feedback,
            lambda person: (
                select(Feedback)
                .join(Feedback.mentor)
                .where(Mentor.user_id == person.id)
                .options(
                    contains_eager(Feedback.mentor),
                    joinedload(Feedback.submission).joinedload(Submission.team),
                )
            ),
            (
                Fact("team", _l("Team"), "submission.team.name"),
                Fact("overall", _l("Comment")),
                Fact("created_at", _l("Begun on")),
                Fact("sent_at", _l("Sent")),
            ),
            stays=_l("What you sent, which the teams have read. What you did not send is deleted."),
        ),
        Holding(
            "remarks",
            _l("Your remarks on single criteria"),
            Remark,
            lambda person: (
                select(Remark)
                .join(Remark.feedback)
                .join(Feedback.mentor)
                .where(Mentor.user_id == person.id)
                .options(
                    contains_eager(Remark.feedback)
                    .joinedload(Feedback.submission)
                    .joinedload(Submission.team),
                    joinedload(Remark.criterion),
                )
            ),
            (
                Fact("team", _l("Team"), "feedback.submission.team.name"),
                Fact("criterion", _l("Criterion"), "criterion.name"),
                Fact("text", _l("Comment")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("As your feedback."),
        ),
    ),
    forget=forget,
    expire=expire,
)
