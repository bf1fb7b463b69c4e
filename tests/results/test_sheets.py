"""What each team reads about its own work: nothing of too small a field, nothing unread."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.judging import rulebook
from hackathon.judging.models import RulesVersion
from hackathon.judging.outcome import record_of
from hackathon.judging.rulebook import Comment
from hackathon.results import publishing
from hackathon.results.deciding import document_of, in_force
from hackathon.results.models import Honour, Release
from hackathon.results.queries import decisions_of
from hackathon.results.sealing import verify
from hackathon.results.sheets import (
    Seen,
    comments_on,
    comments_to_read,
    fingerprint,
    piles_of,
    profile_of,
    remarks_on,
    standing_of,
)
from tests.counting import queries
from tests.world import World, both, marked

LEVELS = (5, 4, 4, 3, 2, 1)


def judged(world: World, slug: str = "", judges: int = 1) -> Any:
    competition = world.competition(slug, gates="closed")
    world.criterion(competition)
    world.rules(competition)
    competition.judges_for_test = [world.judge(competition) for _ in range(judges)]
    return competition


def handed_in(world: World, competition: Any, challenge: Any, *levels: int) -> Any:
    """A submission to the challenge that each of the competition's judges scored."""
    team = world.team(competition)
    team.challenge = challenge
    submission = world.submission(team)
    for judge, level in zip(competition.judges_for_test, levels, strict=True):
        world.review(judge, submission, level)
    return submission


def field_of(world: World, competition: Any, *levels: int) -> list[Any]:
    challenge = world.challenge(competition)
    return [handed_in(world, competition, challenge, level) for level in levels]


def test_every_submission_counts_once_in_the_field(world: World) -> None:
    competition = judged(world, judges=2)
    own, *_ = [
        handed_in(world, competition, world.challenge(competition), level, level)
        for level in (5, 4, 3, 2, 1)
    ]
    team = world.team(competition)
    (mean,) = profile_of(own, competition)
    assert (mean.own, mean.field, mean.low, mean.high) == (5.0, 3.0, 2.0, 4.0)
    assert (mean.least, mean.most) == (1, 5)
    twice = world.submission(team)
    world.review(competition.judges_for_test[0], twice, 1)
    (mean,) = profile_of(own, competition)
    assert (mean.own, mean.field) == (5.0, pytest.approx(16 / 6))
    world.conflict(competition.judges_for_test[0].user, team)
    (mean,) = profile_of(own, competition)
    assert mean.field == 3.0


def test_a_small_field_is_not_told(world: World) -> None:
    competition = judged(world)
    own, *_ = field_of(world, competition, 5, 4, 3, 2)
    (mean,) = profile_of(own, competition)
    assert (mean.own, mean.field, mean.low, mean.high) == (5.0, None, None, None)
    page = world.client(own.team.captain)
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    text = page.get(f"/en/{competition.slug}/teams/{own.team.id}/results").text
    assert "Too few projects were reviewed" in text
    assert 'class="plot' not in text


def test_a_team_sees_what_the_rules_promise(world: World) -> None:
    competition = judged(world)
    challenge = world.challenge(competition)
    own = handed_in(world, competition, challenge, 5)
    for level in (4, 3, 2):
        handed_in(world, competition, challenge, level)
    client = world.client(own.team.members[0])
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    world.honour(own)
    path = f"/en/{competition.slug}/teams/{own.team.id}/results"
    words = {
        "place": "Your submission has place 1 of 4 in its challenge.",
        "band": "Your submission is in the upper third of its challenge.",
        "profile": "Criterion by criterion",
        "comments": "What judges wrote to you",
    }
    for told in ([], ["place"], ["band"], ["profile", "comments"]):
        world.rules(competition, told=told)
        page = client.get(path).text
        assert {name for name, said in words.items() if said in page} == set(told)


