"""Writing samples, publishing them, scoring them, and telling what was learned."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.merging import Merged
from ..ground.obstacle import Obstacle
from ..ground.pictures import Copy
from ..ground.receiving import Received
from ..ground.scans import note_scan
from ..journal.actions import record
from ..journal.deeds import Deed
from ..judging.actions import Scored
from ..judging.models import Judge
from ..judging.queries import judges_of, round_of
from ..judging.rulebook import Criterion
from ..judging.scoring import (
    COMPLETE,
    DONE,
    Lack,
    criterion_in,
    field_of,
    lacking,
    noted,
    together,
)
from ..judging.stopping import going_on
from . import letters
from .models import Reference, Sample, SampleFile, SampleReview, SampleScore
from .queries import completed_for, criteria_for, left_by_judge, levels_in, reminded_lately

NOTE = "note"
MOST_FILES = 10


class SampleGone(Obstacle):
    sentence = _l("This sample was removed in the meantime.")


class SampleScored(Obstacle):
    sentence = _l(
        "A judge has scored this sample already, so it stays as they read it. Write another one."
    )


class SampleInPublic(Obstacle):
    sentence = _l("Judges see this sample. Withdraw it first.")


class SampleIncomplete(Obstacle):
    sentence = _l("Write title, summary and description in both languages first.")


class NothingToScore(Obstacle):
    sentence = _l(
        "Publish the rules of judging first: a sample is scored by the criteria that are in them."
    )


class EarlierRound(Obstacle):
    sentence = _l(
        "This sample was for an earlier round of judging: its judges have judged. Write one for "
        "the round that is judged now."
    )


class SampleWithdrawn(Obstacle):
    sentence = _l("The organizers have withdrawn this sample in the meantime.")


class NameTaken(Obstacle):
    sentence = _l("There is a file named %(name)s already. Remove it first, or rename yours.")
    field = "file"


class ManyFiles(Obstacle):
    sentence = _l("A sample has at most %(most)s files.")
    field = "file"


class FileRemoved(Obstacle):
    sentence = _l("This file was removed in the meantime.")


class LessonMissing(Obstacle):
    sentence = _l("Write it in both languages before the judges read it.")
    field = "publish"


# -- organizers: writing ---------------------------------------------------------------------


def add_sample(competition: Competition, *, by: User, **fields: Any) -> Sample:
    """A draft, for the judges of the round that is judged."""
    sample = Sample(competition=competition, round=round_of(competition), **fields)
    db.session.add(sample)
    db.session.flush()
    _note(Deed.SAMPLE_WRITTEN, sample, by)
    return sample


def edit_sample(sample: Sample, *, by: User, **fields: Any) -> Sample:
    """Raises SampleScored once somebody has scored what it says."""
    _held(sample)
    changed = {n: value for n, value in fields.items() if getattr(sample, n) != value}
    if set(changed) - {"position"}:
        _unscored(sample)
    for name, value in changed.items():
        setattr(sample, name, value)
    if sample.published_at:
        _whole(sample)
    _note(Deed.SAMPLE_WRITTEN, sample, by)
    return sample


def add_file(
    sample: Sample, received: Received, copy: Copy | None, *, caption: Localized, by: User
) -> SampleFile:
    """A file that is on disk; with a copy, it is shown as a picture."""
    _held(sample)
    _unscored(sample)
    if len(sample.files) >= MOST_FILES:
        raise ManyFiles(most=MOST_FILES)
    if received.name in {file.name for file in sample.files}:
        raise NameTaken(name=received.name)
    file = SampleFile(
        name=received.name, digest=received.digest, size=received.size, caption=caption
    )
    if copy is not None:
        stored = current_app.extensions["storage"].keep(io.BytesIO(copy.octets), len(copy.octets))
        file.drawn, file.width, file.height = stored.digest, copy.width, copy.height
    sample.files.append(file)
    note_scan(received)
    db.session.flush()
    _note(Deed.SAMPLE_WRITTEN, sample, by)
    return file


def remove_file(file: SampleFile, *, by: User) -> Sample:
    sample = file.sample
    _held(sample)
    if file not in sample.files:
        raise FileRemoved
    _unscored(sample)
    sample.files.remove(file)
    _note(Deed.SAMPLE_WRITTEN, sample, by)
    return sample


def set_references(
    sample: Sample, given: Mapping[Criterion, tuple[int | None, Localized]], *, by: User
) -> Sample:
    """Say what the organizers find right on each criterion, and why; None takes it back."""
    _held(sample)
    known = {each.criterion_id: each for each in sample.references}
    for criterion, (level, reason) in given.items():
        reference = known.get(criterion.id)
        if level is None:
            if reference is not None:
                sample.references.remove(reference)
            continue
        if reference is None:
            reference = Reference(criterion_id=criterion.id)
            sample.references.append(reference)
        reference.score, reference.levels = level, len(criterion.levels)
        reference.reason = reason
    _note(Deed.SAMPLE_REFERENCED, sample, by)
    return sample


# -- organizers: the judges ------------------------------------------------------------------


def publish(sample: Sample, *, required: bool, by: User) -> Sample:
    """Show it to the judges, who are told once; required or offered, which can change later.

    Raises EarlierRound, SampleIncomplete, NothingToScore.
    """
    _held(sample)
    if sample.round_id != round_of(sample.competition).id:
        raise EarlierRound
    _whole(sample)
    at = now()
    sample.published_at = sample.published_at or at
    sample.required_at = (sample.required_at or at) if required else None
    if sample.announced_at is None:
        sample.announced_at = at
        for judge in judges_of(sample.competition):
            letters.sample_published(judge, sample)
    _note(Deed.SAMPLE_REQUIRED if required else Deed.SAMPLE_OFFERED, sample, by)
    return sample


def withdraw(sample: Sample, *, by: User) -> Sample:
    """Judges see it no more, and it keeps nobody from scoring. What they gave stays."""
    _held(sample)
    sample.published_at = sample.required_at = None
    _note(Deed.SAMPLE_WITHDRAWN, sample, by)
    return sample


def remove(sample: Sample, *, by: User) -> Sample:
    """Raises SampleInPublic, and SampleScored."""
    _held(sample)
    if sample.published_at:
        raise SampleInPublic
    _unscored(sample)
    _note(Deed.SAMPLE_REMOVED, sample, by)
    db.session.delete(sample)
    db.session.flush()
    return sample


def remind(competition: Competition, *, by: User) -> int:
    """Write to judges who have samples to complete, unless they had a reminder lately; returns how
    many letters."""
    db.session.execute(
        select(Competition.id).where(Competition.id == competition.id).with_for_update()
    )
    lately = reminded_lately(competition)
    waiting = {
        judge: samples
        for judge, samples in left_by_judge(competition).items()
        if judge.user_id not in lately
    }
    for judge, samples in waiting.items():
        letters.sample_reminder(judge, samples)
    if waiting:
        record(Deed.SAMPLES_REMINDED, by=by, competition=competition, count=len(waiting))
    db.session.flush()
    return len(waiting)


def write_lesson(sample: Sample, lesson: Localized, *, publish: bool, by: User) -> Sample:
    """What was learned. Published, judges who have completed the sample read it and are told once.

    Raises LessonMissing.
    """
    _held(sample)
    if publish and not lesson.complete:
        raise LessonMissing
    at = now()
    sample.lesson = lesson
    sample.lesson_published_at = (sample.lesson_published_at or at) if publish else None
    if publish and sample.lesson_announced_at is None:
        sample.lesson_announced_at = at
        for review in completed_for(sample):
            letters.sample_lesson(review.judge, sample)
    _note(Deed.LESSON_PUBLISHED if publish else Deed.LESSON_WRITTEN, sample, by)
    return sample


# -- a judge ---------------------------------------------------------------------------------


def said(review: SampleReview | None, criteria: Iterable[Criterion]) -> dict[str, Any]:
    """What the judge gave on the scales of today, by the names that a review's fields have."""
    if review is None:
        return {NOTE: "", COMPLETE: ""}
    given = levels_in(criteria, review.scores)
    levels = {field_of(key): level for key, level in given.items()}
    return {**levels, NOTE: review.note, COMPLETE: DONE if review.completed_at else ""}


