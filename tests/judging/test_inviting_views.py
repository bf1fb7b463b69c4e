"""A judge comes in: invitation, personal link, terms."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.accounts.models import Manner, SignIn, User
from hackathon.extensions import db
from hackathon.judging.jury import sessions_of
from hackathon.judging.models import Judge, JudgeInvitation, Standing, TermsAcceptance, Way
from hackathon.post.models import Letter
from tests.world import World


class Letterbox:
    """A competition, and an expert with the letter in hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        self.browser = world.client()

    def asked(self, **others: Any) -> JudgeInvitation:
        return self.world.judge_invitation(self.competition, "secret", **others)

    def path(self, deed: str = "", language: str = "en") -> str:
        rest = f"/{deed}" if deed else ""
        return f"/{language}/{self.competition.slug}/judging/invitations/secret{rest}"

    def get(self) -> Any:
        return self.browser.get(self.path())

    def post(self, deed: str, **data: Any) -> Any:
        return self.browser.post(self.path(deed), data=data)

    @property
    def home(self) -> str:
        return f"/en/{self.competition.slug}/judging"


@pytest.fixture
def box(world: World) -> Letterbox:
    return Letterbox(world)


def sign_ins() -> list[SignIn]:
    return list(db.session.scalars(select(SignIn)))


def test_looking_at_a_link_changes_nothing(box: Letterbox) -> None:
    invitation = box.asked()
    for _ in range(2):
        answer = box.get()
        assert answer.status_code == 200
        assert "Yes, I will judge" in answer.text
        assert answer.headers["Referrer-Policy"] == "same-origin"
    db.session.refresh(invitation)
    assert (invitation.standing, sign_ins()) == (Standing.INVITED, [])
    assert db.session.scalars(select(Judge)).all() == []


@pytest.mark.parametrize(
    ("gates", "said", "unsaid"),
    [
        ("upcoming", "Judging opens", "Judging is open until"),
        ("open", "Judging is open until", "Judging opens"),
        ("closed", "You would read", "Judging opens"),
    ],
)
def test_the_page_tells_no_date_that_is_past(
    box: Letterbox, gates: str, said: str, unsaid: str
) -> None:
    box.world.set_gates(box.competition, gates)
    box.asked()
    page = box.get().text
    assert said in page
    assert unsaid not in page


def test_what_a_link_does_not_open_advises_what_fits_a_link(box: Letterbox) -> None:
    box.asked()
    box.post("acceptance")
    answer = box.browser.get("/en/account/profile")
    assert answer.status_code == 403
    assert "If you have an account as well, sign out first" in answer.text
    assert "several accounts" not in answer.text


def test_an_unknown_secret_is_no_page(box: Letterbox) -> None:
    box.asked()
    assert box.browser.get(box.path().replace("secret", "guess")).status_code == 404
    assert box.browser.post(box.path("arrival").replace("secret", "guess")).status_code == 404


def test_yes_by_link_leads_straight_to_judging(box: Letterbox) -> None:
    invitation = box.asked()
    answer = box.post(
        "acceptance", offered="3", available_from="2021-05-01", availability="Evenings"
    )
    assert (answer.status_code, answer.location) == (302, box.home)
    judge = invitation.judge
    assert judge is not None
    assert (judge.offered, judge.availability) == (3, "Evenings")
    assert [each.manner for each in sign_ins()] == [Manner.PERSONAL]
    assert box.browser.get(box.home).status_code == 200
    assert box.browser.get("/en/home").status_code in (403, 404)
    assert box.browser.get("/en/account/profile").status_code == 403
    # Signed out, the same letter opens it again, by a button.
    assert box.browser.post("/en/account/sign-out").status_code == 302
    assert box.browser.get(box.home).status_code == 302
    assert "Go on to judging" in box.get().text
    assert box.browser.get(box.home).status_code == 302
    assert box.post("arrival").location == box.home
    assert box.browser.get(box.home).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {"offered": "-1"},
        {"offered": "9" * 500},
        {"available_from": "soon"},
        {"available_from": "2021-05-02", "available_until": "2021-05-01"},
        {"availability": "x" * 501},
    ],
)
def test_what_is_typed_wrong_stays_typed(box: Letterbox, typed: dict[str, str]) -> None:
    invitation = box.asked()
    answer = box.post("acceptance", **typed)
    assert answer.status_code == 422
    assert all(text in answer.text for text in typed.values())
    assert invitation.standing is Standing.INVITED


def test_an_invitation_to_an_account_leads_there_and_back(box: Letterbox) -> None:
    invitation = box.asked(way=Way.ACCOUNT)
    page = box.get().text
    assert f"/en/account/new?next={box.path()}" in page
    assert f"/en/account/sign-in?next={box.path()}" in page
    assert "Yes, I will judge" not in page
    assert "/account/sign-in" in box.post("acceptance").location
    person = box.world.person()
    box.browser = box.world.client(person)
    assert "Yes, I will judge" in box.get().text
    assert box.post("acceptance").location == box.home
    assert invitation.judge is not None
    assert invitation.judge.user is person
    assert "was accepted" in box.get().text


