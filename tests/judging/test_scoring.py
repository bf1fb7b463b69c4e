"""Saving a review touch by touch: from several devices, late, twice, and what is remembered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Criterion, Gate
from hackathon.extensions import db
from hackathon.ground.clock import standing_still
from hackathon.ground.merging import fingerprint
from hackathon.journal.models import Entry
from hackathon.judging import actions
from hackathon.judging.models import Abstention, Problem, Review, ReviewChange, Trouble
from hackathon.judging.personal import expire, forget
from hackathon.judging.planning import Wish as Asked
from hackathon.judging.planning import plan
from hackathon.judging.queries import SILENT, neighbours_of, rules_of, silent_reviews, spread_of
from hackathon.judging.scoring import LONGEST, PAUSE, REMEMBERED, field_of, noted, said, together
from hackathon.post.models import Letter
from tests.counting import cost, queries
from tests.world import World

JSON = {"Accept": "application/json"}


class Phone:
    """A device of a judge: what its page believes, and how it tells the site."""

    def __init__(self, bench: "Bench") -> None:
        self.bench, self.number = bench, 0
        self.client = bench.world.client(bench.review.judge.user)
        self.bases = {name: fingerprint(None) for name in bench.names}
        self.named: dict[str, list[str]] = {}

    def sends(self, again: bool = False, hears: bool = True, **fields: Any) -> dict[str, Any]:
        """One save. `again`: the very same once more; `hears`: the answer comes through."""
        names = {"first": self.bench.names[0], "second": self.bench.names[1]}
        fields = {names.get(name, name): str(value) for name, value in fields.items()}
        for name in () if again else fields:
            self.number += 1
            self.named[name] = [f"{id(self)}-{self.number}", *self.named.get(name, [])]
        told = {f"base-{name}": base for name, base in self.bases.items()}
        told |= {f"touch-{name}": " ".join(self.named[name]) for name in fields}
        answer = self.client.post(self.bench.address, data={**told, **fields}, headers=JSON)
        assert answer.status_code == 200, answer.text
        if hears:
            for name in answer.json["saved"]:
                self.bases[name] = answer.json["fields"][name]["base"]
                self.named.pop(name, None)
        return answer.json


class Bench:
    """A review with two criteria."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        self.criteria: list[Criterion] = [world.criterion(self.competition) for _ in range(2)]
        self.judge = world.judge(self.competition)
        self.submission = world.submission(world.team(self.competition))
        self.review: Review = world.review(self.judge, self.submission)
        words = ["comment", "note", "own_note", "complete"]
        self.names = [*(field_of(each.id) for each in self.criteria), *words]
        self.address = f"/en/{self.competition.slug}/judging/{self.review.id}"

    def levels(self) -> list[Any]:
        db.session.expire_all()
        now_there = said(self.review)
        return [now_there.get(name) for name in self.names[:2]]

    def history(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        rows = db.session.scalars(select(ReviewChange).order_by(ReviewChange.created_at))
        return [(row.before, row.after) for row in rows]


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)


@pytest.fixture
def phone(bench: Bench) -> Phone:
    return Phone(bench)


def test_each_touch_is_saved_by_itself(bench: Bench, phone: Phone) -> None:
    answer = phone.sends(first=4)
    assert answer["saved"] == [bench.names[0]]
    assert answer["lacking"] == "1 of 2 criteria scored"
    assert answer["person"] == str(bench.judge.user.id)
    phone.sends(second=2)
    phone.sends(own_note="ask about the data")
    assert bench.levels() == [4, 2]
    assert bench.review.own_note == "ask about the data"
    assert bench.review.completed_at is None
    assert bench.review.touched_at is not None
    assert db.session.scalars(select(Letter)).all() == []


