"""The organizers' desk: extensions, the journal and the letters, at a glance and page by page."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions import actions
from hackathon.competitions.models import Competition, Extension, Gate
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.ground.i18n import moment_text
from hackathon.journal.actions import record
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.post.delivery import deliver_due
from hackathon.post.models import Letter
from tests.counting import cost
from tests.world import World, both

MANAGE = "/en/c/manage"


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


@pytest.fixture
def organizer(world: World, competition: Competition) -> Any:
    return world.client(world.organizer(competition))


def test_extending_a_deadline_from_the_page(
    world: World, organizer: Any, competition: Competition
) -> None:
    french = world.participant(competition)
    french.language = "fr"
    here = f"{MANAGE}/dates/registration/extension"
    assert "2 people will get a letter" in organizer.get(here).text
    before = opening_of(competition, Gate.REGISTRATION).closes_at
    assert before is not None
    wall = (before.astimezone(ZoneInfo("America/Toronto")) + timedelta(days=2)).replace(
        second=0, microsecond=0, tzinfo=None
    )
    typed = {"closes_at": wall.isoformat(), "reason-en": "A storm.", "reason-fr": "Une tempête."}

    for change, fields in (
        ({"closes_at": "2020-01-01T00:00"}, ["closes_at"]),
        ({"reason-fr": " "}, ["reason-fr"]),
        ({"reason-en": "", "closes_at": ""}, ["closes_at", "reason-en"]),
    ):
        answer = organizer.post(here, data={**typed, **change})
        assert answer.status_code == 422
        assert re.findall(r'id="([\w-]+)-error"', answer.text) == fields
    assert db.session.scalars(select(Letter)).all() == []

    # Nothing happens before it is confirmed: the page shows what everyone will read.
    after = wall.replace(tzinfo=ZoneInfo("America/Toronto"))
    preview = organizer.post(here, data=typed)
    assert preview.status_code == 200
    for said in (before, after):
        assert moment_text(said, "America/Toronto") in preview.text
    for said in ("A storm.", "Une tempête.", "⟦Participant⟧", "⟦Organizer⟧"):
        assert said in preview.text
    assert preview.text.count(", 1 letter<") == 2
    assert "Pourquoi\u00a0: Une tempête." in preview.text and "Why: A storm." in preview.text
    assert db.session.scalars(select(Letter)).all() == []
    hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', preview.text))
    assert {name: hidden[name] for name in typed} == typed

    changed = organizer.post(here, data=hidden | {"step": "change"})
    assert changed.status_code == 200 and "Une tempête." in changed.text
    assert db.session.scalars(select(Extension)).all() == []

    confirmed = hidden | {"step": "confirm"}
    assert organizer.post(here, data=confirmed).location == f"{MANAGE}/dates"
    assert opening_of(competition, Gate.REGISTRATION).closes_at == after
    letters = db.session.scalars(select(Letter)).all()
    assert sorted((letter.language, letter.name) for letter in letters) == [
        ("en", "deadline_extended"),
        ("fr", "deadline_extended"),
    ]
    # The page of dates shows the new close, the old one struck through, and why.
    page = world.client().get("/en/c/dates").text
    assert moment_text(after, "America/Toronto") in page
    assert f'<del datetime="{before.isoformat()}">' in page
    assert "A storm." in page
    assert "Une tempête." in world.client().get("/fr/c/dates").text

    # A second click, and another organizer whose preview is older than this.
    again = organizer.post(here, data=confirmed)
    later = organizer.post(here, data=confirmed | {"closes_at": f"{wall.year + 1}-01-01T12:00"})
    for answer in (again, later):
        assert answer.status_code == 422
        assert "has been extended since you opened this page" in answer.text
    assert len(db.session.scalars(select(Extension)).all()) == 1


def test_an_extension_undone_within_a_minute(
    world: World, organizer: Any, competition: Competition
) -> None:
    before = opening_of(competition, Gate.SUBMISSION).closes_at
    extension = actions.extend_deadline(
        competition,
        Gate.SUBMISSION,
        closes_at=before + timedelta(days=2),
        reason=both("reason"),
        readers=[world.person(), world.person(language="fr")],
        by=None,
    )
    db.session.commit()
    undoing = f"{MANAGE}/dates/extensions/{extension.id}/undoing"
    assert undoing in organizer.get(f"{MANAGE}/dates").text
    with travel(extension.undo_until - timedelta(seconds=1), tick=False):
        assert deliver_due(mailer := Outbox(), "us@example.org") == 0
        for _ in range(2):  # a double click
            assert organizer.post(undoing).location == f"{MANAGE}/dates"
        assert "undid an extension (submissions)" in organizer.get(f"{MANAGE}/journal").text
    assert opening_of(competition, Gate.SUBMISSION).closes_at == before
    assert f'<del datetime="{before.isoformat()}">' not in world.client().get("/en/c/dates").text
    assert (db.session.scalars(select(Letter)).all(), mailer.sent) == ([], [])
    assert [e.deed for e in db.session.scalars(select(Entry).order_by(Entry.id))] == [
        "deadline_extended",
        "extension_undone",
    ]


def test_undoing_too_late(world: World, organizer: Any, competition: Competition) -> None:
    extensions = []
    for days in (1, 2):
        close = opening_of(competition, Gate.SUBMISSION).closes_at
        extensions.append(
            actions.extend_deadline(
                competition,
                Gate.SUBMISSION,
                closes_at=close + timedelta(days=days),
                reason=both("reason"),
                readers=[world.person()],
                by=None,
            )
        )
        db.session.commit()
    first, second = (f"{MANAGE}/dates/extensions/{each.id}/undoing" for each in extensions)
    answer = organizer.post(first)
    assert (answer.status_code, "Undo the last extension first" in answer.text) == (409, True)
    # A letter that a worker has in its hands does not come back.
    letter = db.session.scalars(select(Letter).where(Letter.occasion_id == extensions[1].id)).one()
    letter.claimed_until = clock.now() + timedelta(minutes=2)
    assert organizer.post(second).status_code == 409
    letter.claimed_until = None
    with travel(extensions[1].undo_until, tick=False):
        answer = organizer.post(second)
        assert (answer.status_code, "no longer be undone" in answer.text) == (409, True)
        assert "undoing" not in organizer.get(f"{MANAGE}/dates").text
        assert deliver_due(mailer := Outbox(), "us@example.org") == 2
    assert [each.undone_at for each in extensions] == [None, None]
    assert len(mailer.sent) == 2


class Outbox:
    """A mail server that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)