def test_who_is_signed_in_chooses_link_or_account(box: Letterbox) -> None:
    invitation, person = box.asked(), box.world.person()
    box.browser = box.world.client(person)
    page = box.get().text
    assert "Yes, with my account" in page
    assert "Yes, with the link alone" in page
    assert box.post("acceptance", with_account="1").location == box.home
    assert invitation.judge is not None
    assert (invitation.judge.user, invitation.way) == (person, Way.ACCOUNT)


def test_who_is_signed_out_meanwhile_is_no_judge_by_the_link(box: Letterbox) -> None:
    invitation = box.asked()
    answer = box.post("acceptance", with_account="1", availability="Evenings")
    assert answer.status_code == 422
    assert "You are signed out by now." in answer.text
    assert "Evenings" in answer.text
    assert (invitation.standing, invitation.judge, sign_ins()) == (Standing.INVITED, None, [])
    assert box.post("acceptance").location == box.home
    assert len(sign_ins()) == 1


def test_a_link_session_makes_no_judge_for_an_invitation_to_an_account(box: Letterbox) -> None:
    box.asked(way=Way.ACCOUNT)
    other = box.world.guest_judge(box.world.competition(), "other")
    box.browser = box.world.by_link(other)
    assert "Sign out first" in box.get().text
    assert box.post("acceptance").status_code == 403
    assert box.post("arrival").status_code == 403


def test_no_is_easy_and_said_once(box: Letterbox) -> None:
    invitation = box.asked()
    answer = box.post("refusal", words="On leave in May.")
    assert (answer.status_code, answer.location) == (302, box.path())
    assert (invitation.standing, invitation.words) == (Standing.DECLINED, "On leave in May.")
    assert "Thank you for your answer" in box.get().text
    assert box.post("acceptance").status_code == 422
    assert box.post("refusal", words="x" * 1001).status_code == 422


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revoked_at": datetime(2021, 5, 1, tzinfo=UTC)}, "was revoked"),
        ({"expires_at": datetime(2021, 5, 1, tzinfo=UTC)}, "has expired"),
    ],
)
def test_a_link_that_ended_says_so(box: Letterbox, change: dict[str, Any], words: str) -> None:
    box.asked(**change)
    assert words in box.get().text
    assert box.post("acceptance").status_code == 422
    assert box.post("arrival").status_code == 422
    assert sign_ins() == []


def test_a_second_device_asks_before_the_first_is_signed_out(box: Letterbox) -> None:
    invitation = box.world.guest_judge(box.competition, "secret", one_device=True)
    assert box.post("arrival").status_code == 302
    first, box.browser = box.browser, box.world.client()
    assert "in use on another device" in box.get().text
    refused = box.post("arrival")
    assert refused.status_code == 422
    assert "Confirm that you move here" in refused.text
    assert first.get(box.home).status_code == 200
    assert box.post("arrival", move="1").status_code == 302
    assert box.browser.get(box.home).status_code == 200
    turned_out = first.get(box.home).location
    assert "/account/sign-in" in turned_out
    assert "Open the link in your newest email" in first.get(turned_out).text
    assert "Open the link in your newest email" not in box.world.client().get(turned_out).text
    assert len(sessions_of(invitation)) == 1


def test_a_revoked_link_ends_what_it_opened(box: Letterbox) -> None:
    invitation = box.world.guest_judge(box.competition, "secret")
    assert box.post("arrival").status_code == 302
    invitation.revoked_at = datetime.now(UTC)
    db.session.commit()
    answer = box.browser.get(box.home)
    assert answer.status_code == 403
    assert "Your personal link has ended" in answer.text
    assert box.browser.post("/en/account/sign-out").status_code == 302


def test_going_in_by_a_link_signs_an_account_out(box: Letterbox) -> None:
    box.world.guest_judge(box.competition, "secret")
    person = box.world.person()
    box.browser = box.world.client(person)
    assert person.name in box.get().text
    assert box.post("arrival").status_code == 302
    assert "/account/profile" not in box.browser.get(box.home).text
    ended = {each.user_id: each.ended_at for each in sign_ins()}
    assert ended[person.id] is not None


def test_the_language_changes_on_the_way(box: Letterbox) -> None:
    box.asked()
    answer = box.browser.post(box.path("acceptance", "fr"))
    assert answer.location == box.home.replace("/en/", "/fr/")
    assert db.session.scalars(select(User).where(User.confirmed_at.is_(None))).one()
    assert box.browser.get(box.home).status_code == 200


# -- terms -----------------------------------------------------------------------------------


