"""The rules of judging as one value: what was published, or what a draft would publish.

Pure: rows come in by their attributes, and what goes out is plain. Published rules are kept as
canonical JSON (UTF-8, keys sorted, no spaces), so that one digest stands for every word of them.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..competitions.models import Comment, Takes
from ..ground.localized import Localized
from .record import Method, rests_on_comparisons

FORMAT = "hackathon-rules/1"


class Tie(StrEnum):
    """Ways to break a tie, beside a criterion: `criterion:` and its key.

    The first three are figures; the others are deeds, so that no later way is ever needed.
    """

    MEAN = "mean"
    FIRST = "first"
    COMPARISONS = "comparisons"
    SECOND_WAVE = "second_wave"
    DELIBERATION = "deliberation"


class Told(StrEnum):
    """What a team sees of the judging with the results, beyond its grade."""

    PLACE = "place"
    BAND = "band"
    PROFILE = "profile"
    COMMENTS = "comments"


@dataclass(frozen=True)
class Level:
    score: int
    word: Localized
    description: Localized


@dataclass(frozen=True)
class Criterion:
    """What submissions are judged by; `challenge` is None when it is for all of them."""

    id: uuid.UUID
    name: Localized
    description: Localized
    weight: int
    challenge: uuid.UUID | None
    comment: Comment
    comment_shown: bool
    levels: tuple[Level, ...]

    @property
    def scale(self) -> tuple[int, ...]:
        return tuple(level.score for level in self.levels)


@dataclass(frozen=True)
class Condition:
    id: uuid.UUID
    name: Localized
    help: Localized


@dataclass(frozen=True)
class Reach:
    """How submissions reach a round, of these `challenges` alone if there are any; see
    `competitions.models.Round`. `takes` is None in the first, where there is no round before."""

    takes: Takes | None
    best: int | None
    in_each: bool
    challenges: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Rules:
    """Everything that judges and teams can rely on in a round. `blind`: judges do not see whose
    work they read. `reach` is None in a first round that takes everything."""

    name: Localized
    method: Method
    ties: tuple[str, ...]
    told: tuple[Told, ...]
    criteria: tuple[Criterion, ...]
    conditions: tuple[Condition, ...]
    reach: Reach | None = None
    blind: bool = False

    @property
    def names(self) -> dict[str, Localized]:
        """What the criteria are called that break ties."""
        return {f"criterion:{each.id}": each.name for each in self.criteria}

    @property
    def rest_on_comparisons(self) -> bool:
        return rests_on_comparisons(self.method, self.ties)

    def criteria_for(self, challenge: uuid.UUID | None) -> list[Criterion]:
        """By what a submission to this challenge is judged."""
        return [each for each in self.criteria if each.challenge in (None, challenge)]

    def weights(self, challenges: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, int]:
        """What the weights come to for each challenge; under None, when there is no challenge."""
        return {
            key: sum(each.weight for each in self.criteria_for(key))
            for key in list(challenges) or [None]
        }


def drafted(row: Any, criteria: Iterable[Any], conditions: Iterable[Any]) -> Rules:
    """The rules that the rows of a round say: its own, those of criteria and of conditions."""
    return Rules(
        name=row.name,
        method=Method(row.method),
        ties=tuple(row.ties),
        told=tuple(each for each in Told if each in row.told),
        criteria=tuple(
            Criterion(
                id=each.id,
                name=each.name,
                description=each.description,
                weight=each.weight,
                challenge=each.challenge_id,
                comment=each.comment,
                comment_shown=each.comment_shown,
                levels=tuple(Level(x.score, x.word, x.description) for x in each.levels),
            )
            for each in criteria
        ),
        conditions=tuple(Condition(each.id, each.name, each.help) for each in conditions),
        blind=row.blind,
        reach=drafted_reach(row) if row.position > 1 or row.challenges else None,
    )


def drafted_reach(row: Any) -> Reach:
    """How submissions come into the round, as its row says."""
    challenges = tuple(each.id for each in row.challenges)
    if row.position == 1:
        return Reach(None, None, True, challenges)
    return Reach(row.takes, row.best, row.in_each, challenges)


def content(rules: Rules) -> dict[str, Any]:
    """The rules as JSON has them. What is not blind leaves no trace, so that rules from before one
    could say it keep their digest."""
    return {
        **({"blind": True} if rules.blind else {}),
        "format": FORMAT,
        "name": dict(rules.name),
        "method": rules.method.value,
        "ties": list(rules.ties),
        "told": [each.value for each in rules.told],
        "criteria": [
            {
                "id": str(each.id),
                "name": dict(each.name),
                "description": dict(each.description),
                "weight": each.weight,
                "challenge": str(each.challenge) if each.challenge else None,
                "comment": each.comment.value,
                "comment_shown": each.comment_shown,
                "levels": [
                    {
                        "score": level.score,
                        "word": dict(level.word),
                        "description": dict(level.description),
                    }
                    for level in each.levels
                ],
            }
            for each in rules.criteria
        ],
        "conditions": [
            {"id": str(each.id), "name": dict(each.name), "help": dict(each.help)}
            for each in rules.conditions
        ],
        **({"reach": _told(rules.reach)} if rules.reach else {}),
    }


def _told(reach: Reach) -> dict[str, Any]:
    return {
        "takes": reach.takes.value if reach.takes else None,
        "best": reach.best,
        "in_each": reach.in_each,
        "challenges": [str(each) for each in reach.challenges],
    }


def read(document: Mapping[str, Any]) -> Rules:
    """The rules that `content` wrote down."""
    return Rules(
        name=Localized.of(document["name"]),
        method=Method(document["method"]),
        ties=tuple(document["ties"]),
        told=tuple(Told(each) for each in document["told"]),
        criteria=tuple(
            Criterion(
                id=uuid.UUID(each["id"]),
                name=Localized.of(each["name"]),
                description=Localized.of(each["description"]),
                weight=each["weight"],
                challenge=uuid.UUID(each["challenge"]) if each["challenge"] else None,
                comment=Comment(each["comment"]),
                comment_shown=each["comment_shown"],
                levels=tuple(
                    Level(
                        level["score"],
                        Localized.of(level["word"]),
                        Localized.of(level["description"]),
                    )
                    for level in each["levels"]
                ),
            )
            for each in document["criteria"]
        ),
        conditions=tuple(
            Condition(uuid.UUID(each["id"]), Localized.of(each["name"]), Localized.of(each["help"]))
            for each in document["conditions"]
        ),
        blind=document.get("blind", False),
        reach=_reach(document["reach"]) if "reach" in document else None,
    )


def _reach(document: Mapping[str, Any]) -> Reach:
    return Reach(
        Takes(document["takes"]) if document["takes"] else None,
        document["best"],
        document["in_each"],
        tuple(uuid.UUID(each) for each in document["challenges"]),
    )


def digest(rules: Rules) -> str:
    """SHA-256, hexadecimal, of the canonical JSON."""
    text = json.dumps(content(rules), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def criterion_in(tie: str) -> uuid.UUID | None:
    """The criterion that breaks the tie, if it is one that does."""
    kind, _, key = tie.partition(":")
    return uuid.UUID(key) if kind == "criterion" else None


# -- what is amiss, and what differs ---------------------------------------------------------


class Fault(StrEnum):
    """What keeps rules from being published."""

    NO_CRITERIA = "no_criteria"
    LANGUAGE = "language"
    LEVELS = "levels"
    WEIGHTS = "weights"
    TIES = "ties"


@dataclass(frozen=True)
class Amiss:
    """A fault: of the criterion, condition or challenge called `name`, with the sum of weights."""

    fault: Fault
    name: Localized | None = None
    total: int = 0


def amiss(rules: Rules, challenges: Mapping[uuid.UUID, Localized]) -> list[Amiss]:
    """Everything that keeps the rules from being published; `challenges` by key with their titles.

    For a submission to any challenge the weights must make 100.
    """
    if not rules.criteria:
        return [Amiss(Fault.NO_CRITERIA)]
    found = []
    for each in rules.criteria:
        words = [each.name, each.description, *(level.description for level in each.levels)]
        short = [level.word for level in each.levels if level.word]
        if not all(text.complete for text in words + short):
            found.append(Amiss(Fault.LANGUAGE, each.name))
        if len(each.levels) < 2:
            found.append(Amiss(Fault.LEVELS, each.name))
    found += [
        Amiss(Fault.LANGUAGE, each.name)
        for each in rules.conditions
        if not each.name.complete or (each.help and not each.help.complete)
    ]
    if not rules.name.complete:
        found.append(Amiss(Fault.LANGUAGE, rules.name))
    found += [
        Amiss(Fault.WEIGHTS, challenges.get(key) if key else None, total)
        for key, total in rules.weights(challenges).items()
        if total != 100
    ]
    known = {each.id for each in rules.criteria}
    if any((key := criterion_in(tie)) and key not in known for tie in rules.ties):
        found.append(Amiss(Fault.TIES))
    return found


class Change(StrEnum):
    METHOD = "method"
    TIES = "ties"
    TOLD = "told"
    ADDED = "added"
    REMOVED = "removed"
    WEIGHT = "weight"
    SCALE = "scale"
    SCOPE = "scope"
    COMMENT = "comment"
    REWORDED = "reworded"
    ORDER = "order"
    ROUND = "round"
    BLIND = "blind"
    REACH = "reach"


@dataclass(frozen=True)
class Difference:
    """What one version says otherwise than the one before, of the piece called `name`."""

    change: Change
    name: Localized | None = None
    before: Any = None
    after: Any = None


def differences(before: Rules, after: Rules) -> list[Difference]:
    """What one says otherwise than the other, in the order in which the page tells the rules."""
    found = []
    if before.name != after.name:
        found.append(Difference(Change.ROUND, None, before.name, after.name))
    for change, one, other in (
        (Change.METHOD, before.method, after.method),
        (Change.TIES, before.ties, after.ties),
        (Change.TOLD, before.told, after.told),
        (Change.BLIND, before.blind, after.blind),
        (Change.REACH, before.reach, after.reach),
    ):
        if one != other:
            found.append(Difference(change, None, one, other))
    for old_ones, new_ones in (
        (before.criteria, after.criteria),
        (before.conditions, after.conditions),
    ):
        old: dict[uuid.UUID, Any] = {each.id: each for each in old_ones}
        new: dict[uuid.UUID, Any] = {each.id: each for each in new_ones}
        found += [Difference(Change.REMOVED, old[key].name) for key in old if key not in new]
        found += [Difference(Change.ADDED, new[key].name) for key in new if key not in old]
        both = [key for key in new if key in old]
        for key in both:
            found += _changes(old[key], new[key])
        if both != [key for key in old if key in new]:
            found.append(Difference(Change.ORDER))
    return found


def _changes(old: Criterion | Condition, new: Criterion | Condition) -> list[Difference]:
    found = []
    if isinstance(old, Criterion) and isinstance(new, Criterion):
        if old.weight != new.weight:
            found.append(Difference(Change.WEIGHT, new.name, old.weight, new.weight))
        if old.scale != new.scale:
            found.append(Difference(Change.SCALE, new.name, len(old.scale), len(new.scale)))
        if old.challenge != new.challenge:
            found.append(Difference(Change.SCOPE, new.name, old.challenge, new.challenge))
        if (old.comment, old.comment_shown) != (new.comment, new.comment_shown):
            found.append(Difference(Change.COMMENT, new.name))
        old_words: Any = (old.name, old.description, [(x.word, x.description) for x in old.levels])
        new_words: Any = (new.name, new.description, [(x.word, x.description) for x in new.levels])
        if old.scale == new.scale and old_words != new_words:
            found.append(Difference(Change.REWORDED, new.name, old.name))
    elif old != new:
        found.append(Difference(Change.REWORDED, new.name, old.name))
    return found


def made_meaningless(before: Rules, after: Rules, used: Collection[uuid.UUID]) -> list[Localized]:
    """The names of what judges have used already and could not be understood any more.

    A criterion may be reworded and weighed otherwise, but must stay, with its scale, for the same
    submissions and with the comments for the same readers; a condition must stay.
    """
    kept = {each.id: each for each in after.criteria}
    stay = {each.id for each in after.conditions}
    found = [
        each.name
        for each in before.criteria
        if each.id in used
        and (
            (now := kept.get(each.id)) is None
            or (now.scale, now.challenge) != (each.scale, each.challenge)
            or (now.comment_shown and not each.comment_shown and each.comment is not Comment.NO)
        )
    ]
    return found + [x.name for x in before.conditions if x.id in used and x.id not in stay]
