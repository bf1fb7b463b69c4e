"""Conflicts of interest: found, declared, decided, and what follows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition, Gate, Organizer
from hackathon.desk.personal import SHARES
from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.ground.clock import now
from hackathon.journal.actions import record
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.judging import actions
from hackathon.judging.conflicts import (
    FEW,
    Ground,
    Interest,
    State,
    conflicts,
    finding_of,
    findings,
    interests,
    objections_of,
    partial,
    withheld_from,
)
from hackathon.judging.models import (
    Chair,
    Declaration,
    Judge,
    Review,
    Ruling,
    Stand,
    Trouble,
)
from hackathon.judging.outcome import ranking_of
from hackathon.judging.planning import Wish, plan
from hackathon.judging.queries import undeclared
from hackathon.mentoring.actions import carry_over
from hackathon.mentoring.models import Conflict, Objection, Pairing
from hackathon.post.models import Letter
from hackathon.results.actions import Given, decide
from hackathon.submissions.models import Submission
from hackathon.teams.models import Ending, InvitationUse, Membership, Team
from tests.counting import queries
from tests.world import World, both


@pytest.fixture
def in_a_request(world: World) -> Any:
    with world.app.test_request_context():
        yield


def grounds(judge: Judge, submission: Submission) -> list[Ground]:
    return [each.ground for each in finding_of(judge, submission).interests]


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.created_at, Entry.id)))


def letters() -> list[tuple[str, str]]:
    return [(each.name, each.address) for each in db.session.scalars(select(Letter))]


def weak(world: World, competition: Competition) -> tuple[Judge, Submission]:
    """A judge of the organization of somebody in the team: to be decided."""
    submission = world.submission(world.team(competition))
    submission.team.members[0].organization = "University"
    judge = world.judge(competition, user=world.person(organization="university"))
    return judge, submission


# -- found -----------------------------------------------------------------------------------


def by_domain(world: World, judge: Judge, submission: Submission) -> str:
    judge.user.email = f"judge{world.number()}@stat.university.test"
    submission.team.members[1].email = f"member{world.number()}@university.test"
    return "university.test"


def by_feedback(world: World, judge: Judge, submission: Submission) -> str:
    mentor = world.mentor(judge.competition, user=judge.user)
    world.feedback(mentor, submission)
    return ""


def by_feedback_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition(), 1)
    world.join(submission.team.members[1], team)
    world.feedback(world.mentor(team.competition, user=judge.user), world.submission(team))
    return team.name


def by_mentoring_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition(), 1)
    world.join(submission.team.members[1], team)
    world.mentor(team.competition, team, user=judge.user)
    return team.name


def by_a_mentor_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition(), 1)
    world.join(judge.user, team)
    world.mentor(team.competition, team, user=submission.team.members[1])
    return team.name


def by_a_small_session(world: World, judge: Judge, submission: Submission) -> str:
    session = world.session(judge.competition, capacity=FEW)
    for person in (judge.user, submission.team.members[1]):
        world.sign_up(session, person)
    # What tells nothing beside it: many seats, no number of seats, one that was cancelled, and a
    # seat that nobody confirmed.
    for nothing in ({"capacity": FEW + 1}, {}, {"capacity": 2, "cancelled_at": now()}):
        other = world.session(judge.competition, **nothing)
        for person in (judge.user, submission.team.members[1]):
            world.sign_up(other, person)
    held = world.session(judge.competition, capacity=FEW)
    world.sign_up(held, submission.team.members[1])
    world.sign_up(held, judge.user).confirmed_at = None
    return " / ".join(session.title[language] for language in ("en", "fr"))


def by_request(world: World, judge: Judge, submission: Submission) -> str:
    entry = world.registration(judge.user, judge.competition)
    world.join_request(entry, submission.team)
    return submission.team.name


def by_invitation(world: World, judge: Judge, submission: Submission) -> str:
    world.invitation(submission.team, judge.user.email)
    return submission.team.name


def by_invitation_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition())
    world.invitation(team, by=submission.team.members[1], to=judge.user)
    return team.name


def by_inviting_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition())
    world.invitation(team, by=judge.user, to=submission.team.members[1])
    return team.name


def by_a_team_elsewhere(world: World, judge: Judge, submission: Submission) -> str:
    team = world.team(world.competition(), 1)
    world.join(judge.user, team)
    world.join(submission.team.members[1], team)
    return team.name


def by_a_team_left(world: World, judge: Judge, submission: Submission) -> str:
    entry = world.registration(judge.user, judge.competition)
    invitation = world.invitation(submission.team)
    world.add(InvitationUse(invitation=invitation, registration=entry))
    return submission.team.name


def by_the_team(world: World, judge: Judge, submission: Submission) -> str:
    return world.objection(submission.team, judge.user).reason


WAYS: dict[Callable[..., str], Ground] = {
    by_domain: Ground.DOMAIN,
    by_feedback: Ground.REVIEWED,
    by_feedback_elsewhere: Ground.REVIEWED,
    by_mentoring_elsewhere: Ground.MET,
    by_a_mentor_elsewhere: Ground.MET,
    by_a_small_session: Ground.SESSION,
    by_request: Ground.MESSAGED,
    by_invitation: Ground.MESSAGED,
    by_invitation_elsewhere: Ground.MESSAGED,
    by_inviting_elsewhere: Ground.MESSAGED,
    by_a_team_elsewhere: Ground.EARLIER_TEAM,
    by_a_team_left: Ground.EARLIER_TEAM,
    by_the_team: Ground.TEAM,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_ties_two_people_is_found_and_bars_until_decided(
    world: World, way: Callable[..., str]
) -> None:
    competition = world.competition()
    judge, other = world.judge(competition), world.judge(competition)
    submission = world.submission(world.team(competition))
    world.submission(world.team(competition))
    detail = way(world, judge, submission)
    db.session.flush()
    assert findings(competition).keys() == {(judge.id, submission.id)}
    finding = finding_of(judge, submission)
    assert finding.interests == (Interest(WAYS[way], detail),)
    assert finding.state is State.TO_DECIDE
    assert interests(judge, submission) == [Interest(WAYS[way], detail)]
    assert finding_of(other, submission).state is State.FREE


def test_a_provider_of_mail_is_no_organization(world: World) -> None:
    competition = world.competition()
    submission = world.submission(world.team(competition))
    submission.team.members[0].email = "member@gmail.com"
    world.judge(competition, user=world.person(email="judge@gmail.com"))
    assert findings(competition) == {}


def test_everything_takes_two_queries_however_much_there_is(world: World) -> None:
    few, many = world.competition(), world.competition()
    for competition, times in ((few, 1), (many, 3)):
        for _ in range(times):
            for way in WAYS:
                judge = world.judge(competition)
                submission = world.submission(world.team(competition))
                way(world, judge, submission)
                world.ruling(judge, submission.team, "team")
    db.session.flush()
    with queries(world.app) as for_few:
        findings(few)
    with queries(world.app) as for_many:
        # People of the one university of these tests all know one another.
        assert len(findings(many)) == 3 * (len(WAYS) - 1) + 3 * 3
    assert len(for_few) == len(for_many) == 2
    nothing_ruled = world.competition()
    world.judge(nothing_ruled)
    with queries(world.app) as for_none:
        findings(nothing_ruled)
    assert len(for_none) == 1


# -- decided ---------------------------------------------------------------------------------


def test_a_ruling_frees_until_something_new_is_known(world: World) -> None:
    competition = world.competition()
    judge, submission = weak(world, competition)
    world.ruling(judge, submission.team, "organization")
    assert finding_of(judge, submission).state is State.FREE
    assert conflicts(competition) == {}
    world.objection(submission.team, judge.user)
    assert finding_of(judge, submission).state is State.TO_DECIDE
    world.ruling(judge, submission.team, "organization", "team")
    assert finding_of(judge, submission).state is State.FREE
    # The team says more of the judge than what was decided on.
    again = world.objection(submission.team, judge.user, reason="⟦worse⟧")
    again.created_at = datetime.now(UTC) + timedelta(seconds=1)
    db.session.flush()
    assert finding_of(judge, submission).state is State.TO_DECIDE
    world.conflict(judge.user, submission.team)
    assert finding_of(judge, submission).state is State.BARS


def waived(judge: Any, submission: Any) -> None:
    """The chair looked at all that is known, and lets the judge judge."""
    seen = finding_of(judge, submission)
    assert seen.state is State.TO_DECIDE
    by = judge.user
    actions.rule(judge, submission, bars=False, reason="far apart", seen=seen.digest, by=by)
    assert finding_of(judge, submission).state is State.FREE


def test_a_waiver_is_of_the_very_things_it_was_decided_on(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    judge, submission = weak(world, competition)
    member, other = submission.team.members
    waived(judge, submission)
    other.organization = "University"
    db.session.flush()
    assert finding_of(judge, submission).state is State.FREE  # the same one, once more
    member.organization = judge.user.organization = "Another university"
    db.session.flush()
    waived(judge, submission)
    # Together in one earlier team, then in another; a message of the same team, then another.
    for _ in range(2):
        by_a_team_elsewhere(world, judge, submission)
        waived(judge, submission)
    for _ in range(2):
        asked = world.invitation(submission.team, judge.user.email)
        waived(judge, submission)
        asked.closed_at, asked.closed_as = datetime.now(UTC), Ending.DECLINED
        db.session.flush()


def test_the_latest_ruling_counts_and_outlives_what_it_rested_on(world: World) -> None:
    competition = world.competition()
    judge, submission = weak(world, competition)
    world.ruling(judge, submission.team, "organization")
    world.ruling(judge, submission.team, "organization", bars=True)
    assert finding_of(judge, submission).state is State.BARS
    judge.user.organization = None
    db.session.flush()
    assert grounds(judge, submission) == [Ground.RULED]
    assert interests(judge, submission)


def test_nobody_judges_their_own_team_whatever_is_decided(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    submission = world.submission(world.team(competition))
    judge = world.judge(competition, user=submission.team.members[1])
    world.ruling(judge, submission.team, "member")
    assert finding_of(judge, submission).state is State.BARS
    seen = finding_of(judge, submission).digest
    with pytest.raises(actions.OwnTeam):
        actions.rule(
            judge, submission, bars=False, reason="x", seen=seen, by=world.organizer(competition)
        )


def test_a_ruling_is_noted_and_takes_the_review_away(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    judge, submission = weak(world, competition)
    world.review(judge, submission)
    seen = finding_of(judge, submission).digest
    free = actions.rule(judge, submission, bars=False, reason="far apart", seen=seen, by=by)
    (known,) = finding_of(judge, submission).interests
    assert (free.grounds, free.by, free.bars) == ([known.sign], by, False)
    assert str(judge.user.organization) not in known.sign
    with pytest.raises(actions.RuledMeanwhile):
        actions.rule(judge, submission, bars=True, reason="x", seen=seen, by=by)
    assert db.session.scalars(select(Review)).all() != []
    seen = finding_of(judge, submission).digest
    actions.rule(judge, submission, bars=True, reason="her sister", seen=seen, by=by)
    assert db.session.scalars(select(Review)).all() == []
    assert db.session.scalars(select(Ruling.bars).order_by(Ruling.created_at)).all() == [
        False,
        True,
    ]
    assert deeds() == ["conflict_waived", "conflict_bars", "review_removed"]
    assert letters() == [  # the team is told nothing
        ("review_open_again", judge.user.email),
        ("review_removed", judge.user.email),
    ]


def test_a_judge_is_told_what_a_decision_changes_for_them(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    world.criterion(competition)
    world.rules(competition)
    by = world.organizer(competition)
    judge, submission = weak(world, competition)
    other, _ = weak(world, competition)  # who was given nothing
    world.review(judge, submission, 4)
    browser = world.client(judge.user)

    def listed() -> str:
        return str(browser.get(f"/en/{competition.slug}/judging").text)

    def ruled(bars: bool, who: Judge = judge) -> None:
        seen = finding_of(who, submission).digest
        actions.rule(who, submission, bars=bars, reason="so", seen=seen, by=by)

    assert "of the same organization as you" in listed()
    ruled(False)
    assert "The organizers decided that you can judge this team." in listed()
    ruled(False)  # once more: nothing is otherwise
    ruled(True)
    assert "The organizers decided that you do not judge this team. What you said" in listed()
    ruled(True, other)
    told = db.session.scalars(select(Letter).order_by(Letter.created_at, Letter.id)).all()
    assert [(each.name, each.address) for each in told] == [
        ("review_open_again", judge.user.email),
        ("review_set_aside", judge.user.email),
    ]
    assert "counts again" in told[0].text
    assert "does not count" in told[1].text
    world.announcement(competition, now())
    ruled(False)  # what came out stays as it was
    assert len(letters()) == 2


def test_a_judge_whom_a_team_named_is_told_when_that_ends(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    judge, meant = world.judge(competition), world.judge(competition)
    submission = world.submission(world.team(competition))
    for seat in (judge, meant):
        world.review(seat, submission)
    team, speaker = submission.team, submission.team.members[0]
    objection = actions.object_to(team, judge=judge, about="", reason="x", by=speaker)
    assert "review_open_again" not in dict(letters())
    actions.settle(objection, [meant], by=by)  # it is the other one
    conflict = actions.declare_conflict(meant, team, reason="a cousin", by=by)
    actions.lift_conflict(conflict, by=by)  # the team’s word still bars
    actions.withdraw_objection(objection, by=speaker)
    assert [each for each in letters() if each[0] == "review_open_again"] == [
        ("review_open_again", judge.user.email)
    ]
    assert ("review_removed", meant.user.email) in letters()
    # What a judge says themselves, as at a table, is no decision of the organizers.
    world.criterion(competition)
    world.review(judge, other := world.submission(world.team(competition)), 4)
    actions.declare_conflict(judge, other.team, reason="a friend", by=judge.user)
    assert "review_set_aside" not in dict(letters())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_letter_about_a_decision_says_no_team_where_judging_is_blind(
    world: World, in_a_request: Any, language: str
) -> None:
    competition = world.competition()
    world.criterion(competition)
    world.rules(competition, blind=True)
    judge, submission = weak(world, competition)
    judge.user.language = language
    world.redaction(submission)
    world.review(judge, submission, 4)
    by = world.organizer(competition)
    for bars in (False, True):
        seen = finding_of(judge, submission).digest
        actions.rule(judge, submission, bars=bars, reason="so", seen=seen, by=by)
        page = world.client(judge.user).get(f"/{language}/{competition.slug}/judging").text
        assert submission.team.name not in page
        assert "organizers decided" not in page
        assert "ont décidé" not in page
    for letter in db.session.scalars(select(Letter)):
        assert submission.team.name not in letter.subject + letter.text
        assert letter.language == language


def test_a_completed_review_is_set_aside_and_counts_again(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    judge, submission = weak(world, competition)
    world.review(judge, submission, 4)
    assert ranking_of(competition).set_aside == 1
    world.ruling(judge, submission.team, "organization")
    assert ranking_of(competition).set_aside == 0
    assert ranking_of(competition).rows[0].reviews == 1


def test_a_judge_set_free_can_be_assigned(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    judge, submission = weak(world, competition)
    with pytest.raises(actions.InConflict):
        actions.add_review(judge, submission, despite=False, by=by)
    assert plan(competition, Wish(1)).proposal.added == frozenset()
    world.ruling(judge, submission.team, "organization")
    assert len(plan(competition, Wish(1)).proposal.added) == 1
    actions.add_review(judge, submission, despite=False, by=by)


def test_nothing_known_is_nothing_to_decide(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    judge, submission = world.judge(competition), world.submission(world.team(competition))
    with pytest.raises(actions.NothingKnown):
        actions.rule(judge, submission, bars=True, reason="x", seen="", by=judge.user)


# -- declared --------------------------------------------------------------------------------


def test_a_judge_answers_for_several_at_once(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    organizer = world.organizer(competition)
    judge = world.judge(competition)
    one, two, three = (world.submission(world.team(competition, name_key=k)) for k in "abc")
    for submission in (one, two):
        world.add(Review(judge=judge, submission=submission, round=judge.competition.rounds[0]))
    assert [v.submission for v in undeclared(judge)] == [one, two]
    assert [v.submission for v in undeclared(judge, everything=True)] == [one, two, three]
    said = {one: None, two: "my cousin", three: "my employer"}
    assert actions.declare(judge, said, by=judge.user) == 3
    assert undeclared(judge, everything=True) == []
    answers = {d.submission: d.said for d in db.session.scalars(select(Declaration))}
    assert answers == {one: Stand.NONE, two: Stand.CONFLICT, three: Stand.CONFLICT}
    assert db.session.scalars(select(Review.submission_id)).all() == [one.id]
    # Only where somebody else has to step in.
    assert letters() == [("conflict_declared", organizer.email)]
    assert actions.declare(judge, {one: None}, by=judge.user) == 0
    with pytest.raises(actions.ConflictKnown):
        actions.declare(judge, {two: "again"}, by=judge.user)


def test_who_was_set_free_can_still_recuse_themself(world: World, in_a_request: Any) -> None:
    competition = world.competition()
    judge, submission = world.judge(competition), world.submission(world.team(competition))
    world.conflict(judge.user, submission.team)
    world.ruling(judge, submission.team, "declared")
    review = world.review(judge, submission)
    assert finding_of(judge, submission).state is State.FREE
    actions.recuse(review, reason="we quarrelled", by=judge.user)
    assert finding_of(judge, submission).state is State.BARS
    assert db.session.scalars(select(Conflict.reason)).all() == ["we quarrelled"]


class Desk:
    """A judge with a submission to read, about which they have not been asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        self.criterion = world.criterion(self.competition)
        self.judge = world.judge(self.competition)
        self.submission = world.submission(world.team(self.competition))
        self.review = world.add(
            Review(judge=self.judge, submission=self.submission, round=self.competition.rounds[0])
        )
        self.client = world.client(self.judge.user)
        self.home = f"/en/{self.competition.slug}/judging"
        self.declarations = f"{self.home}/declarations"

    def said(self, submission: Submission, said: str, reason: str = "") -> dict[str, str]:
        return {
            f"said_{submission.id.hex}": said,
            f"reason_{submission.id.hex}": reason,
            "deed": "keep",
        }


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_the_first_opening_asks_then_goes_on(desk: Desk) -> None:
    address = f"{desk.home}/{desk.review.id}"
    sent = desk.client.get(address)
    assert sent.status_code == 302
    way = sent.headers["Location"]
    assert way.startswith(desk.declarations)
    page = desk.client.get(way).text
    assert desk.submission.team.name in page
    assert "⟦description⟧" not in page
    assert f"/en/{desk.competition.slug}/submissions" not in page
    kept = desk.client.post(way, data={"deed": "rest"})
    assert (kept.status_code, kept.headers["Location"]) == (302, address)
    assert desk.client.get(address).status_code == 200
    assert db.session.scalars(select(Declaration.said)).all() == [Stand.NONE]


