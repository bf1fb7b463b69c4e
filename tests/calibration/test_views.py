"""A judge before a sample: what they score first, and where they stand."""

from datetime import UTC, datetime

import pytest

from hackathon.calibration.models import SampleReview, SampleScore
from hackathon.calibration.queries import sample_review_of, samples_before
from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.judging.models import Judge, Review
from hackathon.judging.outcome import record_of
from hackathon.judging.scoring import field_of
from tests.calibration.conftest import Bench
from tests.counting import cost, queries
from tests.world import World

NOBODY = "You are the first."


def levels_of(bench: Bench, judge: Judge | None = None) -> dict[object, int]:
    review = sample_review_of(judge or bench.judge, bench.sample)
    return {each.criterion: each.score for each in review.scores} if review else {}


# -- scoring ---------------------------------------------------------------------------------


def test_a_judge_reads_scores_and_sees_where_they_stand(bench: Bench) -> None:
    bench.others((2, 4), (2, 4), (2, 4))
    bench.world.reference(bench.sample, bench.criteria[0], 3, "because")
    assert "⟦Sample" in bench.client.get(bench.home).text
    page = bench.client.get(bench.address).text
    assert "⟦description⟧" in page
    assert "https://code.example/sample" in page
    assert "⟦level 3⟧" in page
    assert "Where you stand" not in page
    assert "⟦because⟧" not in page  # nothing that could influence them
    said = bench.said(4, 4, note="hard to tell", deed="complete")
    assert bench.client.post(bench.address, data=said).location == bench.address
    page = bench.client.get(bench.address).text
    first, second = (criterion.name.en for criterion in bench.criteria)
    assert f"You scored at least 2 levels above the others on {first}." in page
    assert f"You scored about as the others on {second}." in page
    assert "On the whole you are clearly milder than the others so far." in page
    assert "This rests on 3 other judges so far" in page
    assert "⟦because⟧" in page
    assert "1 level below yours" in page
    assert "On the whole you are clearly milder" in bench.client.get(bench.home).text


def test_it_is_the_same_in_french(bench: Bench) -> None:
    bench.others((2, 4), (2, 4), (2, 4))
    bench.world.sample_review(bench.judge, bench.sample, 1, 4)
    page = bench.client.get(bench.address.replace("/en/", "/fr/", 1)).text
    assert "You scored" not in page
    assert "environ un niveau" in page


def test_a_part_is_saved_and_found_again(bench: Bench) -> None:
    answer = bench.client.post(bench.address, data=bench.said(4, None, note="unsure"))
    assert (answer.status_code, answer.location) == (302, bench.address)
    assert levels_of(bench) == {bench.criteria[0]: 4}
    page = bench.client.get(bench.address).text
    assert page.count("checked") == 1
    assert "unsure" in page
    assert "Begun" in bench.client.get(bench.home).text


def test_completing_wants_every_criterion_and_loses_nothing(bench: Bench) -> None:
    said = bench.said(4, None, note="a long note", deed="complete")
    answer = bench.client.post(bench.address, data=said)
    assert answer.status_code == 422
    assert "Choose a level." in answer.text
    assert "a long note" in answer.text
    assert levels_of(bench) == {}


def test_what_is_no_level_is_refused_beside_the_field(bench: Bench) -> None:
    answer = bench.client.post(bench.address, data=bench.said(9, 3))
    assert answer.status_code == 422
    assert levels_of(bench) == {}


def test_completed_it_stays(bench: Bench) -> None:
    bench.client.post(bench.address, data=bench.said(4, 4, deed="complete"))
    answer = bench.client.post(bench.address, data=bench.said(1, 1, deed="complete"))
    assert answer.status_code == 302
    assert set(levels_of(bench).values()) == {4}
    page = bench.client.get(bench.address).text
    assert NOBODY in page
    assert 'type="radio"' not in page


