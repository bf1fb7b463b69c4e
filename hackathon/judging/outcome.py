"""The ranking of a competition, from its rows: what it rests on, its lines, and its record."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import groupby, takewhile
from statistics import fmean, pstdev
from types import MappingProxyType
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, case, cast, func, select
from sqlalchemy.orm import joinedload

from ..competitions.models import Challenge, Competition, Round
from ..extensions import db
from ..ground.by_content import Made
from ..submissions.models import Submission, Version
from ..teams.models import Team
from . import ranking, rulebook, strength
from .conflicts import Pair, conflicts
from .models import Judge, Review, RulesVersion, Score
from .queries import came_into, competes, round_of, rules_of, seed_of, version_in_force, with_works
from .record import Method, code_version, record, rests_on_comparisons
from .ties import DEEDS, Place, places


@dataclass(frozen=True)
class Row:
    """Where a submission stands, in its challenge or in the whole competition.

    `mean` is the plain weighted mean, `corrected` the estimate that allows for who judged it;
    both in points of the criteria's scale, and with the place that each would give alone. `decided`
    is the place by the rules: their method, then their ways to break ties. `duel` is what
    comparisons say, where these decide or break ties. The place by them, where they decide, else
    the corrected one, lies between `low` and `high` with 90 %; `first` and `podium` are
    probabilities. None where no review counts, or no comparison where these decide.
    """

    submission: Submission
    team: Team
    challenge: Challenge
    version: Version
    reviews: int
    mean: float | None
    mean_place: int | None
    corrected: float | None
    corrected_place: int | None
    decided: Place
    duel: ranking.Standing | None
    low: int | None
    high: int | None
    first: float
    podium: float

    @property
    def place(self) -> int | None:
        return self.decided.place

    @property
    def interval(self) -> tuple[int, int] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


Levels = Mapping[uuid.UUID, Mapping[uuid.UUID, float | None]]
"""By review and criterion."""


@dataclass(frozen=True)
class Basis:
    """What a ranking rests on, by ids: nothing else decides it.

    `reviews` are those that count; `set_aside` the completed ones that are in conflict. So with
    `comparisons`, in the order in which they were said; they are None where nothing rests on them.
    """

    criteria: Mapping[uuid.UUID, ranking.Criterion]
    reviews: Mapping[uuid.UUID, ranking.Review]
    groups: Mapping[uuid.UUID, uuid.UUID]
    set_aside: frozenset[uuid.UUID]
    comparisons: Mapping[uuid.UUID, strength.Comparison] | None
    comparisons_set_aside: frozenset[uuid.UUID]
    seed: int

    def without(self, judge: uuid.UUID | None, weights: Mapping[uuid.UUID, int]) -> "Basis":
        """The same without a judge, and with other weights: 0 leaves the criterion out."""
        criteria = {
            key: replace(each, weight=weights.get(key, each.weight))
            for key, each in self.criteria.items()
            if weights.get(key, each.weight)
        }
        reviews = {
            key: replace(
                each, scores={c: value for c, value in each.scores.items() if c in criteria}
            )
            for key, each in self.reviews.items()
            if each.judge != judge
        }
        comparisons = self.comparisons and {
            key: each for key, each in self.comparisons.items() if each.judge != judge
        }
        return replace(self, criteria=criteria, reviews=reviews, comparisons=comparisons)

    def saying(self, instead: Levels) -> "Basis":
        """The same with other levels for some; None stands for no level."""
        reviews = dict(self.reviews)
        for key, levels in instead.items():
            if key in reviews:
                said = {**reviews[key].scores, **levels}
                scores = {c: v for c, v in said.items() if v is not None and c in self.criteria}
                reviews[key] = replace(reviews[key], scores=scores)
        return replace(self, reviews=reviews)

    @property
    def digest(self) -> str:
        """Of what the ranking by scores rests on; `strengths` has one of its own."""
        told = hashlib.sha256(repr((self.seed, sorted(self.set_aside))).encode())
        for part in (self.criteria, self.groups):
            told.update(repr(sorted(part.items(), key=lambda item: item[0].int)).encode())
        for key in sorted(self.reviews, key=lambda key: key.int):
            each = self.reviews[key]
            scores = sorted(each.scores.items(), key=lambda item: item[0].int)
            told.update(repr((key.int, each.judge.int, each.submission.int, scores)).encode())
        return told.hexdigest()

    def rank(self) -> ranking.Ranking:
        """Kept in the process under the digest of all this: the same again costs nothing."""
        return _ranked.of(
            self.digest,
            lambda: ranking.rank(
                self.reviews.values(),
                # Without criteria nothing can have been scored, but the ranking asks for one.
                self.criteria or {None: ranking.Criterion(1, 1, 5)},
                submissions=self.groups,
                groups=self.groups,
                seed=self.seed,
            ),
        )

    def compare(self) -> strength.Outcome | None:
        """What the comparisons say, where anything rests on them."""
        if self.comparisons is None:
            return None
        return strengths(self.comparisons.values(), self.groups, self.seed)


def strengths(
    given: Iterable[strength.Comparison], groups: Mapping[uuid.UUID, uuid.UUID], seed: int
) -> strength.Outcome:
    """Places by comparisons, kept in the process as a ranking is."""
    given = sorted(given, key=repr)
    rests_on = (given, sorted(groups.items(), key=lambda item: item[0].int), seed)
    digest = hashlib.sha256(repr(rests_on).encode()).hexdigest()
    return _compared.of(digest, lambda: strength.standings(given, groups, groups=groups, seed=seed))


_ranked: Made[ranking.Ranking] = Made(16)
_compared: Made[strength.Outcome] = Made(16)
_figured: Made["Figures"] = Made(4)


@dataclass(frozen=True, slots=True)
class Placed:
    """A submission's figures in a list, by ids; `Row` is the same with what people read."""

    key: uuid.UUID
    group: uuid.UUID
    standing: ranking.Standing
    decided: Place
    duel: ranking.Standing | None

    @property
    def place(self) -> int | None:
        return self.decided.place