def test_a_conflict_needs_its_reason_and_shuts_the_door(desk: Desk) -> None:
    answer = desk.client.post(desk.declarations, data=desk.said(desk.submission, "conflict"))
    assert answer.status_code == 422
    assert "Say in a few words" in answer.text
    given = desk.said(desk.submission, "conflict", "⟦a cousin⟧")
    address = f"{desk.home}/{desk.review.id}"
    assert desk.client.post(desk.declarations, data=given).headers["Location"] == desk.home
    assert desk.client.get(address).status_code == 404  # the review went back
    assert f"said_{desk.submission.id.hex}" not in desk.client.get(desk.declarations).text
    assert db.session.scalars(select(Conflict.reason)).one() == "⟦a cousin⟧"
    assert db.session.scalars(select(Review)).all() == []


def test_a_reason_alone_is_a_conflict_and_no_answer_is_none(desk: Desk) -> None:
    other = desk.world.submission(desk.world.team(desk.competition))
    desk.world.add(Review(judge=desk.judge, submission=other, round=desk.competition.rounds[0]))
    assert desk.client.post(desk.declarations, data={"deed": "keep"}).status_code == 422
    given = desk.said(desk.submission, "", "⟦a cousin⟧") | {"deed": "rest"}
    assert desk.client.post(desk.declarations, data=given).status_code == 302
    answers = {d.submission: d.said for d in db.session.scalars(select(Declaration))}
    assert answers == {desk.submission: Stand.CONFLICT, other: Stand.NONE}