def test_what_comes_twice_is_the_same_once_even_after_something_else(
    bench: Bench, phone: Phone
) -> None:
    phone.sends(first=3)
    late = Phone(bench)
    late.bases[bench.names[0]] = fingerprint(3)
    late.sends(first=4, hears=False)  # it arrives; the answer is lost
    phone.bases[bench.names[0]] = fingerprint(4)
    phone.sends(first=3)  # on another device, back to where it was
    again = late.sends(first=4, again=True)
    assert again["saved"] == []
    assert again["conflicts"] == []
    assert again["fields"][bench.names[0]]["value"] == "3"
    assert bench.levels() == [3, None]


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(bench: Bench, phone: Phone) -> None:
    phone.sends(first=3, hears=False)
    answer = phone.sends(first=5)  # begun from nothing, as far as the page knows
    assert answer["conflicts"] == []
    assert bench.levels() == [5, None]


def test_two_devices_in_one_field_see_both(bench: Bench, phone: Phone) -> None:
    tablet = Phone(bench)
    phone.sends(first=2, comment="good")
    answer = tablet.sends(first=5, second=4)
    assert answer["conflicts"] == [bench.names[0]]
    assert answer["saved"] == [bench.names[1]]
    assert answer["fields"][bench.names[0]] == {"value": "2", "base": fingerprint(2)}
    assert bench.levels() == [2, 4]
    assert bench.review.comment == "good"
    tablet.bases[bench.names[0]] = fingerprint(2)  # they chose theirs, now that they saw both
    assert tablet.sends(first=5)["conflicts"] == []
    assert bench.levels() == [5, 4]


def test_completing_waits_for_every_criterion_and_keeps_the_rest(
    bench: Bench, phone: Phone
) -> None:
    answer = phone.sends(first=4, complete="yes")
    assert answer["saved"] == [bench.names[0]]
    assert set(answer["errors"]) == {bench.names[1], "complete"}
    assert bench.levels() == [4, None]
    assert bench.review.completed_at is None
    answer = phone.sends(second=3, complete="yes")
    assert set(answer["saved"]) == {bench.names[1], "complete"}
    assert bench.review.completed_at is not None
    deeds = [entry.deed for entry in db.session.scalars(select(Entry))]
    assert deeds == ["review_completed"]


def test_completing_waits_for_a_choice(bench: Bench, phone: Phone) -> None:
    tablet = Phone(bench)
    phone.sends(first=2, second=2)
    answer = tablet.sends(first=5, complete="yes")
    assert answer["conflicts"] == [bench.names[0]]
    bench.levels()
    assert bench.review.completed_at is None


@pytest.mark.parametrize("level", ["0", "6", "abc", "9" * 50, "-1"])
def test_a_level_that_is_none_is_told_and_the_rest_saved(
    bench: Bench, phone: Phone, level: str
) -> None:
    answer = phone.sends(first=level, second=2)
    assert list(answer["errors"]) == [bench.names[0]]
    assert bench.levels() == [None, 2]


def test_hostile_names_of_changes_are_no_trouble(bench: Bench, phone: Phone) -> None:
    phone.named[bench.names[0]] = ["x" * 5000, "\x00", "é" * 80]
    phone.sends(first=4, again=True)
    assert bench.levels() == [4, None]
    assert bench.review.touches == {}


def test_a_touch_that_arrives_within_the_grace_counts(bench: Bench, phone: Phone) -> None:
    """What left in time and queued; see ground/clock.py for what a proxy stamps."""
    bench.competition.grace_seconds = 20
    (window,) = [each for each in bench.competition.windows if each.gate is Gate.JUDGING]
    window.closes_at = datetime.now(UTC) - timedelta(seconds=5)
    db.session.commit()
    phone.sends(first=4)
    assert bench.levels() == [4, None]
    deeds = [entry.deed for entry in db.session.scalars(select(Entry))]
    assert deeds == ["let_in_late"]
    bench.competition.grace_seconds = 2
    db.session.commit()
    late = phone.client.post(bench.address, data={bench.names[0]: "1"}, headers=JSON)
    assert late.json["refusal"] == "closed"


def test_a_late_touch_is_refused_kindly(bench: Bench, phone: Phone) -> None:
    phone.sends(first=4)
    bench.world.set_gates(bench.competition, "closed")
    answer = phone.client.post(bench.address, data={"comment": "late"}, headers=JSON)
    assert answer.status_code == 403
    assert answer.json["refusal"] == "closed"
    assert bench.levels() == [4, None]
    page = phone.client.get(bench.address).text
    assert 'data-kept="' in page  # what the device keeps can be copied from there
    assert "<form" not in page.split("<main")[1]


