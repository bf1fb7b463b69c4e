"""Rounds change places before anything happened in them, and the first can take some challenges."""

from typing import Any

import pytest
from sqlalchemy import delete

from hackathon.competitions.models import Challenge, Competition, Gate, Round, Takes
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.judging.models import RulesVersion
from hackathon.judging.outcome import ranking_of, with_everyone
from hackathon.judging.queries import counted_versions, selection_of
from hackathon.submissions.models import Submission
from tests.judging.test_manage import seen
from tests.world import World


class Rounds:
    """Three rounds in which nothing happened yet."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        world.criterion(self.competition, 100)
        self.longlist: Round = self.competition.rounds[0]
        self.semifinal: Round = world.round(self.competition, takes=Takes.BEST, best=5)
        self.final: Round = world.round(self.competition, takes=Takes.BEST, best=2)
        db.session.execute(delete(RulesVersion))
        self.client = world.client(world.organizer(self.competition))
        db.session.commit()
        self.path = f"/en/{self.competition.slug}/manage/judging/rounds"

    def move(self, round_: Round, direction: str, at: int | None = None) -> Any:
        answer = self.client.post(
            f"{self.path}/{at or round_.position}/move",
            data={"direction": direction, "seen": str(round_.id)},
        )
        db.session.expire_all()
        return answer

    @property
    def order(self) -> list[Round]:
        return list(self.competition.rounds)


@pytest.fixture
def rounds(world: World) -> Rounds:
    return Rounds(world)


def test_rounds_change_places_and_dates_stay(rounds: Rounds) -> None:
    closes = opening_of(rounds.competition, Gate.SECOND_ROUND).closes_at
    assert rounds.move(rounds.final, "up").status_code == 302
    assert rounds.order == [rounds.longlist, rounds.final, rounds.semifinal]
    assert [each.gate for each in rounds.order] == [
        Gate.JUDGING,
        Gate.SECOND_ROUND,
        Gate.THIRD_ROUND,
    ]
    assert opening_of(rounds.competition, rounds.final.gate).closes_at == closes
    assert rounds.move(rounds.final, "up").status_code == 302
    assert rounds.move(rounds.longlist, "down").status_code == 302
    assert rounds.order == [rounds.final, rounds.semifinal, rounds.longlist]
    assert [(each.takes, each.best) for each in rounds.order] == [
        (Takes.BEST, 2),
        (Takes.BEST, 5),
        (Takes.ALL, None),
    ]
    # The first takes what was handed in, whatever it said elsewhere.
    page = rounds.client.get(rounds.path).text
    assert page.index("All that are handed in and stand.") < page.index("The best 5 of each")
    assert "The best 2" not in page
    told = db.session.query(Entry).filter_by(deed="round_moved").all()
    assert [each.details["number"] for each in told] == [2, 1, 3]


def test_a_second_click_moves_nothing_back(rounds: Rounds) -> None:
    assert rounds.move(rounds.final, "up").status_code == 302
    again = rounds.move(rounds.final, "up", at=3)
    assert (again.status_code, "another order since" in again.text) == (409, True)
    assert rounds.order == [rounds.longlist, rounds.final, rounds.semifinal]


def test_there_are_no_places_beyond_the_ends(rounds: Rounds) -> None:
    for round_, direction in ((rounds.longlist, "up"), (rounds.final, "down")):
        answer = rounds.move(round_, direction)
        assert (answer.status_code, "There is no place before" in answer.text) == (409, True)
    page = rounds.client.get(rounds.path).text
    assert (page.count("Move up: "), page.count("Move down: ")) == (2, 2)


@pytest.mark.parametrize("happened", ["rules", "review", "selection"])
def test_a_round_in_which_something_happened_keeps_its_place(rounds: Rounds, happened: str) -> None:
    world, competition = rounds.world, rounds.competition
    work = world.submission(world.team(competition))
    if happened == "rules":
        world.rules(competition, round_=rounds.semifinal)
    elif happened == "review":
        world.review(world.judge(competition), work, round_=rounds.semifinal)
    else:
        world.selection(rounds.semifinal, work)
    db.session.commit()
    for round_, direction in (
        (rounds.semifinal, "up"),
        (rounds.longlist, "down"),
        (rounds.final, "up"),
    ):
        answer = rounds.move(round_, direction)
        assert answer.status_code == 409
        assert f"“{rounds.semifinal.name}” has published rules" in answer.text
    assert rounds.order == [rounds.longlist, rounds.semifinal, rounds.final]
    assert "Move up: " not in rounds.client.get(rounds.path).text


class Limited:
    """A first round of one challenge, and a final of both; a work for each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        world.criterion(self.competition, 100)
        self.first: Round = self.competition.rounds[0]
        self.taken: Challenge = world.challenge(self.competition)
        self.other: Challenge = world.challenge(self.competition)
        self.best, self.second = self.work(self.taken), self.work(self.taken)
        self.elsewhere = self.work(self.other)
        self.judge = world.judge(self.competition)
        self.client = world.client(world.organizer(self.competition))
        self.path = f"/en/{self.competition.slug}/manage/judging"
        self.limit(self.taken)
        world.rules(self.competition)
        db.session.commit()

    def work(self, challenge: Challenge) -> Submission:
        return self.world.submission(self.world.team(self.competition, challenge=challenge))

    def limit(self, *challenges: Challenge) -> Any:
        return self.client.post(
            f"{self.path}/rounds/1",
            data={
                "name-en": "Longlist",
                "name-fr": "Première sélection",
                "challenges": [str(each.id) for each in challenges],
            },
        )

    def final(self, **others: Any) -> Round:
        round_ = self.world.round(self.competition, takes=Takes.BEST, best=1, **others)
        self.world.rules(self.competition, round_=round_)
        self.world.set_gates(self.competition, "closed", Gate.JUDGING)
        db.session.commit()
        db.session.expire_all()
        return round_