@pytest.mark.parametrize(
    "given", [{"said_x": "none"}, {"deed": "rest" * 99}, {"submission": "\x00"}, {"page": "-1"}]
)
def test_odd_answers_do_no_harm(desk: Desk, given: dict[str, str]) -> None:
    assert desk.client.post(desk.declarations, data=given).status_code == 422
    assert desk.client.get(desk.declarations, query_string=given).status_code == 200
    assert db.session.scalars(select(Declaration)).all() == []


def test_all_submissions_can_be_looked_through_beforehand(desk: Desk) -> None:
    other = desk.world.submission(desk.world.team(desk.competition))
    other.team.members[0].organization = "⟦University⟧"
    assert other.team.name not in desk.client.get(desk.declarations).text
    page = desk.client.get(f"{desk.declarations}?everything=1", base_url="http://localhost").text
    assert other.team.name in page
    assert "⟦University⟧" in page
    given = desk.said(other, "conflict", "⟦mine⟧")
    assert desk.client.post(f"{desk.declarations}?everything=1", data=given).status_code == 302
    assert db.session.scalars(select(Conflict.team_id)).all() == [other.team_id]


def test_a_review_completed_before_anybody_asked_stays_open(desk: Desk) -> None:
    desk.review.completed_at = datetime.now(UTC)
    assert desk.client.get(f"{desk.home}/{desk.review.id}").status_code == 200