@pytest.mark.parametrize(
    "place, among, third", [(1, 1, 1), (1, 3, 1), (2, 3, 2), (3, 3, 3), (2, 4, 1), (3, 4, 2)]
)
def test_thirds(place: int, among: int, third: int) -> None:
    assert Seen(place, among).third == third


def test_comments_on_criteria_are_for_the_team_only_where_the_rules_say_so(world: World) -> None:
    competition = judged(world)
    submission = handed_in(world, competition, world.challenge(competition), 3)
    criterion = competition.criteria[0]
    review = competition.judges_for_test[0].reviews[0]
    review.scores[0].comment = "Clear."
    db.session.flush()
    world.release(review, "Clear.", score=review.scores[0])
    assert remarks_on(submission, competition) == []
    assert [each.score for each in comments_to_read(submission, competition)] == [None]
    criterion.comment, criterion.comment_shown = Comment.OPTIONAL, True
    world.rules(competition)
    ((found, said),) = remarks_on(submission, competition)
    assert (found.id, said) == (criterion.id, ["Clear."])
    (pile,) = piles_of(competition)
    assert (pile.waiting, pile.released, pile.withheld) == (1, 1, 0)
    review.scores[0].comment = "You fools."
    db.session.flush()
    assert remarks_on(submission, competition) == []
    waits = next(each for each in comments_to_read(submission, competition) if each.score)
    assert (waits.original, waits.release) == ("You fools.", None)
    review.scores[0].comment = "Clear."
    world.conflict(competition.judges_for_test[0].user, submission.team)
    assert remarks_on(submission, competition) == []


def test_a_place_says_who_shares_it_and_how_sure_it_is(world: World) -> None:
    competition = judged(world)
    works = field_of(world, competition, *LEVELS)
    places = [standing_of(work, competition) for work in works]
    assert [each.place for each in places if each] == [1, 2, 2, 4, 5, 6]
    assert [each.shared for each in places if each] == [False, True, True, False, False, False]
    assert all(each and each.low <= each.place <= each.high for each in places)
    assert standing_of(world.submission(world.team(competition)), competition) is None


def test_a_team_reads_what_was_released_and_nothing_else(world: World) -> None:
    competition = judged(world, judges=4)
    work = handed_in(world, competition, world.challenge(competition), 1, 2, 3, 4)
    reviews = [judge.reviews[0] for judge in competition.judges_for_test]
    for number, review in enumerate(reviews):
        review.comment = marked(f"comment {number}")
    db.session.flush()
    assert comments_on(work, competition) == []
    world.release(reviews[0])
    world.release(reviews[1], marked("without the name"))
    world.release(reviews[2], "")
    expected = [marked("comment 0"), marked("without the name")]
    assert sorted(comments_on(work, competition)) == expected
    assert comments_on(work, competition) == comments_on(work, competition)
    (pile,) = piles_of(competition)
    assert (pile.waiting, pile.released, pile.withheld) == (1, 2, 1)
    reviews[0].comment = marked("something else")  # which nobody has read
    world.conflict(competition.judges_for_test[1].user, work.team)
    db.session.flush()
    assert comments_on(work, competition) == []
    (pile,) = piles_of(competition)
    assert (pile.waiting, pile.released, pile.withheld) == (2, 0, 1)


def test_the_order_of_comments_is_not_that_of_judges(world: World) -> None:
    """Over many submissions, the first judge's comment stands in every position."""
    competition = judged(world, judges=3)
    challenge = world.challenge(competition)
    positions = set()
    for _ in range(30):
        submission = handed_in(world, competition, challenge, 3, 3, 3)
        for number, judge in enumerate(competition.judges_for_test):
            review = next(r for r in judge.reviews if r.submission is submission)
            review.comment = f"judge {number}"
            world.release(review)
        positions.add(comments_on(submission, competition).index("judge 0"))
    assert positions == {0, 1, 2}