@dataclass(frozen=True)
class Figures:
    """All of a ranking that is the same for everyone who asks, by ids: kept in the process.

    `rows`: challenge by challenge, best first; `overall`: the same submissions in one list.
    `versions` is what counts of each, by the submission's id.
    """

    basis: Basis
    told: ranking.Ranking
    compared: strength.Outcome | None
    rows: tuple[Placed, ...]
    overall: tuple[Placed, ...]
    versions: Mapping[uuid.UUID, uuid.UUID]

    @cached_property
    def spreads(self) -> dict[uuid.UUID, tuple[int, float | None]]:
        """How many reviews with scores a submission has, and the standard deviation of their plain
        means, None with fewer than two; nothing of what has none."""
        given: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
        for review in self.basis.reviews.values():
            if review.scores:
                given[review.submission].append(ranking.plain_mean(review, self.basis.criteria))
        return {
            key: (len(means), pstdev(means) if len(means) > 1 else None)
            for key, means in given.items()
        }

    @cached_property
    def means(self) -> dict[uuid.UUID, dict[uuid.UUID, float]]:
        """The plain mean on each criterion, in its own levels: submission → criterion → mean."""
        given: defaultdict[uuid.UUID, defaultdict[uuid.UUID, list[float]]]
        given = defaultdict(lambda: defaultdict(list))
        for review in self.basis.reviews.values():
            for criterion, score in review.scores.items():
                given[review.submission][criterion].append(score)
        return {
            key: {criterion: fmean(scores) for criterion, scores in each.items()}
            for key, each in given.items()
        }