def test_the_pages_speak_french_and_take_the_same_queries(desk: Desk) -> None:
    world = desk.world
    french = desk.client.get(desk.declarations.replace("/en/", "/fr/", 1))
    assert french.status_code == 200
    assert "Any conflict" not in french.text
    with queries(world.app) as for_one:
        desk.client.get(desk.declarations)
    for _ in range(4):
        submission = world.submission(world.team(desk.competition))
        world.add(Review(judge=desk.judge, submission=submission, round=desk.competition.rounds[0]))
    with queries(world.app) as for_many:
        assert desk.client.get(desk.declarations).text.count("reason_") > 5
    assert len(for_one) == len(for_many)


# -- the team --------------------------------------------------------------------------------


class OfTeam:
    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        world.set_gates(self.competition, "upcoming", Gate.JUDGING)
        self.team: Team = world.team(self.competition)
        self.judge = world.judge(self.competition)
        self.organizer = world.organizer(self.competition)
        self.home = f"/en/{self.competition.slug}/teams/{self.team.id}/judges"

    def client(self, user: User) -> Any:
        return self.world.client(user)


def test_a_team_names_somebody_in_its_own_words(world: World) -> None:
    of = OfTeam(world)
    captain, member = (of.client(user) for user in of.team.members)
    assert of.judge.user.name not in captain.get(f"{of.home}/new").text
    given = {"about": "⟦Doctor Who⟧", "reason": "⟦a dispute⟧"}
    assert captain.post(f"{of.home}/new", data={**given, "reason": ""}).status_code == 422
    assert captain.post(f"{of.home}/new", data={**given, "about": " "}).status_code == 422
    # A judge who is not shown cannot be guessed at.
    guess = {**given, "judge": str(of.judge.id)}
    assert captain.post(f"{of.home}/new", data=guess).status_code == 422
    assert captain.post(f"{of.home}/new", data=given).status_code == 302
    assert "⟦Doctor Who⟧" in member.get(of.home).text
    objection = db.session.scalars(select(Objection)).one()
    assert (objection.people, objection.settled_at) == ([], None)
    # The organizers are told, in no confidential word.
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.name, letter.address) == ("objection_made", of.organizer.email)
    assert not any(word in letter.text for word in given.values())
    stranger = of.client(world.team(of.competition).members[0])
    assert stranger.get(of.home).status_code == 403
    assert stranger.post(f"{of.home}/{objection.id}/removal").status_code == 403
    assert member.post(f"{of.home}/{objection.id}/removal").status_code == 302
    assert db.session.scalars(select(Objection)).all() == []
    assert deeds()[-2:] == ["objection_made", "objection_withdrawn"]