def test_the_overview(organizer: Any, world: World, competition: Competition) -> None:
    world.team(competition)
    page = organizer.get(f"{MANAGE}/").text
    figures = re.findall(r"<dd>(\d+)</dd>", page)
    assert figures[:2] == ["2", "1"]
    world.judge(competition)
    missing = "The rules of judging are not published"
    assert missing in organizer.get(f"{MANAGE}/").text
    world.criterion(competition)
    assert missing not in organizer.get(f"{MANAGE}/").text


def test_the_overview_tells_what_judges_and_teams_report(
    world: World, competition: Competition
) -> None:
    organizer = world.organizer(competition)
    organizer.name = "Ines Roy"
    judge = world.judge(competition, user=organizer)
    submission, other = (world.submission(world.team(competition)) for _ in range(2))
    client = world.client(organizer)
    page = client.get(f"{MANAGE}/").text
    assert "report by a judge" not in page and "named by a team" not in page
    for reported in (submission, other):
        world.problem(world.judge(competition), reported)
    world.problem(judge, other, answer="Mended.", settled_at=clock.now(), settled_by=organizer)
    world.objection(other.team, about="Somebody of the ministry")
    world.objection(other.team, about="Ines Roy, I think")
    page = client.get(f"{MANAGE}/").text
    assert "2 reports by judges are open" in page
    # Not what is said of themselves.
    assert "1 judge named by a team is not looked up yet" in page
    world.conflict(organizer, submission.team)
    # Nor of a team of which they may know nothing, since they judge too.
    assert "1 report by a judge is open" in client.get(f"{MANAGE}/").text


def test_the_journal_page_by_page(world: World, organizer: Any, competition: Competition) -> None:
    assert "Nothing has happened yet" in organizer.get(f"{MANAGE}/journal").text
    ana = world.person("Ana")
    for number in range(120):
        record(Deed.COMPETITION_EDITED, by=ana, competition=competition, subject=f"no{number}.")
    record(Deed.COMPETITION_EDITED, by=ana, competition=world.competition(), subject="no999.")
    db.session.flush()
    seen: list[int] = []
    for page in (1, 2, 3):
        text = organizer.get(f"{MANAGE}/journal?page={page}").text
        seen += [int(n) for n in re.findall(r"edited no(\d+)\.", text)]
    assert seen == list(range(119, -1, -1))


def test_letters_in_trouble_come_first_and_none_is_shown_twice(
    world: World, organizer: Any, competition: Competition
) -> None:
    assert "No letter has been written yet" in organizer.get(f"{MANAGE}/letters").text
    same = clock.now()
    for number in range(110):
        world.letter(competition, subject=f"no{number}.", created_at=same)
    world.letter(competition, subject="sent.", sent_at=same)
    world.letter(competition, subject="failed.", last_error="<refused>", attempts=3)
    world.letter(world.competition(), subject="elsewhere.")
    seen: list[str] = []
    for page in (1, 2, 3):
        text = organizer.get(f"{MANAGE}/letters?page={page}").text
        seen += re.findall(r">(\w+\.)</a>", text)
    assert seen[0] == "failed." and seen[-1] == "sent."
    assert sorted(seen) == sorted({*(f"no{n}." for n in range(110)), "failed.", "sent."})
    assert "Failed 3 times" in organizer.get(f"{MANAGE}/letters").text


def test_one_letter(world: World, organizer: Any, competition: Competition) -> None:
    letter = world.letter(
        competition, text="Là <b>\n\nhttps://x.example", language="fr", last_error="<refused>"
    )
    page = organizer.get(f"{MANAGE}/letters/{letter.id}").text
    assert '<div class="prose" lang="fr"><p>Là &lt;b&gt;</p>' in page
    assert "&lt;refused&gt;" in page


def test_lists_and_overview_cost_the_same_however_long(
    app: Flask, world: World, organizer: Any, competition: Competition
) -> None:
    paths = [f"{MANAGE}/", f"{MANAGE}/journal", f"{MANAGE}/letters"]

    def more() -> None:
        record(Deed.COMPETITION_EDITED, by=world.person(), competition=competition, subject="x")
        world.letter(competition)
        world.team(competition)
        world.mentor(competition)
        world.judge(competition)

    more()
    one = {path: cost(app, organizer, path) for path in paths}
    for _ in range(4):
        more()
    assert {path: cost(app, organizer, path) for path in paths} == one
    assert max(one.values()) < 15


def test_home_costs_the_same_however_many_competitions(app: Flask, world: World) -> None:
    user = world.person()
    client = world.client(user)

    def more() -> None:
        team = world.team(world.competition(), size=1)
        world.join(user, team)
        world.mentor(world.competition(), user=user)
        world.judge(world.competition(), user=user)

    more()
    one = cost(app, client, "/en/home")
    for _ in range(3):
        more()
    assert cost(app, client, "/en/home") == one < 15
