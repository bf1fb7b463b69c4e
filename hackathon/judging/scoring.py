"""What a review says, field by field: how it is put together from several devices, what lacks for
it to be complete, and what is remembered of how it changed.

Pure, but for the row of a review that `said` reads and `put` writes. Fields are named as in the
form: `criterion_…` holds a level and `comment_…` what is said about it, `condition_…` a yes or no
and `reason_…` why; `comment`, `note` and `own_note` are texts, `complete` is whether it is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ..competitions.models import Comment
from ..ground.merging import Merged, fingerprint, merged
from .models import ConditionAnswer, Review, ReviewChange, Score
from .rulebook import Condition, Criterion

COMPLETE, DONE = "complete", "yes"
YES, NO = "yes", "no"
WORDS = ("comment", "note", "own_note")
PRIVATE = "own_note"

PAUSE = timedelta(minutes=5)
"""What is touched again within this time is one change of the history…"""
LONGEST = timedelta(minutes=30)
"""…unless it goes on for longer than this."""
REMEMBERED = 16
"""So many changes of each field are known again when they are sent twice."""


class Lack(StrEnum):
    """What a review that is to be complete does not say; and why it changes, once its judge could
    read what others say of it."""

    LEVEL = "level"
    COMMENT = "comment"
    ANSWER = "answer"
    REASON = "reason"
    WHY = "why"
    READ = "read"


REASONED = (Lack.WHY, Lack.READ)
"""What only a discussion takes, with a reason that the record shows."""


def field_of(criterion: UUID) -> str:
    return f"criterion_{criterion.hex}"


def comment_on(criterion: UUID) -> str:
    return f"comment_{criterion.hex}"


def answer_to(condition: UUID) -> str:
    return f"condition_{condition.hex}"


def reason_of(condition: UUID) -> str:
    return f"reason_{condition.hex}"


def fields_of(criteria: Iterable[Criterion], conditions: Iterable[Condition]) -> list[str]:
    """Of all that a review is asked by the rules, in the order of the form."""
    fields: list[str] = []
    for criterion in criteria:
        fields.append(field_of(criterion.id))
        if criterion.comment is not Comment.NO:
            fields.append(comment_on(criterion.id))
    for condition in conditions:
        fields += [answer_to(condition.id), reason_of(condition.id)]
    return [*fields, *WORDS]


def criterion_in(field: str) -> UUID | None:
    """The criterion whose level the field holds."""
    head, _, key = field.partition("_")
    return UUID(key) if head == "criterion" else None


def opinions(fields: Iterable[str]) -> list[str]:
    """Those of the fields that say what the judge thinks of the work: levels, and the comment."""
    return [name for name in fields if name == "comment" or criterion_in(name)]


def said(review: Review) -> dict[str, Any]:
    """What the review says, by field; of a criterion without a level, nothing."""
    found: dict[str, Any] = {name: getattr(review, name) for name in WORDS}
    for score in review.scores:
        found[field_of(score.criterion_id)] = score.score
        found[comment_on(score.criterion_id)] = score.comment
    for answer in review.answers:
        found[answer_to(answer.condition_id)] = YES if answer.met else NO
        found[reason_of(answer.condition_id)] = answer.reason
    return {**found, **review.unfinished, COMPLETE: DONE if review.completed_at else ""}


def levels_over_time(review: Review) -> list[dict[str, Any]]:
    """How its levels came to be what they are: by criterion what was before and after, no words."""
    return [
        {
            "until": change.until.isoformat(),
            "scores": {
                str(criterion_in(name)): [change.before.get(name), level]
                for name, level in change.after.items()
                if criterion_in(name)
            },
        }
        for change in review.changes
        if any(criterion_in(name) for name in change.after)
    ]


def put(review: Review, after: Mapping[str, Any], changed: Iterable[str]) -> None:
    """Write down the fields that changed, `complete` excepted, which is a deed of its own.

    A comment without its level, and a no without its reason, are kept until they are whole.
    """
    unfinished = dict(review.unfinished)
    for head, key in {tuple(name.partition("_")[::2]) for name in changed if name not in WORDS}:
        if head in ("criterion", "comment"):
            _put_score(review, UUID(key), after, unfinished)
        else:
            _put_answer(review, UUID(key), after, unfinished)
    for name in WORDS:
        if name in changed:
            setattr(review, name, after.get(name) or "")
    if unfinished != review.unfinished:
        review.unfinished = unfinished


def _put_score(
    review: Review, key: UUID, after: Mapping[str, Any], unfinished: dict[str, Any]
) -> None:
    level, comment = after.get(field_of(key)), after.get(comment_on(key)) or ""
    known = next((each for each in review.scores if each.criterion_id == key), None)
    unfinished.pop(comment_on(key), None)
    if level is None:
        if known is not None:
            review.scores.remove(known)
        if comment:
            unfinished[comment_on(key)] = comment
    elif known is None:
        review.scores.append(Score(criterion_id=key, score=level, comment=comment))
    else:
        known.score, known.comment = level, comment


def _put_answer(
    review: Review, key: UUID, after: Mapping[str, Any], unfinished: dict[str, Any]
) -> None:
    answer, reason = after.get(answer_to(key)) or "", after.get(reason_of(key)) or ""
    known = next((each for each in review.answers if each.condition_id == key), None)
    unfinished.pop(answer_to(key), None)
    unfinished.pop(reason_of(key), None)
    if answer == YES or (answer == NO and reason):
        if known is None:
            known = ConditionAnswer(condition_id=key)
            review.answers.append(known)
        known.met, known.reason = answer == YES, reason
        return
    if known is not None:
        review.answers.remove(known)
    parts = {answer_to(key): answer, reason_of(key): reason}
    unfinished.update({name: value for name, value in parts.items() if value})


def lacking(
    criteria: Sequence[Criterion], conditions: Sequence[Condition], after: Mapping[str, Any]
) -> dict[str, Lack]:
    """What a complete review would need, by field."""
    found = {}
    for criterion in criteria:
        name, comment = field_of(criterion.id), comment_on(criterion.id)
        if after.get(name) is None:
            found[name] = Lack.LEVEL
        if criterion.comment is Comment.REQUIRED and not (after.get(comment) or "").strip():
            found[comment] = Lack.COMMENT
    for condition in conditions:
        name, reason = answer_to(condition.id), reason_of(condition.id)
        if not after.get(name):
            found[name] = Lack.ANSWER
        elif after[name] == NO and not after.get(reason):
            found[reason] = Lack.REASON
    return found


def spoiling(lacks: Mapping[str, Lack]) -> set[str]:
    """The fields that are not taken, so that a complete review does not come to lack these."""
    reasons = {name for name, lack in lacks.items() if lack is Lack.REASON}
    return {*lacks, *(name.replace("reason_", "condition_", 1) for name in reasons)}


def together(
    saved: Mapping[str, Any],
    mine: Mapping[str, Any],
    bases: Mapping[str, str],
    touches: Mapping[str, list[str]],
    known: Mapping[str, list[str]],
) -> tuple[Merged, set[str]]:
    """What becomes of each of my fields (see ground/merging.py), and those that came once more.

    `touches` are names that the page gave to its changes of a field: first the one that it sends,
    then those that it sent before without hearing that they were taken. `known` are the last ones
    that were taken, the newest last. A change that is known is not made again. Where the last
    known one is among mine, what is saved is what I began from, though I was never told.
    """
    again = {n for n in mine if touches.get(n) and touches[n][0] in known.get(n, [])}
    followed = {
        name: fingerprint(saved.get(name))
        for name in mine
        if known.get(name) and known[name][-1] in touches.get(name, [])[1:]
    }
    fresh = {name: value for name, value in mine.items() if name not in again}
    return merged(saved, fresh, {**bases, **followed}), again


def noted(
    known: Mapping[str, list[str]], touches: Mapping[str, list[str]], taken: Mapping[str, Any]
) -> dict[str, list[str]]:
    """`known`, with the changes that were taken now."""
    new = {
        name: [*known.get(name, []), touches[name][0]][-REMEMBERED:]
        for name in taken
        if touches.get(name)
    }
    return {**known, **new}


def remember(
    last: ReviewChange | None, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> ReviewChange | None:
    """The change from `before` to `after` in the history: a new row, or None where it went into
    the last one. The judge's own note is left out; completing ends a row."""
    differ = [n for n in {**before, **after} if (before.get(n) or None) != (after.get(n) or None)]
    fields = [name for name in differ if name != PRIVATE]
    if not fields:
        return None
    if (
        last is not None
        and COMPLETE not in last.after
        and at - last.until <= PAUSE
        and at - last.created_at <= LONGEST
    ):
        last.before = {**{n: before.get(n) for n in fields}, **last.before}
        last.after = {**last.after, **{n: after.get(n) for n in fields}}
        last.until = at
        return None
    return ReviewChange(
        created_at=at,
        until=at,
        before={n: before.get(n) for n in fields},
        after={n: after.get(n) for n in fields},
    )