def unscored(criteria: Sequence[Criterion], after: Mapping[str, Any]) -> dict[str, Lack]:
    """The criteria without a level, by field. Comments are for teams, and a sample has none."""
    lacks = lacking(criteria, (), after)
    return {name: lack for name, lack in lacks.items() if criterion_in(name) is not None}


def score(
    sample: Sample,
    judge: Judge,
    criteria: Sequence[Criterion],
    mine: Mapping[str, Any],
    bases: Mapping[str, str],
    touches: Mapping[str, list[str]],
    *,
    by: User,
) -> tuple[SampleReview, Scored]:
    """Put down what the judge gives, as `judging.actions.score` does for a review.

    Completed it stays: what one changes after seeing the others says nothing of how one scores.
    A stop of the round waits for it. Raises SampleWithdrawn, JudgingStopped.
    """
    published = select(Sample.published_at).join(Sample.round).where(Sample.id == sample.id)
    if db.session.scalar(published.with_for_update(read=True)) is None:
        raise SampleWithdrawn
    going_on(sample.round_id)
    review, at = _own(judge, sample), now()
    if review.completed_at is not None:
        return review, Scored(Merged({}, {}), set(), {})
    before = said(review, criteria)
    merge, again = together(before, mine, bases, touches, review.touches)
    complete = merge.taken.pop(COMPLETE, "") == DONE
    merge.conflicts.pop(COMPLETE, None)
    after = {**before, **merge.taken}
    _put(review, criteria, after, merge.taken)
    lacks = unscored(criteria, after)
    if complete and not lacks and not merge.conflicts:
        merge.taken[COMPLETE], review.completed_at = DONE, at
        _note(Deed.SAMPLE_SCORED, sample, by)
    if merge.taken:
        review.touched_at = at
        review.touches = noted(review.touches, touches, merge.taken)
    db.session.flush()
    return review, Scored(merge, again, lacks if complete else {})


