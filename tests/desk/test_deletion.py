"""Deleting an account: what goes, what stays nameless, what stands in the way."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_security import hash_password
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hackathon.accounts.actions import ask_for_address, remove_passkey
from hackathon.accounts.models import (
    AddressChange,
    Authenticator,
    Passkey,
    RecoveryCode,
    SignIn,
    SignInLink,
    User,
)
from hackathon.accounts.personal import nobodys_password
from hackathon.accounts.queries import passkeys_of, person_with
from hackathon.competitions.models import Gate, Inquiry, Organizer, Reminded
from hackathon.competitions.queries import opening_of
from hackathon.datasets.actions import ask_for_statements
from hackathon.datasets.models import Acceptance, Statement, Taking
from hackathon.datasets.queries import holders
from hackathon.desk import forgetting
from hackathon.desk.personal import hindrances
from hackathon.desk.queries import figures_of
from hackathon.extensions import db
from hackathon.journal.actions import record
from hackathon.journal.deeds import FORGOTTEN, Deed, sentence
from hackathon.journal.models import Entry
from hackathon.judging.models import Review
from hackathon.mentoring.models import Mentor, Pairing
from hackathon.mentoring.queries import mentors_by_name
from hackathon.post.models import Letter
from hackathon.questions.models import Kind, Questionnaire
from hackathon.registrations.models import Answer, Registration, RegistrationChange
from hackathon.registrations.queries import ledger_of, registration_of
from hackathon.registrations.states import State
from hackathon.submissions.models import Feedback, Submission
from hackathon.teams.models import (
    Invitation,
    InvitationUse,
    JoinRequest,
    Membership,
    Merger,
    Outcome,
    Seeker,
    Team,
    TeamAnswer,
)
from hackathon.workshops.models import SignUp
from tests.accounts.test_presence import with_passkey
from tests.counting import queries
from tests.desk.test_archive import Everything
from tests.world import PASSWORD, World, both


def rows(kind: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).order_by(kind.id)))


def letters_to(address: str) -> list[str]:
    return [x.name for x in rows(Letter) if x.address == address]


@pytest.mark.parametrize("sent", [True, False])
def test_the_letter_to_a_new_address_goes_too(world: World, sent: bool) -> None:
    """It went to a mailbox that the account never moved to, and names the person."""
    person = world.person(email="ana@example.org")
    ask_for_address(person, "other@example.org")
    db.session.flush()
    if sent:
        db.session.execute(update(Letter).values(sent_at=datetime.now(UTC)))
    forgetting.delete_account(person)
    db.session.expire_all()
    left = [x for x in rows(Letter) if x.name == "address_change_confirm"]
    assert [(x.address, x.subject, x.text, x.html) for x in left] == [("",) * 4] * sent


def test_nothing_of_the_person_is_left(app: Flask, world: World) -> None:
    story = Everything(world)
    email = story.a.email
    forgetting.delete_account(story.a)
    db.session.expire_all()
    person = db.session.get(User, story.a.id)
    assert (person.written_name, person.organization, person.active) == ("", None, False)
    assert (person.pronouns, person.accessibility) == (None, None)
    assert (person.email, person_with(person.email)) == (f"{person.id}@deleted.invalid", None)
    assert person_with(email) is None
    kept = {
        **{"letter": "one last letter", "submission": "team", "submission_version": "team"},
        **{"submission_file": "team", "team": "team", "feedback": "sent", "remark": "sent"},
        **{
            "review": "record",
            "condition_answer": "record",
            "journal_entry": "team’s name",
            "session": "no",
            "user": "no",
        },
        **{"challenge_request": "team", "team_answer": "team", "follow_up_answer": "team"},
        **{"objection": "team", "score": "record", "review_change": "record"},
        **{"review_problem": "reported"},
        **{"data_taking": "ledger", "data_statement": "ledger"},
        **{"submission_answer": "team", "submission_translation": "team", "finding_note": "record"},
    }
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            said = " ".join(map(str, row))
            if table.name not in kept:
                assert "AAA" not in said, table.name
            if table.name != "letter":
                assert email not in said, table.name
            assert "AAA name" not in said or table.name == "letter", table.name
    assert letters_to(email) == ["account_deleted"]


def test_the_names_of_passkeys_are_not_left_in_the_journal(world: World) -> None:
    person, _ = with_passkey(world)
    (passkey,) = passkeys_of(person)
    remove_passkey(passkey, by=person)
    forgetting.delete_account(person)
    assert [entry for entry in rows(Entry) if "Phone" in f"{entry.subject}{entry.details}"] == []


def test_nobody_else_loses_anything(world: World) -> None:
    story = Everything(world)

    def of_others() -> list[str]:
        return sorted(
            said
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
            if "BBB" in (said := " ".join(map(str, row)))
        )

    db.session.flush()
    before = of_others()
    forgetting.delete_account(story.a)
    assert of_others() == before


def test_twice_is_once(world: World) -> None:
    person = world.person()
    forgetting.delete_account(person)
    first = person.deleted_at
    forgetting.delete_account(person)
    assert person.deleted_at == first
    assert [entry.deed for entry in rows(Entry)] == ["account_deleted"]
    assert len(rows(Letter)) == 1


def test_the_address_is_free_for_a_new_account(world: World) -> None:
    person = world.person()
    email = person.email
    forgetting.delete_account(person)
    assert world.person(email=email).id != person.id


def test_nobody_gets_in_any_more(world: World) -> None:
    person = world.person()
    email, client = person.email, world.client(person)
    assert client.get("/en/home").status_code == 200
    forgetting.delete_account(person)
    assert client.get("/en/home").status_code == 302
    tried = world.client().post("/en/account/sign-in", data={"email": email, "password": PASSWORD})
    assert tried.status_code == 422
    world.client().post("/en/account/reset", data={"email": email})
    assert letters_to(email) == ["account_deleted"]


def test_the_database_lets_no_deleted_account_be_active(world: World) -> None:
    person = world.person()
    forgetting.delete_account(person)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(User).where(User.id == person.id).values(active=True))


def test_the_name_is_said_in_the_readers_language(app: Flask, world: World) -> None:
    person = world.person()
    forgetting.delete_account(person)
    for language, name in (("en", "Deleted account"), ("fr", "Compte supprimé")):
        with app.test_request_context(), force_locale(f"{language}_CA"):
            assert person.name == name


def test_the_last_letter_is_in_the_persons_language(world: World) -> None:
    person = world.person(language="fr")
    forgetting.delete_account(person)
    (letter,) = rows(Letter)
    assert (letter.subject, letter.recipient_id) == ("Votre compte est supprimé", None)


# -- signing in ------------------------------------------------------------------------------


def test_every_way_in_is_gone_and_every_device_signed_out(world: World) -> None:
    story = Everything(world)
    here, elsewhere = world.client(story.a), world.client(story.a)
    forgetting.delete_account(story.a)
    for kind in (SignIn, SignInLink, AddressChange, Authenticator, RecoveryCode, Passkey):
        assert {row.user_id for row in rows(kind)} == {story.b.id}, kind
    for client in (here, elsewhere):
        assert client.get("/en/home").status_code == 302


# -- competitions ----------------------------------------------------------------------------


def test_the_last_organizer_appoints_another_first(world: World) -> None:
    competition = world.competition()
    organizer = world.organizer(competition)
    with pytest.raises(forgetting.SomethingInTheWay, match="only organizer"):
        forgetting.delete_account(organizer)
    other = world.organizer(competition)
    forgetting.delete_account(organizer)
    assert [row.user for row in rows(Organizer)] == [other]


def test_of_questions_only_what_everyone_reads_stays(world: World) -> None:
    competition = world.competition()
    challenge, now = world.challenge(competition), datetime.now(UTC)
    person, other = world.participant(competition), world.participant(competition)
    world.inquiry(challenge, asker=person)
    world.inquiry(challenge, asker=person, answered_at=now)
    public = world.inquiry(
        challenge, asker=person, question=both("theirs"), answered_at=now, published_at=now
    )
    untouched = world.inquiry(challenge, asker=other)
    forgetting.delete_account(person)
    db.session.expire_all()
    assert rows(Inquiry) == [public, untouched]
    assert (public.asker, public.text, untouched.asker) == (None, "", other)
    client = world.client(world.organizer(competition))
    manage = f"/en/{competition.slug}/manage/inquiries"
    assert "⟦theirs⟧" in client.get(manage).text
    page = client.get(f"{manage}/{public.id}").text
    assert "What was asked is no longer kept" in page
    everyones = world.client().get(f"/en/{competition.slug}/challenges/{challenge.id}").text
    assert "⟦theirs⟧" in everyones


def test_that_the_person_was_reminded_goes(world: World) -> None:
    story = Everything(world)
    forgetting.delete_account(story.a)
    assert {row.user_id for row in rows(Reminded)} == {story.b.id}


# -- registrations and teams -----------------------------------------------------------------


def test_a_participant_leaves(world: World) -> None:
    competition = world.competition()
    person = world.participant(competition)
    registration = registration_of(person, competition)
    world.consent(registration, world.consent_text(competition))
    forgetting.delete_account(person)
    db.session.refresh(registration)
    assert (registration.takes_part, registration.residence) == (False, None)
    assert [consent.withdrawn_at is None for consent in ledger_of(person)] == [False]


def test_answers_and_the_birth_date_go(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 2)
    captain, person = team.members
    question = world.question(competition)
    for member in (captain, person):
        entry = registration_of(member, competition)
        entry.birth_date = date(1990, 4, 17)
        world.answer(entry, question, "word")
    asked = world.question(competition, Kind.LONG, questionnaire=Questionnaire.TEAM)
    world.team_answer(team, asked, "of the team").by = person
    forgetting.delete_account(person)
    db.session.expire_all()
    assert [answer.registration.user for answer in rows(Answer)] == [captain]
    assert registration_of(captain, competition).birth_date == date(1990, 4, 17)
    (entry,) = db.session.scalars(select(Registration).filter_by(user_id=person.id))
    assert (entry.birth_date, entry.state) == (None, State.WITHDRAWN)
    assert [answer.value for answer in rows(TeamAnswer)] == ["of the team"]


@pytest.mark.parametrize("state", list(State))
def test_whoever_waits_is_withdrawn_and_the_reasons_go(world: World, state: State) -> None:
    entry = world.registration(world.person(), world.competition(), state)
    entry.changes[0].reason = "a sick child"
    db.session.flush()
    forgetting.delete_account(entry.user)
    db.session.expire_all()
    assert entry.state is (State.WITHDRAWN if state.live else state)
    moves = [(change.before, change.after) for change in entry.changes]
    assert moves == [(None, state), *([(state, State.WITHDRAWN)] if state.live else [])]
    assert {change.reason for change in rows(RegistrationChange)} == {""}


def test_the_board_forgets_the_person_and_their_address(world: World) -> None:
    competition = world.competition()
    person, friend = world.participant(competition), world.participant(competition)
    entries = [registration_of(each, competition) for each in (person, friend)]
    world.seeker(entries[0], friends=[friend.email])
    theirs = world.seeker(entries[1], friends=["other@example.org", person.email])
    team = world.team(competition, 1)
    for entry in entries:
        world.join_request(entry, team)
    long_ago = world.join_request(entries[0], world.team(competition, 1))
    long_ago.closed_at, long_ago.outcome = datetime.now(UTC), Outcome.DECLINED
    db.session.flush()
    forgetting.delete_account(person)
    db.session.expire_all()
    assert rows(Seeker) == [theirs]
    assert theirs.friends == ["other@example.org"]
    assert [request.registration for request in rows(JoinRequest)] == [entries[1]]


def test_an_invitation_to_a_former_address_goes_and_uses_still_count(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 2)
    person = team.members[1]
    link = world.invitation(team, most_uses=2)
    world.add(InvitationUse(invitation=link, registration=registration_of(person, competition)))
    world.invitation(world.team(competition), "former@example.org", to=person)
    forgetting.delete_account(person)
    db.session.expire_all()
    assert rows(Invitation) == [link]
    assert (len(link.uses), link.closed_as) == (1, None)


def test_a_captain_alone_proposes_no_merger_any_more(world: World) -> None:
    competition = world.competition()
    team, other = world.team(competition, 1), world.team(competition, 1)
    world.submission(team)
    person = team.captain
    world.merger(team, other)
    theirs = world.merger(other, team)
    forgetting.delete_account(person)
    assert rows(Merger) == [theirs]


def test_a_member_leaves_and_the_captain_is_told(world: World) -> None:
    team = world.team(world.competition(), 3)
    captain, person, other = team.members
    forgetting.delete_account(person)
    db.session.expire_all()
    assert team.members == [captain, other]
    assert letters_to(captain.email) == ["left_team"]


def test_a_captain_of_others_hands_over_first(world: World) -> None:
    team = world.team(world.competition(), 2)
    captain, other = team.members
    with pytest.raises(forgetting.SomethingInTheWay, match="Hand the captaincy over"):
        forgetting.delete_account(captain)
    team.memberships[0].captain = False
    db.session.flush()
    team.memberships[1].captain = True
    db.session.flush()
    forgetting.delete_account(captain)
    db.session.expire_all()
    assert team.members == [other]


def test_when_all_is_over_the_captaincy_passes_on(world: World) -> None:
    team = world.team(world.competition(gates="closed"), 3)
    captain, second, third = team.members
    forgetting.delete_account(captain)
    db.session.expire_all()
    assert (team.captain, team.members) == (second, [second, third])
    assert letters_to(second.email) == ["captaincy_handed_over", "left_team"]


def test_a_captain_alone_takes_the_team_along(world: World) -> None:
    team = world.team(world.competition(), 1)
    world.submission(team, handed_in=False)
    forgetting.delete_account(team.captain)
    assert (rows(Team), rows(Membership), rows(Submission)) == ([], [], [])


def test_what_a_person_alone_handed_in_stays(world: World) -> None:
    team = world.team(world.competition(), 1)
    submission = world.submission(team)
    person = team.captain
    forgetting.delete_account(person)
    db.session.expire_all()
    assert (team.members, len(submission.versions)) == ([person], 1)
    registration = team.memberships[0].registration
    assert (registration.takes_part, registration.residence) == (True, None)
    assert [entry.deed for entry in rows(Entry)] == ["account_deleted"]


def test_while_an_invitation_is_open(world: World) -> None:
    """One to the person is gone; those the person wrote stay with the team."""
    competition = world.competition()
    team = world.team(competition, 2)
    person = team.members[1]
    theirs = world.invitation(team, "friend@example.org")
    theirs.by = person
    world.invitation(world.team(competition), person.email)
    forgetting.delete_account(person)
    assert [invitation.id for invitation in rows(Invitation)] == [theirs.id]
    assert rows(Invitation)[0].waiting


# -- data ------------------------------------------------------------------------------------


def test_the_ledger_keeps_its_lines_of_nobody(world: World) -> None:
    competition = world.competition()
    person, other = world.participant(competition), world.participant(competition)
    data_set = world.data_set(competition)
    past = datetime.now(UTC) - timedelta(days=1)
    data_set.terms.expires_at = past
    taken, theirs = world.acceptance(data_set, person), world.acceptance(data_set, other)
    world.taking(taken)
    world.taking(theirs)
    stated = world.add(
        Statement(data_set=data_set, user=person, deleted_on=date(2026, 3, 1), kept="a chart")
    )
    page = world.client(person).get("/en/my-data/deletion").text
    assert "have not stated what became of your copies" in page
    assert f'href="/en/{competition.slug}/data/{data_set.id}/statement"' in page
    assert 'name="password"' in page  # it can be done all the same
    forgetting.delete_account(person)
    db.session.expire_all()
    assert [(row.user, row.ended_at is None) for row in rows(Acceptance)] == [
        (None, False),
        (other, True),
    ]
    assert (len(rows(Taking)), stated.user, stated.kept) == (2, None, "a chart")
    assert holders(data_set) == [theirs]
    assert ask_for_statements() == 1
    client = world.client(world.organizer(competition))
    ledger = client.get(f"/en/{competition.slug}/manage/data/{data_set.id}/people").text
    assert "None: the account was deleted" in ledger


def test_who_stated_hears_nothing_of_it(world: World) -> None:
    competition = world.competition()
    person, data_set = world.participant(competition), world.data_set(competition)
    stated = world.add(Statement(data_set=data_set, user=person, deleted_on=date(2026, 3, 1)))
    now = datetime.now(UTC)
    world.taking(world.acceptance(data_set, person, statement=stated, ended_at=now))
    world.acceptance(world.data_set(competition), person)  # and took nothing
    assert hindrances(person) == []


# -- workshops -------------------------------------------------------------------------------


def test_seats_taken_with_the_address_alone_go_too(world: World) -> None:
    session = world.session(world.competition())
    person = world.person()
    guest, stranger = world.sign_up(session), world.sign_up(session)
    guest.address = person.email
    db.session.flush()
    forgetting.delete_account(person)
    assert rows(SignUp) == [stranger]


# -- mentoring and judging -------------------------------------------------------------------


def test_a_mentor_leaves_an_empty_profile_with_what_was_sent(world: World) -> None:
    competition = world.competition()
    team, other = world.team(competition), world.team(competition)
    mentor = world.mentor(competition, team, other)
    sent = world.feedback(mentor, world.submission(team))
    world.feedback(mentor, world.submission(other), sent=False)
    forgetting.delete_account(mentor.user)
    db.session.expire_all()
    assert rows(Feedback) == [sent]
    assert (rows(Pairing), rows(Mentor)) == ([], [mentor])
    assert (bool(mentor.headline), mentor.languages, mentor.capacity) == (False, [], 0)
    assert db.session.scalars(mentors_by_name(competition)).all() == []
    assert figures_of(competition)["mentors"] == 0
    assert letters_to(team.captain.email) == ["pairing_ended"]


def test_a_judge_is_told_and_open_reviews_go_back(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    judge = world.judge(competition)
    done = world.review(judge, world.submission(world.team(competition)), 4)
    world.review(judge, world.submission(world.team(competition)))
    page = world.client(judge.user).get("/en/my-data/deletion").text
    assert "One review that you have to do" in page
    forgetting.delete_account(judge.user)
    assert rows(Review) == [done]
    assert (done.completed_at is None, judge.dismissed_at is None) == (False, False)


# -- letters and the journal -----------------------------------------------------------------


def test_letters_are_emptied_and_waiting_ones_never_leave(world: World) -> None:
    competition = world.competition()
    person, other = world.person(), world.person()
    then = datetime.now(UTC) - timedelta(days=1)
    sent = world.letter(competition, address=person.email, recipient_id=person.id, sent_at=then)
    world.letter(competition, address=person.email)
    theirs = world.letter(competition, address=other.email, recipient_id=other.id)
    forgetting.delete_account(person)
    db.session.expire_all()
    assert {x.id for x in rows(Letter) if x.name == "deadline_extended"} == {sent.id, theirs.id}
    assert (sent.text, sent.html, sent.subject, sent.address) == ("", "", "", "")
    assert theirs.text


def test_the_journal_forgets_the_name_and_former_names(app: Flask, world: World) -> None:
    competition = world.competition()
    organizer, person = world.organizer(competition), world.participant(competition)
    person.name = "Ana"
    db.session.flush()
    facts = {"by": organizer, "competition": competition}
    record(Deed.JUDGE_APPOINTED, subject="Ana", **facts)
    client = world.client(person)
    client.post("/en/account/profile", data={"name": "Ana Maria", "language": "en", "zone": ""})
    assert person.name == "Ana Maria"
    record(Deed.CONFLICT_DECLARED, subject="Ana Maria – Team Ana", **facts)
    record(Deed.MEMBER_REMOVED, subject="T", person="Ana Maria", reason="was rude", **facts)
    record(Deed.MEMBER_REMOVED, subject="T", person="Bo", reason="moved away", **facts)
    db.session.flush()
    forgetting.delete_account(person)
    with app.test_request_context("/en/"):
        said = [sentence(e, "UTC") for e in rows(Entry) if e.actor_id == organizer.id]
    assert said == [
        "⟦Organizer⟧ made Deleted account a judge.",
        "⟦Organizer⟧ declared a conflict of interest: Deleted account – Team Ana.",
        "⟦Organizer⟧ took Deleted account out of the team T: Deleted account",
        "⟦Organizer⟧ took Bo out of the team T: moved away",
    ]
    own = [entry for entry in rows(Entry) if entry.actor_id == person.id]
    assert [entry.details for entry in own if entry.details] == [{"before": FORGOTTEN}]


def test_no_letter_is_written_to_a_deleted_account(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 1)
    world.submission(team)
    person = team.captain
    forgetting.delete_account(person)
    before = len(rows(Letter))
    client = world.client(world.organizer(competition))
    later = (datetime.now(UTC) + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    client.post(
        f"/en/{competition.slug}/manage/dates/submission/extension",
        data={
            **{"closes_at": later, "reason-en": "a", "reason-fr": "b", "step": "confirm"},
            "known": opening_of(competition, Gate.SUBMISSION).closes_at.isoformat(),
        },
    )
    new = [letter.address for letter in rows(Letter)][before:]
    assert [address for address in new if "deleted" in address] == []
    assert len(new) == 1  # the organizer


# -- the page and the command ----------------------------------------------------------------


def test_the_page_says_first_and_then_does(app: Flask, world: World) -> None:
    competition = world.competition()
    person = world.participant(competition)
    client = world.client(person)
    page = client.get("/en/my-data/deletion").text
    assert "What stays without your name, and why" in page
    assert "Your registrations (1)" in page
    wrong = client.post("/en/my-data/deletion", data={"password": "no", "understood": "y"})
    assert (wrong.status_code, person.deleted_at) == (422, None)
    assert "This is not your password now." in wrong.text
    unread = client.post("/en/my-data/deletion", data={"password": PASSWORD})
    assert (unread.status_code, person.deleted_at) == (422, None)
    done = client.post("/en/my-data/deletion", data={"password": PASSWORD, "understood": "y"})
    assert (done.status_code, done.location) == (302, "/en/")
    assert person.deleted_at is not None
    assert "Your account is deleted." in client.get("/en/").text
    assert client.get("/en/home").status_code == 302
    again = client.post("/en/my-data/deletion", data={"password": PASSWORD, "understood": "y"})
    assert again.location == "/en/account/sign-in"


def test_the_page_offers_nothing_while_something_stops_it(world: World) -> None:
    team = world.team(world.competition(), 2)
    client = world.client(team.captain)
    page = client.get("/en/my-data/deletion").text
    assert f"You are the captain of {team.name}" in page
    assert f'href="/en/{team.competition.slug}/teams/{team.id}"' in page
    assert 'name="password"' not in page
    tried = client.post("/en/my-data/deletion", data={"password": PASSWORD, "understood": "y"})
    assert (tried.status_code, team.captain.deleted_at) == (422, None)


def test_the_command(app: Flask, world: World) -> None:
    person, captain = world.person(), world.team(world.competition(), 2).captain
    name = person.name
    db.session.commit()
    run = app.test_cli_runner().invoke
    unknown = run(args=["forget", "nobody@example.org", "--yes"])
    assert (unknown.exit_code, "has no account" in unknown.output) == (1, True)
    unsure = run(args=["forget", person.email], input="n\n")
    assert (unsure.exit_code, person.deleted_at) == (1, None)
    stopped = run(args=["forget", captain.email, "--yes"])
    assert (stopped.exit_code, "Hand the captaincy over" in stopped.output) == (1, True)
    done = run(args=["forget", person.email.upper(), "--yes"])
    assert (done.exit_code, done.output) == (0, f"The account of {name} is deleted.\n")
    db.session.expire_all()
    assert person.deleted_at is not None
    assert captain.deleted_at is None


def test_who_was_registered_is_shown_without_an_address(world: World) -> None:
    competition = world.competition()
    organizer, person = world.organizer(competition), world.participant(competition)
    registration = registration_of(person, competition)
    forgetting.delete_account(person)
    client = world.client(organizer)
    page = client.get(f"/en/{competition.slug}/manage/people/{registration.id}").text
    assert "Deleted account" in page
    assert "deleted.invalid" not in page
    assert "Forgotten, as promised" in page
    assert db.session.get(Registration, registration.id) is not None


def test_no_password_is_hashed_while_a_row_is_locked(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()
    seen: list[list[str]] = []
    with queries(app) as sent:

        def hashing(password: str) -> str:
            seen.append(locks(sent))
            return hash_password(password)

        nobodys_password.cache_clear()
        monkeypatch.setattr("hackathon.accounts.personal.hash_password", hashing)
        forgetting.delete_account(person)
    assert (seen, person.password == nobodys_password()) == ([[]], True)
    assert locks(sent)  # so that one would have been seen


def locks(sent: list[str]) -> list[str]:
    return [each for each in sent if re.search("for (no key )?update", each, re.IGNORECASE)]