def test_only_who_decides_and_is_not_concerned_is_told_of_it(
    world: World, in_a_request: None
) -> None:
    of = OfTeam(world)
    chair, friend = world.organizer(of.competition), world.organizer(of.competition)
    world.conflict(friend, of.team)
    of.organizer.name = "⟦Ada Lovelace⟧"

    def told(about: str) -> set[str]:
        by = of.team.members[0]
        actions.object_to(of.team, judge=None, about=about, reason="⟦x⟧", by=by)
        found = {address for name, address in letters() if name == "objection_made"}
        db.session.execute(delete(Letter))
        return found

    assert told("⟦somebody⟧") == {of.organizer.email, chair.email}
    assert told("⟦ada lovelace⟧, of whom") == {chair.email}
    world.chair(chair, of.competition)
    world.chair(friend, of.competition)
    assert told("⟦somebody else⟧") == {chair.email}


def test_a_team_chooses_a_judge_where_it_sees_them(world: World) -> None:
    of = OfTeam(world)
    of.competition.judges_named_at = datetime.now(UTC)
    captain = of.client(of.team.members[0])
    assert of.judge.user.name in captain.get(f"{of.home}/new").text
    given = {"judge": str(of.judge.id), "reason": "⟦a dispute⟧"}
    assert captain.post(f"{of.home}/new", data=given).status_code == 302
    assert captain.post(f"{of.home}/new", data=given).status_code == 422
    submission = world.submission(of.team)
    assert finding_of(of.judge, submission).state is State.TO_DECIDE
    # The judge learns that there is something to decide, and nothing of what the team said.
    world.review(of.judge, submission)
    refused = of.client(of.judge.user).get(f"/en/{of.competition.slug}/judging/{_review_id()}")
    assert refused.status_code == 403
    assert "⟦a dispute⟧" not in refused.text


def _review_id() -> Any:
    return db.session.scalars(select(Review.id)).one()


def test_a_team_speaks_until_judging_opens(world: World) -> None:
    of = OfTeam(world)
    captain = of.client(of.team.members[0])
    objection = world.objection(of.team)
    page = of.home.removesuffix("/judges")
    asked = "Say with which judges your team has a conflict of interest."
    assert asked in captain.get(page).text
    world.set_gates(of.competition, "open", Gate.JUDGING)
    assert asked not in captain.get(page).text
    assert captain.get(of.home).status_code == 200
    assert captain.get(f"{of.home}/new").status_code == 403
    given = {"about": "⟦x⟧", "reason": "⟦y⟧"}
    assert captain.post(f"{of.home}/new", data=given).status_code == 403
    assert captain.post(f"{of.home}/{objection.id}/removal").status_code == 403


def test_a_team_names_no_more_than_so_many(world: World, in_a_request: Any) -> None:
    of = OfTeam(world)
    for _ in range(actions.MOST_OBJECTIONS):
        world.objection(of.team)
    with pytest.raises(actions.ManyObjections):
        actions.object_to(of.team, judge=None, about="x", reason="y", by=of.team.members[0])


def test_what_a_team_said_comes_along_when_it_merges(world: World, in_a_request: Any) -> None:
    of = OfTeam(world)
    other = world.team(of.competition)
    objection = world.objection(of.team, of.judge.user)
    carry_over(of.team, other, by=other.members[0])
    assert objections_of(other) == [objection]


# -- the organizers --------------------------------------------------------------------------


