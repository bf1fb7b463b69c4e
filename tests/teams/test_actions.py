"""The life of a team, deed by deed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from hackathon.accounts.models import User
from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.registrations.states import State
from hackathon.teams import actions
from hackathon.teams.models import Allowance, Invitation, Membership, Team
from hackathon.teams.queries import name_key, opening_for, place_of, places_to_invite, team_of
from tests.world import World, both


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def found(world: World, competition: Any, name: str = "Boussole", **others: Any) -> Team:
    captain = registration_of(world.participant(competition), competition)
    given = {"languages": ["fr"], "about": "", "captain": captain, "by": captain.user}
    return actions.found(competition, name=name, **{**given, **others})


def places(team: Team) -> list[Membership]:
    db.session.refresh(team)
    return team.memberships


# -- founding --------------------------------------------------------------------------------


def test_the_founder_is_the_captain(world: World) -> None:
    competition = world.competition()
    team = found(world, competition)
    assert team.members == [team.captain]
    assert team_of(team.captain, competition) == team
    assert (letters(), deeds()) == ([], ["team_founded"])


def test_a_captain_named_by_another_is_told(world: World) -> None:
    competition = world.competition()
    team = found(world, competition, by=world.organizer(competition))
    assert letters() == [("added_to_team", team.captain.email)]


def test_one_team_for_a_person(world: World) -> None:
    competition = world.competition()
    team = found(world, competition)
    with pytest.raises(actions.AlreadyInTeam):
        found(world, competition, "Other", captain=team.memberships[0].registration)


def test_only_the_registered(world: World) -> None:
    competition = world.competition()
    registration = world.registration(world.person(), competition, State.WITHDRAWN)
    with pytest.raises(actions.NotRegistered):
        found(world, competition, captain=registration)


@pytest.mark.parametrize("same", ["boussole", "BOUSSOLE", "Ｂoussole"])
def test_names_are_unique_without_case(world: World, same: str) -> None:
    competition = world.competition()
    found(world, competition)
    with pytest.raises(actions.NameTaken):
        found(world, competition, same)
    assert found(world, world.competition(), same).name == same


def test_a_name_that_unfolds_fits_its_column(world: World) -> None:
    assert len(name_key("\ufdfa" * 80)) == 160
    assert found(world, world.competition(), "\ufdfa" * 80).name == "\ufdfa" * 80


def test_renaming_keeps_the_old_name_in_the_journal(world: World) -> None:
    competition = world.competition()
    team = found(world, competition)
    actions.edit(team, name="BOUSSOLE", languages=["en"], about="We map.", by=team.captain)
    assert (team.name, team.languages, team.about) == ("BOUSSOLE", ["en"], "We map.")
    actions.edit(team, name="BOUSSOLE", languages=["en"], about="", by=team.captain)
    assert deeds() == ["team_founded", "team_renamed", "team_edited"]
    other = found(world, competition, "Other")
    with pytest.raises(actions.NameTaken):
        actions.edit(other, name="boussole", languages=["en"], about="", by=other.captain)


# -- the challenge ---------------------------------------------------------------------------


def test_a_challenge_is_chosen_and_chosen_anew(world: World) -> None:
    competition = world.competition()
    one, two = world.challenge(competition), world.challenge(competition)
    team = world.team(competition, 3)
    captain, *others = team.members
    actions.choose_challenge(team, one, by=captain)
    actions.choose_challenge(team, one, by=captain)
    assert letters() == sorted(("challenge_chosen", person.email) for person in others)
    actions.choose_challenge(team, two, by=captain)
    assert team.challenge_id == two.id
    assert deeds() == ["challenge_chosen", "challenge_chosen"]


# -- inviting --------------------------------------------------------------------------------


def test_a_letter_in_the_readers_language_or_the_inviters(world: World) -> None:
    team = world.team(world.competition(team_max=5))
    known = world.person(language="fr")
    actions.invite(team, known.email.upper(), by=team.captain, language="en")
    actions.invite(team, "unknown@example.org", by=team.captain, language="fr")
    actions.invite(team, "other@example.org", by=team.captain, language="en")
    written = {x.address: x.language for x in db.session.scalars(select(Letter))}
    assert written == {known.email: "fr", "unknown@example.org": "fr", "other@example.org": "en"}


def test_as_many_letters_as_free_places(world: World) -> None:
    team = world.team(world.competition(), 2)  # of three
    first = actions.invite(team, "a@example.org", by=team.captain, language="en")
    with pytest.raises(actions.NoPlaceToInvite):
        actions.invite(team, "b@example.org", by=team.captain, language="en")
    with pytest.raises(actions.AlreadyInvited):
        actions.invite(team, "A@example.org", by=team.captain, language="en")
    with pytest.raises(actions.AlreadyMember):
        actions.invite(team, team.members[1].email, by=team.captain, language="en")
    actions.revoke(first, by=team.captain)
    actions.invite(team, "b@example.org", by=team.captain, language="en")
    world.join(world.person(), team)
    with pytest.raises(actions.TeamFull):
        actions.invite(team, "c@example.org", by=team.captain, language="en")


def test_an_expired_invitation_makes_room_for_another(world: World) -> None:
    team = world.team(world.competition(), 2)
    old = actions.invite(team, "a@example.org", by=team.captain, language="en")
    old.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    new = actions.invite(team, "a@example.org", by=team.captain, language="en")
    assert (old.waiting, new.waiting) == (False, True)
    assert new.expires_at - new.created_at >= timedelta(days=6, hours=23)


def test_a_letter_works_once_for_whoever_holds_it(world: World) -> None:
    competition = world.competition(team_max=5)
    team = world.team(competition)
    invitation = actions.invite(team, "someone@example.org", by=team.captain, language="en")
    holder, late = world.participant(competition), world.participant(competition)
    actions.accept(invitation, registration_of(holder, competition))
    assert team_of(holder, competition) == team
    assert ("joined_team", team.captain.email) in letters()
    with pytest.raises(actions.InvitationOver):
        actions.accept(invitation, registration_of(late, competition))


def test_a_link_works_until_the_team_is_full(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 1)
    link = actions.make_link(team, by=team.captain)
    for _ in range(2):
        person = world.participant(competition)
        actions.accept(link, registration_of(person, competition))
    with pytest.raises(actions.TeamFull):
        actions.accept(link, registration_of(world.participant(competition), competition))
    assert len(places(team)) == 3
    with pytest.raises(actions.TeamFull):
        actions.make_link(team, by=team.captain)


def test_a_link_ends_with_its_last_use(world: World) -> None:
    competition = world.competition(team_max=9)
    team = world.team(competition, 1)
    link = actions.make_link(team, by=team.captain, most_uses=2)
    people = [registration_of(world.participant(competition), competition) for _ in range(3)]
    actions.accept(link, people[0])
    assert (link.state, [use.registration for use in link.uses]) == ("waiting", people[:1])
    actions.accept(link, people[1])
    assert (link.state, [use.registration for use in link.uses]) == ("used", people[:2])
    with pytest.raises(actions.InvitationUsed):
        actions.accept(link, people[2])


def test_a_use_counts_though_the_person_left(world: World) -> None:
    competition = world.competition(team_max=9)
    team = world.team(competition, 1)
    link = actions.make_link(team, by=team.captain, most_uses=2)
    person = registration_of(world.participant(competition), competition)
    for _ in range(2):
        actions.leave(actions.accept(link, person), by=person.user)
    assert (link.state, len(link.uses)) == ("used", 2)


def test_five_links_at_a_time(world: World) -> None:
    team = world.team(world.competition())
    links = [actions.make_link(team, by=team.captain) for _ in range(5)]
    with pytest.raises(actions.TooManyLinks):
        actions.make_link(team, by=team.captain)
    actions.revoke(links[2], by=team.captain)
    assert actions.make_link(team, by=team.captain).waiting


@pytest.mark.parametrize("days", [1, 3, 7, 14])
def test_a_link_works_for_so_many_days(world: World, days: int) -> None:
    team = world.team(world.competition())
    link = actions.make_link(team, by=team.captain, days=days)
    assert abs(link.expires_at - datetime.now(UTC) - timedelta(days=days)) < timedelta(seconds=9)


def test_no_invitation_outlives_the_close_of_team_changes(world: World) -> None:
    competition = world.competition()
    [window] = [w for w in competition.windows if w.gate == Gate.TEAM_CHANGES]
    window.closes_at = closes_at = datetime.now(UTC) + timedelta(days=2)
    db.session.flush()
    team = world.team(competition, 1)
    assert actions.make_link(team, by=team.captain, days=14).expires_at == closes_at
    letter = actions.invite(team, "a@example.org", by=team.captain, language="en")
    assert letter.expires_at == closes_at
    world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    with pytest.raises(actions.ChangesClosed):
        actions.make_link(team, by=world.organizer(competition))
    with pytest.raises(actions.ChangesClosed):
        actions.send_again(letter, by=world.organizer(competition), language="en")


def test_a_letter_is_sent_again_and_works_anew(world: World) -> None:
    team = world.team(world.competition())
    letter = actions.invite(team, "a@example.org", by=team.captain, language="fr")
    letter.expires_at = datetime.now(UTC) - timedelta(hours=1)
    db.session.flush()
    assert letter.state == "expired"
    actions.send_again(letter, by=team.captain, language="fr")
    assert letter.state == "waiting"
    assert letters() == [("team_invitation", "a@example.org")] * 2
    actions.revoke(letter, by=team.captain)
    with pytest.raises(actions.InvitationRevoked):
        actions.send_again(letter, by=team.captain, language="fr")


def test_a_letter_sent_again_needs_a_place(world: World) -> None:
    team = world.team(world.competition(), 2)  # of three
    old = actions.invite(team, "a@example.org", by=team.captain, language="en")
    old.expires_at = datetime.now(UTC) - timedelta(hours=1)
    db.session.flush()
    new = actions.invite(team, "b@example.org", by=team.captain, language="en")
    with pytest.raises(actions.NoPlaceToInvite):
        actions.send_again(old, by=team.captain, language="en")
    actions.send_again(new, by=team.captain, language="en")
    world.join(world.person(), team)
    with pytest.raises(actions.TeamFull):
        actions.send_again(new, by=team.captain, language="en")


@pytest.mark.parametrize("end", ["expired", "revoked", "declined"])
def test_what_is_over_cannot_be_accepted(world: World, end: str) -> None:
    competition = world.competition()
    team = world.team(competition)
    invitation = world.invitation(team, "a@example.org")
    person = world.participant(competition)
    if end == "expired":
        invitation.expires_at = datetime.now(UTC)
        db.session.flush()
    elif end == "revoked":
        actions.revoke(invitation, by=team.captain)
    else:
        actions.decline(invitation, by=person)
    assert invitation.state == end
    with pytest.raises(actions.OVER[end]):
        actions.accept(invitation, registration_of(person, competition))


def test_declining_a_link_leaves_it_to_others(world: World) -> None:
    competition = world.competition()
    link = world.invitation(world.team(competition))
    actions.decline(link, by=world.participant(competition))
    assert link.waiting


def test_nobody_joins_a_second_team(world: World) -> None:
    competition = world.competition()
    member = world.team(competition).memberships[1]
    link = world.invitation(world.team(competition))
    with pytest.raises(actions.AlreadyInTeam):
        actions.accept(link, member.registration)


# -- leaving ---------------------------------------------------------------------------------


def test_a_member_leaves_and_the_captain_is_told(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 3)
    person = team.members[2]
    actions.leave(team.memberships[2], by=person)
    assert team_of(person, competition) is None
    assert len(places(team)) == 2
    assert letters() == [("left_team", team.captain.email)]
    assert deeds() == ["team_left"]


def test_a_captain_hands_over_before_leaving(world: World) -> None:
    team = world.team(world.competition(), 2)
    captain, member = team.members
    with pytest.raises(actions.CaptainMustHandOver):
        actions.leave(team.memberships[0], by=captain)
    actions.hand_over(team.memberships[1], by=captain)
    assert [m.captain for m in places(team)] == [False, True]
    assert letters() == [("captaincy_handed_over", member.email)]
    actions.leave(team.memberships[0], by=captain)
    assert [m.registration.user for m in places(team)] == [member]


def test_an_organizer_who_changes_the_captain_tells_both(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 2)
    actions.hand_over(team.memberships[1], by=world.organizer(competition))
    assert letters() == sorted(("captaincy_handed_over", p.email) for p in team.members)


def test_the_last_to_leave_dissolves_the_team(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 1)
    world.invitation(team)
    captain = team.captain
    actions.leave(team.memberships[0], by=captain)
    assert db.session.scalars(select(Team)).all() == []
    assert db.session.scalars(select(Membership)).all() == []
    assert db.session.scalars(select(Invitation)).all() == []
    assert registration_of(captain, competition) is not None
    assert (letters(), deeds()) == ([], ["team_dissolved"])


def test_work_once_begun_keeps_its_team(world: World) -> None:
    team = world.team(world.competition(), 1)
    world.submission(team, handed_in=False)
    with pytest.raises(actions.TeamHasSubmission):
        actions.leave(team.memberships[0], by=team.captain)


def test_removal_gives_a_reason(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 2)
    captain, person = team.members
    with pytest.raises(actions.CaptainMustHandOver):
        actions.remove(team.memberships[0], reason="No.", by=captain)
    actions.remove(team.memberships[1], reason="You never came.", by=captain)
    assert team_of(person, competition) is None
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.name, letter.address) == ("removed_from_team", person.email)
    assert "You never came." in letter.text


def test_withdrawing_leaves_the_team_first(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 2)
    captain, member = team.members
    with pytest.raises(actions.CaptainMustHandOver):
        actions.withdraw(registration_of(captain, competition), by=captain)
    actions.withdraw(registration_of(member, competition), by=member)
    assert len(places(team)) == 1
    assert letters() == sorted([("left_team", captain.email), ("withdrawn", member.email)])
    assert deeds() == ["team_left", "registration_withdrawn"]


def test_nobody_in_a_team_vanishes_from_the_database(world: World) -> None:
    competition = world.competition()
    captain = world.team(competition, 2).captain
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(delete(User).where(User.id == captain.id))
    db.session.execute(delete(Team).where(Team.competition_id == competition.id))
    db.session.execute(delete(User).where(User.id == captain.id))
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 0


# -- by hand ---------------------------------------------------------------------------------


def test_a_person_is_moved_and_everyone_concerned_is_told(world: World) -> None:
    competition = world.competition()
    organizer = world.organizer(competition)
    old, new = world.team(competition, 2), world.team(competition, 2)
    place = old.memberships[1]
    registration, person = place.registration, place.registration.user
    actions.move(registration, new, by=organizer)
    assert place_of(registration).team == new
    assert letters() == sorted(
        [
            ("added_to_team", person.email),
            ("joined_team", new.captain.email),
            ("left_team", old.captain.email),
        ]
    )
    assert deeds() == ["member_moved", "member_added"]
    with pytest.raises(actions.AlreadyMember):
        actions.move(registration, new, by=organizer)
    with pytest.raises(actions.TeamFull):
        other = registration_of(world.participant(competition), competition)
        actions.move(other, new, by=organizer)


def test_an_allowance_opens_a_gate_for_one_team(world: World) -> None:
    competition = world.competition(gates="closed")
    organizer = world.organizer(competition)
    team, other = world.team(competition), world.team(competition)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    assert not opening_for(team, Gate.TEAM_CHANGES).is_open
    actions.grant(team, Gate.TEAM_CHANGES, closes_at=until, reason=both("why"), by=organizer)
    assert opening_for(team, Gate.TEAM_CHANGES).is_open
    assert not opening_for(other, Gate.TEAM_CHANGES).is_open
    assert not opening_for(team, Gate.CHALLENGE_CHOICE).is_open
    assert letters() == sorted(("allowance_granted", p.email) for p in team.members)
    later = until + timedelta(days=1)
    actions.grant(team, Gate.TEAM_CHANGES, closes_at=later, reason=both("more"), by=organizer)
    assert db.session.scalars(select(Allowance.closes_at)).all() == [later]


def test_an_allowance_is_later_than_for_everyone(world: World) -> None:
    competition = world.competition()
    team = world.team(competition)
    general = opening_for(team, Gate.SUBMISSION).closes_at
    with pytest.raises(actions.NotLater):
        actions.grant(team, Gate.SUBMISSION, closes_at=general, reason=both("why"), by=team.captain)


def test_dissolving_tells_its_people(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 3)
    people = team.members
    actions.dissolve(team, by=world.organizer(competition))
    assert db.session.scalars(select(Team)).all() == []
    assert letters() == sorted(("team_dissolved", p.email) for p in people)


def test_a_link_is_not_sent_by_letter(world: World) -> None:
    """The page offers it for letters alone; an altered form can ask."""
    team = world.team(world.competition(), 1)
    link = world.invitation(team)
    before = link.expires_at
    with pytest.raises(actions.NotByLetter):
        actions.send_again(link, by=team.captain, language="en")
    assert db.session.scalars(select(Letter)).all() == []
    assert link.expires_at == before


def test_who_came_another_way_needs_no_letter_any_more(world: World) -> None:
    competition = world.competition(team_max=3)
    team, person = world.team(competition, 1), world.participant(competition)
    letter = world.invitation(team, address=person.email)
    other = world.invitation(world.team(competition, 1), address=person.email)
    actions.accept(world.invitation(team), registration_of(person, competition))
    assert (letter.state, other.state) == ("used", "waiting")
    assert places_to_invite(team) == 1
