"""Appointing, assigning, recusing, scoring: what changes, who is told, what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.competitions.models import Comment, Competition
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.judging import actions, rulebook
from hackathon.judging.models import Judge, Review, ReviewChange, RulesVersion
from hackathon.judging.outcome import ranking_of, record_of
from hackathon.judging.planning import Wish, plan
from hackathon.judging.queries import draft_of, judge_of, refusals_in, review_of, rules_of
from hackathon.judging.scoring import Lack, answer_to, comment_on, field_of, reason_of
from hackathon.mentoring.models import Conflict
from hackathon.post.models import Letter
from hackathon.submissions.models import Submission
from tests.world import World, marked


def letters() -> list[tuple[str, str]]:
    found = db.session.scalars(select(Letter).order_by(Letter.created_at, Letter.id))
    return sorted((letter.name, letter.address) for letter in found)


def deeds() -> list[str]:
    return [entry.deed for entry in db.session.scalars(select(Entry).order_by(Entry.id))]


@pytest.fixture
def by(world: World) -> User:
    return world.person("Organizer")


@pytest.fixture(autouse=True)
def in_a_request(world: World) -> object:
    """Letters render templates, which look at the request's language."""
    with world.app.test_request_context():
        yield


def pair(world: World, **judge: object) -> tuple[Judge, Submission]:
    competition = world.competition()
    return world.judge(competition, **judge), world.submission(world.team(competition))


# -- the rules -------------------------------------------------------------------------------

WHY = Localized(en="Two judges asked.", fr="Deux juges l’ont demandé.")


def publish(
    competition: Competition, by: User, reason: Localized = WHY, digest: str = ""
) -> RulesVersion:
    db.session.flush()
    db.session.expire(competition, ["criteria", "conditions"])
    digest = digest or rulebook.digest(draft_of(competition))
    return actions.publish_rules(competition, digest=digest, reason=reason, by=by)


def test_rules_are_published_whole_and_without_a_reason_the_first_time(
    world: World, by: User
) -> None:
    competition = world.competition()
    world.judge(competition)
    world.criterion(competition, 100)
    db.session.delete(db.session.scalars(select(RulesVersion)).one())
    assert rules_of(competition) is None
    version = publish(competition, by, Localized())
    assert (version.number, bool(version.reason), version.by) == (1, False, by)
    assert rulebook.read(version.content) == draft_of(competition) == rules_of(competition)
    assert deeds() == ["rules_published"]
    assert letters() == []
    with pytest.raises(actions.NothingNew):
        publish(competition, by)


def test_a_draft_moves_nothing_until_it_is_published(world: World, by: User) -> None:
    competition = world.competition()
    criterion = world.criterion(competition, 100)
    known = rules_of(competition)
    criterion.name = Localized(en="Other", fr="Autre")
    actions.edit_rules(competition, method="mean", ties=["first"], by=by)
    assert rules_of(competition) == known
    publish(competition, by)
    held = rules_of(competition)
    assert held is not None
    assert (held.method.value, held.ties, held.criteria[0].name.en) == ("mean", ("first",), "Other")


def test_a_change_wants_its_reason_and_writes_to_judges(world: World, by: User) -> None:
    judge, _ = pair(world)
    dismissed = world.judge(judge.competition, dismissed_at=datetime.now(UTC))
    criterion = world.criterion(judge.competition, 100)
    criterion.description = Localized(en="Other", fr="Autre")
    for reason in (Localized(), Localized(en="Only here.")):
        with pytest.raises(actions.ReasonMissing):
            publish(judge.competition, by, reason)
    assert publish(judge.competition, by).number == 2
    assert letters() == [("rules_changed", judge.user.email)]
    assert "Two judges asked." in db.session.scalars(select(Letter.text)).one()
    assert dismissed.user.email not in str(letters())


def test_once_scores_are_given_no_score_loses_its_meaning(world: World, by: User) -> None:
    judge, submission = pair(world)
    competition = judge.competition
    criterion = world.criterion(competition, 60)
    world.criterion(competition, 40)
    world.score(world.review(judge, submission), criterion, 4)
    criterion.levels = criterion.levels[:4]
    with pytest.raises(actions.ScoresMeaningless):
        publish(competition, by)