def test_names_in_a_comment_are_pointed_out(world: World) -> None:
    competition = judged(world)
    work = handed_in(world, competition, world.challenge(competition), 3)
    work.team.captain.name = "Élodie Tremblay-Roy"
    competition.judges_for_test[0].user.name = "Al Stone"
    review = competition.judges_for_test[0].reviews[0]
    for text, names in (
        ("Bravo, elodie!", ("Élodie Tremblay-Roy",)),
        ("Ask Stone. A stone is hard.", ("Al Stone",)),
        ("All is well told.", ()),
    ):
        review.comment = text
        db.session.flush()
        (comment,) = comments_to_read(work, competition)
        assert comment.names == names, text


def desk(world: World, competition: Any, work: Any) -> tuple[Any, str]:
    browser = world.client(world.organizer(competition))
    return browser, f"/en/{competition.slug}/manage/results/comments/{work.id}"


def test_organizers_release_reword_and_withhold(world: World) -> None:
    competition = judged(world, judges=3)
    work = handed_in(world, competition, world.challenge(competition), 3, 3, 3)
    reviews = [judge.reviews[0] for judge in competition.judges_for_test]
    for number, review in enumerate(reviews):
        review.comment = marked(f"comment {number}")
    db.session.flush()
    browser, address = desk(world, competition, work)
    sent: dict[str, str] = {}
    for review, text, fate in zip(
        reviews, ("", "Kinder.", marked("comment 2")), ("withhold", "release", ""), strict=True
    ):
        key = review.id.hex
        sent[f"seen_{key}"] = fingerprint(review.comment)
        sent[f"text_{key}"], sent[f"fate_{key}"] = text, fate
    assert browser.post(address, data=sent).status_code == 302
    rows = {row.review: row for row in db.session.scalars(select(Release))}
    assert {review: (row.original, row.text) for review, row in rows.items()} == {
        reviews[0]: (marked("comment 0"), ""),
        reviews[1]: (marked("comment 1"), "Kinder."),
    }
    assert comments_on(work, competition) == ["Kinder."]
    page = browser.get(address).text
    assert marked("comment 1") in page  # the original stays
    assert competition.judges_for_test[1].user.name in page
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    read = world.client(work.team.members[1]).get(
        f"/en/{competition.slug}/teams/{work.team.id}/results"
    )
    assert "Kinder." in read.text
    assert marked("comment") not in read.text
    assert competition.judges_for_test[1].user.name not in read.text


def test_a_comment_that_changed_is_read_once_more(world: World) -> None:
    competition = judged(world)
    work = handed_in(world, competition, world.challenge(competition), 3)
    review = competition.judges_for_test[0].reviews[0]
    review.comment = "As it was."
    db.session.flush()
    browser, address = desk(world, competition, work)
    key = review.id.hex
    sent = {f"seen_{key}": fingerprint("As it was."), f"text_{key}": "As it was."}
    review.comment = "You fools."
    db.session.flush()
    answer = browser.post(address, data=sent | {f"fate_{key}": "release"})
    assert answer.status_code == 422
    assert "A judge has changed a comment meanwhile." in answer.text
    assert db.session.scalars(select(Release)).all() == []
    empty = {f"seen_{key}": fingerprint("You fools."), f"text_{key}": "", f"fate_{key}": "release"}
    assert browser.post(address, data=empty).status_code == 422


# -- what was published stays ----------------------------------------------------------------


def published(world: World, *levels: int) -> tuple[Any, list[Any], Any, Callable[[], str]]:
    """Results of a field that an organizer announced, and what its second team reads of them."""
    competition = judged(world)
    competition.rounds[0].told = ["place", "profile", "comments"]
    world.rules(competition)
    works = field_of(world, competition, *levels)
    review = next(r for r in competition.judges_for_test[0].reviews if r.submission is works[1])
    review.comment = marked("a comment")
    world.release(review)
    world.honour(works[0])
    organizer = world.organizer(competition)
    publishing.release(competition, by=organizer)
    client = world.client(works[1].team.members[0])
    path = f"/en/{competition.slug}/teams/{works[1].team.id}/results"

    def page() -> str:
        text = client.get(path).text
        main: str = text[text.index("<main") : text.index("</main>")]
        return main

    return competition, works, organizer, page