@dataclass(frozen=True)
class Outcome:
    """The ranking of a competition, for its organizers' eyes.

    `rows`: challenge by challenge, best first, without reviews last; `overall`: the same
    submissions in one list; both with what did not come into the round, once asked `with_everyone`.
    `told` is what the model says about judges and doubts, within the challenges, with ids for
    keys, and `compared` what comparisons say where these decide or break ties; `judges` and
    `submissions` give these ids their rows.
    `means` are the plain means of each submission on each criterion. `method` is the one that
    decides by the rules, and `ties` the ways to break ties.

    What a page does not show is not loaded: `lists` and `in_one_list` have figures alone, of which
    `rows_of` makes rows.
    """

    round: Round
    figures: Figures
    criteria: list[rulebook.Criterion]
    method: Method
    ties: tuple[str, ...]
    _works: dict[uuid.UUID, Version] = field(default_factory=dict, repr=False, compare=False)

    def rows_of(self, placed: Iterable[Placed]) -> list[Row]:
        """What is not loaded yet comes in one query."""
        placed, versions = list(placed), self.figures.versions
        lacking = [versions[each.key] for each in placed if each.key not in self._works]
        if lacking:
            query = with_works(select(Version).where(Version.id.in_(lacking)))
            self._works.update((each.submission_id, each) for each in db.session.scalars(query))
        return [
            _row(self._works[x.key], x.standing, x.decided, x.duel, self.decisive(x))
            for x in placed
            if x.key in self._works  # else deleted a moment ago
        ]

    def decisive(self, placed: Placed) -> ranking.Standing:
        """What comparisons say, where they decide, else what the reviews say."""
        by_duel = self.method is Method.COMPARISONS
        return placed.duel if by_duel and placed.duel is not None else placed.standing

    @property
    def told(self) -> ranking.Ranking:
        return self.figures.told

    @property
    def compared(self) -> strength.Outcome | None:
        return self.figures.compared

    @property
    def basis(self) -> Basis:
        return self.figures.basis

    @property
    def means(self) -> dict[uuid.UUID, dict[uuid.UUID, float]]:
        return self.figures.means

    @property
    def lists(self) -> list[list[Placed]]:
        """One of each challenge."""
        return [list(each) for _, each in groupby(self.figures.rows, key=lambda row: row.group)]

    @property
    def in_one_list(self) -> Sequence[Placed]:
        return self.figures.overall

    @cached_property
    def placed(self) -> dict[uuid.UUID, Placed]:
        return {each.key: each for each in self.figures.rows}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self.rows_of(self.figures.rows))

    @cached_property
    def overall(self) -> tuple[Row, ...]:
        return tuple(self.rows_of(self.figures.overall))

    @cached_property
    def judges(self) -> dict[uuid.UUID, Judge]:
        of_all = Judge.competition_id == self.round.competition_id
        query = select(Judge).where(of_all).options(joinedload(Judge.user))
        return {judge.id: judge for judge in db.session.scalars(query)}

    def by_challenge(self) -> list[tuple[Challenge, list[Row]]]:
        return [(c, list(rows)) for c, rows in groupby(self.rows, key=lambda row: row.challenge)]

    def tied(self) -> list[list[Placed]]:
        """Those who share a place of their challenge though the ways to break ties were tried:
        each tie once, told by the row with the smallest key."""
        return [
            [self.placed[key] for key in (row.key, *row.decided.still)]
            for row in self.figures.rows
            if row.decided.still and row.key.int < min(key.int for key in row.decided.still)
        ]

    @property
    def names(self) -> dict[str, Any]:
        """What the criteria are called that break ties."""
        return {f"criterion:{each.id}": each.name for each in self.criteria}

    def parted(self) -> list[Placed]:
        """Those whose figure others have too, and whom a way to break ties put in their place."""
        return [row for row in self.figures.rows if row.decided.broken_by]

    @cached_property
    def submissions(self) -> dict[uuid.UUID, Row]:
        return {row.submission.id: row for row in self.rows}

    @property
    def by_scores(self) -> bool:
        """Can scores move a place? Not where comparisons decide, and no way to break ties that the
        site goes looks at scores."""
        ways = takewhile(lambda way: way not in DEEDS, self.ties)
        return self.method is not Method.COMPARISONS or any(
            way == "mean" or way.startswith("criterion:") for way in ways
        )

    @property
    def heard(self) -> list[uuid.UUID]:
        """The judges of whom anything counts for a place."""
        said = self.basis.comparisons or {}
        judges = [report.judge for report in self.told.judges] if self.by_scores else []
        return list(dict.fromkeys([*judges, *(each.judge for each in said.values())]))

    @property
    def undecided(self) -> tuple[ranking.Undecided, ...]:
        """Neighbours in a challenge whom what decides cannot tell apart."""
        if self.compared is not None and self.method is Method.COMPARISONS:
            return self.compared.undecided
        return self.told.undecided

    @property
    def unlinked(self) -> list[Challenge | None]:
        """Where comparisons leave no place, since none leads from some projects to the others: a
        challenge, or None for all challenges together."""
        if self.compared is None:
            return []
        lists = [(None, list(self.overall)), *self.by_challenge()]
        return [
            challenge
            for challenge, rows in lists
            if not self.compared.linked(row.submission.id for row in rows)
        ]

    @property
    def set_aside(self) -> int:
        """How many completed reviews are in conflict and do not count."""
        return len(self.basis.set_aside)