def test_who_comes_back_is_told_what_is_saved(bench: Bench, phone: Phone) -> None:
    phone.sends(first=4)
    answer = phone.client.get(bench.address, headers=JSON)
    assert answer.json["fields"][bench.names[0]]["value"] == "4"
    assert answer.json["token"]
    assert "Accept" in answer.headers["Vary"]
    stranger = bench.world.client(bench.world.person())
    assert stranger.get(bench.address, headers=JSON).status_code == 403


def test_a_save_costs_few_queries_and_always_as_many(bench: Bench, phone: Phone) -> None:
    phone.sends(first=4)
    with queries(bench.world.app) as one:
        phone.sends(first=5)
    for _ in range(6):
        submission = bench.world.submission(bench.world.team(bench.competition, 3))
        bench.world.review(bench.judge, submission, 1, 2)
        bench.world.review(bench.world.judge(bench.competition), bench.submission, 4, 4)
    db.session.commit()
    with queries(bench.world.app) as many:
        phone.sends(first=4)
    assert len(one) == len(many) == 10


# -- the history -------------------------------------------------------------------------------


def touches(bench: Bench, at: datetime, **fields: Any) -> None:
    names = {"first": bench.names[0], "second": bench.names[1]}
    mine = {names.get(name, name): value for name, value in fields.items()}
    with bench.world.app.test_request_context(), standing_still(at):
        rules = rules_of(bench.competition)
        assert rules is not None
        asked = (rules.criteria, rules.conditions)
        actions.score(bench.review, *asked, mine, by=bench.judge.user)


def test_touches_within_minutes_are_one_change(bench: Bench) -> None:
    first, second = bench.names[:2]
    begun = datetime(2021, 5, 20, 12, tzinfo=UTC)
    touches(bench, begun, first=2, own_note="private")
    touches(bench, begun + PAUSE, first=3)
    touches(bench, begun + 2 * PAUSE, comment="good", second=1)
    assert bench.history() == [
        ({first: None, second: None, "comment": ""}, {first: 3, second: 1, "comment": "good"})
    ]
    touches(bench, begun + 3 * PAUSE + timedelta(seconds=1), first=5)
    assert bench.history()[1:] == [({first: 3}, {first: 5})]
    at = begun + 3 * PAUSE
    while at < begun + 3 * PAUSE + LONGEST + PAUSE:
        at += PAUSE / 2
        touches(bench, at, second=1 + at.minute % 5)
    assert len(bench.history()) == 3


def test_after_completing_the_history_begins_anew(bench: Bench) -> None:
    first, second = bench.names[:2]
    at = datetime(2021, 5, 20, 12, tzinfo=UTC)
    touches(bench, at, first=2, second=2)
    touches(bench, at, complete="yes")
    touches(bench, at, first=4)
    touches(bench, at, first=5)
    assert bench.history() == [
        (
            {first: None, second: None, "complete": ""},
            {first: 2, second: 2, "complete": "yes"},
        ),
        ({first: 2}, {first: 5}),
    ]
    deeds = [entry.deed for entry in db.session.scalars(select(Entry).order_by(Entry.id))]
    assert deeds == ["review_completed", "review_changed"]


def test_what_judges_note_for_themselves_leaves_no_trace(bench: Bench, phone: Phone) -> None:
    phone.sends(own_note="my secret")
    assert bench.history() == []
    organizer = bench.world.client(bench.world.organizer(bench.competition))
    page = f"/en/{bench.competition.slug}/manage/judging/reviews/{bench.submission.id}"
    phone.sends(first=4, note="for you")
    page = organizer.get(page).text
    assert "for you" in page
    assert "What the judge changed, and when" in page
    assert "no level, then 4" in page
    assert "my secret" not in page
    assert "my secret" in phone.client.get(bench.address).text


# -- the rules of putting together, by themselves ----------------------------------------------


def test_names_of_changes_are_kept_for_a_while() -> None:
    known: dict[str, list[str]] = {}
    for number in range(REMEMBERED + 3):
        known = noted(known, {"comment": [str(number)]}, {"comment": "x"})
    assert known == {"comment": [str(n) for n in range(3, REMEMBERED + 3)]}
    assert noted(known, {"note": ["a"]}, {}) == known


