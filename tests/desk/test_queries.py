"""Where a person stands, who is concerned, and the figures of a competition."""

from datetime import UTC, datetime

import pytest

from hackathon.competitions.models import Gate
from hackathon.desk.forgetting import delete_account
from hackathon.desk.queries import concerned_by, figures_of, places_of
from hackathon.extensions import db
from hackathon.registrations.states import State
from tests.world import Story, World

NOW = datetime(2026, 5, 8, tzinfo=UTC)


def test_the_places_of_a_person(world: World) -> None:
    story = Story(world)
    competition = story.competition
    captain, judge = story.people["captain"], story.people["judge"]
    mentor, organizer = story.people["mentor of this team"], story.people["organizer"]

    (place,) = places_of(captain)
    assert (place.competition, place.membership) == (competition, story.team.memberships[0])
    assert place.registration is place.membership.registration
    assert (place.organizer, place.mentor, place.judge) == (False, None, None)
    assert [p.judge for p in places_of(judge)] == [story.things["judge"]]
    assert [p.mentor for p in places_of(mentor)] == [story.things["mentor"]]
    assert [(p.organizer, p.registration) for p in places_of(organizer)] == [(True, None)]
    assert places_of(story.people["stranger"]) == []


def test_one_place_for_each_competition_the_newest_first(world: World) -> None:
    old = world.competition(created_at=datetime(2025, 1, 1, tzinfo=UTC))
    new = world.competition(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    user = world.participant(old)
    mentor = world.mentor(old, user=user)
    world.registration(user, new)
    places = places_of(user)
    assert [place.competition for place in places] == [new, old]
    assert [place.mentor for place in places] == [None, mentor]


def test_who_withdrew_has_no_place(world: World) -> None:
    competition = world.competition()
    world.registration(user := world.person(), competition, State.WITHDRAWN)
    assert places_of(user) == []
    assert concerned_by(competition, Gate.REGISTRATION) == []


@pytest.mark.parametrize("state", [State.APPLIED, State.WAITLISTED, State.OFFERED, State.LAPSED])
def test_who_does_not_take_part_yet_sees_where_they_stand(world: World, state: State) -> None:
    competition, user = world.competition("c"), world.person()
    entry = world.registration(user, competition, state)
    (place,) = places_of(user)
    assert (place.entry, place.registration) == (entry, None)
    assert str(state.label) in world.client(user).get("/en/home").text
    assert concerned_by(competition, Gate.REGISTRATION) == []


@pytest.mark.parametrize("gate", list(Gate))
def test_each_person_concerned_once(world: World, gate: Gate) -> None:
    competition, elsewhere = world.competition(), world.competition()
    organizer, participant = world.organizer(competition), world.participant(competition)
    mentor, judge = world.mentor(competition).user, world.judge(competition).user
    # Somebody with every part hears once; somebody of another competition not at all.
    everything = world.organizer(competition)
    world.registration(everything, competition)
    world.mentor(competition, user=everything)
    world.judge(competition, user=everything)
    for part in (world.participant, world.organizer):
        part(elsewhere)
    others = {
        Gate.REGISTRATION: [participant],
        Gate.TEAM_CHANGES: [participant],
        Gate.CHALLENGE_CHOICE: [participant],
        Gate.SUBMISSION: [participant, mentor],
        Gate.FEEDBACK: [participant, mentor],
        Gate.JUDGING: [judge],
        Gate.SECOND_ROUND: [judge],
        Gate.THIRD_ROUND: [judge],
        Gate.PUBLIC_VOTE: [participant],
    }[gate]
    expected = [organizer, everything, *others]
    found = concerned_by(competition, gate)
    assert sorted(user.id for user in found) == sorted(user.id for user in expected)


def test_who_deleted_their_account_is_not_concerned(world: World) -> None:
    """The preview of an extension would count letters that are not written."""
    competition = world.competition()
    mentor = world.mentor(competition)
    assert concerned_by(competition, Gate.SUBMISSION) == [mentor.user]
    delete_account(mentor.user)
    assert concerned_by(competition, Gate.SUBMISSION) == []


def test_a_judge_who_was_dismissed_is_not_counted(world: World) -> None:
    competition = world.competition()
    judge = world.judge(competition)
    assert figures_of(competition)["judges"] == 1
    judge.dismissed_at = NOW
    db.session.flush()
    assert figures_of(competition)["judges"] == 0


def test_figures(world: World) -> None:
    story = Story(world)
    world.registration(world.person(), story.competition, State.WITHDRAWN)
    world.registration(world.person(), story.competition, State.APPLIED)
    world.letter(story.competition, sent_at=NOW)
    undecided = world.team(story.competition, size=1)
    world.submission(undecided, handed_in=False)
    db.session.flush()
    assert figures_of(story.competition) == {
        "participants": 9,
        "applications": 1,
        "inquiries": 1,
        "teams": 5,
        "undecided": 3,
        "small": 2,  # a third is allowed to be
        "requests": 1,
        "mentors": 2,
        "mentored": 2,
        "handed_in": 2,
        "judges": 3,
        "rules": 1,
        "reviews": 2,
        "reviewed": 2,
        "letters_waiting": 1,
    }
    assert set(figures_of(world.competition()).values()) == {0}
