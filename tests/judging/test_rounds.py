"""Several rounds: what comes into a later one, who decides it, and who may know."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from hackathon.competitions.models import Criterion, Gate, Takes, Window
from hackathon.competitions.queries import gates_of
from hackathon.extensions import db
from hackathon.judging.models import Review, RulesVersion, Selection
from hackathon.judging.outcome import ranking_of
from hackathon.judging.queries import counted_versions, round_of, selection_of
from hackathon.judging.record import Part
from hackathon.post.models import Letter
from hackathon.results.models import Decision
from hackathon.results.sealing import Earlier, canonical, verify
from hackathon.submissions.models import Exclusion, Ground, Submission
from tests.counting import queries
from tests.judging.test_manage import seen
from tests.world import World


class Final:
    """A longlist that is over, of four works with the levels 5, 4, 4 and 2, and a final that takes
    the best, whose rules are public."""

    def __init__(self, world: World, best: int = 1, **others: Any) -> None:
        self.world = world
        self.competition = competition = world.competition()
        world.criterion(competition, 100)
        self.challenge = world.challenge(competition)
        self.works = [self.work() for _ in range(4)]
        self.judges = [world.judge(competition) for _ in range(2)]
        for judge in self.judges:
            for work, level in zip(self.works, (5, 4, 4, 2), strict=True):
                world.review(judge, work, level)
        self.round = world.round(competition, takes=Takes.BEST, best=best, **others)
        world.set_gates(competition, "closed", Gate.JUDGING)
        self.organizer = world.organizer(competition)
        self.client = world.client(self.organizer)
        db.session.commit()

    def work(self) -> Submission:
        return self.world.submission(self.world.team(self.competition, challenge=self.challenge))

    def path(self, rest: str = "rounds/2/selection") -> str:
        return f"/en/{self.competition.slug}/manage/judging/{rest}"

    def get(self, rest: str = "rounds/2/selection") -> Any:
        return self.client.get(self.path(rest))

    def confirm(self, *works: Submission, **fields: str) -> Any:
        """With what the page shows now, unless `seen` says otherwise."""
        known = fields.pop("seen", None) or seen(self.get().text)
        ticked = {f"in_{work.id.hex}": "y" for work in works}
        return self.client.post(self.path(), data={"seen": known, **ticked, **fields})

    def post(self, rest: str, **data: str) -> Any:
        return self.client.post(self.path(f"rounds/2/{rest}"), data=data)

    @property
    def entering(self) -> set[Submission]:
        return {version.submission for version in counted_versions(self.competition, self.round)}


@pytest.fixture
def final(world: World) -> Final:
    return Final(world)


def letters(name: str) -> int:
    query = select(func.count()).select_from(Letter).where(Letter.name == name)
    return db.session.scalar(query) or 0


# -- the rounds ------------------------------------------------------------------------------


def test_a_round_begins_with_a_copy_of_the_last(world: World) -> None:
    competition = world.competition()
    first = world.criterion(competition, 100)
    world.condition(competition)
    competition.rounds[0].ties = [f"criterion:{first.id}", "mean"]
    client = world.client(world.organizer(competition))
    db.session.commit()
    path = f"/en/{competition.slug}/manage/judging/rounds"
    asked = {"name-en": "Final", "name-fr": "Finale", "takes": "best", "among": "each"}
    refused = client.post(f"{path}/new", data=asked)
    assert refused.status_code == 422
    assert "Say how many of the best come in." in refused.text
    assert client.post(f"{path}/new", data={**asked, "best": "2", "copies": "y"}).status_code == 302
    db.session.expire_all()
    _, later = competition.rounds
    (copy,) = later.criteria
    assert (later.gate, later.takes, later.best) == (Gate.SECOND_ROUND, Takes.BEST, 2)
    assert (copy.name, copy.weight, len(copy.levels)) == (first.name, 100, 5)
    assert copy.id != first.id
    assert [each.name for each in later.conditions] == [competition.rounds[0].conditions[0].name]
    assert later.ties == [f"criterion:{copy.id}", "mean"]
    assert round_of(competition) is competition.rounds[0]
    for _ in range(2):
        client.post(f"{path}/new", data={**asked, "takes": "all"})
    db.session.expire_all()
    assert [each.position for each in competition.rounds] == [1, 2, 3]
    assert (
        "There are as many rounds as there can be."
        in client.post(f"{path}/new", data={**asked, "takes": "all"}).text
    )


def test_gates_of_rounds_are_there_with_them(world: World) -> None:
    competition = world.competition()
    client = world.client(world.organizer(competition))
    db.session.commit()
    path = f"/en/{competition.slug}/manage/dates/second_round"
    assert Gate.SECOND_ROUND not in gates_of(competition)
    assert client.get(path).status_code == 404
    world.round(competition)
    db.session.commit()
    db.session.expire_all()
    assert (
        gates_of(competition).index(Gate.SECOND_ROUND)
        == gates_of(competition).index(Gate.PUBLIC_VOTE) - 1
    )
    assert client.get(path).status_code == 200


def test_only_the_last_round_goes_and_only_unused(world: World) -> None:
    competition = world.competition()
    client = world.client(world.organizer(competition))
    second, third = world.round(competition), world.round(competition)
    world.reminder(competition, Gate.SECOND_ROUND)
    db.session.commit()
    path = f"/en/{competition.slug}/manage/judging/rounds"
    assert "remove that one first" in client.post(f"{path}/2/removal").text
    assert "published rules" in client.post(f"{path}/3/removal").text
    assert client.post(f"{path}/1/removal").status_code == 404
    db.session.expire_all()
    assert competition.rounds[1:] == [second, third]


def test_an_unused_round_takes_its_dates_and_draft_along(world: World) -> None:
    competition = world.competition()
    client = world.client(world.organizer(competition))
    path = f"/en/{competition.slug}/manage/judging/rounds"
    db.session.commit()
    asked = {"name-en": "Final", "name-fr": "Finale", "takes": "all", "among": "each"}
    client.post(f"{path}/new", data=asked)
    db.session.expire_all()
    later = competition.rounds[1]
    moment = datetime.now(UTC)
    world.add(
        Window(
            competition=competition,
            gate=later.gate,
            opens_at=moment,
            closes_at=moment.replace(year=moment.year + 1),
        )
    )
    world.reminder(competition, later.gate)
    world.add(
        Criterion(
            competition=competition,
            round_id=later.id,
            name=later.name,
            description=later.name,
            weight=100,
        )
    )
    db.session.commit()
    assert client.post(f"{path}/2/removal").status_code == 302
    db.session.expire_all()
    assert [each.position for each in competition.rounds] == [1]
    assert Gate.SECOND_ROUND not in {each.gate for each in competition.windows}
    assert competition.criteria == []


# -- what comes in ---------------------------------------------------------------------------


def test_the_best_are_proposed_and_confirmed(final: Final) -> None:
    page = final.get().text
    assert page.count("Proposed") == 1
    assert final.confirm(final.works[0]).status_code == 302
    db.session.expire_all()
    selection = selection_of(final.round)
    assert [(e.submission, e.proposed, e.enters, e.reason) for e in selection.entries] == [
        (final.works[0], True, True, "")
    ]
    assert json.loads(selection.content)["format"] == "hackathon-ranking/1"
    assert round_of(final.competition) is final.round
    assert final.entering == {final.works[0]}
    assert len(ranking_of(final.competition, round_=final.competition.rounds[0]).rows) == 4
    assert len(ranking_of(final.competition).rows) == 1
    assert letters("selected_for_round") == 0


def test_ties_at_the_cut_are_proposed_together_and_said(world: World) -> None:
    final = Final(world, best=2)
    page = final.get().text
    assert page.count(">Proposed<") == 3
    assert page.count("shares the last place that comes in, rank 2") == 2


def test_otherwise_than_proposed_wants_a_reason(final: Final) -> None:
    first, second, *_ = final.works
    refused = final.confirm(second)
    assert refused.status_code == 422
    teams = ", ".join(work.team.name for work in (first, second))
    assert f"Say why it is otherwise than proposed: {teams}." in refused.text
    assert f'id="why_{first.id.hex}-error"' in refused.text
    assert selection_of(final.round) is None
    why = {f"why_{each.id.hex}": "  Its code does not run. " for each in (first, second)}
    assert final.confirm(second, **why).status_code == 302
    told = {
        each.submission: (each.proposed, each.enters, each.reason)
        for each in selection_of(final.round).entries
    }
    assert told == {
        first: (True, False, "Its code does not run."),
        second: (False, True, "Its code does not run."),
    }
    assert final.entering == {second}


def test_somebody_must_come_in(final: Final) -> None:
    why = {f"why_{final.works[0].id.hex}": "None is good enough."}
    assert "Choose at least one submission." in final.confirm(**why).text


def test_what_changed_meanwhile_is_shown_first(final: Final) -> None:
    known = seen(final.get().text)
    review = db.session.scalars(
        select(Review).where(Review.submission_id == final.works[3].id)
    ).first()
    review.scores[0].score = 5
    db.session.commit()
    refused = final.confirm(final.works[0], seen=known)
    assert refused.status_code == 422
    assert "Something changed since this page was shown." in refused.text
    assert final.confirm(final.works[0], seen=seen(refused.text)).status_code == 302


@pytest.mark.parametrize("limited", [True, False])
def test_a_round_can_be_for_some_challenges(world: World, limited: bool) -> None:
    final = Final(world, best=9)
    other = world.submission(
        world.team(final.competition, challenge=world.challenge(final.competition))
    )
    for judge in final.judges:
        world.review(judge, other, 5)
    if limited:
        final.round.challenges = [final.challenge]
        world.rules(final.competition, final.round)
    db.session.commit()
    page = final.get().text
    assert page.count(">Proposed<") == (4 if limited else 5)
    assert (other.team.name in page) is not limited


def test_it_waits_for_the_close_and_for_the_rules(world: World) -> None:
    final = Final(world)
    world.set_gates(final.competition, "open", Gate.JUDGING)
    db.session.commit()
    assert "its scores can still change" in final.get().text
    world.set_gates(final.competition, "closed", Gate.JUDGING)
    third = world.round(final.competition)
    db.session.commit()
    assert "selected first" in final.get("rounds/3/selection").text
    assert third.position == 3
    assert final.get("rounds/1/selection").status_code == 404


def test_what_is_withdrawn_later_drops_out(final: Final) -> None:
    final.confirm(final.works[0])
    final.world.add(Exclusion(submission=final.works[0], ground=Ground.WITHDRAWN))
    db.session.commit()
    assert final.entering == set()
    assert "Does not count any more" in final.get().text


def test_who_may_select(final: Final) -> None:
    other = final.world.organizer(final.competition)
    db.session.commit()
    client = final.world.client(other)
    assert client.get(final.path()).status_code == 200
    final.world.conflict(other, final.works[3].team)
    db.session.commit()
    refused = client.get(final.path())
    assert refused.status_code == 403
    assert "You have a tie to a team whose work competes" in refused.text
    final.world.chair(final.organizer, final.competition)
    third = final.world.organizer(final.competition)
    db.session.commit()
    assert "The chair of judging decides" in final.world.client(third).get(final.path()).text
    assert final.get().status_code == 200


# -- taking it back, and what is judged then -------------------------------------------------


def test_it_can_be_taken_back_until_the_first_score(final: Final) -> None:
    final.confirm(final.works[0])
    review = final.world.review(final.judges[0], final.works[0], round_=final.round)
    db.session.commit()
    assert final.post("selection/taking-back").status_code == 302
    db.session.expire_all()
    assert selection_of(final.round) is None
    assert db.session.scalar(select(Review).where(Review.round_id == final.round.id)) is None
    assert letters("review_removed") == 1
    assert round_of(final.competition).position == 1
    final.confirm(final.works[0])
    review = final.world.review(final.judges[0], final.works[0], round_=final.round)
    review.comment = "What I think so far."
    db.session.commit()
    assert "what a judge wrote in 1 review" in final.get().text
    refused = final.post("selection/taking-back")
    assert "Judges have written in this round already" in refused.text
    assert selection_of(final.round) is not None
    assert final.post("selection/taking-back", confirmed="1").status_code == 302
    db.session.expire_all()
    assert selection_of(final.round) is None
    final.confirm(final.works[0])
    review = final.world.review(final.judges[0], final.works[0], 3, round_=final.round)
    db.session.commit()
    refused = final.post("selection/taking-back")
    assert "Judges have given scores in this round" in refused.text
    assert selection_of(final.round) is not None
    assert review.round is final.round


def test_the_first_round_is_over_then_but_can_be_read(final: Final) -> None:
    judge, competition = final.judges[0], final.competition
    earlier = db.session.scalars(select(Review).where(Review.judge_id == judge.id)).first()
    final.confirm(final.works[0])
    final.world.review(judge, final.works[0], round_=final.round)
    db.session.commit()
    client = final.world.client(judge.user)
    page = client.get(f"/en/{competition.slug}/judging").text
    assert "What you judged before" in page
    path = f"/en/{competition.slug}/judging/{earlier.url_key}"
    assert client.get(path).status_code == 200
    refused = client.post(path, data={})
    assert refused.status_code == 403
    assert "This round is over." in refused.text


def test_a_judge_reviews_the_same_work_in_each_round(final: Final) -> None:
    final.confirm(final.works[0])
    judge, work = final.judges[0], final.works[0]
    answer = final.client.post(final.path(f"reviews/{work.url_key}/{judge.url_key}"))
    assert answer.status_code == 302
    refused = final.client.post(final.path(f"reviews/{final.works[1].url_key}/{judge.url_key}"))
    assert "not in the round that is judged now" in refused.text
    found = db.session.scalars(
        select(Review).where(Review.judge_id == judge.id, Review.submission_id == work.id)
    ).all()
    assert {each.round for each in found} == {*final.competition.rounds}


def test_a_conflict_takes_reviews_away_in_every_round(final: Final) -> None:
    final.confirm(final.works[0])
    judge, work = final.judges[0], final.works[0]
    final.world.review(judge, work, round_=final.round)
    db.session.commit()
    answer = final.client.post(
        final.path("conflicts/new"),
        data={"judge": str(judge.id), "team": str(work.team_id), "reason": "Cousins."},
    )
    assert answer.status_code == 302
    left = db.session.scalars(
        select(Review).where(Review.judge_id == judge.id, Review.submission_id == work.id)
    ).all()
    assert [each.round.position for each in left] == [1]  # completed: it stays, and counts no more
    first = ranking_of(final.competition, round_=final.competition.rounds[0])
    assert first.submissions[work.id].reviews == 1


# -- who may know ----------------------------------------------------------------------------


def public_pages(final: Final, person: Any) -> list[tuple[int, int]]:
    client = final.world.client(person)
    slug = final.competition.slug
    pages = [f"/en/{slug}", f"/en/{slug}/rules/judging", f"/fr/{slug}/dates", "/en/"]
    return [(answer.status_code, len(answer.data)) for answer in map(client.get, pages)]


def test_nothing_is_told_before_it_is_announced(final: Final) -> None:
    inside, outside = final.works[0].team.captain, final.works[3].team.captain
    people = [inside, outside, None]
    before = [public_pages(final, person) for person in people]
    final.confirm(final.works[0])
    assert [public_pages(final, person) for person in people] == before
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert final.post("selection/announcement").status_code == 302
    page = final.world.client().get(f"/en/{final.competition.slug}/rules/judging").text
    assert "Who goes on to this round" in page
    assert final.works[0].team.name in page
    assert final.works[3].team.name not in page
    told = {
        (letter.recipient_id in {m.id for m in final.works[0].team.members}, letter.name)
        for letter in db.session.scalars(select(Letter))
    }
    assert told == {(True, "selected_for_round"), (False, "not_selected_for_round")}
    number = db.session.scalar(select(func.count()).select_from(Letter))
    assert number == sum(len(work.team.members) for work in final.works)
    final.post("selection/announcement")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == number
    assert "so they stay" in final.post("selection/taking-back").text


# -- what is decided -------------------------------------------------------------------------


def test_the_last_round_decides_and_the_record_says_how_it_came_there(final: Final) -> None:
    world, competition = final.world, final.competition
    first, second, *_ = final.works
    why = {f"why_{second.id.hex}": "The jury wishes to see it."}
    final.confirm(first, second, **why)
    for judge in final.judges:
        for work, level in ((first, 2), (second, 5)):
            world.review(judge, work, level, round_=final.round)
    world.set_gates(competition, "closed")
    prize = world.honour(second).prize
    db.session.commit()
    index = final.client.get(f"/en/{competition.slug}/manage/results")
    assert index.status_code == 200
    decide = f"/en/{competition.slug}/manage/results/prizes/{prize.url_key}/decision"
    assert all(work.team.name in final.client.get(decide).text for work in final.works)
    sealed = final.client.post(f"/en/{competition.slug}/manage/results/decisions")
    assert sealed.status_code == 302
    decision = db.session.scalars(select(Decision)).one()
    content = json.loads(decision.content)
    assert {each["submission"] for each in content["ranking"]["result"]} == {
        str(first.id),
        str(second.id),
    }
    (proposed,) = content["prizes"][0]["proposed"]
    assert proposed["submission"] == str(second.id)
    (told,) = content["selections"]
    assert (told["round"], told["rests_on_sha256"]) == (2, selection_of(final.round).digest)
    assert {(each["submission"], each["reason"]) for each in told["entries"]} == {
        (str(first.id), ""),
        (str(second.id), "The jury wishes to see it."),
    }
    record = final.client.get(sealed.headers["Location"] + "/record").data
    found = verify(record)
    assert found.same
    # The ranking of the first round stands beside, as the one on which the selection rests.
    assert found.rounds == (Earlier(1, told["rests_on_sha256"], the_one=True, same=True),)
    page = final.client.get(sealed.headers["Location"]).text
    assert "Ranking of round 1" in page


def test_the_record_of_every_round_is_written_and_verified(final: Final, tmp_path: Path) -> None:
    competition = final.competition
    first, second, *_ = final.works
    final.confirm(first, second, **{f"why_{second.id.hex}": "The jury wishes to see it."})
    final.world.review(final.judges[0], second, 5, round_=final.round)
    final.world.set_gates(competition, "closed")
    final.world.honour(second)
    db.session.commit()
    final.client.post(f"/en/{competition.slug}/manage/results/decisions")
    runner, slug = final.world.app.test_cli_runner(), competition.slug
    whole, one, two = (tmp_path / name for name in ("whole.json", "one.json", "two.json"))

    def said(*args: Any) -> tuple[int, str]:
        answer = runner.invoke(args=[str(each) for each in args])
        return answer.exit_code, answer.output

    assert said("results", "record", slug, whole)[0] == 0
    code, told = said("results", "verify", whole)
    assert (code, told.count("the same, octet for octet"), "Round 1: " in told) == (0, 1, True)
    for file, position in ((one, 1), (two, 2)):
        assert said("results", "record", slug, file, "--round", position)[0] == 0
        assert said("judging", "verify", file)[0] == 0
        written = file.read_bytes()
        assert said("judging", "record", slug, file, "--round", position)[0] == 0
        assert file.read_bytes() == written
    assert len(json.loads(one.read_bytes())["result"]) == 4
    assert len(json.loads(two.read_bytes())["result"]) == 2
    assert hashlib.sha256(one.read_bytes()).hexdigest() == selection_of(final.round).digest
    assert "There is no round 3." in said("judging", "record", slug, one, "--round", 3)[1]
    # Another ranking in the place of the first, and one that was altered.
    document = json.loads(whole.read_bytes())
    document["rounds"]["1"] = json.loads(two.read_bytes())
    found = verify(canonical(document))
    assert (found.differs, found.rounds[0].the_one) == ((Part.DATA,), False)
    document["rounds"]["1"]["result"][0]["place"] = 7
    whole.write_bytes(canonical(document))
    code, told = said("results", "verify", whole)
    assert code == 1
    assert "Round 1: NOT the same ranking, NOT the one on which the selection rests" in told
    assert "  Differs: the data.\n  Differs: the ranking.\n" in told


def test_each_team_is_told_of_its_last_round(final: Final) -> None:
    world, competition = final.world, final.competition
    first, *_, last = final.works
    final.competition.rounds[0].told, final.round.told = ["place"], ["profile"]
    world.rules(competition), world.rules(competition, final.round)
    db.session.commit()
    final.confirm(first)
    for judge in final.judges:
        world.review(judge, first, 3, round_=final.round)
    world.set_gates(competition, "closed")
    world.announcement(competition, datetime.now(UTC))
    db.session.commit()
    pages = {
        work: world.client(work.team.captain).get(
            f"/en/{competition.slug}/teams/{work.team.url_key}/results"
        )
        for work in (first, last)
    }
    assert {answer.status_code for answer in pages.values()} == {200}
    assert final.round.criteria[0].name.en in pages[first].text
    assert final.competition.rounds[0].criteria[0].name.en not in pages[first].text
    assert "4" in pages[last].text
    assert final.round.criteria[0].name.en not in pages[last].text


def test_after_the_results_rounds_stay(final: Final) -> None:
    final.world.announcement(final.competition, datetime.now(UTC))
    db.session.commit()
    for rest in ("rounds/new", "rounds/2"):
        refused = final.get(rest)
        assert refused.status_code == 403
        assert "The results were announced" in refused.text


def test_pages_ask_always_as_many_questions(final: Final) -> None:
    def asked() -> int:
        with queries(final.world.app) as found:
            assert final.get().status_code == 200
        return len(found)

    asked()
    few = asked()
    for _ in range(4):
        work = final.work()
        for judge in final.judges:
            final.world.review(judge, work, 1)
    db.session.commit()
    assert asked() == few
    final.confirm(final.works[0])
    chosen = asked()
    assert chosen == asked()


def test_an_address_asks_for_a_round(final: Final) -> None:
    final.confirm(final.works[0])
    for rest in ("ranking", "reviews", "rules"):
        assert all(work.team.name in final.get("ranking?round=1").text for work in final.works)
        assert final.get(f"{rest}?round=1").status_code == 200
        assert final.get(f"{rest}?round=2").status_code == 200
        assert final.get(f"{rest}?round=7").status_code == 200
    assert final.works[3].team.name not in final.get("ranking").text
    assert final.get("rounds").status_code == 200
    assert db.session.scalars(select(Selection)).one().round is final.round


# -- not yet -----------------------------------------------------------------------------------


def test_what_keeps_a_round_from_being_selected_leads_to_where_it_is_done(world: World) -> None:
    final = Final(world)
    third = world.round(final.competition, position=3)
    db.session.commit()
    before = f'<a href="{final.path()}">Selection: {final.round.name}</a>'
    assert before in final.get(f"rounds/{third.position}/selection").text
    world.set_gates(final.competition, "open", Gate.JUDGING)
    db.session.commit()
    page = final.get().text
    assert "The round before has to be closed first" in page
    assert f'<a href="/en/{final.competition.slug}/manage/dates">Dates</a>' in page
    db.session.execute(delete(RulesVersion).where(RulesVersion.round_id == final.round.id))
    db.session.commit()
    page = final.get().text
    assert "Publish the rules of this round first" in page
    assert f'href="{final.path("rules")}?round=2">Rules of judging</a></p>' in page


# -- how sure ----------------------------------------------------------------------------------


def test_without_its_only_judge_a_challenge_has_nothing_at_the_top(world: World) -> None:
    competition = world.competition()
    world.criterion(competition, 100)
    work = world.submission(world.team(competition, challenge=world.challenge(competition)))
    judge = world.judge(competition)
    world.review(judge, work, 4)
    client = world.client(world.organizer(competition))
    db.session.commit()
    page = client.get(f"/en/{competition.slug}/manage/judging/ranking").text
    assert f"Without {judge.user.name} nothing in" in page
    assert "would be: ." not in page