def ranking_of(
    competition: Competition,
    *,
    round_: Round | None = None,
    without: uuid.UUID | None = None,
    weights: Mapping[uuid.UUID, int] = MappingProxyType({}),
    instead: Levels = MappingProxyType({}),
    withheld: Collection[uuid.UUID] = frozenset(),
) -> Outcome:
    """Rank what came into a round by its completed reviews that are in no conflict.

    Or what would be: without a judge, with other weights, or had reviews said something else
    `instead`. `withheld` submissions are left out of everything, as if they had not been handed in:
    for who may learn nothing of them.

    What it rests on is read as it stands, ids as text; the rest is done only if that is new.
    """
    round_ = round_ or round_of(competition)
    rules = rules_of(competition, round_)
    criteria = list(rules.criteria) if rules else []
    method, ways = (rules.method, rules.ties) if rules else (Method.CORRECTED, ())
    barred = conflicts(competition).keys()
    competing = [tuple(row) for row in db.session.execute(_competing(competition, round_))]
    completed = [tuple(row) for row in db.session.execute(_completed(round_, criteria))]
    said = comparisons_said(competition) if rests_on_comparisons(method, ways) else None
    seed = seed_of(competition)
    rests_on = (
        *(competing, completed, sorted((j.int, s.int) for j, s in barred)),
        *(sorted(key.int for key in withheld), said, seed, method, ways),
        [(each.id, each.weight, each.scale, each.challenge) for each in criteria],
        *(without, sorted((key.int, weight) for key, weight in weights.items()), dict(instead)),
    )
    digest = hashlib.sha256(repr(rests_on).encode()).hexdigest()

    def make() -> Figures:
        read = cache(uuid.UUID)
        versions, groups, numbers = {}, {}, {}
        for key, version, challenge, number in competing:
            if (submission := uuid.UUID(key)) not in withheld:
                versions[submission] = uuid.UUID(version)
                groups[submission] = read(challenge)
                numbers[groups[submission]] = number
        basis = _basis(criteria, completed, groups, barred, withheld, seed)
        if said is not None:
            basis = _with_comparisons(basis, said, barred)
        asked = basis.without(without, weights) if without or weights else basis
        if instead:
            asked = asked.saying(instead)
        return _figures(asked, versions, numbers, method, ways)

    return Outcome(round_, _figured.of(digest, make), criteria, method, ways)


def with_everyone(competition: Competition, outcome: Outcome) -> Outcome:
    """With what did not come into the last round after the rest, without a place: people can vote
    for it, and any prize can be given to it with a reason."""
    if not came_into(outcome.round):
        return outcome
    figures, numbers, versions, others = outcome.figures, {}, {}, []
    for key, version, challenge, number in db.session.execute(_competing(competition, None)):
        submission, group = uuid.UUID(key), uuid.UUID(challenge)
        numbers[group] = number
        if submission not in figures.versions:
            versions[submission] = uuid.UUID(version)
            unread = ranking.without_review(submission, group)
            others.append(Placed(submission, group, unread, Place(None), None))
    rows = sorted((*figures.rows, *others), key=lambda row: numbers[row.group])
    more = replace(
        figures,
        rows=tuple(rows),
        overall=(*figures.overall, *others),
        versions={**figures.versions, **versions},
    )
    return replace(outcome, figures=more)


def _competing(competition: Competition, round_: Round | None) -> Select[Any]:
    """Of what competes the ids of submission, version and challenge, and the challenge's number."""
    return (
        select(
            cast(Submission.id, String).label("submission"),
            cast(Version.id, String).label("version"),
            cast(Version.challenge_id, String).label("challenge"),
            Challenge.number,
        )
        .select_from(Version)
        .join(Version.submission)
        .join(Version.challenge)
        .where(*competes(competition, round_))
        .order_by(Submission.id)
    )


