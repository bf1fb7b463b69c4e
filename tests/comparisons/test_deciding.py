"""Comparisons that decide, or break ties: the ranking, its record, and the pages that show it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from hackathon.comparisons.models import Stand, Visit, Word
from hackathon.comparisons.queries import answers_in
from hackathon.competitions.models import Challenge
from hackathon.extensions import db
from hackathon.judging.models import Judge
from hackathon.judging.outcome import ranking_of, record_of
from hackathon.judging.record import Method, verify
from tests.comparisons.conftest import Fair
from tests.counting import cost

Fairs = Callable[..., Fair]


def walk(fair: Fair, judge: Judge, *stands: Stand, word: Word = Word.LATER) -> list[Visit]:
    """From table to table; each is better than the one before, or so much as `word` says."""
    visits = [fair.world.visit(judge, stands[0], Word.SEEN)]
    for _, there in pairwise(stands):
        visits.append(fair.world.visit(judge, there, word, earlier=visits[-1]))
    return visits


def decided_by(fair: Fair, **rules: Any) -> None:
    """By these rules, and with all projects in one challenge."""
    put(fair.stands, fair.world.challenge(fair.competition))
    fair.world.criterion(fair.competition, weight=100)
    fair.world.rules(fair.competition, **rules)


def put(stands: list[Stand], challenge: Challenge) -> None:
    for stand in stands:
        for version in stand.submission.versions:
            version.challenge = challenge
    db.session.flush()


def places(fair: Fair, **asked: Any) -> list[int | None]:
    """In the order of the tables."""
    rows = ranking_of(fair.competition, **asked).submissions
    return [
        rows[key].place if (key := stand.submission_id) in rows else None for stand in fair.stands
    ]


@pytest.fixture
def walked(fair_of: Fairs) -> Fair:
    """Four tables of which three were compared, by six judges; comparisons decide."""
    fair = fair_of(4, 6)
    decided_by(fair, method="comparisons")
    for judge in fair.judges:
        walk(fair, judge, *fair.stands[:3])
    return fair


def test_the_place_is_by_strength_and_what_nobody_saw_has_none(walked: Fair) -> None:
    # The scores say otherwise: they stand beside.
    for stand, level in zip(walked.stands, (5, 4, 3, 5), strict=True):
        for judge in walked.judges[:2]:
            walked.world.review(judge, stand.submission, level)
    outcome = ranking_of(walked.competition)
    rows = [outcome.submissions[stand.submission_id] for stand in walked.stands]
    assert outcome.method is Method.COMPARISONS
    assert [row.place for row in rows] == [3, 2, 1, None]
    assert [row.mean_place for row in rows] == [1, 3, 4, 1]
    best, unseen = rows[2], rows[3]
    assert best.duel is not None
    assert (best.low, best.high) == (best.duel.low, best.duel.high)
    assert best.first == best.duel.first > 0.5
    assert (unseen.low, unseen.first) == (None, 0.0)


def test_what_was_undone_or_is_in_conflict_does_not_count(walked: Fair) -> None:
    for visit in walk(walked, walked.world.judge(walked.competition), *reversed(walked.stands)):
        visit.calls[0].undone_at = datetime.now(UTC)
    friend = walked.world.judge(walked.competition)
    for _ in range(9):
        walk(walked, friend, walked.stands[3], walked.stands[0])
    assert places(walked)[3] is not None
    walked.world.conflict(friend.user, walked.stands[0].submission.team)
    db.session.flush()
    outcome = ranking_of(walked.competition)
    assert places(walked) == [3, 2, 1, None]
    assert (len(outcome.basis.comparisons or ()), len(outcome.basis.comparisons_set_aside)) == (
        12,
        9,
    )


def test_without_a_judge_and_without_what_is_withheld(walked: Fair) -> None:
    stranger = walked.world.judge(walked.competition)
    walk(walked, stranger, walked.stands[2], walked.stands[3])
    assert places(walked)[3] == 1
    assert stranger.id in ranking_of(walked.competition).heard
    assert places(walked, without=stranger.id) == [3, 2, 1, None]
    hidden = {walked.stands[2].submission_id}
    assert places(walked, withheld=hidden) == [2, 1, None, None]


def test_challenges_that_nobody_links_have_no_common_rank(fair_of: Fairs) -> None:
    fair = fair_of(4, 2)
    decided_by(fair, method="comparisons")
    put(fair.stands[2:], fair.world.challenge(fair.competition))
    walk(fair, fair.judges[0], *fair.stands[:2])
    walk(fair, fair.judges[1], *fair.stands[2:])
    outcome = ranking_of(fair.competition)
    assert outcome.unlinked == [None]
    assert places(fair) == [2, 1, 2, 1]
    assert {row.place for row in outcome.overall} == {None}
    walk(fair, fair.world.judge(fair.competition), fair.stands[1], fair.stands[2])
    outcome = ranking_of(fair.competition)
    assert outcome.unlinked == []
    assert sorted(row.place or 0 for row in outcome.overall) == [1, 2, 3, 4]


def test_comparisons_break_a_tie_of_scores(fair_of: Fairs) -> None:
    fair = fair_of(3, 8)
    decided_by(fair, method="mean", ties=["comparisons", "deliberation"])
    for stand in fair.stands:
        fair.world.review(fair.judges[0], stand.submission, 4)
    assert places(fair) == [1, 1, 1]
    for judge in fair.judges:
        walk(fair, judge, fair.stands[0], fair.stands[1])
    # Nobody saw the third, so that nothing can be told of all three.
    assert places(fair) == [1, 1, 1]
    for judge in fair.judges:
        walk(fair, judge, fair.stands[2], fair.stands[0])
    outcome = ranking_of(fair.competition)
    assert places(fair) == [2, 1, 3]
    assert {row.decided.broken_by for row in outcome.rows} == {"comparisons"}


@pytest.mark.parametrize(
    ("rules", "offered"),
    [
        ({"method": "comparisons"}, False),
        ({"method": "comparisons", "ties": ["first", "deliberation", "mean"]}, False),
        ({"method": "comparisons", "ties": ["first", "mean"]}, True),
        ({"method": "mean", "ties": ["comparisons"]}, True),
    ],
)
def test_what_if_asks_only_what_can_move_a_rank(
    fair_of: Fairs, rules: dict[str, Any], offered: bool
) -> None:
    fair = fair_of(3, 3)
    decided_by(fair, **rules)
    walker, reader = fair.judges[:2]
    walk(fair, walker, *fair.stands)
    fair.world.review(reader, fair.stands[0].submission, 4)
    browser = fair.world.client(fair.world.organizer(fair.competition))
    address = f"/en/{fair.competition.slug}/manage/judging/ranking"
    (criterion,) = ranking_of(fair.competition).criteria
    page = browser.get(address).text
    assert ("Other weights are not asked for" in page) is not offered
    assert (f'name="criterion_{criterion.id.hex}"' in page) is offered
    assert f'value="{walker.id}"' in page
    assert (f'value="{reader.id}"' in page) is offered
    # Nor does an address that asks for it show another ranking.
    page = browser.get(f"{address}?criterion_{criterion.id.hex}=1").text
    assert ("This is not the result" in page) is offered
    assert "This is not the result" in browser.get(f"{address}?without={walker.id}").text


def test_the_record_holds_what_was_said_and_finds_a_changed_call(walked: Fair) -> None:
    data = record_of(walked.competition)
    told = json.loads(data)
    assert verify(data).same
    said = answers_in(walked.competition)
    assert [each["key"] for each in told["comparisons"]] == [str(key) for key in said]
    found = {each["submission"]: each["place"] for each in told["result"]}
    assert [found[str(stand.submission_id)] for stand in walked.stands] == [3, 2, 1, None]
    told["comparisons"][0]["said"] = "earlier"
    changed = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert not verify(changed).same


def test_a_record_can_be_asked_for_by_comparisons_though_they_do_not_decide(fair: Fair) -> None:
    decided_by(fair, method="mean")
    walk(fair, fair.judges[0], *fair.stands[:2])
    assert "comparisons" not in json.loads(record_of(fair.competition))
    told = json.loads(record_of(fair.competition, Method.COMPARISONS))
    assert len(told["comparisons"]) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_ranking_shows_what_comparisons_say(walked: Fair, language: str) -> None:
    organizer = walked.world.client(walked.world.organizer(walked.competition))
    page = organizer.get(f"/{language}/{walked.competition.slug}/manage/judging/ranking").text
    words = {
        "en": ("Would win of 100", "Never compared", "12 comparisons count"),
        "fr": ("Gagnerait sur 100", "Jamais comparé", "12 comparaisons comptent"),
    }
    assert [word for word in words[language] if word not in page] == []


def test_the_ranking_asks_the_same_however_much_was_said(fair_of: Fairs) -> None:
    counts = []
    for judges in (1, 8):
        fair = fair_of(3, judges)
        decided_by(fair, method="comparisons")
        for judge in fair.judges:
            walk(fair, judge, *fair.stands)
        db.session.flush()
        browser = fair.world.client(fair.world.organizer(fair.competition))
        path = f"/en/{fair.competition.slug}/manage/judging/ranking"
        counts.append(cost(fair.world.app, browser, path))
    assert counts[0] == counts[1]


def test_publishing_rules_that_rest_on_comparisons_says_that_none_are_set_up(world: Any) -> None:
    competition = world.competition()
    world.criterion(competition, weight=100)
    competition.rounds[0].method = "comparisons"
    db.session.flush()
    organizer = world.client(world.organizer(competition))
    address = f"/en/{competition.slug}/manage/judging/rules"
    assert "Comparisons are not set up yet" in organizer.get(address).text
    world.comparisons(competition)
    assert "Comparisons are not set up yet" not in organizer.get(address).text