def test_nothing_that_comes_later_moves_what_a_team_reads(world: World) -> None:
    competition, works, organizer, page = published(world, *LEVELS)
    told = page()
    assert "Your submission has place 2 of 6 in its challenge." in told
    assert "Other projects share this place." in told
    assert marked("a comment") in told
    judge = competition.judges_for_test[0]
    # A ruling on another team, a review that comes late, other levels and words, other rules.
    world.conflict(judge.user, works[0].team)
    assert page() == told
    world.review(world.judge(competition), works[5], 5)
    assert page() == told
    review = next(r for r in judge.reviews if r.submission is works[1])
    review.scores[0].score, review.comment = 1, marked("another comment")
    db.session.flush()
    assert page() == told
    competition.rounds[0].told = []
    rules = rulebook.drafted(competition.rounds[0], competition.criteria, [])
    world.add(
        RulesVersion(
            round=competition.rounds[0],
            number=2,
            content=rulebook.content(rules),
            digest=rulebook.digest(rules),
            reason=both("reason"),
            published_at=datetime.now(UTC),
        )
    )
    assert page() == told
    # Also what is sealed for another reason, such as other words of a citation.
    (honour,) = db.session.scalars(select(Honour))
    publishing.correct_citation(
        competition, honour, citation=both("better words"), note=both("note"), by=organizer
    )
    assert page() == told
    world.conflict(judge.user, works[1].team)
    assert page() == told


def test_a_corrected_citation_rests_on_the_ranking_that_decided(world: World) -> None:
    competition, works, organizer, _ = published(world, *LEVELS)
    (honour,) = db.session.scalars(select(Honour))

    def sealed() -> tuple[Any, dict[str, Any]]:
        last = decisions_of(competition)[0]
        assert verify(document_of(last)).same
        return last, json.loads(last.content)

    def corrected(words: str) -> tuple[Any, dict[str, Any]]:
        publishing.correct_citation(
            competition, honour, citation=both(words), note=both("note"), by=organizer
        )
        return sealed()

    came_out, before = sealed()
    world.review(world.judge(competition), works[5], 5)  # after the fact
    world.conflict(competition.judges_for_test[0].user, works[0].team)
    decision, after = corrected("better words")
    named = {"number": 1, "sha256": came_out.digest}
    assert after.pop("correction") == {
        "prize": str(honour.prize_id),
        "submission": str(works[0].id),
        "of": named,
        "came_out_by": named,
    }
    award = before["prizes"][0]["given"][0]
    assert (award["citation"], after["prizes"][0]["given"][0]["citation"]) == (
        *(dict(both("citation")), dict(both("better words"))),
    )
    award["citation"] = dict(both("better words"))
    assert after == {**before, "number": 2, "sealed_at": after["sealed_at"]}
    page = world.client(organizer).get(
        f"/en/{competition.slug}/manage/results/decisions/{decision.id}"
    )
    assert "It corrects the words of a citation in decision 1" in page.text
    assert "What came out stays as it was sealed." in page.text
    desk = world.client(organizer).get(f"/en/{competition.slug}/manage/results").text
    assert "Something changed since" not in desk
    # Once more, and it is a correction of the correction.
    _, again = corrected("the best words")
    assert again["correction"]["of"] == {"number": 2, "sha256": decision.digest}
    assert again["correction"]["came_out_by"] == named
    # Who receives what is decided anew, and rests on what is known that day.
    amendment = publishing.withdraw(competition, note=both("why"), by=organizer)
    publishing.show_again(competition, amendment, note=both("so"), by=organizer)
    _, anew = sealed()
    assert "correction" not in anew
    assert anew["ranking"] != before["ranking"]


