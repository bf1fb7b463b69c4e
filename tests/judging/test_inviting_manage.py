"""Organizers invite judges, hand out links, and publish terms."""

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.judging.models import JudgeInvitation, JudgeTerms, Standing, TermsAcceptance, Way
from hackathon.post.models import Letter
from tests.counting import queries
from tests.judging.test_manage import Desk
from tests.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


PAGES = ("judges/invitations", "judges/invitations/new", "judges/list", "judges/terms")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("rest", PAGES)
def test_pages_speak_before_there_is_anything(desk: Desk, rest: str, language: str) -> None:
    assert desk.get(rest, language).status_code == 200


def invitation(**others: Any) -> dict[str, Any]:
    return {
        "name": "Ada Roy",
        "email": "ada@example.org",
        "languages": ["en"],
        "capacity": "4",
        "way": "link",
        "language": "both",
        **others,
    }


def asked() -> list[JudgeInvitation]:
    return list(db.session.scalars(select(JudgeInvitation).order_by(JudgeInvitation.address)))


def test_somebody_without_an_account_is_invited(desk: Desk) -> None:
    challenge = desk.world.challenge(desk.competition)
    answer = desk.post(
        "judges/invitations/new",
        **invitation(challenges=[str(challenge.id)], one_device="y", organization="Lab"),
    )
    assert (answer.status_code, answer.location) == (302, desk.path("judges/invitations"))
    (found,) = asked()
    assert (found.name, found.address, found.capacity) == ("Ada Roy", "ada@example.org", 4)
    assert (found.way, found.one_device, found.language) == (Way.LINK, True, "both")
    assert (found.challenges, found.organization) == ([challenge], "Lab")
    page = desk.get("judges/invitations").text
    assert "Ada Roy" in page
    assert "Invited" in page
    again = desk.post("judges/invitations/new", **invitation())
    assert again.status_code == 422
    assert "invited already" in again.text
    assert "1 without a yes, 1 of them can still answer" in desk.get("judges").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "ada@"},
        {"languages": []},
        {"capacity": "501"},
        {"way": "window"},
        {"language": "de"},
        {"challenges": ["nothing"]},
    ],
)
def test_a_wrong_invitation_keeps_what_was_typed(desk: Desk, wrong: dict[str, Any]) -> None:
    answer = desk.post("judges/invitations/new", **invitation(organization="My Lab", **wrong))
    assert answer.status_code == 422
    assert "My Lab" in answer.text
    assert asked() == []


def test_who_has_an_account_gets_no_link(desk: Desk) -> None:
    person = desk.world.person()
    answer = desk.post("judges/invitations/new", **invitation(email=person.email))
    assert "asked to sign in with it" in desk.client.get(answer.location).text
    assert asked()[0].way is Way.ACCOUNT


def test_errors_come_in_the_order_of_the_page(desk: Desk) -> None:
    page = desk.post("judges/invitations/new", **invitation(name="", email="", capacity="")).text
    summary = page.split('id="errors"')[1].split("</ul>")[0]
    assert re.findall(r'href="#([a-z]+)"', summary) == ["name", "email", "capacity"]


# -- lists -----------------------------------------------------------------------------------

LIST = "Name;Email;Languages\nAda Roy;ada@example.org;en\nBo Li;bo@example.org;fr"


def listed(text: str, **others: Any) -> dict[str, Any]:
    given = {"text": text, "capacity": "5", "way": "link", "language": "fr", "deed": "look"}
    return {**given, **others}


def shown(page: str) -> str:
    return re.findall(r'name="shown"[^>]* value="(.*?)"', page)[0]


def test_a_list_is_looked_at_then_confirmed_and_twice_is_once(desk: Desk) -> None:
    looked = desk.post("judges/list", **listed(LIST))
    assert looked.status_code == 200
    assert "Invite 2 people" in looked.text
    assert asked() == []
    confirmed = desk.post("judges/list", **listed(LIST, deed="invite", shown=shown(looked.text)))
    assert (confirmed.status_code, confirmed.location) == (302, desk.path("judges/invitations"))
    assert [(each.name, each.languages, each.language) for each in asked()] == [
        ("Ada Roy", ["en"], "fr"),
        ("Bo Li", ["fr"], "fr"),
    ]
    again = desk.post("judges/list", **listed(LIST, deed="invite", shown=shown(looked.text)))
    assert again.status_code == 302
    assert len(asked()) == 2
    assert len(db.session.scalars(select(Letter)).all()) == 2
    more = desk.post("judges/list", **listed(f"{LIST}\nCy Ng;cy@example.org"))
    assert more.text.count("Asked already") == 2
    assert "Invite 1 person" in more.text


