"""What a ranking rests on, as bytes that anybody can compute it from again.

The bytes are canonical JSON: UTF-8, keys sorted, no spaces. They hold the criteria, every review
that counts under its key, those set aside, the seed, the method, the version of the code, and the
result. Where comparisons decide, or break ties, they hold what every judge said of which two, in
the order in which it was said, without what was undone. Figures are rounded, so that another
machine, which may add in another order, comes to the same bytes.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from . import ranking, strength
from . import ties as ties_of
from .ranking import PODIUM, Criterion, Review, Standing, rank
from .strength import Comparison, Said

FORMAT = "hackathon-ranking/1"
_POINTS_DIGITS, _CHANCE_DIGITS = 4, 2
_MOST_DRAWS = 20_000  # more is no honest record, and would fill the memory


class Method(StrEnum):
    """What decides the places. The record holds the figures that do not beside those that do.

    By deliberation people decide, with the plain mean before them. Every method here is one that
    the site can carry out.
    """

    MEAN = "mean"
    CORRECTED = "corrected"
    COMPARISONS = "comparisons"
    DELIBERATION = "deliberation"


def rests_on_comparisons(method: str, ties: Collection[str]) -> bool:
    """Do comparisons decide, or break ties?"""
    return Method.COMPARISONS in (method, *ties)


class NotARecord(ValueError):
    """These bytes are no record of a ranking that can be computed again."""


class Part(StrEnum):
    """What of a record is otherwise than what comes of computing it again."""

    FORM = "form"  # the same document, written down in other octets
    RULES = "rules"
    DATA = "data"
    RANKING = "ranking"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Verified:
    """The SHA-256 of a record (hexadecimal), the bytes that come of computing it again, what
    `differs`, and the version of the code that the record names."""

    digest: str
    again: bytes
    differs: tuple[Part, ...]
    code: str

    @property
    def same(self) -> bool:
        return not self.differs


def record(
    *,
    criteria: Mapping[Any, Criterion],
    reviews: Mapping[Any, Review],
    submissions: Mapping[Any, Any],
    set_aside: Collection[Any],
    method: Method,
    seed: int,
    code: str,
    podium: int = PODIUM,
    draws: int = 2000,
    ties: Sequence[str] = (),
    rules: Mapping[str, Any] | None = None,
    comparisons: Mapping[Any, Comparison] | None = None,
) -> bytes:
    """Write down what the ranking rests on, and the ranking.

    `reviews` goes by the key of the review, `comparisons` by that of the answer and in the order in
    which they were given; `set_aside` are keys of both. `submissions` gives each submission its
    group. `ties` are the ways to break ties, in their order; `rules` names the version of the rules
    that says all this. All keys are written as text. Errors as in `rank`.
    """
    basis = {
        "format": FORMAT,
        "code": code,
        "method": method.value,
        "seed": seed,
        "draws": draws,
        "podium": podium,
        "criteria": {
            str(key): {
                "weight": float(c.weight),
                "low": float(c.low),
                "high": float(c.high),
                **({} if c.group is None else {"group": str(c.group)}),
            }
            for key, c in criteria.items()
        },
        "ties": list(ties),
        "rules": dict(rules or {}),
        "submissions": {str(key): str(group) for key, group in submissions.items()},
        "reviews": {
            str(key): {
                "judge": str(review.judge),
                "submission": str(review.submission),
                "scores": {str(criterion): float(v) for criterion, v in review.scores.items()},
            }
            for key, review in reviews.items()
        },
        "set_aside": sorted(str(key) for key in set_aside),
    }
    if rests_on_comparisons(method, ties):
        basis["comparisons"] = [
            {
                "key": str(key),
                "judge": str(each.judge),
                "earlier": str(each.earlier),
                "later": str(each.later),
                "said": each.said.value,
            }
            for key, each in (comparisons or {}).items()
        ]
    return _canonical({**basis, "result": _result(basis)})


def code_version() -> str:
    """The SHA-256 of the sources that decide the result: other code, another version."""
    told = hashlib.sha256()
    for source in (ranking.__file__, strength.__file__, ties_of.__file__, __file__):
        told.update(Path(source).read_bytes())
    return told.hexdigest()


def verify(data: bytes) -> Verified:
    """Compute the ranking again from the bytes alone. Raises NotARecord."""
    try:
        basis = json.loads(data)
        if not isinstance(basis, dict) or basis.get("format") != FORMAT:
            raise NotARecord("not a record of a ranking in a format known here")
        form, result = _canonical(basis), basis.pop("result", None)
        found = _result(basis)
        again = _canonical({**basis, "result": found})
        differs = [
            part
            for part, alike in (
                (Part.FORM, form == data),
                (Part.RANKING, _canonical({"": found}) == _canonical({"": result})),
            )
            if not alike
        ]
        code = str(basis["code"])
    except NotARecord:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotARecord(str(error)) from error
    return Verified(hashlib.sha256(data).hexdigest(), again, tuple(differs), code)


def _result(basis: Mapping[str, Any]) -> list[dict[str, Any]]:
    by = Method(basis["method"])
    if basis["draws"] > _MOST_DRAWS:
        raise NotARecord(f"more draws than {_MOST_DRAWS}")
    if not isinstance(basis["submissions"], dict):
        raise NotARecord("submissions without their groups")
    reviews = [
        Review(each["judge"], each["submission"], each["scores"])
        for _, each in sorted(basis["reviews"].items())
    ]
    found = rank(
        reviews,
        {key: Criterion(**each) for key, each in basis["criteria"].items()},
        submissions=basis["submissions"],
        groups=basis["submissions"],
        podium=basis["podium"],
        draws=basis["draws"],
        seed=basis["seed"],
    )
    compared = None
    if "comparisons" in basis:
        compared = strength.standings(
            [
                Comparison(each["judge"], each["earlier"], each["later"], Said(each["said"]))
                for each in basis["comparisons"]
            ],
            basis["submissions"],
            groups=basis["submissions"],
            podium=basis["podium"],
            draws=basis["draws"],
            seed=basis["seed"],
        )
    given: dict[str, Any] = {"by": by, "ways": basis.get("ties", []), "reviews": reviews}
    places = ties_of.places(found.standings, **given, compared=compared)
    overall = ties_of.places(found.overall, **given, compared=compared)
    duels = {each.submission: each for each in compared.standings} if compared else {}
    return [
        {
            **_told(each, places[each.submission].place, overall[each.submission].place),
            **(_told_by_comparisons(duels[each.submission]) if compared else {}),
        }
        for each in found.standings
    ]


def _points(value: float | None) -> float | None:
    return None if value is None else round(value, _POINTS_DIGITS) + 0.0


def _told(standing: Standing, place: int | None, overall: int | None) -> dict[str, Any]:
    return {
        "submission": standing.submission,
        "group": standing.group,
        "reviews": standing.reviews,
        "place": place,
        "overall_place": overall,
        "mean": _points(standing.mean),
        "mean_place": standing.mean_place,
        "corrected": _points(standing.estimate),
        "corrected_place": standing.place,
        "from_place": standing.low,
        "to_place": standing.high,
        "first": round(standing.first, _CHANCE_DIGITS),
        "podium": round(standing.podium, _CHANCE_DIGITS),
    }


def _told_by_comparisons(standing: Standing) -> dict[str, Any]:
    """What comparisons alone say: `wins` of 100 against the average project."""
    return {
        "compared": {
            "comparisons": standing.reviews,
            "wins": _points(standing.estimate),
            "place": standing.place,
            "from_place": standing.low,
            "to_place": standing.high,
            "first": round(standing.first, _CHANCE_DIGITS),
            "podium": round(standing.podium, _CHANCE_DIGITS),
        }
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()
