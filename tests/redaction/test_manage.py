"""The desk's pages."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import event, select

from hackathon.extensions import db
from hackathon.ground.paging import PER_PAGE
from hackathon.redaction import actions
from hackathon.redaction.forms import desk_form
from hackathon.redaction.models import Made, Redaction
from hackathon.redaction.queries import copies_of, desk_of, is_cleared
from hackathon.submissions.models import Submission, Version
from tests.counting import cost
from tests.world import World


class Office:
    """A blind competition, a submission that says whose it is, with a file, and an organizer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        world.criterion(self.competition, 100)
        world.rules(self.competition, blind=True)
        self.team = world.team(self.competition, 0)
        world.join(world.person("Quillon Aster"), self.team, captain=True)
        self.submission: Submission = world.submission(self.team)
        version = self.submission.versions[0]
        self.file = world.file(self.submission, b"PK\x03\x04 broken")
        version.content = {
            **version.content,
            "summary": "By Quillon",
            "files": [{"name": "q.zip", "size": self.file.size, "sha256": self.file.digest}],
        }
        self.redaction: Redaction = world.redaction(self.submission, cleared=False)
        actions.make_copies()
        db.session.expire_all()
        self.organizer = world.organizer(self.competition)
        self.client = world.client(self.organizer)

    @property
    def home(self) -> str:
        return f"/en/{self.competition.slug}/manage/redaction"

    @property
    def address(self) -> str:
        return f"{self.home}/{self.submission.id}"

    @property
    def copy(self) -> Any:
        return copies_of(self.submission)[self.file.digest]

    def sent(self, **others: Any) -> dict[str, Any]:
        """What the page sends, with everything withheld, unless `others` say otherwise."""
        desk = desk_of(self.redaction)
        form = desk_form(desk, formdata=None)
        texts = {form.text(each).name: each.text for each in desk.parts}
        decided = {"link_repository": "no", f"file_{self.copy.id.hex}": "no"}
        return {"seen": desk.digest, **texts, **decided, "deed": "save", **others}


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_the_page_marks_what_was_found_and_proposes_the_rest(office: Office) -> None:
    page = office.client.get(office.address).text
    assert "<mark>Quillon<" in page
    assert "By [name]</textarea>" in page
    assert "Metadata cannot be taken out" in page
    assert office.client.get(office.address.replace("/en/", "/fr/", 1)).status_code == 200


def test_an_address_that_says_whose_it_is_is_marked(office: Office) -> None:
    version = office.redaction.version
    at = "https://code.example/quillon/app"
    version.content = {**version.content, "repository": at, "demonstration": "https://a.example/"}
    db.session.commit()
    page = office.client.get(office.address).text
    assert page.count("Gives away whose it is:") == 1
    assert "Gives away whose it is: quillon" in page


def test_it_is_saved_then_cleared_then_taken_back(office: Office) -> None:
    answer = office.client.post(office.address, data=office.sent())
    assert (answer.status_code, answer.location) == (302, office.address)
    assert is_cleared(office.submission) is False
    answer = office.client.post(office.address, data=office.sent(deed="clear"))
    assert (answer.status_code, answer.location) == (302, office.home)
    assert is_cleared(office.submission) is True
    page = office.client.get(office.home).text
    assert "Cleared" in page
    assert office.organizer.name in page
    page = office.client.get(office.address).text
    assert ("<textarea" in page, "By [name]" in page) == (False, True)
    assert office.client.post(f"{office.address}/reopening").location == office.address
    assert is_cleared(office.submission) is False


def test_what_lacks_is_said_and_what_was_decided_stays(office: Office) -> None:
    sent = office.sent(deed="clear", stands=["quillon"])
    del sent["link_repository"]
    answer = office.client.post(office.address, data=sent)
    assert answer.status_code == 422
    assert "Decide first on every address and every file" in answer.text
    assert office.redaction.stands == ["quillon"]
    assert "By Quillon</textarea>" in answer.text
    assert is_cleared(office.submission) is False


def test_an_old_page_is_refused_and_keeps_what_was_typed(office: Office) -> None:
    sent = office.sent(seen="0" * 64, text_summary="By nobody at all")
    answer = office.client.post(office.address, data=sent)
    assert answer.status_code == 422
    assert "Something changed since this page was shown" in answer.text
    assert "By nobody at all" in answer.text
    assert office.redaction.edited == {}


def test_what_was_typed_for_one_part_is_not_taken_for_another(office: Office) -> None:
    """Though a part before it went since the page was shown."""
    sent = office.sent(text_description="By nobody at all")
    version = office.submission.versions[0]
    version.content = {**version.content, "summary": ""}
    db.session.flush()
    answer = office.client.post(office.address, data=sent)
    assert answer.status_code == 422
    typed = re.findall(r"<textarea[^>]*>\s*By nobody at all</textarea>", answer.text)
    assert len(typed) == 1
    assert 'name="text_description"' in typed[0]


def test_words_typed_by_hand_are_never_markup(office: Office) -> None:
    sent = office.sent(text_summary="<script>alert(1)</script>")
    assert office.client.post(office.address, data=sent).status_code == 302
    page = office.client.get(office.address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("quillon.pdf", b"%PDF-1.4 redacted", 302),
        ("page.html", b"<!doctype html>", 422),
        ("empty.pdf", b"", 422),
    ],
)
def test_a_redacted_file_is_taken_if_it_is_good(
    office: Office, name: str, content: bytes, status: int
) -> None:
    way = f"{office.address}/files/{office.copy.id}/replacement"
    assert office.client.get(way).status_code == 200
    answer = office.client.post(way, data={"files": (io.BytesIO(content), name)})
    assert answer.status_code == status
    taken = office.copy.made is Made.BY_HAND
    assert taken == (status == 302)
    assert office.copy.name == ("archive-1.pdf" if taken else "archive-1")
    assert office.client.post(way, data={}).status_code == 422