def test_reweighing_after_scores_writes_to_judges_and_teams(world: World, by: User) -> None:
    judge, submission = pair(world)
    competition = judge.competition
    criterion, other = world.criterion(competition, 60), world.criterion(competition, 40)
    world.score(world.review(judge, submission), criterion, 4)
    outsider = world.team(competition)  # handed nothing in
    criterion.weight, other.weight = 50, 50
    publish(competition, by)
    expected = [judge.user.email, *(person.email for person in submission.team.members)]
    assert letters() == sorted(("rules_changed", address) for address in expected)
    assert not {person.email for person in outsider.members} & {to for _, to in letters()}
    # What nobody used yet can go.
    other.removed_at, criterion.weight = datetime.now(UTC), 100
    publish(competition, by)
    criterion.removed_at, other.removed_at, other.weight = datetime.now(UTC), None, 100
    with pytest.raises(actions.ScoresMeaningless):
        publish(competition, by)


def test_rules_that_are_not_right_or_not_as_shown_are_not_published(world: World, by: User) -> None:
    competition = world.competition()
    criterion = world.criterion(competition, 90)
    with pytest.raises(actions.RulesChanged):
        publish(competition, by, digest="0" * 64)
    criterion.weight = 80
    with pytest.raises(actions.RulesIncomplete):
        publish(competition, by)
    criterion.weight = 100
    publish(competition, by)


def test_the_ranking_goes_by_the_rules(world: World) -> None:
    """Method, criteria of the challenge, ties, and the version that the record names."""
    competition = world.competition()
    challenge, elsewhere = world.challenge(competition), world.challenge(competition)
    shared = world.criterion(competition, 60)
    own = world.criterion(competition, 40, challenge_id=challenge.id)
    world.criterion(competition, 40, challenge_id=elsewhere.id)
    version = world.rules(competition, method="mean", ties=[f"criterion:{own.id}"])
    one, two = (world.submission(world.team(competition, challenge=challenge)) for _ in "12")
    judge = world.judge(competition)
    for submission, levels in ((one, (5, 2)), (two, (3, 5))):
        review = world.review(judge, submission)
        review.completed_at = datetime.now(UTC)
        for criterion, level in zip((shared, own), levels, strict=True):
            world.score(review, criterion, level)
    outcome = ranking_of(competition)
    assert [row.mean for row in outcome.rows] == pytest.approx([3.8, 3.8])
    first, second = outcome.rows
    assert (first.submission, first.place, first.decided.broken_by) == (
        two,
        1,
        f"criterion:{own.id}",
    )
    assert (second.place, outcome.tied(), len(outcome.parted())) == (2, [], 2)
    told = json.loads(record_of(competition))
    assert told["rules"] == {"version": 1, "digest": version.digest}
    assert told["method"] == "mean"
    assert {each["submission"]: each["place"] for each in told["result"]} == {
        str(two.id): 1,
        str(one.id): 2,
    }
    world.rules(competition, ties=["deliberation"])
    ((first, second),) = ranking_of(competition).tied()
    assert (first.place, second.place, first.decided.next) == (1, 1, "deliberation")


# -- judges ----------------------------------------------------------------------------------


def test_a_person_with_an_account_is_appointed_and_told(world: World, by: User) -> None:
    competition = world.competition()
    person = world.person(language="fr")
    judge = actions.appoint(
        competition, email=f" {person.email.upper()} ", languages=["fr"], capacity=4, by=by
    )
    assert (judge.user, judge.languages, judge.capacity) == (person, ["fr"], 4)
    assert letters() == [("judge_appointed", person.email)]
    letter = db.session.scalars(select(Letter)).one()
    assert letter.language == "fr"
    assert f"http://localhost/fr/{competition.slug}/judging" in letter.text
    assert deeds() == ["judge_appointed"]


def test_nobody_without_an_account_is_appointed(world: World, by: User) -> None:
    with pytest.raises(actions.NoAccount, match="sign up") as met:
        actions.appoint(
            world.competition(), email="nobody@example.org", languages=["en"], capacity=4, by=by
        )
    assert met.value.field == "email"
    assert letters() == []


def test_nobody_is_appointed_twice_but_again_after_a_dismissal(world: World, by: User) -> None:
    judge, _ = pair(world)
    given = {"email": judge.user.email, "languages": ["en"], "capacity": 1, "by": by}
    with pytest.raises(actions.AlreadyJudge):
        actions.appoint(judge.competition, **given)
    actions.dismiss(judge, confirmed=False, by=by)
    assert actions.appoint(judge.competition, **given) is judge
    assert judge_of(judge.user, judge.competition) is judge


def test_dismissing_opens_reviews_again_and_keeps_the_completed(world: World, by: User) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    other = world.submission(world.team(judge.competition))
    done = world.review(judge, submission, 4)
    world.review(judge, other)
    with pytest.raises(actions.JudgeHasScores):
        actions.dismiss(judge, confirmed=False, by=by)
    assert judge.dismissed_at is None
    actions.dismiss(judge, confirmed=True, by=by)
    assert judge.dismissed_at is not None
    assert db.session.scalars(select(Review)).all() == [done]
    assert letters() == [("judge_dismissed", judge.user.email)]
    with pytest.raises(actions.NotJudging):
        actions.dismiss(judge, confirmed=True, by=by)


