"""Composing the questions, and keeping the answers for the rooms that ask."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..ground.scans import note_scan
from ..journal.actions import record
from ..journal.deeds import Deed
from . import asking
from .fields import Filled
from .models import CHOICES, AnswerTo, Option, Question, values
from .queries import last_position, questions_in

Row = TypeVar("Row", bound=AnswerTo)


class Answered(Obstacle):
    sentence = _l("People have answered this question: it can be retired, not removed.")


class Followed(Obstacle):
    sentence = _l("Another question follows this one. Change or remove that one first.")


class OptionChosen(Obstacle):
    sentence = _l("“%(option)s” was chosen by people: it can be retired, not removed.")


class OptionFollowed(Obstacle):
    sentence = _l("Another question follows “%(option)s”. Change or remove that one first.")


class Unfinished(Obstacle):
    sentence = _l(
        "The competition is public, so write everything in both languages; a choice needs at "
        "least one option."
    )


class GoesInCircles(Obstacle):
    sentence = _l("This question cannot follow one that follows it.")
    field = "parent"


class OptionGone(Obstacle):
    sentence = _l("One of your choices is not offered any more. Please choose again.")


# -- composing -------------------------------------------------------------------------------


class AnsweredMeanwhile(Obstacle):
    sentence = _l(
        "Somebody else has answered meanwhile. Nothing of yours is lost: look through it once "
        "more, then send it again."
    )


@dataclass(frozen=True)
class Choice:
    """An option as written: without a key it is new; without words it goes."""

    key: str | None
    label: Localized
    position: int
    retired: bool = False
    lets_in: bool = False


def write(
    question: Question,
    *,
    options: list[Choice],
    by: User,
    let_in: Collection[str] = (),
    **fields: Any,
) -> Question:
    """Keep a question as written, a new one or an edited one, with its options.

    `let_in` are the answers that let people in when the writer began: only what they changed of
    that is changed, so that what a colleague set meanwhile stays.
    """
    competition = _locked(question.competition_id)
    new = question.created_at is None
    if not new:
        db.session.expire(question)  # it may have changed before we held it
    before = list(question.lets_in or [])
    for name, value in fields.items():
        setattr(question, name, value)
    if new:
        question.position = last_position(competition, question.questionnaire) + 1
        db.session.add(question)
    _without_circles(competition, question)
    if question.kind in CHOICES:
        _set_options(question, options)
    _keep_let_in(question, before, let_in)
    if competition.published_at is not None and not question.complete:
        raise Unfinished
    db.session.flush()
    _record(Deed.QUESTION_WRITTEN, question, by)
    return question


def _set_options(question: Question, choices: list[Choice]) -> None:
    there = {option.key: option for option in question.options}
    taken = set(there)  # a key is no other option's, not even in the moment in which its own goes
    lets_in = []
    for choice in choices:
        option = there.get(choice.key or "")
        if option is None:
            if choice.label:
                key = _new_key(choice.label, taken)
                taken.add(key)
                option = Option(key=key, label=choice.label, position=choice.position)
                question.options.append(option)
        elif not choice.label:
            _remove_option(question, option)
        else:
            option.label, option.position = choice.label, choice.position
            option.retired_at = (option.retired_at or now()) if choice.retired else None
        if choice.lets_in and option in question.options:
            lets_in.append(option.key)
    question.lets_in = lets_in
    question.options.sort(key=lambda option: option.position)


def _keep_let_in(question: Question, before: list[str], let_in: Collection[str]) -> None:
    """Three ways: what the writer set or took away, and all else as it is."""
    mine = question.lets_in or []
    there = {option.key for option in question.options} if question.kind in CHOICES else None
    kept = [key for key in before if key in mine or key not in let_in]
    added = [key for key in mine if key not in before and key not in let_in]
    question.lets_in = [key for key in (*kept, *added) if there is None or key in there]


def _remove_option(question: Question, option: Option) -> None:
    if option.chosen_at is not None:
        raise OptionChosen(option=option.label)
    followers = db.session.scalars(select(Question).where(Question.parent_id == question.id))
    if any(option.key in follower.parent_answers for follower in followers):
        raise OptionFollowed(option=option.label)
    question.options.remove(option)


def _new_key(label: Localized, taken: set[str]) -> str:
    """`prefer-not` for “Prefer not”: what exports and conditions name the option by, for good."""
    plain = unicodedata.normalize("NFKD", label.in_("en")).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:34].strip("-") or "option"
    number, key = 1, stem
    while key in taken or key in ("yes", "no"):
        number += 1
        key = f"{stem}-{number}"
    return key


def _without_circles(competition: Competition, question: Question) -> None:
    with db.session.no_autoflush:
        parents = {q.id: q.parent_id for q in questions_in(competition, question.questionnaire)}
    above = question.parent_id
    while above is not None:
        if above == question.id:
            raise GoesInCircles
        above = parents.get(above)


def move(question: Question, *, up: bool, by: User) -> Question:
    """One place up or down among those that follow the same question."""
    competition = _locked(question.competition_id)
    questions = questions_in(competition, question.questionnaire)
    for number, each in enumerate(questions):
        each.position = number
    siblings = [each for each in questions if each.parent_id == question.parent_id]
    place = siblings.index(question) + (-1 if up else 1)
    if 0 <= place < len(siblings):
        other = siblings[place]
        question.position, other.position = other.position, question.position
        _record(Deed.QUESTION_WRITTEN, question, by)
    return question


def retire(question: Question, *, by: User) -> Question:
    """Ask it no more, nor what follows it. The answers stay."""
    if question.retired_at is None:
        question.retired_at = now()
        _record(Deed.QUESTION_RETIRED, question, by)
    return question


def restore(question: Question, *, by: User) -> Question:
    if question.retired_at is not None:
        question.retired_at = None
        _record(Deed.QUESTION_RESTORED, question, by)
    return question


def remove(question: Question, *, by: User) -> Question:
    """Take away what nobody answered and nothing follows."""
    competition = _locked(question.competition_id)
    questions = questions_in(competition, question.questionnaire)
    if any(each.parent_id == question.id for each in questions):
        raise Followed
    if question.answered_at is not None:
        raise Answered
    _record(Deed.QUESTION_REMOVED, question, by)
    try:
        with db.session.begin_nested():
            db.session.delete(question)
    except IntegrityError:
        raise Answered from None
    return question


# -- answers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change(Generic[Row]):
    """An answer that was given, changed or, when it is `gone`, taken away."""

    question: Question
    row: Row
    gone: bool = False


def keep(rows: list[Row], filled: Filled, *, new: Callable[[], Row], by: User) -> list[Change[Row]]:
    """Bring the answers of one person or team up to date; returns what changed.

    The ledger of consents is the caller's. `rows` is the collection of whose answers they are,
    whose row is locked; `new` makes an empty one. Raises OptionGone when a choice was taken away at
    the same moment, and AnsweredMeanwhile when somebody else gave another answer.
    """
    sheet, before = filled.sheet, values(rows)
    if asking.merge(before, filled.given, filled.drawn).conflicts:
        raise AnsweredMeanwhile
    after = asking.settled(
        sheet.plain, before, filled.given, now(), sheet.challenge, bound=sheet.bound
    )
    for file in filled.files:
        note_scan(file)
    return put(rows, sheet.questions, after, new=new, by=by)


def put(
    rows: list[Row],
    questions: list[Question],
    answers: Mapping[str, Any],
    *,
    new: Callable[[], Row],
    by: User,
) -> list[Change[Row]]:
    """Make these the answers to the questions; returns what changed. Raises OptionGone."""
    before = {row.question_id.hex: row for row in rows}
    changes = []
    for question in questions:
        row, value = before.get(question.key), answers.get(question.key)
        if value is None and row is not None:
            rows.remove(row)
            changes.append(Change(question, row, gone=True))
        elif value is not None and (row is None or row.value != value):
            begins, row = row is None, row or new()
            row.value, row.by_id, row.changed_at = value, by.id, now()
            if begins:
                row.question_id, row.kind = question.id, question.kind
                rows.append(row)  # once it is whole
            _mark(question, value)
            changes.append(Change(question, row))
    db.session.flush()
    return changes


def _mark(question: Question, value: Any) -> None:
    """Note the first answer and the first choice, after which neither can be taken away."""
    if question.answered_at is None:
        db.session.execute(
            update(Question)
            .where(Question.id == question.id, Question.answered_at.is_(None))
            .values(answered_at=now())
        )
    if question.kind in CHOICES:
        chosen = asking.choices(value)
        fresh = {option.key for option in question.options if option.chosen_at is None} & chosen
        if fresh:
            found = db.session.execute(
                update(Option)
                .where(Option.question_id == question.id, Option.key.in_(fresh))
                .values(chosen_at=now())
            )
            if found.rowcount != len(fresh):
                raise OptionGone


def _locked(competition_id: Any) -> Competition:
    """The competition, whose questions are changed by one person after the other."""
    return db.session.scalars(
        select(Competition).where(Competition.id == competition_id).with_for_update(key_share=True)
    ).one()


def _record(deed: Deed, question: Question, by: User) -> None:
    record(
        deed,
        by=by,
        competition=db.session.get(Competition, question.competition_id),
        subject=str(question.label),
    )