_OWN = (
    select(SampleReview)
    .where(
        SampleReview.judge_id == bindparam("judge"), SampleReview.sample_id == bindparam("sample")
    )
    .options(joinedload(SampleReview.scores))
    .execution_options(populate_existing=True)
)


def _own(judge: Judge, sample: Sample) -> SampleReview:
    """The judge's row, after whatever their other devices are saving; made at the first touch."""
    db.session.execute(select(Judge.id).where(Judge.id == judge.id).with_for_update())
    asked = {"judge": judge.id, "sample": sample.id}
    review = db.session.scalars(_OWN, asked).unique().one_or_none()
    if review is None:
        review = SampleReview(judge=judge, sample=sample, touched_at=now(), note="", touches={})
        db.session.add(review)
        db.session.flush()
    return review


def _put(
    review: SampleReview,
    criteria: Iterable[Criterion],
    after: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> None:
    known = {each.criterion_id: each for each in review.scores}
    for criterion in criteria:
        if (name := field_of(criterion.id)) not in changed:
            continue
        level, score = after.get(name), known.get(criterion.id)
        if level is None:
            if score is not None:
                review.scores.remove(score)
            continue
        if score is None:
            score = SampleScore(criterion_id=criterion.id)
            review.scores.append(score)
        score.score, score.levels = level, len(criterion.levels)
    review.note = after.get(NOTE) or ""


# -- locks and notes -------------------------------------------------------------------------


def _held(sample: Sample) -> None:
    """Wait for whoever changes it, or completes it, at the same moment."""
    found = db.session.scalar(select(Sample.id).where(Sample.id == sample.id).with_for_update())
    if found is None:
        raise SampleGone
    db.session.refresh(sample)


def _unscored(sample: Sample) -> None:
    done = exists().where(
        SampleReview.sample_id == sample.id, SampleReview.completed_at.is_not(None)
    )
    if db.session.scalar(select(done)):
        raise SampleScored


def _whole(sample: Sample) -> None:
    if not all(text.complete for text in (sample.title, sample.summary, sample.description)):
        raise SampleIncomplete
    if not criteria_for(sample):
        raise NothingToScore


def _note(deed: Deed, sample: Sample, by: User) -> None:
    db.session.flush()
    record(deed, by=by, competition=sample.competition, subject=str(sample.title))
