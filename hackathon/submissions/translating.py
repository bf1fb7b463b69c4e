"""The organizers' desk of translations: how far they are, and writing them.

What readers are told of it is in telling.py.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import LANGUAGES
from ..ground.merging import fingerprint, merged
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..teams.models import Team
from .actions import hold
from .differences import Run, runs
from .models import Submission, Translation, Version
from .telling import PARTS, Content


class NothingHandedIn(Obstacle):
    sentence = _l("Nothing was handed in, so there is nothing to translate.")


class TextChanged(Obstacle):
    sentence = _l(
        "The team handed in another text while you wrote. It stands here now: read it, then save "
        "again."
    )


class ChangedMeanwhile(Obstacle):
    sentence = _l(
        "Somebody else saved this translation while you wrote. What is saved stands under each "
        "field where it differs. Save again to put your words in its place."
    )


class NoTitleTranslated(Obstacle):
    sentence = _l("The translation needs a title before it is published.")
    field = "title"


class NoSummaryTranslated(Obstacle):
    sentence = _l("The translation needs a summary before it is published.")
    field = "summary"


class NoWarningTranslated(Obstacle):
    sentence = _l("The work has a content warning: translate it before you publish.")
    field = "warning"


class NotPublished(Obstacle):
    sentence = _l("This translation is not public: look at the page again.")


NEEDED = {
    "title": NoTitleTranslated,
    "summary": NoSummaryTranslated,
    "warning": NoWarningTranslated,
}

# -- what organizers see -----------------------------------------------------------------------


class State(StrEnum):
    TO_DO = "to_do"
    DRAFT = "draft"
    OUT_OF_DATE = "out_of_date"
    DONE = "done"


@dataclass(frozen=True)
class Work:
    """What counts of a team's work, and how far its translation is."""

    submission_id: uuid.UUID
    team: str
    content: Content
    translation: Translation | None

    @property
    def into(self) -> str:
        """The language that is missing."""
        return other_than(self.content["language"])

    @property
    def changed(self) -> dict[str, list[Run]]:
        """What the team words otherwise than when it was translated, both wordings as one."""
        if self.translation is None:
            return {}
        were = {part: getattr(self.translation, f"of_{part}") for part in PARTS}
        are = original_of(self.content)
        return {part: runs(were[part], are[part]) for part in PARTS if were[part] != are[part]}

    @property
    def state(self) -> State:
        if self.translation is None:
            return State.TO_DO
        if self.translation.published_at is None:
            return State.DRAFT
        return State.OUT_OF_DATE if self.changed else State.DONE


def other_than(written_in: str) -> str:
    return next(each for each in LANGUAGES if each != written_in)


def original_of(content: Content) -> dict[str, str]:
    """Of what a version says: what is translated."""
    return {part: content.get(part) or "" for part in PARTS}


def print_of(content: Content) -> str:
    """Stands for the original that a form was drawn with: another text, another print."""
    return fingerprint("\n".join((content["language"], *original_of(content).values())))


def works_of(competition: Competition) -> list[Work]:
    """Everything that counts, by team. Two queries, and without the long texts."""
    last = (
        select(func.max(Version.number))
        .where(Version.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    names = (*PARTS, "language")
    rows = db.session.execute(
        select(Submission.id, Team.name, *(Version.content[n].as_string() for n in names))
        .join(Submission.team)
        .join(Submission.versions)
        .where(
            Submission.competition_id == competition.id,
            Submission.stands,
            Version.number == last,
        )
        .order_by(Team.name_key)
    ).all()
    written = {
        (each.submission_id, each.language): each
        for each in db.session.scalars(
            select(Translation)
            .join(Translation.submission)
            .where(Submission.competition_id == competition.id)
        )
    }
    works = []
    for key, team, *texts in rows:
        content = dict(zip(names, texts, strict=True))
        works.append(Work(key, team, content, written.get((key, other_than(content["language"])))))
    return works


def work_of(submission: Submission) -> Work | None:
    """None when nothing was handed in."""
    if submission.handed_in is None:
        return None
    content = submission.handed_in.content
    found = db.session.scalar(
        select(Translation)
        .where(
            Translation.submission_id == submission.id,
            Translation.language == other_than(content["language"]),
        )
        .options(joinedload(Translation.edited_by))
        .execution_options(populate_existing=True)
    )
    return Work(submission.id, submission.team.name, content, found)


# -- deeds -------------------------------------------------------------------------------------


def translate(
    submission: Submission,
    mine: Mapping[str, str],
    bases: Mapping[str, str],
    *,
    of: str,
    publish: bool,
    by: User,
) -> Translation:
    """Save the words for what counts now; what is public already stays so.

    `of` is the print of the original that the writer saw, `bases` the fingerprints of the words
    that they began from. Raises NothingHandedIn, TextChanged, ChangedMeanwhile, and when it is to
    be public the first of NEEDED that is missing.
    """
    work = _held(submission)
    if print_of(work.content) != of:
        raise TextChanged
    original, found = original_of(work.content), work.translation
    translation = found or Translation(
        submission=submission, language=work.into, **dict.fromkeys(PARTS, "")
    )
    merge = merged({part: getattr(translation, part) for part in mine}, mine, bases)
    if merge.conflicts:
        raise ChangedMeanwhile
    for part, text in merge.taken.items():
        setattr(translation, part, text)
    if not original["warning"]:
        translation.warning = ""
    was_public = translation.published_at is not None
    if publish or was_public:
        for part in PARTS:
            if original[part] and not getattr(translation, part):
                raise NEEDED[part]
        translation.published_at = translation.published_at or now()
    if merge.taken or work.changed or publish > was_public:
        for part in PARTS:
            setattr(translation, f"of_{part}", original[part])
        translation.edited_at, translation.edited_by = now(), by
        db.session.add(translation)
        db.session.flush()
        if was_public:
            _record(Deed.TRANSLATION_CHANGED, translation, by)
        elif publish:
            _record(Deed.TRANSLATION_PUBLISHED, translation, by)
    return translation


def withdraw_translation(submission: Submission, *, by: User) -> Translation:
    """Nobody but organizers sees it any more; its words stay. Raises NotPublished."""
    translation = _held(submission).translation
    if translation is None or translation.published_at is None:
        raise NotPublished
    translation.published_at = None
    db.session.flush()
    _record(Deed.TRANSLATION_WITHDRAWN, translation, by)
    return translation


def _held(submission: Submission) -> Work:
    """Its work as it is now, and nobody hands in or translates until the end."""
    work = work_of(hold(submission.team))
    if work is None:
        raise NothingHandedIn
    return work


def _record(deed: Deed, translation: Translation, by: User) -> None:
    team = translation.submission.team
    record(deed, by=by, competition=team.competition, subject=team.name)