def test_scores_that_go_with_a_judge_stand_in_the_journal(world: World, by: User) -> None:
    judge, submission = pair(world)
    criterion = world.criterion(judge.competition)
    world.score(world.review(judge, submission), criterion, 4)
    actions.dismiss(judge, confirmed=True, by=by)
    assert deeds() == ["review_removed", "judge_dismissed"]
    kept = db.session.scalars(select(Entry).where(Entry.deed == "review_removed")).one()
    assert kept.details["scores"] == {str(criterion.id): 4}


def test_reminders_go_to_those_with_work_left_once_an_hour(world: World, by: User) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    world.review(judge, submission)
    world.review(world.judge(judge.competition), submission, 3)
    world.judge(judge.competition)
    assert actions.remind(judge.competition, by=by) == 1
    assert actions.remind(judge.competition, by=by) == 0
    assert letters() == [("judging_reminder", judge.user.email)]
    letter = db.session.scalars(select(Letter)).one()
    letter.created_at = datetime.now(UTC) - timedelta(minutes=61)
    db.session.flush()
    assert actions.remind(judge.competition, by=by) == 1
    assert deeds() == ["judges_reminded", "judges_reminded"]


# -- conflicts of interest -------------------------------------------------------------------


def test_an_organizer_declares_a_conflict_and_the_review_goes(world: World, by: User) -> None:
    judge, submission = pair(world)
    world.review(judge, submission)
    conflict = actions.declare_conflict(judge, submission.team, reason="a cousin", by=by)
    assert (conflict.user, conflict.team, conflict.by) == (judge.user, submission.team, by)
    assert review_of(judge, submission) is None
    assert letters() == [("review_removed", judge.user.email)]
    with pytest.raises(actions.ConflictKnown):
        actions.declare_conflict(judge, submission.team, reason="again", by=by)
    actions.lift_conflict(conflict, by=by)
    assert db.session.scalars(select(Conflict)).all() == []
    assert deeds() == ["conflict_declared", "review_removed", "conflict_lifted"]


def test_a_judge_recuses_themself_and_the_organizers_are_told(world: World) -> None:
    judge, submission = pair(world)
    organizer = world.organizer(judge.competition)
    review = world.review(judge, submission)
    actions.recuse(review, reason="I taught them.", by=judge.user)
    assert review_of(judge, submission) is None
    assert letters() == [("conflict_declared", organizer.email)]
    letter = db.session.scalars(select(Letter)).one()
    assert "I taught them." in letter.text
    assert judge.user.name in letter.subject


def test_a_completed_review_stays_for_the_record_and_does_not_count(world: World) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    review = world.review(judge, submission, 5)
    conflict = actions.recuse(review, reason="I taught them.", by=judge.user)
    assert review_of(judge, submission) is review
    assert ranking_of(judge.competition).rows[0].reviews == 0
    actions.lift_conflict(conflict, by=judge.user)
    assert ranking_of(judge.competition).rows[0].reviews == 1


# -- who reads what --------------------------------------------------------------------------


def test_a_plan_is_carried_out_as_it_was_shown(world: World, by: User) -> None:
    judge, submission = pair(world)
    competition = judge.competition
    other = world.submission(world.team(competition))
    digest = plan(competition, Wish(1)).digest
    carried_out = actions.assign(competition, wish=Wish(1), digest=digest, by=by)
    assert len(carried_out.proposal.added) == 2
    assert {r.submission_id for r in judge.reviews} == {submission.id, other.id}
    assert letters() == [("reviews_assigned", judge.user.email)]
    assert deeds() == ["reviews_assigned"]
    with pytest.raises(actions.PlanChanged):  # the same button pressed twice
        actions.assign(competition, wish=Wish(1), digest=digest, by=by)


def test_an_old_plan_is_not_carried_out(world: World, by: User) -> None:
    judge, submission = pair(world)
    digest = plan(judge.competition, Wish(1)).digest
    world.conflict(judge.user, submission.team)
    with pytest.raises(actions.PlanChanged):
        actions.assign(judge.competition, wish=Wish(1), digest=digest, by=by)
    assert db.session.scalars(select(Review)).all() == []


