"""Two teams become one: what stays, what goes, who is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.mentoring.models import Conflict, Pairing, team_need
from hackathon.mergers import actions
from hackathon.mergers.queries import Plan, pair_of, teams_that_fit
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.submissions.models import Submission
from hackathon.teams.actions import TeamGone, accept, choose_challenge, dissolve, edit
from hackathon.teams.models import Allowance, Invitation, Membership, Merger, Side, Team
from hackathon.teams.queries import opening_for
from tests.world import World, both

OURS, THEIRS = Side.PROPOSER, Side.ASKED


def plan(**others: Any) -> Plan:
    given = {"name_of": OURS, "captain_of": OURS, "challenge_of": None, "work_of": None}
    return Plan(**{**given, **others})


def propose(team: Team, other: Team, **others: Any) -> Merger:
    return actions.propose(team, other, plan(**others), message="", by=team.captain)


def letters(name: str) -> list[str]:
    return sorted(db.session.scalars(select(Letter.address).filter_by(name=name)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def two(world: World, *sizes: int) -> tuple[Team, Team]:
    competition = world.competition(team_max=5)
    one, other = (world.team(competition, size) for size in sizes or (1, 2))
    return one, other


def captains() -> int:
    return len(db.session.scalars(select(Membership).where(Membership.captain)).all())


# -- proposing -------------------------------------------------------------------------------


def test_the_other_captain_is_asked(world: World) -> None:
    team, other = two(world)
    merger = propose(team, other)
    assert letters("merger_proposed") == [other.captain.email]
    assert deeds() == ["merger_proposed"]
    with pytest.raises(actions.AlreadyProposed):
        propose(team, other)
    actions.take_back(merger, by=team.captain)
    propose(team, other)


def test_sizes_must_fit(world: World) -> None:
    team, other = two(world, 3, 3)
    with pytest.raises(actions.TooManyTogether):
        propose(team, other)
    assert teams_that_fit(team) == []


def test_two_that_have_handed_in_cannot(world: World) -> None:
    team, other = two(world)
    world.submission(team)
    assert teams_that_fit(team) == [other]
    world.submission(other)
    assert teams_that_fit(team) == []
    with pytest.raises(actions.BothHandedIn):
        propose(team, other)


def test_a_plan_fits_what_the_teams_have(world: World) -> None:
    team, other = two(world)
    world.submission(team, handed_in=False)
    for wrong in ({}, {"work_of": THEIRS}, {"work_of": OURS, "challenge_of": THEIRS}):
        with pytest.raises(actions.PlanOvertaken):
            propose(team, other, **wrong)
    propose(team, other, work_of=OURS)


def test_declining_tells_the_one_who_asked(world: World) -> None:
    team, other = two(world)
    merger = propose(team, other)
    actions.decline(merger, answer="⟦We are enough⟧", by=other.captain)
    assert letters("merger_declined") == [team.captain.email]
    assert (
        "⟦We are enough⟧"
        in db.session.scalars(select(Letter.text).filter_by(name="merger_declined")).one()
    )
    for answer in (actions.accept, actions.take_back):
        with pytest.raises(actions.ProposalOver):
            answer(merger, by=other.captain)
    propose(team, other)  # asking again is possible


# -- becoming one ----------------------------------------------------------------------------


def test_one_team_of_all_with_one_captain_and_everyone_told(world: World) -> None:
    team, other = two(world)
    names = (team.name, other.name)
    everyone = sorted(person.email for person in [*team.members, *other.members])
    captain = other.captain
    merger = propose(team, other, name_of=OURS, captain_of=THEIRS)
    world.invitation(other)
    one = actions.accept(merger, by=other.captain)
    assert db.session.scalars(select(Team)).all() == [one]
    assert (one.name, one.captain, len(one.members), captains()) == (names[0], captain, 3, 1)
    assert letters("teams_merged") == everyone
    assert deeds()[-1] == "teams_merged"
    assert db.session.scalars(select(Merger)).all() == []
    assert db.session.scalars(select(Invitation)).all() == []


@pytest.mark.parametrize("name_of", [OURS, THEIRS])
@pytest.mark.parametrize("captain_of", [OURS, THEIRS])
@pytest.mark.parametrize("work_of", [None, OURS, THEIRS])
def test_whatever_stays_of_whom(
    world: World, name_of: Side, captain_of: Side, work_of: Side | None
) -> None:
    team, other = two(world)
    teams = {OURS: team, THEIRS: other}
    names, heads = ({s: (t.name, t.captain)[n] for s, t in teams.items()} for n in (0, 1))
    works = {s: world.submission(t, handed_in=False).id for s, t in teams.items() if work_of}
    merger = propose(team, other, name_of=name_of, captain_of=captain_of, work_of=work_of)
    one = actions.accept(merger, by=other.captain)
    assert (one.name, one.captain) == (names[name_of], heads[captain_of])
    kept = [works[work_of]] if work_of else []
    assert list(db.session.scalars(select(Submission.id).filter_by(team=one))) == kept
    assert (len(one.memberships), captains()) == (3, 1)
    edit(one, name=names[THEIRS], languages=["en"], about="", by=one.captain)  # the name is free


def test_what_is_handed_in_stays_with_its_challenge(world: World) -> None:
    team, other = two(world)
    submission = world.submission(other)
    team.challenge = world.challenge(team.competition)
    handed_in, version = other.challenge, submission.handed_in
    db.session.flush()
    assert pair_of(team, other).challenge_choices == [THEIRS]
    with pytest.raises(actions.PlanOvertaken):
        propose(team, other, work_of=THEIRS, challenge_of=OURS)
    merger = propose(team, other, work_of=THEIRS, challenge_of=THEIRS)
    one = actions.accept(merger, by=other.captain)
    assert (one.challenge, one.name) == (handed_in, team.name)
    assert version.submission.team_id == one.id


def test_the_words_of_the_other_draft_go_to_everyone(world: World) -> None:
    team, other = two(world)
    kept = world.submission(team, handed_in=False)
    gone = world.submission(other, handed_in=False)
    gone.title, gone.description = "⟦Northern light⟧", "⟦First part⟧\n\n⟦Second part⟧"
    world.file(gone)
    merger = propose(team, other, work_of=OURS)
    actions.accept(merger, by=other.captain)
    assert db.session.scalars(select(Submission)).all() == [kept]
    for text in db.session.scalars(select(Letter.text).filter_by(name="teams_merged")):
        for words in ("Northern light", "Second part", "report.pdf"):
            assert words in text


def test_the_challenge_that_was_agreed(world: World) -> None:
    team, other = two(world)
    team.challenge, other.challenge = (world.challenge(team.competition) for _ in range(2))
    wanted = other.challenge
    db.session.flush()
    merger = propose(team, other, challenge_of=THEIRS)
    assert actions.accept(merger, by=other.captain).challenge == wanted


def test_what_changed_since_is_not_guessed(world: World) -> None:
    team, other = two(world)
    merger = propose(team, other)
    world.submission(other, handed_in=False)
    with pytest.raises(actions.PlanOvertaken):
        actions.accept(merger, by=other.captain)
    assert len(db.session.scalars(select(Team)).all()) == 2


def test_who_joined_meanwhile_counts(world: World) -> None:
    team, other = two(world, 2, 3)
    merger = propose(team, other)
    world.join(world.person(), other)
    with pytest.raises(actions.TooManyTogether):
        actions.accept(merger, by=other.captain)


def test_nobody_joins_a_team_that_is_no_more(world: World) -> None:
    team, other = two(world)
    link, merger = world.invitation(other), propose(team, other)
    registration = world.registration(world.person(), team.competition)
    actions.accept(merger, by=other.captain)
    with pytest.raises(TeamGone):
        accept(link, registration)


# -- what hangs on the two -------------------------------------------------------------------


def test_conflicts_and_needs_come_along(world: World) -> None:
    team, other = two(world)
    competition = team.competition
    both_bar, other_bars = world.person(), world.person()
    world.conflict(both_bar, team)
    world.conflict(both_bar, other)
    world.conflict(other_bars, other)
    needs = [world.expertise(competition) for _ in range(2)]
    for each, needing in zip(needs, (team, other), strict=True):
        db.session.execute(team_need.insert().values(team_id=needing.id, expertise_id=each.id))
    one = actions.accept(propose(team, other), by=other.captain)
    conflicts = db.session.scalars(select(Conflict)).all()
    assert {c.user_id for c in conflicts} == {both_bar.id, other_bars.id}
    assert {c.team_id for c in conflicts} == {one.id}
    assert set(db.session.scalars(select(team_need.c.expertise_id))) == {n.id for n in needs}


def test_the_mentors_of_the_team_that_stays_go_on(world: World) -> None:
    team, other = two(world)
    stays = world.mentor(team.competition, team)
    shared = world.mentor(team.competition, team, other)
    ends = world.mentor(team.competition, other)
    one = actions.accept(propose(team, other), by=other.captain)
    pairings = db.session.scalars(select(Pairing)).all()
    assert {(p.mentor_id, p.team_id) for p in pairings} == {(stays.id, one.id), (shared.id, one.id)}
    assert letters("pairing_ended") == [ends.user.email]


def test_a_team_without_mentors_gets_those_of_the_other_but_for_conflicts(world: World) -> None:
    team, other = two(world)
    comes, barred = (world.mentor(team.competition, other) for _ in range(2))
    world.conflict(barred.user, team)
    one = actions.accept(propose(team, other), by=other.captain)
    [pairing] = db.session.scalars(select(Pairing))
    assert (pairing.mentor_id, pairing.team_id) == (comes.id, one.id)
    assert letters("pairing_ended") == [barred.user.email]


def test_the_later_of_two_allowances_holds(world: World) -> None:
    team, other = two(world)
    moment = datetime.now(UTC).replace(microsecond=0)
    for owner, gate, days in (
        (team, Gate.SUBMISSION, 30),
        (other, Gate.SUBMISSION, 40),
        (other, Gate.TEAM_CHANGES, 50),
    ):
        closes_at = moment + timedelta(days=days)
        world.add(Allowance(team=owner, gate=gate, closes_at=closes_at, reason=both("why")))
    one = actions.accept(propose(team, other), by=other.captain)
    assert opening_for(one, Gate.SUBMISSION).closes_at == moment + timedelta(days=40)
    assert opening_for(one, Gate.TEAM_CHANGES).closes_at == moment + timedelta(days=50)


# -- by hand ---------------------------------------------------------------------------------


def test_organizers_merge_with_a_reason(world: World) -> None:
    team, other = two(world)
    merger = propose(other, team)
    organizer = world.organizer(team.competition)
    one = actions.merge(team, other, plan(), reason="⟦Both too small⟧", by=organizer)
    assert db.session.scalars(select(Team)).all() == [one]
    assert deeds()[-1] == "teams_merged_by_hand"
    for text in db.session.scalars(select(Letter.text).filter_by(name="teams_merged")):
        assert "⟦Both too small⟧" in text
    with pytest.raises(actions.ProposalOver):
        actions.accept(merger, by=one.captain)


def test_a_challenge_chosen_anew_since_is_not_what_was_agreed(world: World) -> None:
    team, other = two(world)
    for each in (team, other):
        each.challenge = world.challenge(team.competition)
    merger = propose(team, other, challenge_of=THEIRS)
    choose_challenge(other, world.challenge(team.competition), by=other.captain)
    with pytest.raises(actions.PlanOvertaken):
        actions.accept(merger, by=other.captain)


def test_who_asked_the_team_that_goes_is_not_told_that_it_was_dissolved(world: World) -> None:
    team, other = two(world)
    person = world.participant(team.competition)
    world.join_request(registration_of(person, team.competition), other)
    actions.accept(propose(team, other), by=other.captain)
    letter = db.session.scalars(select(Letter).filter_by(address=person.email)).one()
    assert letter.name == "join_request_overtaken"
    assert "one with another team" in letter.text


# -- what ends by itself -----------------------------------------------------------------------


@pytest.mark.parametrize("stays", [OURS, THEIRS])
def test_whoever_waits_for_a_team_that_merged_elsewhere_is_told(world: World, stays: Side) -> None:
    team, other = two(world)
    waiting, asked = (world.team(team.competition, 1) for _ in range(2))
    propose(waiting, other)
    propose(other, asked)
    merger = propose(team, other, name_of=stays)
    actions.accept(merger, by=other.captain)
    assert letters("merger_ended") == sorted([waiting.captain.email, asked.captain.email])
    assert deeds().count("merger_ended") == 2
    assert list(db.session.scalars(select(Merger))) == []
    [text] = set(db.session.scalars(select(Letter.text).filter_by(address=waiting.captain.email)))
    assert "has become one with another team" in text


def test_whoever_waits_for_a_team_that_is_dissolved_is_told(world: World) -> None:
    team, other = two(world)
    propose(team, other)
    dissolve(other, by=other.captain)
    assert letters("merger_ended") == [team.captain.email]
    [text] = db.session.scalars(select(Letter.text).filter_by(name="merger_ended"))
    assert "was dissolved" in text
    assert list(db.session.scalars(select(Merger))) == []
    third = world.team(team.competition, 1)
    propose(team, third)  # nothing waits any more


def test_whoever_has_answered_is_told_nothing(world: World) -> None:
    team, other = two(world)
    actions.decline(propose(team, other), answer="", by=other.captain)
    dissolve(other, by=other.captain)
    assert letters("merger_ended") == []