def test_few_others_are_no_comparison_and_tell_nothing(bench: Bench) -> None:
    bench.others((1, 1), (1, 1))
    bench.world.sample_review(bench.judge, bench.sample, 5, 5)
    page = bench.client.get(bench.address).text
    assert "It is too early to say: 2 other judges" in page
    assert "below the others" not in page
    assert "above the others" not in page
    assert "about 1.0" not in page


def test_nobody_is_named_and_who_was_dismissed_is_left_out(bench: Bench) -> None:
    others = bench.others((1, 1), (1, 1), (1, 1))
    others[0].judge.user.name = "Odile Tremblay"
    bench.world.sample_review(bench.judge, bench.sample, 5, 5)
    page = bench.client.get(bench.address).text
    assert "about 1.0" in page
    assert "Odile Tremblay" not in page
    others[0].judge.dismissed_at = datetime.now(UTC)
    assert "It is too early to say: 2 other judges" in bench.client.get(bench.address).text


def test_what_was_begun_on_another_scale_is_asked_anew(bench: Bench) -> None:
    """It is no level of today: neither shown as one, nor enough to complete the sample."""
    review = bench.world.sample_review(bench.judge, bench.sample, 5, 3)
    review.completed_at = None
    for score in review.scores:
        if score.score == 5:
            score.score = score.levels = 7
    db.session.flush()
    answer = bench.client.post(bench.address, data={"note": "", "deed": "complete"})
    assert (answer.status_code, "Choose a level." in answer.text) == (422, True)
    assert review.completed_at is None
    bench.world.set_gates(bench.competition, "closed")
    assert bench.client.get(bench.address).status_code == 200


def test_what_was_given_on_another_scale_is_not_compared(bench: Bench) -> None:
    for review in bench.others((1, 1), (1, 1), (1, 1)):
        for score in review.scores:
            score.levels = 7
    bench.world.sample_review(bench.judge, bench.sample, 5, 5)
    assert "You scored" not in bench.client.get(bench.address).text


def test_the_lesson_is_for_who_has_scored(bench: Bench) -> None:
    from_them = bench.sample
    from_them.lesson, from_them.lesson_published_at = from_them.summary, datetime.now(UTC)
    assert 'id="lesson"' not in bench.client.get(bench.address).text
    bench.world.sample_review(bench.judge, bench.sample, 5, 5)
    assert 'id="lesson"' in bench.client.get(bench.address).text


def test_a_sample_of_a_challenge_asks_its_own_criteria(bench: Bench) -> None:
    challenge = bench.world.challenge(bench.competition)
    own = bench.world.criterion(bench.competition, challenge_id=challenge.id)
    assert f"criterion_{own.id.hex}" not in bench.client.get(bench.address).text
    bench.sample.challenge = challenge
    assert f"criterion_{own.id.hex}" in bench.client.get(bench.address).text


# -- touch by touch --------------------------------------------------------------------------


