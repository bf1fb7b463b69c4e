"""Which questions are asked, which must be answered, and which answers stand still.

Pure: plain values in, plain values out. An answer is None (none), text, a number, true or false,
a list of option keys, or what a file or a consent is known by; answers are a dict from the key of a
question to its answer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..ground.merging import Merged, fingerprint, merged

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question, as far as deciding about it goes.

    It follows `parent` when that was answered, with one of `parent_answers` if there are any
    (option keys, or `yes` and `no`). With `challenge`, only those who chose it are asked.
    """

    key: str
    parent: str | None = None
    parent_answers: frozenset[str] = frozenset()
    challenge: str | None = None
    required: bool = False
    required_from: datetime | None = None
    frozen_after: datetime | None = None
    retired: bool = False


def answered(value: Any) -> bool:
    """Is there an answer? No is one; an empty text or list is none."""
    return value is not None and value != "" and value != []


def mark(value: Any) -> str:
    """The fingerprint of an answer."""
    return fingerprint(_compared(value))


def merge(saved: Answers, given: Answers, drawn: Mapping[str, str]) -> Merged:
    """What becomes of the answers that one of several people gives.

    `drawn` are the marks of those they began from; where there is none, that is what is saved.
    """
    marks = {key: drawn.get(key, mark(saved.get(key))) for key in given}
    theirs, mine = (
        {key: _compared(answers.get(key)) for key in given} for answers in (saved, given)
    )
    return merged(theirs, mine, marks)


def _compared(value: Any) -> Any:
    """A yes is one, to whichever version of a document."""
    return True if isinstance(value, dict) and "digest" not in value else value


def choices(value: Any) -> frozenset[str]:
    """The choices in an answer, as conditions name them."""
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    if isinstance(value, list):
        return frozenset(map(str, value))
    return frozenset({str(value)}) if answered(value) else frozenset()


def arranged(questions: Sequence[Asked]) -> list[Asked]:
    """In the order given, but each under the one that it follows."""
    followers: dict[str | None, list[Asked]] = defaultdict(list)
    there = {question.key for question in questions}
    for question in questions:
        followers[question.parent if question.parent in there else None].append(question)
    order: list[Asked] = []

    def visit(question: Asked) -> None:
        order.append(question)
        for follower in followers[question.key]:
            visit(follower)

    for first in followers[None]:
        visit(first)
    return order


def asked(
    questions: Sequence[Asked], answers: Answers, challenge: str | None = None
) -> list[Asked]:
    """Those that are asked of somebody with these answers, who chose `challenge` if any.

    What follows a retired question, or one that is not asked, is not asked either.
    """
    put: dict[str, Asked] = {}
    for question in arranged(questions):
        if question.retired or question.challenge not in (None, challenge):
            continue
        if question.parent is None or (question.parent in put and _holds(question, answers)):
            put[question.key] = question
    return list(put.values())


def _holds(question: Asked, answers: Answers) -> bool:
    """Does the answer to its parent lead to this question?"""
    value = answers.get(question.parent or "")
    if not answered(value):
        return False
    return not question.parent_answers or bool(choices(value) & question.parent_answers)


def required(question: Asked, now: datetime) -> bool:
    """Must it be answered, if it is asked?"""
    return question.required and (question.required_from is None or question.required_from <= now)


def missing(
    questions: Sequence[Asked], answers: Answers, now: datetime, challenge: str | None = None
) -> list[Asked]:
    """Those that are asked, must be answered and are not."""
    return [
        question
        for question in asked(questions, answers, challenge)
        if required(question, now) and not answered(answers.get(question.key))
    ]


def frozen(questions: Sequence[Asked], answers: Answers, now: datetime) -> set[str]:
    """The keys whose answers stand still, with those that such an answer hangs on.

    A first answer may still be given after the moment: only what was said stands.
    """
    by_key = {question.key: question for question in questions}
    still: set[str] = set()
    for question in questions:
        moment = question.frozen_after
        if moment is None or now <= moment or not answered(answers.get(question.key)):
            continue
        key: str | None = question.key
        while key is not None and key in by_key and key not in still:
            still.add(key)
            key = by_key[key].parent
    return still


def settled(
    questions: Sequence[Asked],
    before: Answers,
    given: Answers,
    now: datetime,
    challenge: str | None = None,
    *,
    bound: bool = True,
) -> dict[str, Any]:
    """The answers that stand after `given` came in.

    What is frozen stays, unless not `bound` by it. The answers to retired questions, to what
    follows them and to the questions of other challenges stay as they were; the answer to a
    question that is no longer asked because of another answer is dropped.
    """
    still = frozen(questions, before, now) if bound else set()
    latest = dict(before) | {key: value for key, value in given.items() if key not in still}
    put = {question.key for question in asked(questions, latest, challenge)}
    away = _out_of_reach(questions, challenge)
    after = {}
    for question in questions:
        value = before.get(question.key) if question.key in away else latest.get(question.key)
        if answered(value) and (question.key in put or question.key in away):
            after[question.key] = value
    return after


def _out_of_reach(questions: Sequence[Asked], challenge: str | None) -> set[str]:
    """The keys that no answer of the person could bring up."""
    away: set[str] = set()
    for question in arranged(questions):
        elsewhere = question.challenge not in (None, challenge)
        if question.retired or elsewhere or question.parent in away:
            away.add(question.key)
    return away