def test_a_correction_seals_nothing_that_is_decided_but_not_announced(world: World) -> None:
    competition = judged(world)
    first, second = (field_of(world, competition, 5, 4, 3) for _ in range(2))
    db.session.refresh(competition, ["challenges"])
    honour = world.honour(first[0])
    organizer = world.organizer(competition)
    publishing.release(competition, challenge=first[0].team.challenge, by=organizer)
    world.honour(second[0])
    publishing.correct_citation(
        competition, honour, citation=both("better words"), note=both("note"), by=organizer
    )
    correction = decisions_of(competition)[0]
    (prize,) = json.loads(correction.content)["prizes"]
    assert [each["submission"] for each in prize["given"]] == [str(first[0].id)]
    assert not in_force(correction, votes=None, by=organizer)
    # So what comes out next is sealed before, and its own correction tells the two apart.
    publishing.release(competition, by=organizer)
    publishing.correct_citation(
        competition, honour, citation=both("the best words"), note=both("note"), by=organizer
    )
    told = json.loads(decisions_of(competition)[0].content)["correction"]
    assert (told["of"]["number"], told["came_out_by"]["number"]) == (3, 1)


def test_what_is_shown_again_is_what_is_decided_then(world: World) -> None:
    competition, works, organizer, page = published(world, *LEVELS)
    world.conflict(competition.judges_for_test[0].user, works[0].team)
    assert "Your submission has place 2 of 6" in page()
    amendment = publishing.withdraw(competition, note=both("why"), by=organizer)
    preview = world.client(organizer).get(
        f"/en/{competition.slug}/manage/results/preview/teams/{works[1].team.id}"
    )
    assert "Your submission has place 1 of 5" in preview.text
    publishing.show_again(competition, amendment, note=both("so"), by=organizer)
    assert "Your submission has place 1 of 5" in page()
    world.conflict(competition.judges_for_test[0].user, works[2].team)
    assert "Your submission has place 1 of 5" in page()


def test_a_later_challenge_leaves_an_earlier_one_as_it_came_out(world: World) -> None:
    competition = judged(world)
    competition.rounds[0].told = ["place"]
    world.rules(competition)
    first, second = (field_of(world, competition, 5, 4, 3) for _ in range(2))
    for works in (first, second):
        world.honour(works[0])
    db.session.refresh(competition, ["challenges"])
    organizer = world.organizer(competition)
    publishing.release(competition, challenge=first[0].team.challenge, by=organizer)
    for works in (first, second):
        world.conflict(competition.judges_for_test[0].user, works[0].team)
    publishing.release(competition, by=organizer)
    told = [standing_of(works[1], competition) for works in (first, second)]
    assert [(each.place, each.among) for each in told if each] == [(2, 3), (1, 2)]


def test_what_left_in_an_earlier_round_stays_as_it_was_there(world: World) -> None:
    competition = judged(world)
    competition.rounds[0].told = ["place", "profile"]
    world.rules(competition)
    works = field_of(world, competition, *LEVELS)
    final = world.round(competition, gates="closed")
    world.rules(competition, final)
    content = record_of(competition, round_=competition.rounds[0])
    digest = hashlib.sha256(content).hexdigest()
    world.selection(final, *works[:2], content=content.decode(), digest=digest)
    world.honour(works[0])
    publishing.release(competition, by=world.organizer(competition))
    told = standing_of(works[3], competition), profile_of(works[3], competition)
    assert told[0] and (told[0].place, told[0].among) == (4, 6)
    assert [(each.own, each.field) for each in told[1]] == [(3.0, pytest.approx(19 / 6))]
    world.conflict(competition.judges_for_test[0].user, works[0].team)
    assert (standing_of(works[3], competition), profile_of(works[3], competition)) == told


def test_the_page_of_a_team_asks_no_more_for_a_large_field(app: Flask, world: World) -> None:
    _, _, _, small = published(world, 5, 4)
    small()
    with queries(app) as few:
        small()
    _, _, _, large = published(world, *[1 + number % 5 for number in range(40)])
    large()
    with queries(app) as many:
        large()
    assert len(many) == len(few)