def test_only_what_was_shown_is_confirmed(desk: Desk) -> None:
    looked = desk.post("judges/list", **listed(LIST))
    key = shown(looked.text)
    for other in (
        listed(f"{LIST}\nCy;cy@example.org", deed="invite", shown=key),
        listed(LIST, deed="invite", shown=key, way="account"),
        listed(LIST, deed="invite"),
    ):
        assert desk.post("judges/list", **other).status_code == 200
    assert asked() == []


def test_errors_stand_beside_their_line_and_nothing_is_lost(desk: Desk) -> None:
    text = "Ada;ada@example.org;en;7\nBo;bo@\nCy;cy@example.org"
    answer = desk.post("judges/list", **listed(text, deed="invite"))
    assert answer.status_code == 422
    assert "Write the numbers of challenges that there are" in answer.text
    assert "Write a whole address" in answer.text
    assert text in answer.text
    assert asked() == []
    for empty in ("", "\n", "Name;Email"):
        assert desk.post("judges/list", **listed(empty)).status_code == 422
    many = "\n".join(f"N{n};n{n}@example.org" for n in range(501))
    assert "At most 500 lines" in desk.post("judges/list", **listed(many)).text


def test_a_file_takes_the_place_of_the_text(desk: Desk) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbfAda Roy,ada@example.org,en"), "judges.csv")
    looked = desk.post("judges/list", **listed("", file=file))
    assert looked.status_code == 200
    assert "Ada Roy,ada@example.org,en" in looked.text
    for octets in (b"\xff\xfe\x00", b"x" * 200_001):
        wrong = desk.post("judges/list", **listed("kept", file=(io.BytesIO(octets), "x.csv")))
        assert wrong.status_code == 422
        assert "no text in UTF-8" in wrong.text
        assert "kept" in wrong.text


def test_judges_in_a_list_are_left_alone(desk: Desk) -> None:
    judge = desk.judge()
    looked = desk.post("judges/list", **listed(f"X;{judge.user.email}"))
    assert "A judge already" in looked.text
    assert "Everybody in this list was asked before" in looked.text


# -- links -----------------------------------------------------------------------------------


def test_a_new_link_is_shown_once(desk: Desk) -> None:
    found = desk.world.guest_judge(desk.competition, "old")
    answer = desk.post(f"judges/links/{found.id}/link")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    secret = answer.text.split("/judging/invitations/")[1].split('"')[0]
    visitor = desk.world.client()
    base = f"/en/{desk.competition.slug}/judging/invitations"
    assert "Go on to judging" in visitor.get(f"{base}/{secret}").text
    assert visitor.get(f"{base}/old").status_code == 404
    assert db.session.scalars(select(Letter)).all() == []
    entries = db.session.scalars(select(Entry)).all()
    assert not any(secret in repr((entry.subject, entry.details)) for entry in entries)
    assert "judge_link_shown" in {entry.deed for entry in entries}


def test_links_are_sent_again_and_revoked(desk: Desk) -> None:
    found = desk.world.guest_judge(desk.competition, "secret")
    client = desk.world.by_link(found)
    home = f"/en/{desk.competition.slug}/judging"
    assert client.get(home).status_code == 200
    assert desk.post(f"judges/links/{found.id}/renewal").status_code == 302
    assert client.get(home).status_code == 302
    assert len(db.session.scalars(select(Letter)).all()) == 1
    answer = desk.post(f"judges/links/{found.id}/revocation")
    assert answer.location == desk.path(f"judges/{found.judge_id}")
    assert found.standing is Standing.REVOKED
    assert "Link revoked" in desk.get("judges").text
    assert "Link revoked" in desk.get(f"judges/{found.judge_id}").text
    assert desk.post(f"judges/links/{found.id}/revocation").status_code == 409