def _completed(round_: Round, criteria: Iterable[rulebook.Criterion]) -> Select[Any]:
    """Of the completed reviews the ids of review, judge and submission, and the levels on each
    criterion: the database turns scores into columns, so that there is one row for each review."""
    keys = [each.id for each in criteria]
    levels = (func.max(case((Score.criterion_id == key, Score.score))) for key in keys)
    return (
        select(
            cast(Review.id, String).label("review"),
            cast(Review.judge_id, String).label("judge"),
            cast(Review.submission_id, String).label("submission"),
            *(level.label(f"level_{number}") for number, level in enumerate(levels)),
        )
        .join(Review.submission)
        .outerjoin(Review.scores)
        .where(
            Review.round_id == round_.id,
            Review.completed_at.is_not(None),
            Submission.stands,
        )
        .group_by(Review.id)
        .order_by(Review.id)
    )


def _basis(
    criteria: list[rulebook.Criterion],
    completed: Iterable[Sequence[Any]],
    groups: Mapping[uuid.UUID, uuid.UUID],
    barred: Collection[Pair],
    withheld: Collection[uuid.UUID],
    seed: int,
) -> Basis:
    reviews, aside, read = {}, set(), cache(uuid.UUID)
    for review, judge, submission, *levels in completed:
        key, judge_id, submission_id = uuid.UUID(review), read(judge), read(submission)
        if submission_id in groups and (judge_id, submission_id) not in barred:
            scores = {
                criterion.id: level
                for criterion, level in zip(criteria, levels, strict=True)
                if level is not None
            }
            reviews[key] = ranking.Review(judge_id, submission_id, scores)
        elif submission_id not in withheld:
            aside.add(key)
    return Basis(
        criteria=_scales(criteria, reviews.values()),
        reviews=reviews,
        groups=groups,
        set_aside=frozenset(aside),
        comparisons=None,
        comparisons_set_aside=frozenset(),
        seed=seed,
    )


def _figures(
    basis: Basis,
    versions: Mapping[uuid.UUID, uuid.UUID],
    numbers: Mapping[uuid.UUID, int],
    method: Method,
    ways: tuple[str, ...],
) -> Figures:
    told, duels = basis.rank(), basis.compare()

    def placed(
        standings: Collection[ranking.Standing], alike: Collection[ranking.Standing]
    ) -> list[Placed]:
        decided = places(
            standings,
            by=method,
            ways=ways,
            reviews=basis.reviews.values(),
            compared=duels,
        )
        beside = {each.submission: each for each in alike}
        found = [
            Placed(
                each.submission,
                basis.groups[each.submission],
                each,
                decided[each.submission],
                beside.get(each.submission),
            )
            for each in standings
        ]
        return sorted(found, key=lambda row: (row.place is None, row.place or 0))

    rows = placed(told.standings, duels.standings if duels else ())
    return Figures(
        basis=basis,
        told=told,
        compared=duels,
        rows=tuple(sorted(rows, key=lambda row: numbers[row.group])),
        overall=tuple(placed(told.overall, duels.overall if duels else ())),
        versions=versions,
    )


def comparisons_said(competition: Competition) -> Mapping[uuid.UUID, strength.Comparison]:
    """The roof hands in `comparisons_of`, since comparisons are a later room."""
    said: Mapping[uuid.UUID, strength.Comparison]
    said = current_app.extensions["comparisons_of"](competition)
    return said


def _with_comparisons(
    basis: Basis, said: Mapping[uuid.UUID, strength.Comparison], barred: Collection[Pair]
) -> Basis:
    said = {
        key: each
        for key, each in said.items()
        if each.earlier in basis.groups and each.later in basis.groups
    }
    aside = frozenset(
        key
        for key, each in said.items()
        if (each.judge, each.earlier) in barred or (each.judge, each.later) in barred
    )
    return replace(
        basis,
        comparisons={key: each for key, each in said.items() if key not in aside},
        comparisons_set_aside=aside,
    )