def test_a_plan_withdraws_reviews_that_came_into_conflict(world: World, by: User) -> None:
    judge, submission = pair(world)
    competition = judge.competition
    world.criterion(competition)
    other = world.submission(world.team(competition))
    world.review(judge, submission)
    done = world.review(judge, other, 2)
    world.conflict(judge.user, submission.team)
    world.conflict(judge.user, other.team)
    replacement = world.judge(competition)
    digest = plan(competition, Wish(1)).digest
    carried_out = actions.assign(competition, wish=Wish(1), digest=digest, by=by)
    assert len(carried_out.proposal.added) == 2
    assert db.session.scalars(select(Review).where(Review.judge == judge)).all() == [done]
    assert {r.submission_id for r in replacement.reviews} == {submission.id, other.id}
    assert ("review_removed", judge.user.email) in letters()


def test_one_review_is_added_by_hand(world: World, by: User) -> None:
    judge, submission = pair(world)
    review = actions.add_review(judge, submission, despite=False, by=by)
    assert (review.judge, review.submission) == (judge, submission)
    assert letters() == [("reviews_assigned", judge.user.email)]
    with pytest.raises(actions.ReviewThere):
        actions.add_review(judge, submission, despite=False, by=by)


def test_what_stands_against_a_review_refuses_it(world: World, by: User) -> None:
    judge, submission = pair(world, languages=["fr"], capacity=1)

    def add(**given: bool) -> Review:
        despite = given.get("despite", False)
        return actions.add_review(judge, submission, despite=despite, by=by)

    with pytest.raises(actions.LanguageNotRead):
        add()
    conflict = world.conflict(judge.user, submission.team)
    with pytest.raises(actions.InConflict):
        add(despite=True)
    db.session.delete(conflict)
    world.review(judge, world.submission(world.team(judge.competition)))
    with pytest.raises(actions.JudgeFull):
        add(despite=True)
    judge.capacity = 2
    assert add(despite=True).judge is judge
    draft = world.submission(world.team(judge.competition), handed_in=False)
    with pytest.raises(actions.NotHandedIn):
        actions.add_review(judge, draft, despite=True, by=by)


def test_a_review_with_scores_goes_only_when_confirmed(world: World, by: User) -> None:
    judge, submission = pair(world)
    criterion = world.criterion(judge.competition)
    review = world.review(judge, submission, 4)
    field, moment = field_of(criterion.id), datetime.now(UTC)
    world.add(
        ReviewChange(
            review=review,
            until=moment,
            before={field: 2, "comment": "secret"},
            after={field: 4, "comment": marked("comment")},
        )
    )
    db.session.refresh(review)
    with pytest.raises(actions.ReviewHolds):
        actions.remove_review(review, confirmed=False, by=by)
    completed_at = review.completed_at
    assert completed_at
    actions.remove_review(review, confirmed=True, by=by)
    assert review_of(judge, submission) is None
    assert letters() == [("review_removed", judge.user.email)]
    entry = db.session.scalars(select(Entry)).one()
    key = str(criterion.id)
    assert (entry.deed, entry.details) == (
        "review_removed",
        {
            "scores": {key: 4},
            "completed_at": completed_at.isoformat(),
            "history": [{"until": moment.isoformat(), "scores": {key: [2, 4]}}],
        },
    )


@pytest.mark.parametrize("field", ["comment", "note", "own_note", "unfinished"])
def test_what_a_judge_wrote_goes_only_when_confirmed(world: World, by: User, field: str) -> None:
    judge, submission = pair(world)
    review = world.review(judge, submission)
    assert review.holds == {}
    waits = {comment_on(world.criterion(judge.competition).id): "words"}
    setattr(review, field, waits if field == "unfinished" else "words")
    review.touched_at = datetime.now(UTC)
    db.session.flush()
    assert review.holds == {"notes" if "note" in field else "comments": 1}
    with pytest.raises(actions.ReviewHolds):
        actions.remove_review(review, confirmed=False, by=by)
    with pytest.raises(actions.JudgeHasScores):
        actions.dismiss(judge, confirmed=False, by=by)
    assert review_of(judge, submission) is review
    organizer = world.client(world.organizer(judge.competition))
    base = f"/en/{judge.competition.slug}/manage/judging"
    page = organizer.get(f"{base}/reviews/{submission.id}").text
    assert f"I know that this is deleted: 1 {'note' if 'note' in field else 'comment'}." in page
    actions.remove_review(review, confirmed=True, by=by)
    assert review_of(judge, submission) is None


# -- scores ----------------------------------------------------------------------------------


def given(
    review: Review, *levels: int | None, complete: bool = False, comment: str = ""
) -> actions.Scored:
    rules = rules_of(review.judge.competition)
    assert rules is not None
    said = {field_of(each.id): level for each, level in zip(rules.criteria, levels, strict=True)}
    done = {"complete": "yes"} if complete else {}
    mine = {**said, "comment": comment, "note": "", **done}
    return actions.score(review, rules.criteria, rules.conditions, mine, by=review.judge.user)


