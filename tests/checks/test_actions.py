"""Looks: what they find, keep, let go, and never open again by themselves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import func, select

from hackathon.checks.actions import AT_ONCE, MOST_LINKS, look, look_again, look_at_work, say, want
from hackathon.checks.models import FileMark, Finding, Kind, Link, Look, Note, Purpose, Standing
from hackathon.checks.queries import counts_of, findings_about
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.worker import CHORES
from tests.checks.samples import DAY, PASSAGE, file, handed_in, next_version
from tests.counting import queries
from tests.world import World, both


def findings(kind: Kind | None = None, *, gone: bool = False) -> list[Finding]:
    rows = db.session.scalars(select(Finding).order_by(Finding.id))
    return [
        each
        for each in rows
        if (kind is None or each.kind is kind) and (each.gone_at is not None) == gone
    ]


def look_until_done() -> int:
    total = 0
    while done := look_at_work():
        total += done
    return total


# -- when -------------------------------------------------------------------------------------


def test_what_is_handed_in_is_looked_at_once_and_again_in_an_hour(
    world: World, time_machine: Any
) -> None:
    submission = handed_in(world, world.team(world.competition()))
    world.submission(world.team(world.competition()), handed_in=False)
    assert (look_at_work(), look_at_work()) == (1, 0)
    time_machine.shift(timedelta(minutes=61))
    assert (look_at_work(), look_at_work()) == (1, 0)
    next_version(world, submission, title="Another")
    assert (look_at_work(), look_at_work()) == (1, 0)
    assert db.session.scalars(select(Look)).one().version == 2


@pytest.fixture
def time_machine() -> Iterator[Any]:
    with machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


def test_once_the_competition_is_over_nobody_looks_by_themselves(
    world: World, time_machine: Any
) -> None:
    competition = world.competition(gates="closed")
    handed_in(world, world.team(competition), 3 * DAY)
    assert look_at_work() == 1
    time_machine.shift(timedelta(days=2))
    assert look_at_work() == 0
    assert look_again(competition) == 1
    assert (look_at_work(), look_at_work()) == (1, 0)


def test_a_round_is_short_and_many_rounds_reach_all(world: World) -> None:
    competition = world.competition()
    for _ in range(AT_ONCE + 2):
        handed_in(world, world.team(competition))
    assert (look_at_work(), look_at_work(), look_at_work()) == (AT_ONCE, 2, 0)
    assert look_at_work in CHORES


# -- consents ---------------------------------------------------------------------------------


def test_who_has_not_agreed_until_they_do(world: World) -> None:
    competition = world.competition()
    text = world.consent_text(competition)
    world.consent_text(competition, "photos", required=False)
    team = world.team(competition)
    captain, member = (each.registration for each in team.memberships)
    world.consent(captain, text)
    submission = handed_in(world, team)
    late = world.join(world.person(), team)  # after it was handed in
    look(submission)
    (finding,) = findings()
    assert (finding.kind, finding.registration, finding.consent_text) == (
        Kind.CONSENT,
        member,
        text,
    )
    assert finding.subject == f"{member.id}:rules"
    assert late.registration_id != finding.registration_id
    world.consent(member, text)
    look(submission)
    assert findings() == []
    assert findings(gone=True) == [finding]


def test_an_older_version_of_the_text_will_do_and_a_yes_taken_back_will_not(world: World) -> None:
    competition = world.competition()
    old = world.consent_text(competition)
    team = world.team(competition, 2)
    first, second = (each.registration for each in team.memberships)
    world.consent(first, old)
    world.consent(second, old).withdrawn_at = datetime.now(UTC)
    new = world.consent_text(competition, version=2)
    submission = handed_in(world, team)
    look(submission)
    (finding,) = findings()
    assert (finding.registration, finding.consent_text) == (second, new)


# -- files ------------------------------------------------------------------------------------


def test_the_later_of_two_with_the_same_file_is_asked_about(world: World) -> None:
    competition = world.competition()
    early = handed_in(world, world.team(competition), 3 * DAY, files=[file(name="one.csv")])
    late = handed_in(world, world.team(competition), 2 * DAY, files=[file(), file("b")])
    latest = handed_in(world, world.team(competition), DAY, files=[file("b")])
    look_until_done()
    found = [(each.submission, each.other, each.evidence) for each in findings()]
    assert sorted(found, key=str) == sorted(
        [(late, early, {"digest": "a" * 64}), (latest, late, {"digest": "b" * 64})], key=str
    )
    assert [each.submission for each in findings_about(early)] == [late]
    assert len(findings_about(late)) == 2


def test_a_file_of_an_earlier_version_and_of_another_competition_counts_too(world: World) -> None:
    early = handed_in(world, world.team(world.competition()), 3 * DAY, files=[file()])
    next_version(world, early, files=[])
    late = handed_in(world, world.team(world.competition()), DAY, files=[file()])
    look_until_done()
    (finding,) = findings()
    assert (finding.submission, finding.other) == (late, early)
    assert finding.competition == late.competition
    assert findings_about(early) == []  # whoever organizes that one learns nothing


def test_files_that_mean_nothing(world: World) -> None:
    competition = world.competition()
    document = world.document(competition)
    data = world.data_set(competition).files[0]
    given = [file(digest=each.digest, name="given.csv") for each in (document, data)]
    small = file("c", size=1024)
    files = [*given, small, file("d", name="LICENSE"), file("e", name="Licence.txt")]
    for _ in range(2):
        handed_in(world, world.team(competition), files=files)
    look_until_done()
    assert findings() == []
    assert db.session.scalar(select(func.count(FileMark.id))) == 0


# -- texts ------------------------------------------------------------------------------------


def two_alike(world: World, **others: Any) -> tuple[Any, Any]:
    competition = world.competition()
    first = handed_in(world, world.team(competition), 3 * DAY, description=f"Ours. {PASSAGE}")
    second = handed_in(
        world, world.team(competition), DAY, description=f"{PASSAGE}. Théirs!", **others
    )
    return first, second


def test_passages_in_common(world: World) -> None:
    early, late = two_alike(world)
    look_until_done()
    (finding,) = findings()
    assert (finding.kind, finding.submission, finding.other) == (Kind.TEXT, late, early)
    assert finding.evidence["words"] == len(PASSAGE.split())
    assert 80 <= finding.evidence["share"] <= 100
    assert not any(isinstance(value, str) for value in finding.evidence.values())


def test_what_organizers_wrote_is_nobodys_own(world: World) -> None:
    early, _ = two_alike(world)
    challenge = world.challenge(early.competition)
    challenge.description = Localized(en=PASSAGE, fr="")
    look_until_done()
    assert findings() == []


def test_fewer_words_than_are_wanted(world: World) -> None:
    early, _ = two_alike(world)
    organizer = world.organizer(early.competition)
    want(early.competition, kinds=set(Kind), least_words=200, margin_days=30, by=organizer)
    look_until_done()
    assert findings() == []
    want(early.competition, kinds=set(Kind), least_words=20, margin_days=30, by=organizer)
    look_until_done()
    assert len(findings()) == 1
    want(early.competition, kinds={Kind.FILE}, least_words=20, margin_days=30, by=organizer)
    look_until_done()
    assert findings() == []
    assert len(findings(gone=True)) == 1


# -- links ------------------------------------------------------------------------------------


def test_the_addresses_of_a_version(world: World) -> None:
    content = {
        "repository": "https://github.com/team/work",
        "demonstration": "https://demo.example/",
        "description": "[One](https://one.example/a) <https://two.example> [m](mailto:a@b.example)",
        "data_used": "[One](https://one.example/a) and ![picture](https://three.example/p.png)",
    }
    submission = handed_in(world, world.team(world.competition()), **content)
    look(submission)
    links = db.session.scalars(select(Link).order_by(Link.id)).all()
    assert [(each.purpose, each.url, each.part) for each in links] == [
        (Purpose.PAGE, "https://github.com/team/work", "repository"),
        (Purpose.BIRTH, "https://github.com/team/work", "repository"),
        (Purpose.PAGE, "https://demo.example/", "demonstration"),
        (Purpose.PAGE, "https://one.example/a", "description"),
        (Purpose.PAGE, "https://two.example", "description"),
    ]
    assert all(each.due_at is not None and each.asked_at is None for each in links)
    next_version(world, submission, repository="", description="", data_used="")
    look(submission)
    assert [each.url for each in db.session.scalars(select(Link))] == ["https://demo.example/"]


@pytest.mark.parametrize(
    ("kinds", "purposes"),
    [
        ({Kind.LINK}, [Purpose.PAGE]),
        ({Kind.AGE}, [Purpose.BIRTH]),
        ({Kind.TEXT}, []),
    ],
)
def test_nobody_is_asked_for_what_is_not_wanted(
    world: World, kinds: set[Kind], purposes: list[Purpose]
) -> None:
    competition = world.competition()
    submission = handed_in(world, world.team(competition), repository="https://github.com/a/b")
    look(submission)
    organizer = world.organizer(competition)
    want(competition, kinds=kinds, least_words=40, margin_days=30, by=organizer)
    look(submission)
    assert list(db.session.scalars(select(Link.purpose))) == purposes


def test_a_flood_of_addresses_is_cut(world: World) -> None:
    many = " ".join(f"<https://example.org/{number}>" for number in range(200))
    look(handed_in(world, world.team(world.competition()), description=many))
    assert db.session.scalar(select(func.count(Link.id))) == MOST_LINKS


# -- what becomes of findings -----------------------------------------------------------------


def settled(world: World) -> tuple[Any, Any, Finding]:
    early, late = two_alike(world)
    look_until_done()
    (finding,) = findings()
    organizer = world.organizer(late.competition)
    say(finding, standing=Standing.NOTHING, text="They cite the same law.", by=organizer)
    return early, late, finding


def test_looking_again_doubles_nothing_and_opens_nothing(world: World) -> None:
    _, late, finding = settled(world)
    found_at = finding.found_at
    for _ in range(2):
        look(late)
    next_version(world, late, summary="Another summary of our own.")
    look(late)
    assert findings() == [finding]
    assert (finding.standing, finding.found_at) == (Standing.NOTHING, found_at)
    assert finding.version == 2


def test_what_went_and_came_back_the_same_stays_closed(world: World) -> None:
    _, late, finding = settled(world)
    text = late.versions[0].content["description"]
    next_version(world, late, description="All our own.")
    look(late)
    assert findings(gone=True) == [finding]
    next_version(world, late, description=text)
    db.session.expire(late, ["versions"])
    look(late)
    assert (findings(), finding.standing) == ([finding], Standing.NOTHING)


def test_other_evidence_opens_it_again(world: World) -> None:
    early, late, finding = settled(world)
    more = f"{PASSAGE} and then it is counted again by somebody who has not seen the first count"
    next_version(world, early, description=more)
    next_version(world, late, description=more)
    look(late)
    assert findings() == [finding]
    assert finding.standing is Standing.OPEN
    notes = [(note.standing, note.again) for note in finding.notes]
    assert notes == [(Standing.NOTHING, False), (Standing.OPEN, True)]


def test_a_note_is_kept_and_stands_in_the_journal(world: World) -> None:
    _, late, finding = settled(world)
    organizer = finding.notes[0].by
    say(finding, standing=Standing.FOLLOWED, text="", by=organizer)
    assert [(n.standing, n.text) for n in db.session.scalars(select(Note).order_by(Note.id))] == [
        (Standing.NOTHING, "They cite the same law."),
        (Standing.FOLLOWED, ""),
    ]
    assert finding.standing is Standing.FOLLOWED
    entries = db.session.scalars(select(Entry).where(Entry.deed == Deed.FINDING_NOTED.value)).all()
    assert [(e.actor, e.subject, e.details) for e in entries] == [
        (organizer, late.team.name, {})
    ] * 2
    counts = counts_of(late.competition)
    assert (counts.open, counts.followed, counts.nothing) == (0, 1, 0)


def test_settings_are_kept_once_and_stand_in_the_journal(world: World) -> None:
    competition = world.competition()
    organizer = world.organizer(competition)
    for words in (50, 60):
        want(competition, kinds={Kind.TEXT}, least_words=words, margin_days=5, by=organizer)
    kept = want(competition, kinds=set(Kind), least_words=70, margin_days=0, by=organizer)
    assert (kept.kinds, kept.least_words, kept.margin_days) == ([k.value for k in Kind], 70, 0)
    deeds = db.session.scalars(select(Entry.deed)).all()
    assert deeds == [Deed.CHECKS_SET.value] * 3


# -- what it costs ----------------------------------------------------------------------------


def consents(world: World, competition: Any) -> None:
    world.consent_text(competition, f"text-{world.number()}")


def nothing(world: World, competition: Any) -> None:
    """But for the submissions themselves."""


@pytest.mark.parametrize("more", [consents, nothing])
def test_a_look_costs_the_same_however_much_there_is(
    app: Flask, world: World, more: Callable[..., None]
) -> None:
    competition = world.competition(description=both("description"))
    submission = handed_in(world, world.team(competition, 2), description=PASSAGE)
    look(submission)
    with queries(app) as few:
        look(submission)
    for _ in range(3):
        more(world, competition)
        handed_in(world, world.team(competition, 3), DAY / 2, description="All our own.")
    look_until_done()
    look(submission)  # what is found the first time is written once
    with queries(app) as many:
        look(submission)
    assert len(many) == len(few)