@pytest.fixture
def limited(world: World) -> Limited:
    return Limited(world)


def test_the_first_round_takes_its_challenges_alone(limited: Limited) -> None:
    competition = limited.competition
    judged = [each.submission for each in counted_versions(competition, limited.first)]
    assert set(judged) == {limited.best, limited.second}
    outcome = ranking_of(competition)
    assert {row.submission for row in outcome.rows} == {limited.best, limited.second}
    # A prize can be given to any all the same.
    everyone = {row.submission for row in with_everyone(competition, outcome).rows}
    assert everyone == {limited.best, limited.second, limited.elsewhere}
    refused = limited.client.post(
        f"{limited.path}/reviews/{limited.elsewhere.id}/{limited.judge.id}"
    )
    assert "not in the round that is judged now" in refused.text
    rules = limited.world.client().get(f"/en/{competition.slug}/rules/judging").text
    assert f"Only submissions to: {limited.taken.title}." in rules
    assert "come straight into the first later round" in rules


def test_what_no_round_takes_is_said(limited: Limited) -> None:
    words = f"come into no round: {limited.other.title}."
    assert words in limited.client.get(f"{limited.path}/rounds").text
    limited.final()
    assert words not in limited.client.get(f"{limited.path}/rounds").text


def test_other_challenges_come_straight_into_the_next_round(limited: Limited) -> None:
    for work, level in ((limited.best, 5), (limited.second, 2)):
        limited.world.review(limited.judge, work, level)
    final = limited.final()
    address = f"{limited.path}/rounds/2/selection"
    page = limited.client.get(address).text
    assert page.count("Not judged before</span>") == 1
    entering = {f"in_{work.id.hex}": "y" for work in (limited.best, limited.elsewhere)}
    answer = limited.client.post(address, data={"seen": seen(page), **entering})
    assert answer.status_code == 302
    selection = selection_of(final)
    assert selection is not None
    assert {(each.submission, each.proposed, each.enters) for each in selection.entries} == {
        (limited.best, True, True),
        (limited.elsewhere, True, True),
    }
    assert limited.client.post(f"{address}/announcement").status_code == 302
    rules = limited.world.client().get(f"/en/{limited.competition.slug}/rules/judging").text
    assert limited.elsewhere.team.name in rules
    assert limited.second.team.name not in rules


def test_a_later_round_of_some_challenges_takes_nothing_else_straight(limited: Limited) -> None:
    limited.world.review(limited.judge, limited.best, 5)
    limited.final(challenges=[limited.taken])
    page = limited.client.get(f"{limited.path}/rounds/2/selection").text
    assert limited.best.team.name in page
    assert limited.elsewhere.team.name not in page


def test_what_judges_were_given_keeps_its_challenge_in(limited: Limited) -> None:
    limited.world.review(limited.judge, limited.best)
    db.session.commit()
    answer = limited.limit(limited.other)
    assert answer.status_code == 422
    assert f"in this round: {limited.best.team.name}. Withdraw" in answer.text
    assert limited.limit().status_code == 302
    # Nor by a draft from before.
    limited.first.challenges = [limited.other]
    db.session.commit()
    page = limited.client.get(f"{limited.path}/rules")
    published = limited.client.post(
        f"{limited.path}/rules",
        data={"seen": seen(page.text), "reason-en": "Why", "reason-fr": "Pourquoi"},
    )
    assert (published.status_code, "Withdraw these reviews first" in published.text) == (422, True)
    assert db.session.query(RulesVersion).count() == 1


def test_once_the_next_round_is_selected_the_first_keeps_its_challenges(limited: Limited) -> None:
    limited.world.selection(limited.final(), limited.best)
    db.session.commit()
    answer = limited.limit(limited.other)
    assert (answer.status_code, "the challenges of this one stay" in answer.text) == (422, True)
    assert limited.limit(limited.taken).status_code == 302