def test_only_the_last_change_is_what_one_went_on_from() -> None:
    """Mine was taken, but another device has changed it since: both are shown."""
    saved, bases = {"comment": "theirs"}, {"comment": fingerprint("")}
    touched = {"comment": ["mine-2", "mine-1"]}
    merge, again = together(
        saved, {"comment": "mine"}, bases, touched, {"comment": ["mine-1", "other"]}
    )
    assert (list(merge.conflicts), again) == (["comment"], set())
    merge, _ = together(
        saved, {"comment": "mine"}, bases, touched, {"comment": ["other", "mine-1"]}
    )
    assert merge.taken == {"comment": "mine"}


# -- what stands in the way --------------------------------------------------------------------


def test_a_judge_gives_a_submission_back(bench: Bench, phone: Phone) -> None:
    organizer = bench.world.organizer(bench.competition)
    judge, submission = bench.judge, bench.submission
    phone.sends(first=4)
    address = f"{bench.address}/abstention"
    assert phone.client.get(address).status_code == 200
    assert phone.client.post(address, data={"reason": " "}).status_code == 422
    answer = phone.client.post(address, data={"reason": "too <b>long</b>"})
    assert answer.status_code == 302
    back = db.session.scalars(select(Abstention)).one()
    assert (back.judge, back.submission, back.reason) == (judge, submission, "too <b>long</b>")
    assert db.session.scalars(select(Review)).all() == []
    (letter,) = db.session.scalars(select(Letter))
    assert (letter.name, letter.recipient_id) == ("review_given_back", organizer.id)
    assert "too <b>long</b>" in letter.text
    # The proposal does not give it again; an organizer can, by hand.
    assert plan(bench.competition, Asked(1)).proposal.assignments == frozenset()
    with bench.world.app.test_request_context():
        with pytest.raises(actions.GivenBack):
            actions.add_review(judge, submission, despite=False, by=organizer)
        actions.add_review(judge, submission, despite=True, by=organizer)
    assert db.session.scalars(select(Abstention)).all() == []


def test_a_completed_review_is_not_given_back(bench: Bench, phone: Phone) -> None:
    phone.sends(first=4, second=4, complete="yes")
    answer = phone.client.post(f"{bench.address}/abstention", data={"reason": "oh"})
    assert answer.status_code == 422
    assert "You completed this review" in answer.text
    assert bench.levels() == [4, 4]


def test_a_problem_is_reported_once_and_settled_once(bench: Bench, phone: Phone) -> None:
    organizer = bench.world.organizer(bench.competition)
    said = {"kind": "file", "text": "The video does not play."}
    address = f"{bench.address}/problem"
    assert phone.client.post(address, data={"text": "x", "kind": "none"}).status_code == 422
    for _ in range(2):
        assert phone.client.post(address, data=said).status_code == 302
    problem = db.session.scalars(select(Problem)).one()
    assert (problem.kind, problem.text) == (Trouble.FILE, said["text"])
    assert [letter.name for letter in db.session.scalars(select(Letter))] == ["problem_reported"]
    office = bench.world.client(organizer)
    home = f"/en/{bench.competition.slug}/manage/judging/problems"
    assert said["text"] in office.get(home).text
    answer = f"{home}/{problem.id}"
    assert office.post(answer, data={"answer": ""}).status_code == 422
    assert office.post(answer, data={"answer": "It plays now."}).status_code == 302
    late = office.post(answer, data={"answer": "I wrote this too."})
    assert late.status_code == 422
    assert "I wrote this too." in late.text
    assert "Another organizer settled this" in late.text
    db.session.expire_all()
    assert (problem.answer, problem.settled_by) == ("It plays now.", organizer)
    names = [each.name for each in db.session.scalars(select(Letter).order_by(Letter.id))]
    assert names == ["problem_reported", "problem_settled"]
    page = phone.client.get(bench.address).text
    assert "It plays now." in page