def test_the_copy_can_be_looked_at_once_there_is_one(office: Office) -> None:
    way = f"{office.address}/files/{office.copy.id}"
    assert office.client.get(way).status_code == 404
    office.client.post(
        f"{way}/replacement", data={"files": (io.BytesIO(b"%PDF-1.4 redacted"), "q.pdf")}
    )
    answer = office.client.get(way)
    assert answer.data == b"%PDF-1.4 redacted"
    assert "archive-1.pdf" in answer.headers["Content-Disposition"]
    answer.close()


def test_a_copy_of_another_submission_is_not_found(office: Office) -> None:
    other = office.world.submission(office.world.team(office.competition))
    way = f"{office.home}/{other.id}/files/{office.copy.id}"
    assert office.client.get(way).status_code == 404


def test_who_judges_does_not_come_to_the_desk(office: Office) -> None:
    office.world.judge(office.competition, user=office.organizer)
    for way in (office.home, office.address):
        answer = office.client.get(way)
        assert answer.status_code == 403
        assert "You judge in this competition" in answer.text
    assert office.client.post(office.address, data=office.sent(deed="clear")).status_code == 403


def test_where_judging_is_not_blind_the_list_says_so(world: World) -> None:
    competition = world.competition()
    client = world.client(world.organizer(competition))
    page = client.get(f"/en/{competition.slug}/manage/redaction").text
    assert "Judging is not blind here" in page


def test_what_nobody_prepared_yet_has_no_page(office: Office) -> None:
    other = office.world.submission(office.world.team(office.competition))
    assert office.client.get(f"{office.home}/{other.id}").status_code == 404
    assert "being prepared by the site" in office.client.get(office.home).text


def test_the_list_costs_the_same_for_one_and_for_many(office: Office) -> None:
    cost(office.world.app, office.client, office.home)
    few = cost(office.world.app, office.client, office.home)
    for _ in range(4):
        each = office.world.submission(office.world.team(office.competition))
        office.world.redaction(each)
    assert cost(office.world.app, office.client, office.home) == few


def listed(office: Office) -> list[tuple[str, bool]]:
    """The teams of the list, in its order, and whether something has to be done for each."""
    rows = re.findall(r'<th scope="row">(.*?)</tr>', office.client.get(office.home).text, re.S)
    names = [re.search(r'translate="no">(.*?)</', row) for row in rows]
    return [
        (name[1], "Not needed" not in row) for name, row in zip(names, rows, strict=True) if name
    ]


def test_what_no_blind_round_reads_any_more_stands_last(office: Office) -> None:
    world, competition, first = office.world, office.competition, office.competition.rounds[0]
    works = [office.submission]
    for name in "bcd":
        works.append(world.submission(world.team(competition, name=name)))
        world.redaction(works[-1], cleared=False)
    works[3].team.challenge = world.challenge(competition)
    works[3].versions[-1].challenge = works[3].team.challenge
    named = [work.team.name for work in works]
    assert dict(listed(office)) == dict.fromkeys(named, True)
    # A first round for some challenges: those of the others come straight into the next.
    first.challenges = [works[0].versions[-1].challenge]
    world.rules(competition, blind=True)
    assert dict(listed(office))[named[3]] is False
    final = world.round(competition, blind=True)
    assert dict(listed(office)) == dict.fromkeys(named, True)
    world.selection(final, works[2], works[3])
    found = listed(office)
    assert [needed for _, needed in found] == [True, True, False, False]
    assert {name for name, needed in found if needed} == set(named[2:])
    page = office.client.get(office.home).text
    assert "2 submissions are in no round that is still judged blindly." in page
    final.blind = False
    world.rules(competition, final, blind=False)
    assert not any(needed for _, needed in listed(office))


def test_a_page_of_the_list_reads_only_what_it_shows(office: Office) -> None:
    world = office.world
    for _ in range(PER_PAGE):
        world.redaction(world.submission(world.team(office.competition)))
    path = f"{office.home}?page=2"
    db.session.commit()
    db.session.expunge_all()
    read: list[str] = []

    def note(version: Version, _context: Any) -> None:
        read.append(version.content["title"])

    event.listen(Version, "load", note)
    try:
        page = office.client.get(path).text
    finally:
        event.remove(Version, "load", note)
    assert len(read) == page.count('<th scope="row">') == 1
    told = [int(number) for number in re.findall(r"<dd[^>]*>\s*(\d+)", page)]
    assert told[:3] == [1, 0, PER_PAGE]


def test_the_rules_say_that_judging_is_blind(office: Office) -> None:
    slug = office.competition.slug
    assert (
        "Judges do not see whose work they read"
        in office.client.get(f"/en/{slug}/rules/judging").text
    )
    client = office.world.client(office.team.captain)
    page = client.get(f"/en/{slug}/teams/{office.team.id}/submission/draft").text
    assert "leave names of people, of your team" in page


def test_turning_it_on_later_wants_a_reason(world: World) -> None:
    competition = world.competition()
    world.criterion(competition, 100)
    client = world.client(world.organizer(competition))
    way = f"/en/{competition.slug}/manage/judging/rules"
    page = client.get(f"{way}/edit").text
    assert "Judges do not see whose work they read" in page
    round_ = competition.rounds[0]
    sent = {"name-en": "Judging", "name-fr": "Évaluation", "method": "corrected", "blind": "y"}
    assert client.post(f"{way}/edit", data=sent).status_code == 302
    assert round_.blind is True
    page = client.get(way).text
    assert "From then on judges do not see whose work they read." in page
    found = db.session.scalars(select(Redaction)).all()
    assert found == []