def levels_of(review: Review) -> list[int]:
    by_position = sorted(review.scores, key=lambda score: score.criterion.position)
    return [score.score for score in by_position]


def test_a_review_is_saved_in_part_then_completed(world: World) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition), world.criterion(judge.competition)
    review = world.review(judge, submission)
    given(review, 3, None, comment="so far")
    assert (levels_of(review), review.comment, review.completed_at) == ([3], "so far", None)
    _, second = sorted(judge.competition.criteria, key=lambda criterion: criterion.position)
    assert given(review, 3, None, complete=True).lacking == {field_of(second.id): Lack.LEVEL}
    assert review.completed_at is None
    given(review, 2, 5, complete=True)
    assert levels_of(review) == [2, 5]
    assert review.completed_at is not None
    assert deeds() == ["review_completed"]


def test_the_same_scores_twice_are_the_same_once(world: World) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    review = world.review(judge, submission)
    given(review, 3, complete=True)
    at = review.completed_at
    given(review, 3, complete=True)
    assert (levels_of(review), review.completed_at) == ([3], at)
    assert deeds() == ["review_completed"]
    given(review, 4)
    assert (levels_of(review), review.completed_at) == ([4], at)
    assert deeds() == ["review_completed", "review_changed"]


def test_a_completed_review_cannot_lose_a_criterion(world: World) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    review = world.review(judge, submission, 4)
    assert list(given(review, None).lacking.values()) == [Lack.LEVEL]
    assert levels_of(review) == [4]


def test_a_review_withdrawn_meanwhile_is_not_scored(world: World) -> None:
    judge, submission = pair(world)
    world.criterion(judge.competition)
    review = world.review(judge, submission)
    db.session.execute(Review.__table__.delete().where(Review.id == review.id))
    with pytest.raises(actions.ReviewWithdrawn):
        actions.score(review, [], [], {}, by=judge.user)


def test_comments_and_conditions_are_kept_with_the_scores(world: World, by: User) -> None:
    judge, submission = pair(world)
    competition = judge.competition
    criterion = world.criterion(competition, 100, comment=Comment.REQUIRED)
    condition = world.condition(competition)
    review = world.review(judge, submission)
    held = rules_of(competition)
    assert held is not None

    def say(complete: bool, comment: str, met: str, reason: str = "") -> actions.Scored:
        mine = {
            field_of(criterion.id): 4,
            comment_on(criterion.id): comment,
            answer_to(condition.id): met,
            reason_of(condition.id): reason,
            **({"complete": "yes"} if complete else {}),
        }
        return actions.score(review, held.criteria, held.conditions, mine, by=judge.user)

    assert say(True, " ", "yes").lacking == {comment_on(criterion.id): Lack.COMMENT}
    assert say(True, "Clear.", "").lacking == {answer_to(condition.id): Lack.ANSWER}
    assert say(True, "Clear.", "no").lacking == {reason_of(condition.id): Lack.REASON}
    assert (review.completed_at, review.unfinished) == (None, {answer_to(condition.id): "no"})
    assert say(True, "Clear.", "no", "It is about another subject.").lacking == {}
    assert review.unfinished == {}
    (score,), (answer,) = review.scores, review.answers
    assert (score.score, score.comment) == (4, "Clear.")
    assert (answer.met, answer.reason) == (False, "It is about another subject.")
    (refusal,) = refusals_in(competition)[submission.id]
    assert (refusal.judge, refusal.condition.name, refusal.reason) == (
        judge,
        condition.name,
        "It is about another subject.",
    )
    assert say(False, "", "yes").lacking == {comment_on(criterion.id): Lack.COMMENT}
    assert (score.comment, answer.met) == ("Clear.", True)
    assert refusals_in(competition) == {}
    assert deeds() == ["review_completed", "review_changed"]


def test_a_no_in_conflict_or_not_completed_is_not_told(world: World) -> None:
    judge, submission = pair(world)
    condition = world.condition(judge.competition)
    world.criterion(judge.competition, 100)
    db.session.refresh(judge.competition)
    review = world.review(judge, submission)
    world.answer_to(review, condition, "No.")
    assert refusals_in(judge.competition) == {}
    review.completed_at = datetime.now(UTC)
    db.session.flush()
    assert list(refusals_in(judge.competition)) == [submission.id]
    world.conflict(judge.user, submission.team)
    assert refusals_in(judge.competition) == {}
