"""A judge at work."""

from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Comment, Competition
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.judging import actions, rulebook
from hackathon.judging.models import Judge, Review, RulesVersion
from hackathon.judging.queries import draft_of
from hackathon.mentoring.models import Conflict
from hackathon.submissions.models import Submission
from tests.counting import cost, queries
from tests.world import World


class Bench:
    """A competition with two criteria, a judge, and a submission for them to read."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.criteria = [world.criterion(self.competition) for _ in range(2)]
        self.judge: Judge = world.judge(self.competition)
        self.submission: Submission = world.submission(world.team(self.competition))
        self.review: Review = world.review(self.judge, self.submission)
        self.client = world.client(self.judge.user)

    @property
    def home(self) -> str:
        return f"/en/{self.competition.slug}/judging"

    @property
    def address(self) -> str:
        return f"{self.home}/{self.review.id}"

    def said(self, *levels: Any, **others: str) -> dict[str, Any]:
        """What the form sends."""
        chosen = {
            f"criterion_{criterion.id.hex}": str(level)
            for criterion, level in zip(self.criteria, levels, strict=False)
            if level is not None
        }
        return {**chosen, "comment": "", "note": "", "deed": "save", **others}

    def levels(self) -> dict[Any, int]:
        return {score.criterion: score.score for score in self.review.scores}


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)


def test_the_list_says_what_is_next_and_how_much_is_done(bench: Bench) -> None:
    world = bench.world
    done = world.submission(world.team(bench.competition))
    world.review(bench.judge, done, 3, 3)
    page = bench.client.get(bench.home).text
    assert f"Go on with {bench.submission.team.name}" in page
    assert "1 of 2" in page
    assert page.index(bench.submission.team.name) < page.index(done.team.name)
    french = bench.client.get(bench.home.replace("/en/", "/fr/", 1))
    assert french.status_code == 200
    assert "Go on with" not in french.text


def test_a_review_in_conflict_is_listed_without_a_link(bench: Bench) -> None:
    bench.world.conflict(bench.judge.user, bench.submission.team)
    page = bench.client.get(bench.home).text
    assert "Conflict of interest" in page
    assert bench.address not in page
    assert bench.client.get(bench.address).status_code == 403


def test_the_text_is_shown_as_markdown_that_cannot_hurt(bench: Bench) -> None:
    version = bench.submission.versions[0]
    version.content = {
        **version.content,
        "description": "**bold** <script>alert(1)</script> [x](javascript:alert(1))",
        "repository": "javascript:alert(1)",
        "demonstration": "https://demo.example/app",
        "files": [{"name": "report.pdf", "size": 1000, "sha256": "0" * 64}],
    }
    page = bench.client.get(bench.address).text
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert 'href="https://demo.example/app"' in page
    assert "report.pdf" in page
    assert "⟦level 3⟧" in page


def test_a_part_is_saved_and_found_again(bench: Bench) -> None:
    said = bench.said(4, None, comment="good", note="ask them")
    answer = bench.client.post(bench.address, data=said)
    assert (answer.status_code, answer.location) == (302, bench.address)
    assert bench.levels() == {bench.criteria[0]: 4}
    assert (bench.review.comment, bench.review.note) == ("good", "ask them")
    assert bench.review.completed_at is None
    page = bench.client.get(bench.address).text
    assert page.count("checked") == 1
    assert "good" in page
    assert "ask them" in page


def test_completing_wants_every_criterion_and_loses_nothing(bench: Bench) -> None:
    said = bench.said(4, None, comment="a long comment", deed="complete")
    answer = bench.client.post(bench.address, data=said)
    assert answer.status_code == 422
    assert "Choose a level." in answer.text
    assert "a long comment" in answer.text
    assert answer.text.count("checked") == 1
    assert bench.levels() == {}
    answer = bench.client.post(bench.address, data=bench.said(4, 5, deed="complete"))
    assert (answer.status_code, answer.location) == (302, bench.home)
    assert bench.review.completed_at is not None


def test_a_completed_review_changes_until_the_gate_closes(bench: Bench) -> None:
    bench.client.post(bench.address, data=bench.said(4, 5, deed="complete"))
    bench.client.post(bench.address, data=bench.said(2, 5, deed="complete"))
    first, second = bench.criteria
    assert bench.levels() == {first: 2, second: 5}
    bench.world.set_gates(bench.competition, "closed")
    answer = bench.client.post(bench.address, data=bench.said(1, 1, deed="complete"))
    assert answer.status_code == 403
    assert bench.levels() == {first: 2, second: 5}
    page = bench.client.get(bench.address).text
    assert "Judging is closed." in page
    assert "⟦level 2⟧" in page
    assert "<form" not in page.split("<main")[1]


def test_before_the_gate_opens_one_reads_only(bench: Bench) -> None:
    bench.world.set_gates(bench.competition, "upcoming")
    page = bench.client.get(bench.address).text
    assert "You can read already." in page
    assert bench.client.post(bench.address, data=bench.said(4, 4)).status_code == 403


@pytest.mark.parametrize("level", ["0", "6", "-1", "abc", "3.5", "9" * 50])
def test_a_level_that_is_none_is_refused(bench: Bench, level: str) -> None:
    answer = bench.client.post(bench.address, data=bench.said(level, 3, comment="kept"))
    assert answer.status_code == 422
    assert "kept" in answer.text
    assert bench.levels() == {}


def test_a_criterion_of_another_competition_is_ignored(bench: Bench) -> None:
    foreign = bench.world.criterion(bench.world.competition())
    said = {**bench.said(3, 3), f"criterion_{foreign.id.hex}": "5"}
    assert bench.client.post(bench.address, data=said).status_code == 302
    assert list(bench.levels().values()) == [3, 3]


def test_judges_do_not_see_each_others_scores(bench: Bench) -> None:
    other = bench.world.judge(bench.competition, user=bench.world.person("Another"))
    theirs = bench.world.review(other, bench.submission, 5, 1)
    theirs.comment, theirs.note = "their comment", "their note"
    page = bench.client.get(bench.address).text
    assert "their comment" not in page
    assert "their note" not in page
    assert other.user.name not in page
    assert "checked" not in page
    foreign = f"{bench.home}/{theirs.id}"
    assert bench.client.get(foreign).status_code == 403
    assert bench.client.post(foreign, data=bench.said(1, 1)).status_code == 403


def test_a_review_of_another_competition_is_not_found(bench: Bench) -> None:
    elsewhere = Bench(bench.world)
    address = f"{bench.home}/{elsewhere.review.id}"
    assert bench.client.get(address).status_code == 404
    assert bench.client.get(f"{bench.home}/no-such-review").status_code == 404


def test_a_judge_declares_a_conflict(bench: Bench) -> None:
    team, judge = bench.submission.team, bench.judge
    review = bench.address
    address = f"{review}/conflict"
    assert bench.client.get(address).status_code == 200
    assert bench.client.post(address, data={"reason": ""}).status_code == 422
    answer = bench.client.post(address, data={"reason": "my <b>cousin</b>"})
    assert (answer.status_code, answer.location) == (302, bench.home)
    conflict = db.session.scalars(select(Conflict)).one()
    assert (conflict.user, conflict.team, conflict.reason) == (
        judge.user,
        team,
        "my <b>cousin</b>",
    )
    assert db.session.scalars(select(Review)).all() == []
    assert bench.client.get(review).status_code == 404


def test_the_menu_shows_judging_to_judges_alone(bench: Bench) -> None:
    front = f"/en/{bench.competition.slug}/"
    assert f'href="{bench.home}"' in bench.client.get(front).text
    stranger = bench.world.client(bench.world.person())
    assert f'href="{bench.home}"' not in stranger.get(front).text


def test_the_list_takes_the_same_queries_for_one_and_for_many(bench: Bench) -> None:
    with queries(bench.world.app) as one:
        bench.client.get(bench.home)
    for _ in range(5):
        submission = bench.world.submission(bench.world.team(bench.competition))
        bench.world.review(bench.judge, submission)
    with queries(bench.world.app) as many:
        assert "0 of 6" in bench.client.get(bench.home).text
    assert len(one) == len(many)


# -- the rules -------------------------------------------------------------------------------


def test_everyone_reads_the_rules_once_they_are_published(bench: Bench) -> None:
    path = f"/en/{bench.competition.slug}/rules"
    visitor = bench.world.client()
    page = visitor.get(f"{path}/judging").text
    for criterion in bench.criteria:
        assert str(criterion.name) in page
        assert criterion.levels[4].description.en in page
    assert "Mean corrected for severe and lenient judges" in page
    assert f"{path}/judging" in visitor.get(path).text
    for version in db.session.scalars(select(RulesVersion)):
        db.session.delete(version)
    db.session.flush()
    assert visitor.get(f"{path}/judging").status_code == 404
    assert f"{path}/judging" not in visitor.get(path).text


def test_versions_stand_with_their_reasons_and_differences(bench: Bench) -> None:
    world, competition = bench.world, bench.competition
    bench.criteria[0].weight, bench.criteria[1].weight = 70, 30
    db.session.flush()
    with world.app.test_request_context():
        actions.publish_rules(
            competition,
            digest=rulebook.digest(draft_of(competition)),
            reason=Localized(en="It was asked.", fr="On l’a demandé."),
            by=world.person(),
        )
    page = world.client().get(f"/en/{competition.slug}/rules/judging").text
    assert "Version 2" in page and "It was asked." in page
    assert f"{bench.criteria[0].name}: a weight of 70% instead of 50%" in page
    french = world.client().get(f"/fr/{competition.slug}/rules/judging").text
    assert "On l’a demandé." in french


def test_a_round_that_is_prepared_is_not_on_the_page_of_the_rules(bench: Bench) -> None:
    round_ = bench.world.round(bench.competition)
    path = f"/en/{bench.competition.slug}/rules/judging"
    public = bench.world.client().get(path)
    assert public.status_code == 200
    assert 'id="round-2"' in public.text
    db.session.delete(db.session.scalars(select(RulesVersion).filter_by(round_id=round_.id)).one())
    db.session.flush()
    prepared = bench.world.client().get(path)
    assert prepared.status_code == 200
    assert 'id="round-2"' not in prepared.text


def test_nobody_judges_by_rules_that_are_not_published(bench: Bench) -> None:
    for version in db.session.scalars(select(RulesVersion)):
        db.session.delete(version)
    db.session.flush()
    page = bench.client.get(bench.address)
    assert page.status_code == 200
    assert "have not published the rules of judging yet" in page.text
    assert "Complete the review" not in page.text
    refused = bench.client.post(bench.address, data=bench.said(3, 3))
    assert refused.status_code == 403
    assert "have not published the rules of judging yet" in refused.text
    assert bench.review.scores == []


def test_a_submission_is_judged_by_the_criteria_of_its_challenge(bench: Bench) -> None:
    challenge, other = (bench.world.challenge(bench.competition) for _ in "12")
    team = bench.world.team(bench.competition, challenge=challenge)
    review = bench.world.review(bench.judge, bench.world.submission(team))
    own = bench.world.criterion(bench.competition, challenge_id=challenge.id)
    foreign = bench.world.criterion(bench.competition, challenge_id=other.id)
    page = bench.client.get(f"{bench.home}/{review.id}").text
    assert str(own.name) in page
    assert str(foreign.name) not in page


def test_a_comment_that_is_required_and_a_no_without_reason_are_asked_for(bench: Bench) -> None:
    world = bench.world
    asked = world.criterion(bench.competition, comment=Comment.REQUIRED)
    condition = world.condition(bench.competition)
    bench.criteria.append(asked)
    comment, verdict, reason = (
        f"{name}_{row.id.hex}"
        for name, row in (("comment", asked), ("condition", condition), ("reason", condition))
    )
    refused = bench.client.post(bench.address, data=bench.said(3, 3, 3, deed="complete"))
    assert refused.status_code == 422
    assert f'id="{comment}-error"' in refused.text
    assert f'id="{verdict}-error"' in refused.text
    said = bench.said(3, 3, 3, **{comment: "Clear.", verdict: "no", "deed": "complete"})
    refused = bench.client.post(bench.address, data=said)
    assert (refused.status_code, "Say why not." in refused.text) == (422, True)
    assert "Clear." in refused.text
    # A comment without its level, and a no without its reason, are kept until they are whole.
    lone = bench.said(3, **{comment: "So far.", verdict: "no"})
    assert bench.client.post(bench.address, data=lone).status_code == 302
    assert bench.review.unfinished == {comment: "So far.", verdict: "no"}
    assert "So far." in bench.client.get(bench.address).text
    done = bench.client.post(bench.address, data={**said, reason: "Another subject."})
    assert done.status_code == 302
    (answer,) = bench.review.answers
    assert (answer.met, answer.reason) == (False, "Another subject.")
    assert [each.comment for each in bench.review.scores if each.comment] == ["Clear."]
    page = bench.client.get(bench.address).text
    assert "Another subject." in page and "Clear." in page


def test_the_rules_cost_the_same_however_long(app: Any, bench: Bench) -> None:
    visitor, path = bench.world.client(), f"/en/{bench.competition.slug}/rules/judging"
    one = cost(app, visitor, path)
    for _ in range(3):
        bench.world.criterion(bench.competition)
        bench.world.condition(bench.competition)
        bench.world.challenge(bench.competition)
    assert cost(app, visitor, path) == one
