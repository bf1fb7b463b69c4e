"""What a review says, field by field: how it is put together from several devices, and what is
remembered of how it changed.

Pure, but for the row of a review that `said` reads and `put` writes. Fields are named as in the
form: `criterion_…` holds a level, `comment`, `note` and `own_note` a text, `complete` whether it is
done.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ..ground.merging import Merged, fingerprint, merged
from .models import Review, ReviewChange, Score

COMPLETE, DONE = "complete", "yes"
WORDS = ("comment", "note", "own_note")
PRIVATE = "own_note"

PAUSE = timedelta(minutes=5)
"""What is touched again within this time is one change of the history…"""
LONGEST = timedelta(minutes=30)
"""…unless it goes on for longer than this."""
REMEMBERED = 16
"""So many changes of each field are known again when they are sent twice."""


def field_of(criterion: UUID) -> str:
    return f"criterion_{criterion.hex}"


def criterion_in(field: str) -> UUID | None:
    """The criterion whose level the field holds."""
    head, _, key = field.partition("_")
    return UUID(key) if head == "criterion" else None


def said(review: Review) -> dict[str, Any]:
    """What the review says, by field; of a criterion without a level, nothing."""
    return {
        **{field_of(score.criterion_id): score.score for score in review.scores},
        **{name: getattr(review, name) for name in WORDS},
        COMPLETE: DONE if review.completed_at else "",
    }


def put(review: Review, field: str, value: Any) -> None:
    """Write one field down, `complete` excepted, which is a deed of its own."""
    criterion = criterion_in(field)
    if criterion is None:
        setattr(review, field, value or "")
        return
    known = next((each for each in review.scores if each.criterion_id == criterion), None)
    if known is None:
        if value is not None:
            review.scores.append(Score(criterion_id=criterion, score=value))
    elif value is None:
        review.scores.remove(known)
    else:
        known.score = value


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
    fields = [n for n in {**before, **after} if n != PRIVATE and before.get(n) != after.get(n)]
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