class Bench:
    """A judge with something to read, and terms before it."""

    def __init__(self, world: World) -> None:
        self.world, self.competition = world, world.competition()
        world.criterion(self.competition)
        self.judge = world.judge(self.competition)
        self.submission = world.submission(world.team(self.competition))
        self.review = world.review(self.judge, self.submission)
        self.terms = world.judge_terms(self.competition)
        self.client = world.client(self.judge.user)
        self.home = f"/en/{self.competition.slug}/judging"

    def accept(self, **data: Any) -> Any:
        given = {"version": "1", "agreed": "y", **data}
        return self.client.post(f"{self.home}/terms", data=given)


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)


def test_terms_come_before_the_first_submission_and_lead_back(bench: Bench) -> None:
    review = f"{bench.home}/{bench.review.id}"
    version = f"/en/{bench.competition.slug}/submissions/{bench.submission.id}/versions/1"
    assert "Please accept it before" in bench.client.get(bench.home).text
    answer = bench.client.get(review)
    assert (answer.status_code, answer.location) == (302, f"{bench.home}/terms?next={review}")
    for path in (version,):
        assert bench.client.get(path).status_code in (302, 404)
    page = bench.client.get(answer.location)
    assert page.status_code == 200
    assert f'name="next" value="{review}"' in page.text
    assert re.findall(r'name="version"[^>]* value="(.*?)"', page.text) == ["1"]
    assert bench.accept(agreed="").status_code == 422
    assert bench.accept(version="x").status_code == 422
    assert bench.client.get(review).status_code == 302
    assert bench.accept(next=review).location == review
    assert bench.client.get(review).status_code == 200
    yes = db.session.scalars(select(TermsAcceptance)).one()
    assert (yes.judge, yes.terms, yes.language) == (bench.judge, bench.terms, "en")
    assert "You accepted this, version 1" in bench.client.get(f"{bench.home}/terms").text


def test_a_conflict_can_be_declared_before_the_terms(bench: Bench) -> None:
    answer = bench.client.post(f"{bench.home}/{bench.review.id}/conflict", data={"reason": "Kin"})
    assert (answer.status_code, answer.location) == (302, bench.home)


def test_a_new_version_stops_a_save_and_keeps_the_words(bench: Bench) -> None:
    bench.accept()
    bench.world.judge_terms(bench.competition, 2)
    db.session.commit()
    answer = bench.client.post(
        f"{bench.home}/{bench.review.id}", data={"deed": "save", "comment": "Some good words"}
    )
    assert answer.status_code == 403
    assert "Some good words" in answer.text
    assert f"{bench.home}/terms" in answer.text
    refused = bench.accept()
    assert refused.status_code == 422
    assert "newer version" in refused.text
    assert re.findall(r'name="version"[^>]* value="(.*?)"', refused.text) == ["2"]
    assert bench.accept(version="2").status_code == 302


def test_without_terms_there_is_nothing_to_accept(world: World) -> None:
    judge = world.judge(world.competition())
    home = f"/en/{judge.competition.slug}/judging"
    assert world.client(judge.user).get(f"{home}/terms").location == home


# -- of oneself ------------------------------------------------------------------------------


def test_a_judge_says_when_and_how_many(bench: Bench) -> None:
    path = f"{bench.home}/me"
    assert (
        'value="5"'
        not in re.findall(r'<input[^>]*name="offered"[^>]*>', bench.client.get(path).text)[0]
    )
    answer = bench.client.post(
        path,
        data={"offered": "8", "available_until": "2021-05-09", "organization": "Lab"},
    )
    assert (answer.status_code, answer.location) == (302, bench.home)
    assert (bench.judge.offered, bench.judge.user.organization) == (8, "Lab")
    page = bench.client.get(path).text
    assert 'value="2021-05-09"' in page
    assert 'value="Lab"' in page
    wrong = bench.client.post(path, data={"offered": "many", "availability": "Evenings only"})
    assert wrong.status_code == 422
    assert "Evenings only" in wrong.text
    assert bench.judge.offered == 8


def test_a_guest_who_sets_a_password_signs_in_and_the_link_ends(box: Letterbox) -> None:
    invitation = box.world.guest_judge(box.competition, "secret")
    guest = invitation.judge.user
    box.world.client().post("/en/account/reset", data={"email": guest.email})
    told = db.session.scalars(select(Letter).filter_by(name="password_reset")).one()
    path = re.findall(r"http://localhost(/\S+/reset/\S+)", told.text)[0]
    words = "a very long new passphrase"
    answer = box.world.client().post(path, data={"password": words, "again": words})
    assert answer.status_code == 302
    assert guest.confirmed_at is not None
    refused = box.post("arrival")
    assert refused.status_code == 422
    assert "There is an account with this address" in refused.text
    signed_in = box.world.client()
    signed_in.post("/en/account/sign-in", data={"email": guest.email, "password": words})
    assert signed_in.get(box.home).status_code == 200
    assert signed_in.get("/en/account/profile").status_code == 200
