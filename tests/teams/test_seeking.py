"""Looking for each other: what can be done, what stands in the way, what ends by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.teams import actions, seeking
from hackathon.teams.models import JoinRequest, Outcome, Seeker, Team, Vacancy
from hackathon.teams.queries import places_to_invite, team_of
from tests.world import World

SAID: dict[str, Any] = {
    "languages": ["fr"],
    "skills": [],
    "interests": [],
    "about": "Bonjour",
    "friends": [],
}


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def entry(world: World, competition: Any) -> Registration:
    """A registered person in no team."""
    found = registration_of(world.participant(competition), competition)
    assert found
    return found


def look(registration: Registration, **others: Any) -> Seeker:
    return seeking.look(registration, by=registration.user, **{**SAID, **others})


def ask(team: Team, registration: Registration) -> JoinRequest:
    return seeking.ask(team, registration, message="Please", by=registration.user)


def outcomes() -> list[Outcome | None]:
    return list(db.session.scalars(select(JoinRequest.outcome).order_by(JoinRequest.id)))


# -- looking ---------------------------------------------------------------------------------


def test_a_person_looks_and_says_it_anew(world: World) -> None:
    competition = world.competition()
    person, skill = entry(world, competition), world.expertise(competition)
    challenge = world.challenge(competition)
    first = look(person, skills=[skill])
    second = look(person, languages=["en", "fr"], interests=[challenge])
    assert first is second
    assert (second.languages, second.skills, second.interests) == (["en", "fr"], [], [challenge])
    assert deeds() == ["search_begun"]


def test_friends_are_named_once_and_not_oneself(world: World) -> None:
    person = entry(world, world.competition())
    found = look(person, friends=["a@b.example", person.user.email, "a@b.example"])
    assert found.friends == ["a@b.example"]
    with pytest.raises(seeking.TooManyFriends):
        look(person, friends=[f"{n}@b.example" for n in range(5)])


def test_skills_are_few(world: World) -> None:
    competition = world.competition()
    skills = [world.expertise(competition) for _ in range(seeking.MOST_SKILLS + 1)]
    with pytest.raises(seeking.TooManySkills):
        look(entry(world, competition), skills=skills)
    with pytest.raises(seeking.TooManySkills):
        seeking.call(world.team(competition), skills=skills, about="", by=world.person())


def test_who_is_in_a_team_looks_for_none(world: World) -> None:
    team = world.team(world.competition())
    with pytest.raises(actions.AlreadyInTeam):
        look(team.memberships[1].registration)


def test_a_search_ends_by_a_button_by_joining_and_by_withdrawing(world: World) -> None:
    competition = world.competition()
    withdrawn, joined, gone = (entry(world, competition) for _ in range(3))
    seekers = [look(person) for person in (withdrawn, joined, gone)]
    seeking.stop_looking(seekers[0], by=withdrawn.user)
    seeking.stop_looking(None, by=withdrawn.user)
    actions.accept(world.invitation(world.team(competition)), joined)
    actions.withdraw(gone, by=gone.user)
    assert db.session.scalars(select(Seeker)).all() == []
    assert deeds().count("search_ended") == 1


def test_a_team_calls_and_stops(world: World) -> None:
    competition = world.competition()
    team, skill = world.team(competition), world.expertise(competition)
    first = seeking.call(team, skills=[skill], about="Join us", by=team.captain)
    assert seeking.call(team, skills=[skill], about="Do", by=team.captain) is first
    seeking.stop_calling(first, by=team.captain)
    seeking.stop_calling(None, by=team.captain)
    assert db.session.scalars(select(Vacancy)).all() == []
    assert deeds() == ["vacancy_opened", "vacancy_closed"]


def test_a_full_team_calls_nobody(world: World) -> None:
    team = world.team(world.competition(), 3)
    with pytest.raises(actions.TeamFull):
        seeking.call(team, skills=[], about="", by=team.captain)


def test_an_invitation_from_the_board_is_an_invitation(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    invitation = seeking.invite_seeker(team, look(person), by=team.captain, language="en")
    assert (invitation.to, invitation.address) == (person.user, person.user.email)
    assert letters() == [("team_invitation", person.user.email)]
    assert places_to_invite(team) == 0
    actions.accept(invitation, person)
    assert team_of(person.user, competition) == team


# -- asking ----------------------------------------------------------------------------------


def test_a_request_is_accepted(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    look(person)
    request = ask(team, person)
    assert letters() == [("join_request", team.captain.email)]
    membership = seeking.accept(request, answer="Welcome", by=team.captain)
    assert (membership.team, membership.captain) == (team, False)
    assert (request.outcome, request.answer) == (Outcome.ACCEPTED, "Welcome")
    assert letters()[1:] == [("join_request_accepted", person.user.email)]
    assert deeds() == ["search_begun", "request_sent", "request_accepted"]
    assert "Welcome" in db.session.scalars(select(Letter.text)).all()[1]


def test_a_request_is_declined_with_a_word_and_for_good(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    request = ask(team, person)
    seeking.decline(request, answer="Sorry", by=team.captain)
    assert outcomes() == [Outcome.DECLINED]
    [letter] = [x for x in db.session.scalars(select(Letter)) if x.name == "join_request_declined"]
    assert "Sorry" in letter.text
    with pytest.raises(seeking.AnsweredAlready):
        ask(team, person)
    for deed in (seeking.accept, seeking.decline):
        with pytest.raises(seeking.RequestOver):
            deed(request, answer="", by=team.captain)


def test_a_request_is_taken_back_once_and_can_be_made_again(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    request = ask(team, person)
    with pytest.raises(seeking.AlreadyAsked):
        ask(team, person)
    seeking.take_back(request, by=person.user)
    seeking.take_back(request, by=person.user)
    with pytest.raises(seeking.RequestOver):
        seeking.accept(request, answer="", by=team.captain)
    ask(team, person)
    assert outcomes() == [Outcome.WITHDRAWN, None]
    assert deeds().count("request_withdrawn") == 1


def test_only_teams_on_the_board_with_a_place_are_asked(world: World) -> None:
    competition = world.competition()
    person = entry(world, competition)
    with pytest.raises(seeking.TeamNotLooking):
        ask(world.team(competition), person)
    full = world.team(competition, 3)
    world.vacancy(full)
    with pytest.raises(actions.TeamFull):
        ask(full, person)


def test_requests_at_once_are_few(world: World) -> None:
    competition = world.competition()
    person = entry(world, competition)
    teams = [world.team(competition, 1) for _ in range(seeking.MOST_REQUESTS + 1)]
    for team in teams:
        world.vacancy(team)
    for team in teams[:-1]:
        ask(team, person)
    with pytest.raises(seeking.TooManyRequests):
        ask(teams[-1], person)


def test_who_has_joined_asks_nobody_else_and_the_captains_are_told(world: World) -> None:
    competition = world.competition()
    one, other = world.team(competition), world.team(competition)
    person = entry(world, competition)
    first, second = world.join_request(person, one), world.join_request(person, other)
    seeking.accept(first, answer="", by=one.captain)
    assert (first.outcome, second.outcome) == (Outcome.ACCEPTED, Outcome.PLACED)
    assert ("join_request_settled", other.captain.email) in letters()
    with pytest.raises(actions.AlreadyInTeam):
        seeking.accept(second, answer="", by=other.captain)


def test_who_asked_and_was_invited_is_accepted_by_joining(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    request = world.join_request(person, team)
    actions.accept(world.invitation(team), person)
    assert request.outcome is Outcome.ACCEPTED


def test_the_last_place_closes_the_other_requests_and_they_are_told_why(world: World) -> None:
    competition = world.competition()
    team = world.team(competition)
    lucky, late = entry(world, competition), entry(world, competition)
    first, second = world.join_request(lucky, team), world.join_request(late, team)
    seeking.accept(first, answer="", by=team.captain)
    assert second.outcome is Outcome.FULL
    [letter] = [x for x in db.session.scalars(select(Letter)) if x.address == late.user.email]
    assert letter.name == "join_request_overtaken"
    assert "last place is taken" in letter.text


def test_who_asked_a_team_that_goes_is_told(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition, 1), entry(world, competition)
    world.join_request(person, team)
    actions.dissolve(team, by=team.captain)
    db.session.expire_all()
    assert db.session.scalars(select(JoinRequest)).all() == []
    [letter] = db.session.scalars(select(Letter))
    assert "was dissolved" in letter.text


def test_who_withdraws_from_the_competition_asks_no_more(world: World) -> None:
    competition = world.competition()
    person = entry(world, competition)
    request = world.join_request(person, world.team(competition))
    actions.withdraw(person, by=person.user)
    assert request.outcome is Outcome.WITHDRAWN


def test_requests_expire_once_and_who_asked_is_told(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    past = datetime.now(UTC) - timedelta(minutes=1)
    request = world.join_request(person, team, expires_at=past)
    with pytest.raises(seeking.RequestOver):
        seeking.accept(request, answer="", by=team.captain)
    assert (seeking.expire_requests(), seeking.expire_requests()) == (1, 0)
    db.session.refresh(request)
    assert request.outcome is Outcome.EXPIRED
    assert letters() == [("join_request_expired", person.user.email)]
    ask(team, person)


def test_a_request_that_ran_out_does_not_keep_from_asking_again(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    world.join_request(person, team, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    ask(team, person)
    db.session.expire_all()
    assert outcomes() == [Outcome.EXPIRED, None]


def test_what_was_answered_meanwhile_is_not_taken_back(world: World) -> None:
    competition = world.competition()
    team, person = world.team(competition), entry(world, competition)
    request = world.join_request(person, team)
    seeking.decline(request, answer="", by=team.captain)
    with pytest.raises(seeking.RequestOver):
        seeking.take_back(request, by=person.user)
    assert request.outcome is Outcome.DECLINED