class Chaired:
    """Two organizers, the first of whom judges too and is in conflict with a team."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = competition = world.competition()
        world.criterion(competition)
        challenge = world.challenge(competition)
        self.both, self.other = world.organizer(competition), world.organizer(competition)
        self.both.name = "⟦Both at once⟧"
        self.hidden, self.seen, self.third = (
            world.submission(world.team(competition, challenge=challenge, name=f"⟦Team {name}⟧"))
            for name in ("Hidden", "Seen", "Third")
        )
        self.judge = world.judge(competition, user=self.both)
        self.reader = world.judge(competition)
        world.conflict(self.both, self.hidden.team)
        for submission, level in ((self.hidden, 4), (self.seen, 5), (self.third, 2)):
            world.review(self.reader, submission, level)

    def url(self, rest: str) -> str:
        return f"/en/{self.competition.slug}/manage/{rest}"

    def get(self, user: User, rest: str) -> Any:
        return self.world.client(user).get(self.url(rest))

    def post(self, user: User, rest: str, **data: Any) -> Any:
        return self.world.client(user).post(self.url(rest), data=data)


@pytest.fixture
def chaired(world: World) -> Chaired:
    return Chaired(world)


def test_who_judges_too_sees_nothing_of_the_place(chaired: Chaired) -> None:
    withheld = withheld_from(chaired.both, chaired.competition)
    assert withheld == {chaired.hidden.id}
    whole = ranking_of(chaired.competition)
    assert [row.place for row in whole.rows] == [1, 2, 3]
    part = ranking_of(chaired.competition, withheld=withheld)
    # No gap in the places from which the one that is left out could be told.
    assert [(row.submission, row.place) for row in part.rows] == [
        (chaired.seen, 1),
        (chaired.third, 2),
    ]
    assert len(part.overall) == 2
    assert part.basis.reviews.keys() < whole.basis.reviews.keys()


@pytest.mark.parametrize(
    "rest",
    [
        *("judging/ranking", "judging/ranking?list=overall"),
        *("judging/reviews", "judging/judges/{reader}"),
    ],
)
def test_pages_leave_the_team_out(chaired: Chaired, rest: str) -> None:
    rest = rest.format(reader=chaired.reader.id)
    page = chaired.get(chaired.both, rest).text
    assert chaired.hidden.team.name not in page
    assert chaired.seen.team.name in page
    assert chaired.hidden.team.name in chaired.get(chaired.other, rest).text
    if "judges/" not in rest:
        assert "Hidden: you have a conflict" in page


@pytest.mark.parametrize(
    "rest",
    [
        "judging/reviews/{hidden}",
        "submissions/{hidden}",
        "submissions/{hidden}/disqualification",
        "submissions.csv",
        "results",
        "results/announcement",
        "gallery/preview",
        "gallery/preview/{hidden}",
        "checks/{finding}",
    ],
)
def test_doors_are_shut_to_who_judges_too(chaired: Chaired, rest: str) -> None:
    finding = chaired.world.finding(chaired.hidden)
    rest = rest.format(hidden=chaired.hidden.id, finding=finding.id)
    assert chaired.get(chaired.both, rest).status_code == 403
    assert chaired.get(chaired.other, rest).status_code == 200


def test_the_work_itself_is_shut_to_who_judges_too(chaired: Chaired) -> None:
    start = f"/en/{chaired.competition.slug}"
    client = chaired.world.client(chaired.both)
    for submission, status in ((chaired.hidden, 403), (chaired.seen, 200)):
        file = chaired.world.shown(submission)
        for path in (
            f"teams/{submission.team_id}/submission",
            f"submissions/{submission.id}/versions/{submission.versions[0].url_key}",
            f"submissions/{submission.id}/files/{file.digest}",
        ):
            with client.get(f"{start}/{path}") as answer:
                assert answer.status_code == status, path


def test_a_proposal_hides_who_reads_the_team_and_a_second_wave_is_for_others(
    chaired: Chaired,
) -> None:
    page = chaired.get(chaired.both, "judging/reviews/proposal?wanted=1").text
    assert "Hidden: you have a conflict" in page
    assert f'value="{chaired.hidden.id}"' not in page
    move = f"drop.{chaired.reader.id}.{chaired.hidden.id}"
    page = chaired.get(chaired.both, f"judging/reviews/proposal?wanted=1&move={move}").text
    assert f'name="move" value="{move}"' not in page
    assert "What your changes cost" not in page
    wave = "judging/reviews/proposal?wanted=2&manner=wave"
    assert "somebody else does a second wave" in chaired.get(chaired.both, wave).text
    sent = chaired.post(chaired.both, "judging/reviews/proposal", wanted="2", manner="wave")
    assert sent.status_code == 422
    assert "somebody else does a second wave" not in chaired.get(chaired.other, wave).text


def test_results_open_again_once_public_or_decided(chaired: Chaired) -> None:
    chaired.world.ruling(chaired.judge, chaired.hidden.team, "declared")
    assert chaired.get(chaired.both, "results").status_code == 200
    chaired.world.ruling(chaired.judge, chaired.hidden.team, "declared", bars=True)
    assert chaired.get(chaired.both, "results").status_code == 403
    chaired.world.announcement(chaired.competition, datetime.now(UTC) - timedelta(hours=1))
    assert chaired.get(chaired.both, "results").status_code == 200


def test_the_journal_tells_no_honours_before_they_are_public(chaired: Chaired) -> None:
    given = {"winners": "⟦Secret⟧", "outstanding": "–"}
    record(Deed.HONOURS_DECIDED, by=chaired.other, competition=chaired.competition, **given)
    title = chaired.hidden.versions[0].content["title"]
    prize = chaired.world.prize(chaired.competition)
    decide(prize, {chaired.hidden: Given(1, both("c"))}, reason="So.", by=chaired.other)
    for secret in ("⟦Secret⟧", title):
        assert secret not in chaired.get(chaired.both, "journal").text
        assert secret in chaired.get(chaired.other, "journal").text


def test_what_judges_say_of_the_work_is_not_written_to_who_judges_too(
    chaired: Chaired, in_a_request: Any
) -> None:
    """Neither in a letter to them, nor in the list of letters to others."""
    world, reader = chaired.world, chaired.reader.user
    for submission in (chaired.hidden, chaired.seen):
        judge = world.judge(chaired.competition)
        review = world.review(judge, submission)
        actions.report(review, kind=Trouble.OTHER, text="⟦It is copied⟧", by=reader)
        actions.abstain(review, reason="⟦I saw it win⟧", by=reader)
    letters = db.session.scalars(select(Letter)).all()
    names = ["problem_reported", "review_given_back"]
    mine = [each for each in letters if each.recipient_id == chaired.both.id]
    assert sorted(each.name for each in mine) == names
    assert not any(chaired.hidden.team.name in each.subject for each in mine)
    others = [each for each in letters if each.recipient_id == chaired.other.id]
    assert sorted(each.name for each in others) == sorted(names * 2)
    listed = chaired.get(chaired.both, "letters").text
    assert chaired.hidden.team.name not in listed
    assert chaired.hidden.team.name in chaired.get(chaired.other, "letters").text
    for found, status in ((mine, 200), (others, 403)):
        for each in found:
            assert chaired.get(chaired.both, f"letters/{each.id}").status_code == status
            assert chaired.get(chaired.other, f"letters/{each.id}").status_code == 200


def test_a_gallery_for_the_crew_leaves_the_team_out(chaired: Chaired) -> None:
    chaired.world.set_gates(chaired.competition, "closed")
    chaired.world.gallery(chaired.competition, Audience.CREW)
    start = f"/en/{chaired.competition.slug}/projects"
    both, other = (chaired.world.client(user) for user in (chaired.both, chaired.other))
    assert chaired.hidden.team.name not in both.get(start).text
    assert chaired.hidden.team.name in other.get(start).text
    assert both.get(f"{start}/{chaired.hidden.id}").status_code == 403
    assert both.get(f"{start}/{chaired.seen.id}").status_code == 200
    chaired.world.announcement(chaired.competition, datetime.now(UTC) - timedelta(hours=1))
    assert both.get(f"{start}/{chaired.hidden.id}").status_code == 200


def test_nobody_decides_about_themself(chaired: Chaired) -> None:
    pair = f"judging/conflicts/{chaired.hidden.id}/{chaired.judge.id}"
    assert chaired.get(chaired.both, pair).status_code == 403
    listed = chaired.get(chaired.both, "judging/conflicts").text
    assert pair not in listed
    assert chaired.hidden.team.name not in listed
    page = chaired.get(chaired.other, pair)
    assert page.status_code == 200
    seen = finding_of(chaired.judge, chaired.hidden).digest
    given = {"bars": "free", "reason": "⟦far away⟧", "seen": seen}
    assert chaired.post(chaired.both, f"{pair}/ruling", **given).status_code == 403
    assert (
        chaired.post(chaired.other, f"{pair}/ruling", **{**given, "reason": ""}).status_code == 422
    )
    assert chaired.post(chaired.other, f"{pair}/ruling", **{**given, "seen": ""}).status_code == 422
    assert chaired.post(chaired.other, f"{pair}/ruling", **given).status_code == 302
    assert db.session.scalars(select(Ruling.bars)).all() == [False]
    assert "⟦far away⟧" in chaired.get(chaired.other, "judging/conflicts").text


def test_who_frees_a_judge_is_told_that_no_review_comes_back(chaired: Chaired) -> None:
    pair = f"judging/conflicts/{chaired.hidden.id}/{chaired.judge.id}"
    client = chaired.world.client(chaired.other)
    for bars, told in (("free", True), ("bars", False)):
        seen = finding_of(chaired.judge, chaired.hidden).digest
        given = {"bars": bars, "reason": "known", "seen": seen}
        assert client.post(chaired.url(f"{pair}/ruling"), data=given).status_code == 302
        page = client.get(chaired.url("judging/conflicts")).text
        assert "The decision is noted." in page
        assert ("does not come back by itself" in page) is told


def test_who_is_tied_to_the_team_does_not_decide_about_another_judge(chaired: Chaired) -> None:
    world = chaired.world
    world.conflict(chaired.reader.user, chaired.hidden.team)
    pair = f"judging/conflicts/{chaired.hidden.id}/{chaired.reader.id}"
    assert partial(chaired.both, chaired.hidden.team)
    assert not partial(chaired.other, chaired.hidden.team)
    assert chaired.get(chaired.both, pair).status_code == 200
    assert chaired.post(chaired.both, f"{pair}/ruling").status_code == 403
    world.mentor(chaired.competition, chaired.hidden.team, user=chaired.other)
    assert chaired.post(chaired.other, f"{pair}/ruling").status_code == 403


def test_with_a_chair_no_other_organizer_decides(chaired: Chaired) -> None:
    judge, submission = weak(chaired.world, chaired.competition)
    pair = f"judging/conflicts/{submission.id}/{judge.id}"
    assert chaired.post(chaired.both, f"{pair}/ruling").status_code == 422
    organizer = db.session.scalars(select(Organizer).filter_by(user=chaired.other)).one()
    chosen = {"chairs": str(organizer.id)}
    assert chaired.post(chaired.both, "judging/conflicts/chairs", **chosen).status_code == 302
    assert chaired.post(chaired.both, "judging/conflicts/chairs", **chosen).status_code == 302
    assert db.session.scalars(select(Chair.organizer_id)).all() == [organizer.id]
    assert chaired.post(chaired.both, f"{pair}/ruling").status_code == 403
    assert chaired.post(chaired.other, f"{pair}/ruling").status_code == 422
    conflict = db.session.scalars(select(Conflict)).one()
    lifting = f"judging/conflicts/{conflict.id}/lifting"
    assert chaired.post(chaired.both, lifting).status_code == 403
    assert chaired.post(chaired.other, lifting).status_code == 302
    nobody = {"csrf_token": "x"}  # as a browser sends the form with nothing ticked
    assert chaired.post(chaired.both, "judging/conflicts/chairs", **nobody).status_code == 302
    assert db.session.scalars(select(Chair)).all() == []
    assert deeds() == ["chairs_named", "conflict_lifted", "chairs_ended"]


def test_organizers_look_for_whom_a_team_means(chaired: Chaired) -> None:
    world, team = chaired.world, chaired.seen.team
    objection = world.objection(team, about="⟦their professor⟧")
    page = f"judging/conflicts/objections/{objection.id}"
    assert "To look for" in chaired.get(chaired.other, "judging/conflicts").text
    assert chaired.post(chaired.other, page, judges="nobody").status_code == 422
    assert chaired.post(chaired.other, page, judges=str(chaired.reader.id)).status_code == 302
    assert objection.people == [chaired.reader.user]
    assert finding_of(chaired.reader, chaired.seen).state is State.TO_DECIDE
    assert ranking_of(chaired.competition).set_aside == 1
    assert chaired.post(chaired.other, page, csrf_token="x").status_code == 302
    assert objection.people == []
    assert finding_of(chaired.reader, chaired.seen).state is State.FREE


def test_who_is_named_does_not_read_it(chaired: Chaired) -> None:
    by_name = chaired.world.objection(chaired.seen.team, about=f"That {chaired.both.name}!")
    chosen = chaired.world.objection(chaired.third.team, chaired.both, reason="⟦he shouts⟧")
    listed = chaired.get(chaired.both, "judging/conflicts").text
    for objection in (by_name, chosen):
        page = f"judging/conflicts/objections/{objection.id}"
        assert chaired.get(chaired.both, page).status_code == 403
        assert objection.reason not in listed
        assert chaired.get(chaired.other, page).status_code == 200


def test_names_are_shown_to_teams_when_the_organizers_choose_so(chaired: Chaired) -> None:
    for shown, deed in (("yes", "judges_named"), ("yes", "judges_named"), ("no", "judges_unnamed")):
        assert (
            chaired.post(chaired.other, "judging/conflicts/names", shown=shown).status_code == 302
        )
        assert (chaired.competition.judges_named_at is not None) == (shown == "yes")
        assert deeds()[-1] == deed
    assert deeds() == ["judges_named", "judges_unnamed"]


def test_the_list_is_filtered(chaired: Chaired) -> None:
    judge, submission = weak(chaired.world, chaired.competition)
    free, other = weak(chaired.world, chaired.competition)
    submission.team.members[0].organization = "Elsewhere"
    judge.user.organization = "elsewhere"
    chaired.world.ruling(free, other.team, "organization")

    def teams(query: str) -> set[str]:
        page = chaired.get(chaired.other, f"judging/conflicts?{query}").text
        every = (chaired.hidden, submission, other)
        return {
            each.team.name for each in every if f'<th scope="row">{each.team.name}</th>' in page
        }

    everyone = {chaired.hidden.team.name, submission.team.name, other.team.name}
    assert teams("") == everyone
    assert teams("state=to_decide") == {submission.team.name}
    assert teams("state=bars") == {chaired.hidden.team.name}
    assert teams("state=free") == {other.team.name}
    assert teams("ground=declared") == {chaired.hidden.team.name}
    assert teams(f"search={other.team.name.upper()}") == {other.team.name}
    assert teams("state=odd&ground=%00&page=x") == set()
    assert teams("search=nobody") == set()


def test_the_list_takes_the_same_queries_for_one_and_for_many(chaired: Chaired) -> None:
    judge, submission = weak(chaired.world, chaired.competition)
    chaired.world.ruling(judge, submission.team, "organization")
    chaired.world.objection(chaired.third.team)
    client, url = chaired.world.client(chaired.other), chaired.url("judging/conflicts")
    client.get(url)
    with queries(chaired.world.app) as for_few:
        client.get(url)
    for _ in range(3):
        judge, submission = weak(chaired.world, chaired.competition)
        chaired.world.ruling(judge, submission.team, "organization")
    with queries(chaired.world.app) as for_many:
        assert client.get(url).status_code == 200
    assert len(for_few) == len(for_many)


# -- what is kept ----------------------------------------------------------------------------


def test_what_was_said_in_confidence_goes_with_time(world: World) -> None:
    competition = world.competition()
    judge, submission = weak(world, competition)
    objection = world.objection(submission.team, judge.user)
    ruling = world.ruling(judge, submission.team, "organization", "team")
    counts: dict[str, int] = {}
    for share in SHARES:
        counts |= share.expire(competition)
    assert (counts["objections"], counts["rulings"]) == (1, 1)
    db.session.expire_all()
    assert (objection.about, objection.reason, ruling.reason) == ("", "", "")
    # What was decided stays, so that the same reviews count.
    assert finding_of(judge, submission).state is State.FREE


def test_pairings_of_a_team_left_out_of_the_rows_are_none(world: World) -> None:
    """A judge who mentors elsewhere in the same competition judges here."""
    competition = world.competition()
    judge, submission = world.judge(competition), world.submission(world.team(competition))
    mentor = world.mentor(competition, user=judge.user)
    world.add(Pairing(mentor=mentor, team=world.team(competition)))
    assert finding_of(judge, submission).state is State.FREE
    assert db.session.scalars(select(Membership)).all() != []