def touch(bench: Bench, **fields: str) -> dict[str, object]:
    answer = bench.client.post(bench.address, data=fields, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    found: dict[str, object] = answer.get_json()
    return found


def test_each_touch_is_saved_and_told(bench: Bench) -> None:
    name = f"criterion_{bench.criteria[0].id.hex}"
    told = touch(bench, **{name: "4", f"touch-{name}": "a"})
    assert told["saved"] == [name]
    assert told["lacking"] == "1 of 2 criteria scored"
    again = touch(bench, **{name: "4", f"touch-{name}": "a"})
    assert again["fields"] == told["fields"]
    answer = bench.client.get(bench.address, headers={"Accept": "application/json"})
    assert answer.get_json()["fields"] == told["fields"]


def test_two_devices_of_a_judge_lose_nothing_unseen(bench: Bench) -> None:
    name = f"criterion_{bench.criteria[0].id.hex}"
    touch(bench, **{name: "4"})
    told = touch(bench, **{name: "2", f"base-{name}": "0123456789abcdef"})
    assert told["conflicts"] == [name]
    assert levels_of(bench) == {bench.criteria[0]: 4}
    said = {**bench.said(2, None), f"base-{name}": "0123456789abcdef"}
    answer = bench.client.post(bench.address, data=said)
    assert answer.status_code == 200
    assert f'id="conflict-{name}"' in answer.text
    kept = {**said, f"shown-{name}": "1", f"keep-{name}": "mine"}
    base = answer.text.split(f'name="base-{name}" value="')[1].split('"')[0]
    bench.client.post(bench.address, data={**kept, f"base-{name}": base})
    assert levels_of(bench) == {bench.criteria[0]: 2}


def test_a_script_completes_only_what_is_whole(bench: Bench) -> None:
    first, second = (f"criterion_{each.id.hex}" for each in bench.criteria)
    told = touch(bench, **{first: "4", "complete": "yes"})
    assert set(told["errors"]) == {second, "complete"}  # type: ignore[arg-type]
    told = touch(bench, **{second: "3", "complete": "yes"})
    assert told["fields"]["complete"]["value"] == "yes"  # type: ignore[index]
    told = touch(bench, **{second: "1", f"base-{second}": "0123456789abcdef"})
    assert (told["saved"], told["conflicts"]) == ([], [])
    assert levels_of(bench)[bench.criteria[1]] == 3


# -- required or offered ---------------------------------------------------------------------


@pytest.fixture
def review(bench: Bench) -> Review:
    submission = bench.world.submission(bench.world.team(bench.competition))
    return bench.world.review(bench.judge, submission)


def real(bench: Bench, review: Review) -> str:
    return f"/en/{bench.competition.slug}/judging/{review.id}"


def test_what_is_offered_holds_nobody_up(bench: Bench, review: Review) -> None:
    assert bench.client.post(real(bench, review), data=bench.said(4, 4)).status_code == 302
    assert review.touched_at is not None


def test_what_is_required_comes_first(bench: Bench, review: Review) -> None:
    bench.require()
    assert bench.sample.title.en in bench.client.get(bench.home.rpartition("/")[0]).text
    page = bench.client.get(real(bench, review)).text
    assert "First, a sample" in page
    assert review.submission.team.name in page  # reading is allowed
    assert 'name="deed"' not in page
    answer = bench.client.post(real(bench, review), data=bench.said(4, 4))
    assert answer.status_code == 302
    assert answer.location.startswith(bench.home)
    assert review.touched_at is None
    told = bench.client.post(
        real(bench, review), data=bench.said(4, 4), headers={"Accept": "application/json"}
    )
    assert (told.status_code, told.get_json()["refusal"]) == (401, "first")
    bench.client.post(bench.address, data=bench.said(3, 3, deed="complete"))
    assert "First, a sample" not in bench.client.get(real(bench, review)).text
    assert bench.client.post(real(bench, review), data=bench.said(4, 4)).status_code == 302
    assert review.touched_at is not None


def test_who_has_begun_is_not_locked_out(bench: Bench, review: Review) -> None:
    bench.client.post(real(bench, review), data=bench.said(4, None))
    bench.require()
    another = bench.world.review(
        bench.judge, bench.world.submission(bench.world.team(bench.competition))
    )
    assert samples_before(bench.judge) == []
    for each in (review, another):
        bench.client.post(real(bench, each), data=bench.said(4, 4))
        assert len(each.scores) == 2
    newcomer = bench.world.judge(bench.competition)
    assert samples_before(newcomer) == [bench.sample]


def test_a_withdrawn_sample_is_gone_and_holds_nobody_up(bench: Bench, review: Review) -> None:
    bench.sample.published_at = None
    assert bench.client.get(bench.home).status_code == 404
    assert bench.client.get(bench.address).status_code == 404
    assert bench.client.post(bench.address, data=bench.said(3, 3)).status_code == 404
    assert bench.client.post(real(bench, review), data=bench.said(4, 4)).status_code == 302


def test_it_is_scored_before_judging_opens_and_not_after(bench: Bench) -> None:
    bench.world.set_gates(bench.competition, "upcoming")
    assert bench.client.post(bench.address, data=bench.said(4, None)).status_code == 302
    bench.world.set_gates(bench.competition, "closed")
    assert bench.client.post(bench.address, data=bench.said(2, 2)).status_code == 403
    assert levels_of(bench) == {bench.criteria[0]: 4}
    page = bench.client.get(bench.address).text
    assert "Judging is closed." in page
    assert 'name="deed"' not in page


def test_others_than_judges_are_sent_away(bench: Bench) -> None:
    for user in (bench.world.person(), bench.world.judge(bench.world.competition()).user):
        client = bench.world.client(user)
        for path in (bench.home, bench.address, f"{bench.address}/files/x"):
            assert client.get(path).status_code in (403, 404)


def test_a_personal_link_opens_it(bench: Bench) -> None:
    client = bench.world.by_link(bench.world.guest_judge(bench.competition, "hers"))
    assert client.get(bench.home).status_code == 200
    assert client.post(bench.address, data=bench.said(3, 3, deed="complete")).status_code == 302
    assert NOBODY in client.get(bench.address).text
    file = f"{bench.address}/files/{bench.sample.files[0].id}"
    with client.get(file) as answer:
        assert answer.data == b"%PDF-1.4 a sample"


# -- never part of the result ----------------------------------------------------------------


def test_the_record_of_the_ranking_is_the_same_to_the_byte(bench: Bench, review: Review) -> None:
    bench.client.post(real(bench, review), data=bench.said(4, 2, deed="complete"))
    without = record_of(bench.competition)
    bench.others((1, 1), (1, 5), (5, 5))
    bench.client.post(bench.address, data=bench.said(1, 1, deed="complete"))
    assert len(levels_of(bench)) == 2
    assert record_of(bench.competition) == without
    page = bench.client.get(bench.home.rpartition("/")[0]).text
    assert "1 of 1" in page  # nor of anybody's progress


def test_pages_cost_the_same_for_many(bench: Bench) -> None:
    bench.others((1, 1), (2, 2), (3, 3))
    bench.world.sample_review(bench.judge, bench.sample, 3, 3)
    app = bench.world.app
    one = [cost(app, bench.client, path) for path in (bench.home, bench.address)]
    bench.others(*[(3, 3)] * 6)
    for _ in range(3):
        more = bench.world.sample(bench.competition)
        bench.world.sample_review(bench.judge, more, 3, 3)
    assert [cost(app, bench.client, path) for path in (bench.home, bench.address)] == one


def test_a_touch_of_a_review_in_hand_asks_nothing_of_samples(
    bench: Bench, review: Review, world: World
) -> None:
    bench.client.post(real(bench, review), data=bench.said(4, None))
    with queries(world.app) as sent:
        bench.client.post(real(bench, review), data=bench.said(5, None))
    assert not [statement for statement in sent if "sample" in statement]


def test_a_touch_of_a_sample_costs_few_queries_and_always_as_many(
    bench: Bench, world: World
) -> None:
    name, address = field_of(bench.criteria[0].id), bench.address

    def touch(level: int, before: int | None) -> int:
        sent = {name: str(level), f"base-{name}": fingerprint(before)}
        script = {"Accept": "application/json"}
        with queries(world.app) as found:
            answer = bench.client.post(address, data=sent, headers=script)
        assert answer.json["saved"] == [name]
        assert answer.json["lacking"] == "1 of 2 criteria scored"
        return len(found)

    touch(4, None)
    few = touch(5, 4)
    bench.others((1, 1), (2, 2))
    for _ in range(3):
        world.sample_review(bench.judge, world.sample(bench.competition), 3, 3)
    assert touch(3, 5) == few == 14


def test_the_rows_go_with_the_sample(bench: Bench) -> None:
    bench.others((1, 1))
    db.session.delete(bench.sample)
    db.session.flush()
    assert db.session.query(SampleReview).count() == db.session.query(SampleScore).count() == 0