def test_the_organizers_letters_hold_no_secret(desk: Desk) -> None:
    desk.post("judges/invitations/new", **invitation())
    letters = desk.client.get(f"/en/{desk.competition.slug}/manage/letters").text
    assert "ada@example.org" not in letters


# -- what judges read and say ----------------------------------------------------------------


def test_a_judge_reads_some_challenges(desk: Desk) -> None:
    judge, other = desk.judge(), desk.world.challenge(desk.competition)
    given = {"languages": ["en"], "capacity": "2", "challenges": [str(other.id)]}
    assert desk.post(f"judges/{judge.id}", **given).status_code == 302
    assert judge.challenges == [other]
    (box,) = (
        each for each in desk.get(f"judges/{judge.id}").text.split("<") if str(other.id) in each
    )
    assert "checked" in box
    assert f"Challenge {other.number}" in desk.get("judges").text
    submission = desk.submission()
    page = desk.get(f"reviews/{submission.id}").text
    assert "Does not read its challenge" in page
    assert desk.post(f"reviews/{submission.id}/{judge.id}").status_code == 409
    assert desk.post(f"reviews/{submission.id}/{judge.id}", despite="1").status_code == 302


def test_what_a_judge_says_is_shown_and_warned_of(desk: Desk) -> None:
    judge = desk.judge(offered=2, availability="Evenings only", available_until=date(2021, 5, 1))
    page = desk.get("judges").text
    assert "can take 2" in page
    assert "Not there while judging" in page
    page = desk.get(f"judges/{judge.id}").text
    assert "Evenings only" in page
    assert "until May 1, 2021" in page
    assert "Not there while judging is open" in page


def test_the_table_to_take_away(desk: Desk) -> None:
    desk.judge(
        user=desk.world.person(organization="=Lab"), offered=2, availability="Evenings"
    ).challenges = [desk.challenge]
    desk.judge(dismissed_at=datetime(2021, 5, 1, tzinfo=UTC))
    answer = desk.get("judges.csv")
    assert answer.headers["Content-Disposition"].endswith("-judges.csv")
    head, second, first = answer.text.strip().splitlines()
    assert head.startswith("\ufeffName,Email,Organization")
    assert ",'=Lab,en fr,1,5,2,,,Evenings,0,0,," in first.replace(
        f",{desk.challenge.number},", ",1,"
    )
    assert second.endswith(",2021-05-01")


def test_lists_ask_as_many_questions_for_one_and_for_many(desk: Desk) -> None:
    def one_more() -> None:
        invitation = desk.world.guest_judge(desk.competition, f"link-{desk.world.number()}")
        invitation.judge.challenges = [desk.challenge]
        desk.world.judge_invitation(desk.competition)
        db.session.commit()

    terms = desk.world.judge_terms(desk.competition)
    one_more()
    for rest in ("judges", "judges/invitations", "judges/terms", "judges.csv"):
        desk.get(rest)
        with queries(desk.world.app) as one:
            desk.get(rest)
        for _ in range(3):
            one_more()
        with queries(desk.world.app) as many:
            desk.get(rest)
        assert len(many) == len(one), rest
    assert terms.version == 1


# -- terms -----------------------------------------------------------------------------------


def test_terms_are_published_in_versions(desk: Desk) -> None:
    judge = desk.judge()
    assert "nothing is asked" in desk.get("judges").text
    words = {"body-en": "Keep it.", "body-fr": "Gardez-le."}
    assert desk.post("judges/terms", **{**words, "body-fr": ""}).status_code == 422
    assert desk.post("judges/terms", **words).status_code == 302
    assert desk.post("judges/terms", **words).status_code == 422
    terms = db.session.scalars(select(JudgeTerms)).one()
    assert "Not accepted yet" in desk.get("judges/terms").text
    assert "Terms not accepted" in desk.get("judges").text
    desk.world.add(TermsAcceptance(judge=judge, terms=terms, language="fr"))
    db.session.commit()
    assert "1 of 1" in desk.get("judges/terms").text
    assert "Version 1, read in French" in desk.get(f"judges/{judge.id}").text
    assert desk.post("judges/terms", **{**words, "body-en": "Keep all."}).status_code == 302
    page = desk.get("judges/terms").text
    assert "An older version" in page
    assert "0 of 1" in page