def record_of(
    competition: Competition, method: Method | None = None, *, round_: Round | None = None
) -> bytes:
    """The bytes of what the ranking rests on, by the method of the rules or another: see `record`.

    They name the version of the rules that holds, and say where that was blind.
    """
    outcome = ranking_of(competition, round_=round_)
    version = version_in_force(competition, outcome.round)
    basis, method = outcome.basis, method or outcome.method
    if basis.comparisons is None and method is Method.COMPARISONS:
        basis = _with_comparisons(
            basis, comparisons_said(competition), conflicts(competition).keys()
        )
    return record(
        criteria=basis.criteria or {"": ranking.Criterion(1, 1, 5)},
        reviews=basis.reviews,
        submissions=basis.groups,
        set_aside=basis.set_aside | basis.comparisons_set_aside,
        method=method,
        seed=basis.seed,
        code=code_version(),
        ties=outcome.ties,
        rules=_named(version) if version else None,
        comparisons=basis.comparisons,
    )


def _named(version: RulesVersion) -> dict[str, Any]:
    """The rules by which it came about, and whether judges did not see whose work they read."""
    blind = {"blind": True} if version.content.get("blind") else {}
    return {"version": version.number, "digest": version.digest, **blind}


@dataclass(frozen=True)
class Compared:
    """A judge's plain mean for a submission beside that of the others; None where nobody else
    completed a review."""

    row: Row
    own: float
    others: float | None


def compared(outcome: Outcome, judge: Judge) -> list[Compared]:
    """What a judge gave beside what the others gave, the furthest from them first.

    In the points of the criteria, which is a scale of 0 to 100 where they have different ones.
    """
    reviews = [each for each in outcome.basis.reviews.values() if each.scores]
    own = {each.submission for each in reviews if each.judge == judge.id}
    given: defaultdict[uuid.UUID, dict[uuid.UUID, float]] = defaultdict(dict)
    for review in reviews:
        if review.submission in own:
            mean = ranking.plain_mean(review, outcome.basis.criteria)
            given[review.submission][review.judge] = mean
    found = []
    for row in outcome.rows_of(outcome.placed[key] for key in given):
        means = given[row.submission.id]
        others = [mean for key, mean in means.items() if key != judge.id]
        found.append(Compared(row, means[judge.id], fmean(others) if others else None))
    return sorted(
        found,
        key=lambda each: (
            -abs(each.own - each.others) if each.others is not None else 1.0,
            each.row.team.name_key,
        ),
    )


def _scales(
    criteria: list[rulebook.Criterion], reviews: Iterable[ranking.Review]
) -> dict[Any, ranking.Criterion]:
    """Each criterion's weight and scale, from its levels; widened by scores given under others."""
    given: defaultdict[Any, set[float]] = defaultdict(set)
    for review in reviews:
        for key, score in review.scores.items():
            given[key].add(score)
    scales = {}
    for criterion in criteria:
        ends = set(criterion.scale) | given[criterion.id] or {1, 5}
        low, high = min(ends), max(ends)
        scales[criterion.id] = ranking.Criterion(
            criterion.weight, low, max(high, low + 1), criterion.challenge
        )
    return scales


def unranked(version: Version) -> Row:
    """Of what no review counts for."""
    return Row(
        submission=version.submission,
        team=version.submission.team,
        challenge=version.challenge,
        version=version,
        reviews=0,
        mean=None,
        mean_place=None,
        corrected=None,
        corrected_place=None,
        decided=Place(None),
        duel=None,
        low=None,
        high=None,
        first=0.0,
        podium=0.0,
    )


def _row(
    version: Version,
    standing: ranking.Standing,
    decided: Place,
    duel: ranking.Standing | None,
    told: ranking.Standing,
) -> Row:
    return Row(
        submission=version.submission,
        team=version.submission.team,
        challenge=version.challenge,
        version=version,
        reviews=standing.reviews,
        mean=standing.mean,
        mean_place=standing.mean_place,
        corrected=standing.estimate,
        corrected_place=standing.place,
        decided=decided,
        duel=duel,
        low=told.low,
        high=told.high,
        first=told.first,
        podium=told.podium,
    )