def test_the_list_of_problems_takes_the_same_queries_for_one_and_for_many(bench: Bench) -> None:
    world, competition = bench.world, bench.competition
    office = world.client(world.organizer(competition))
    home = f"/en/{competition.slug}/manage/judging/problems"
    world.problem(bench.judge, bench.submission)
    world.abstention(world.judge(competition), bench.submission)
    one = cost(world.app, office, home)
    for _ in range(5):
        submission = world.submission(world.team(competition))
        world.problem(world.judge(competition), submission)
        world.abstention(world.judge(competition), submission)
    assert cost(world.app, office, home) == one


# -- how far, and how ---------------------------------------------------------------------------


def test_begun_and_silent_since(bench: Bench) -> None:
    world = bench.world
    assert silent_reviews(bench.competition) == []
    bench.review.touched_at = datetime.now(UTC) - SILENT - timedelta(minutes=1)
    lately = world.review(bench.judge, world.submission(world.team(bench.competition)))
    lately.touched_at = datetime.now(UTC)
    done = world.review(bench.judge, world.submission(world.team(bench.competition)), 3, 3)
    done.touched_at = bench.review.touched_at
    db.session.flush()
    assert silent_reviews(bench.competition) == [bench.review]
    office = world.client(world.organizer(bench.competition))
    page = office.get(f"/en/{bench.competition.slug}/manage/judging/judges").text
    assert "1 review was begun, and is silent since" in page


def test_the_spread_counts_what_one_gave(bench: Bench, phone: Phone) -> None:
    world = bench.world
    assert [sum(levels.values()) for _, levels in spread_of(bench.judge, bench.criteria)] == [0, 0]
    for levels in ((4, 2), (4, 3)):
        world.review(bench.judge, world.submission(world.team(bench.competition)), *levels)
    world.review(world.judge(bench.competition), bench.submission, 1, 1)
    found = dict(spread_of(bench.judge, bench.criteria))
    assert found[bench.criteria[0]] == {1: 0, 2: 0, 3: 0, 4: 2, 5: 0}
    assert found[bench.criteria[1]] == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}
    page = phone.client.get(f"/en/{bench.competition.slug}/judging").text
    assert "You used 1 of 5 levels." in page
    assert "You used 2 of 5 levels." in page
    assert page.count('class="bar"') == 10


def test_the_way_goes_by_team_and_leaves_conflicts_out(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    judge = world.judge(competition)
    a, b, c, d = (
        world.review(judge, world.submission(world.team(competition, name_key=key)), *levels)
        for key, levels in (("a", ()), ("b", ()), ("c", (3,)), ("d", ()))
    )
    world.conflict(judge.user, b.submission.team)
    way = neighbours_of(c)
    assert (way.before, way.after, way.to_do, way.place, way.number) == (a, d, d, 2, 3)
    first, last = neighbours_of(a), neighbours_of(d)
    assert (first.before, last.after, last.to_do) == (None, None, a)


# -- what is forgotten -------------------------------------------------------------------------


def test_what_judges_say_to_themselves_and_to_organizers_expires(bench: Bench) -> None:
    world = bench.world
    elsewhere = Bench(world)
    for each in (bench, elsewhere):
        each.review.own_note, each.review.note = "private", "for organizers"
        world.problem(each.judge, each.submission)
        world.abstention(world.judge(each.competition), each.submission)
    db.session.flush()
    assert expire(bench.competition)["judges_notes"] == 3
    db.session.expire_all()
    assert (bench.review.own_note, bench.review.note) == ("", "for organizers")
    assert elsewhere.review.own_note == "private"
    assert db.session.scalars(select(Problem.submission_id)).all() == [elsewhere.submission.id]
    assert db.session.scalars(select(Abstention.submission_id)).all() == [elsewhere.submission.id]


def test_who_leaves_takes_their_notes_along(bench: Bench, phone: Phone) -> None:
    phone.sends(first=4, second=3, own_note="private", complete="yes")
    bench.world.abstention(bench.judge, bench.world.submission(bench.world.team(bench.competition)))
    with bench.world.app.test_request_context():
        forget(bench.judge.user)
    assert bench.levels() == [4, 3]
    assert bench.review.own_note == ""
    assert db.session.scalars(select(Abstention)).all() == []
