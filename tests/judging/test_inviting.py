"""Inviting judges, their answers, their links, and their terms."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.accounts.personal import nobodys_password
from hackathon.competitions.models import Gate
from hackathon.competitions.queries import opening_of
from hackathon.desk.forgetting import delete_account, purge
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.judging import inviting
from hackathon.judging.actions import (
    AlreadyJudge,
    ChallengeNotRead,
    NotJudging,
    add_review,
    dismiss,
)
from hackathon.judging.jury import (
    invitation_with,
    is_away,
    is_guest,
    link_behind,
    links_of,
    sessions_of,
    terms_before,
)
from hackathon.judging.models import (
    JudgeInvitation,
    Standing,
    TermsAcceptance,
    Way,
)
from hackathon.judging.planning import Wish, plan
from hackathon.post.models import Letter
from tests.world import World


@pytest.fixture
def by(world: World) -> User:
    return world.person("Organizer")


def asked(world: World, by: User, **others: Any) -> JudgeInvitation:
    given = {
        "email": "Expert@Example.org",
        "name": "Ada Roy",
        "organization": "Lab",
        "language": "fr",
        "languages": ["en"],
        "challenges": [],
        "capacity": 4,
        "way": Way.LINK,
        "one_device": False,
    }
    competition = others.pop("competition", None) or world.competition()
    return inviting.invite(competition, by=by, **{**given, **others})


def letter(name: str) -> Letter:
    return db.session.scalars(select(Letter).filter_by(name=name)).one()


def secret_in(found: Letter) -> str:
    line = next(line for line in found.text.split("\n") if "/judging/invitations/" in line)
    return line.rsplit("/", 1)[1]


# -- asking ----------------------------------------------------------------------------------


def test_an_invitation_goes_by_letter_and_only_a_fingerprint_stays(world: World, by: User) -> None:
    invitation = asked(world, by)
    found = letter("judge_invitation")
    assert (found.address, found.language, found.competition_id) == (
        "expert@example.org",
        "fr",
        None,
    )
    token = secret_in(found)
    assert token not in repr(vars(invitation))
    assert invitation.standing is Standing.INVITED
    known = invitation_with(token, competition=invitation.competition)
    assert known is not None
    assert known.invitation is invitation
    assert invitation_with(token + "x", competition=invitation.competition) is None
    assert invitation_with(token, competition=world.competition()) is None


def test_a_letter_in_both_languages_says_everything_twice(world: World, by: User) -> None:
    asked(world, by, language="both")
    found = letter("judge_invitation")
    assert found.subject.count("Competition") == 2
    assert "Would you be a judge" in found.subject
    assert found.text.count("/judging/invitations/") == 2
    assert "/en/" in found.text
    assert "/fr/" in found.text
    assert '<div lang="fr">' in found.html


@pytest.mark.parametrize(
    ("gates", "said", "unsaid"),
    [
        ("upcoming", "Judging opens on", "Judging is open until"),
        ("open", "Judging is open until", "Judging opens on"),
        ("closed", "at the most", "Judging "),
    ],
)
def test_the_letter_tells_no_date_that_is_past(
    world: World, by: User, gates: str, said: str, unsaid: str
) -> None:
    competition = world.competition()
    world.set_gates(competition, gates)
    asked(world, by, competition=competition, language="en")
    text = letter("judge_invitation").text
    assert said in text
    assert unsaid not in text


def test_nobody_is_asked_twice(world: World, by: User) -> None:
    invitation = asked(world, by)
    with pytest.raises(inviting.AlreadyInvited):
        asked(world, by, competition=invitation.competition, email="EXPERT@example.org")
    judge = world.judge(invitation.competition)
    with pytest.raises(AlreadyJudge):
        asked(world, by, competition=invitation.competition, email=judge.user.email)


def test_who_has_an_account_is_asked_to_use_it(world: World, by: User) -> None:
    person = world.person()
    invitation = asked(world, by, email=person.email)
    assert invitation.way is Way.ACCOUNT
    lasts = invitation.expires_at - invitation.renewed_at
    assert round(lasts / timedelta(days=1)) == inviting.LASTS.days  # not those of a link
    unconfirmed = world.person(confirmed_at=None)
    assert asked(world, by, email=unconfirmed.email).way is Way.ACCOUNT


def test_a_guest_of_another_competition_can_have_a_link(world: World, by: User) -> None:
    guest = world.guest_judge(world.competition(), "one").judge.user
    invitation = asked(world, by, email=guest.email)
    assert invitation.way is Way.LINK
    assert inviting.accept(invitation, by=None, language="en").user is guest


# -- answers ---------------------------------------------------------------------------------


def test_yes_by_a_link_makes_a_judge_without_a_password(world: World, by: User) -> None:
    competition = world.competition()
    challenge = world.challenge(competition)
    invitation = asked(world, by, competition=competition, challenges=[challenge])
    judge = inviting.accept(
        invitation,
        by=None,
        language="en",
        offered=2,
        available_from=date(2021, 5, 1),
        available_until=date(2021, 5, 2),
        availability="evenings",
    )
    guest = judge.user
    assert (guest.email, guest.written_name, guest.language, guest.organization) == (
        "expert@example.org",
        "Ada Roy",
        "fr",
        "Lab",
    )
    assert (guest.password, guest.confirmed_at) == (nobodys_password(), None)
    assert (judge.capacity, judge.languages, judge.challenges) == (4, ["en"], [challenge])
    assert (judge.offered, judge.availability) == (2, "evenings")
    assert (invitation.standing, invitation.judge) == (Standing.ACCEPTED, judge)
    assert is_guest(guest)
    assert "lien personnel" in letter("judge_appointed").text


def test_yes_with_an_account_is_of_who_is_signed_in(world: World, by: User) -> None:
    invitation, person = asked(world, by), world.person()
    judge = inviting.accept(invitation, by=person, language="en")
    assert (judge.user, invitation.way) == (person, Way.ACCOUNT)
    assert person.organization == "Lab"
    assert "personal link" not in letter("judge_appointed").text


def test_an_account_made_meanwhile_is_not_opened_by_the_link(world: World, by: User) -> None:
    invitation = asked(world, by)
    world.person(email="expert@example.org")
    with pytest.raises(inviting.HasAccount):
        inviting.accept(invitation, by=None, language="en")


def test_an_invitation_to_an_account_makes_no_guest(world: World, by: User) -> None:
    invitation = asked(world, by, way=Way.ACCOUNT)
    with pytest.raises(inviting.HasAccount):
        inviting.accept(invitation, by=None, language="en")


def test_a_dismissed_judge_comes_back(world: World, by: User) -> None:
    competition = world.competition()
    judge = world.judge(competition, dismissed_at=datetime.now(UTC))
    invitation = asked(world, by, competition=competition, email=judge.user.email)
    assert inviting.accept(invitation, by=judge.user, language="en") is judge
    assert (judge.dismissed_at, judge.capacity) == (None, 4)


def test_a_judge_already_is_not_made_twice(world: World, by: User) -> None:
    competition = world.competition()
    judge, invitation = world.judge(competition), asked(world, by, competition=competition)
    with pytest.raises(AlreadyJudge):
        inviting.accept(invitation, by=judge.user, language="en")


@pytest.mark.parametrize("state", ["accepted", "declined", "revoked", "expired"])
def test_an_answer_counts_once(world: World, by: User, state: str) -> None:
    invitation = asked(world, by)
    if state == "accepted":
        inviting.accept(invitation, by=None, language="en")
    elif state == "declined":
        inviting.decline(invitation, words="")
    elif state == "revoked":
        inviting.revoke(invitation, by=by)
    else:
        invitation.expires_at = datetime.now(UTC)
        db.session.flush()
    assert invitation.standing.value == state
    with pytest.raises(inviting.InvitationOver):
        inviting.accept(invitation, by=None, language="en")
    with pytest.raises(inviting.InvitationOver):
        inviting.decline(invitation, words="")


def test_a_no_is_told_to_the_organizers_with_its_words(world: World, by: User) -> None:
    competition = world.competition()
    organizer = world.organizer(competition)
    inviting.decline(asked(world, by, competition=competition), words="On leave in May.")
    told = letter("judge_declined")
    assert told.recipient_id == organizer.id
    assert "On leave in May." in told.text


# -- links -----------------------------------------------------------------------------------


def test_a_new_link_ends_the_old_one_and_what_it_opened(world: World, by: User) -> None:
    invitation = world.guest_judge(world.competition(), "old")
    client = world.by_link(invitation)
    (session,) = sessions_of(invitation)
    assert client is not None
    token = inviting.renew(invitation, send=False, by=by)
    assert invitation_with("old", competition=invitation.competition) is None
    assert invitation_with(token, competition=invitation.competition) is not None
    assert session.ended_at is not None
    assert db.session.scalars(select(Letter)).all() == []
    inviting.renew(invitation, send=True, by=by)
    assert "new personal link" in letter("judge_invitation").text


def test_the_letter_of_an_old_link_does_not_go_out(world: World, by: User) -> None:
    invitation = asked(world, by)
    first = secret_in(letter("judge_invitation"))
    inviting.renew(invitation, send=True, by=by)
    assert secret_in(letter("judge_invitation")) != first
    inviting.revoke(invitation, by=by)
    assert db.session.scalars(select(Letter)).all() == []


def test_a_revoked_link_opens_again_only_when_renewed(world: World, by: User) -> None:
    invitation = world.guest_judge(world.competition(), "secret")
    inviting.revoke(invitation, by=by)
    assert (invitation.standing, invitation.judge.dismissed_at) == (Standing.REVOKED, None)
    with pytest.raises(inviting.InvitationOver):
        inviting.ready(invitation, moving=False)
    with pytest.raises(inviting.InvitationOver):
        inviting.revoke(invitation, by=by)
    inviting.renew(invitation, send=False, by=by)
    assert inviting.ready(invitation, moving=False) is invitation.judge.user


def test_a_link_from_before_a_dismissal_opens_nothing_again(world: World, by: User) -> None:
    competition = world.competition()
    first = world.guest_judge(competition, "first")
    judge, device = first.judge, world.by_link(first)
    page = f"/en/{competition.slug}/judging"
    dismiss(judge, confirmed=True, by=by)
    again = asked(world, by, competition=competition, email=judge.user.email)
    assert inviting.accept(again, by=None, language="en") is judge
    with pytest.raises(inviting.InvitationOver):
        inviting.ready(first, moving=False)
    assert device.get(page).status_code != 200
    assert inviting.ready(again, moving=False) is judge.user
    # So what organizers revoke is all that there is.
    assert links_of(competition) == {judge.id: again}
    inviting.revoke(again, by=by)
    for link in (first, again):
        with pytest.raises(inviting.InvitationOver):
            inviting.ready(link, moving=False)


def test_links_are_not_renewed_for_who_needs_none(world: World, by: User) -> None:
    competition = world.competition()
    with_account = world.judge_invitation(
        competition, way=Way.ACCOUNT, judge=world.judge(competition), accepted_at=datetime.now(UTC)
    )
    with pytest.raises(inviting.NoLink):
        inviting.renew(with_account, send=True, by=by)
    with pytest.raises(inviting.NoLink):
        inviting.revoke(with_account, by=by)
    grown = world.guest_judge(competition, "grown")
    grown.judge.user.confirmed_at = datetime.now(UTC)
    with pytest.raises(inviting.OwnAccount):
        inviting.renew(grown, send=True, by=by)
    with pytest.raises(inviting.HasAccount):
        inviting.ready(grown, moving=False)
    gone = world.guest_judge(competition, "gone")
    gone.judge.dismissed_at = datetime.now(UTC)
    with pytest.raises(NotJudging):
        inviting.renew(gone, send=True, by=by)
    no = world.judge_invitation(competition, declined_at=datetime.now(UTC))
    with pytest.raises(inviting.InvitationOver):
        inviting.renew(no, send=True, by=by)


def test_a_revoked_invitation_does_not_come_back_beside_a_new_one(world: World, by: User) -> None:
    first = asked(world, by)
    inviting.revoke(first, by=by)
    asked(world, by, competition=first.competition)
    with pytest.raises(inviting.AlreadyInvited):
        inviting.renew(first, send=True, by=by)


def test_one_device_at_a_time_where_it_is_wished(world: World) -> None:
    competition = world.competition()
    for one_device in (False, True):
        invitation = world.guest_judge(competition, f"link-{one_device}", one_device=one_device)
        world.by_link(invitation)
        (first,) = sessions_of(invitation)
        if one_device:
            with pytest.raises(inviting.InUse):
                inviting.ready(invitation, moving=False)
            assert first.ended_at is None
        inviting.ready(invitation, moving=True)
        assert (first.ended_at is not None) == one_device


def test_a_session_lasts_as_long_as_its_link(world: World, by: User) -> None:
    def opens(change: Any) -> bool:
        invitation = world.guest_judge(world.competition(), f"link-{world.number()}")
        world.by_link(invitation)
        (session,) = sessions_of(invitation)
        assert link_behind(session) is invitation
        change(invitation)
        db.session.flush()
        return link_behind(session) is not None

    moment = datetime.now(UTC)
    assert opens(lambda invitation: None)
    assert not opens(lambda invitation: setattr(invitation, "expires_at", moment))
    assert not opens(lambda invitation: setattr(invitation, "revoked_at", moment))
    assert not opens(lambda invitation: setattr(invitation.judge, "dismissed_at", moment))
    assert not opens(lambda invitation: setattr(invitation.judge.user, "confirmed_at", moment))


# -- what they read, and when they are there -------------------------------------------------


def test_judges_are_given_submissions_to_their_challenges_alone(world: World, by: User) -> None:
    competition = world.competition()
    one, two = world.challenge(competition), world.challenge(competition)
    first = world.submission(world.team(competition, challenge=one))
    second = world.submission(world.team(competition, challenge=two))
    expert = world.judge(competition)
    expert.challenges = [one]
    anyone = world.judge(competition)
    found = plan(competition, Wish(2)).proposal
    pairs = {(each.judge, each.submission) for each in found.assignments}
    assert pairs == {(expert.id, first.id), (anyone.id, first.id), (anyone.id, second.id)}
    (missing,) = found.shortfalls
    assert (missing.submission, missing.missing, missing.reason) == (second.id, 1, "challenge")
    with pytest.raises(ChallengeNotRead):
        add_review(expert, second, despite=False, by=by)
    assert add_review(expert, second, despite=True, by=by).judge is expert


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (None, None, False),
        (-30, 30, False),
        (-30, -21, True),
        (-30, -19, False),
        (21, 30, True),
        (19, None, False),
        (None, -21, True),
    ],
)
def test_days_that_miss_the_time_of_judging_are_seen(
    world: World, first: int | None, last: int | None, away: bool
) -> None:
    competition = world.competition(zone="UTC")
    today = datetime.now(UTC).date()
    judge = world.judge(
        competition,
        available_from=None if first is None else today + timedelta(days=first),
        available_until=None if last is None else today + timedelta(days=last),
    )
    assert is_away(judge, opening_of(competition, Gate.JUDGING)) is away


def test_a_judge_tells_what_they_can_take(world: World) -> None:
    judge = world.judge(world.competition())
    inviting.tell(
        judge,
        offered=9,
        available_from=None,
        available_until=date(2021, 5, 9),
        availability="evenings",
        organization="Lab",
        by=judge.user,
    )
    assert (judge.offered, judge.capacity) == (9, 5)
    assert (judge.available_until, judge.user.organization) == (date(2021, 5, 9), "Lab")


# -- terms -----------------------------------------------------------------------------------


def test_a_new_version_of_the_terms_asks_again(world: World, by: User) -> None:
    judge = world.judge(world.competition())
    assert terms_before(judge) is None
    words = Localized(en="Keep it.", fr="Gardez-le.")
    first = inviting.publish_terms(judge.competition, body=words, by=by)
    assert terms_before(judge) is first
    yes = inviting.accept_terms(judge, version=1, language="fr", by=judge.user)
    assert (yes.terms, yes.language) == (first, "fr")
    assert terms_before(judge) is None
    assert inviting.accept_terms(judge, version=1, language="en", by=judge.user) is yes
    with pytest.raises(inviting.TermsUnchanged):
        inviting.publish_terms(judge.competition, body=words, by=by)
    second = inviting.publish_terms(
        judge.competition, body=Localized(en="Keep all.", fr="Tout."), by=by
    )
    assert (second.version, terms_before(judge)) == (2, second)
    with pytest.raises(inviting.NewerTerms):
        inviting.accept_terms(judge, version=1, language="en", by=judge.user)
    assert len(db.session.scalars(select(TermsAcceptance)).all()) == 1


# -- forgetting ------------------------------------------------------------------------------


def test_who_is_deleted_leaves_no_invitation(world: World, by: User) -> None:
    competition = world.competition()
    person = world.person()
    invitation = asked(world, by, competition=competition, email=person.email)
    judge = inviting.accept(invitation, by=person, language="en", availability="evenings")
    delete_account(person)
    assert db.session.scalars(select(JudgeInvitation)).all() == []
    assert (judge.availability, judge.offered) == ("", None)


def test_in_time_guests_are_forgotten_and_their_reviews_stay(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    invitation = world.guest_judge(competition, "secret")
    judge = invitation.judge
    judge.availability = "evenings"
    review = world.review(judge, world.submission(world.team(competition)), 4)
    world.judge_invitation(competition, declined_at=datetime.now(UTC), words="on leave")
    guest_elsewhere = world.guest_judge(competition, "both").judge.user
    world.judge(world.competition(), user=guest_elsewhere)
    assert purge() == {}
    for each in competition.windows:
        each.opens_at = datetime(2001, 1, 1, tzinfo=UTC)
        each.closes_at = datetime(2001, 1, 2, tzinfo=UTC)
    db.session.commit()
    counts = purge()
    assert counts[competition]["judge_invitations"] == 3
    assert counts[competition]["availability"] == 1
    assert counts[None]["guests"] == 1
    assert db.session.scalars(select(JudgeInvitation)).all() == []
    assert judge.user.deleted_at is not None
    assert judge.user.email.endswith("@deleted.invalid")
    assert review.completed_at is not None
    assert guest_elsewhere.deleted_at is None
    assert purge() == {}
