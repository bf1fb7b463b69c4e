"""Preparing work, deciding what judges read of it, and clearing it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground.receiving import Received
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.redaction import actions
from hackathon.redaction.models import Lot, Made, Redaction
from hackathon.redaction.personal import expire
from hackathon.redaction.queries import (
    Standing,
    cleared_of,
    copies_of,
    desk_of,
    is_cleared,
    lots_of,
    redaction_of,
    rows_of,
    standings,
)
from hackathon.submissions.models import Exclusion, Ground, Submission, Version
from tests.apps import own_app
from tests.counting import queries
from tests.world import World, marked


def blind_work(world: World, text: str = "By Quillon and others") -> Submission:
    """Handed in where judging is blind, by a team of one."""
    competition = world.competition()
    competition.rounds[0].blind = True
    team = world.team(competition, 0)
    world.join(world.person("Quillon Aster"), team, captain=True)
    submission = world.submission(team)
    version = submission.versions[0]
    version.content = {**version.content, "summary": text}
    return submission


def another(submission: Submission, **content: Any) -> Version:
    """The next version, which says this otherwise."""
    last = submission.versions[-1]
    version = Version(
        submission=submission,
        number=last.number + 1,
        challenge=last.challenge,
        content={**last.content, **content},
        digest="1" * 64,
    )
    db.session.add(version)
    db.session.flush()
    return version


def keep(redaction: Redaction, world: World, **others: Any) -> Redaction:
    """Decide, with every address withheld and every file shown."""
    desk = desk_of(redaction)
    given: dict[str, Any] = {
        "seen": desk.digest,
        "stands": redaction.stands,
        "texts": {},
        "links": dict.fromkeys(desk.links.values(), False),
        "files": {copy.id: True for _, copy in desk.files if copy},
        "by": world.person("Organizer"),
    }
    return actions.decide(redaction, **{**given, **others})


def clear(redaction: Redaction, world: World) -> Redaction:
    return actions.clear(redaction, seen=desk_of(redaction).digest, by=world.person("Organizer"))


def summary(redaction: Redaction) -> str:
    return next(each.text for each in desk_of(redaction).parts if each.part.key == "summary")


# -- the worker ------------------------------------------------------------------------------


def test_what_is_handed_in_where_judging_is_blind_is_prepared_once(world: World) -> None:
    submission = blind_work(world)
    world.submission(world.team(world.competition()))  # elsewhere nothing is
    assert actions.prepare_work() == 1
    assert actions.prepare_work() == 0
    assert redaction_of(submission.versions[0]) is not None
    assert db.session.scalars(select(Lot.submission_id)).all() == [submission.id]


def test_what_does_not_count_is_not_prepared(world: World) -> None:
    submission = blind_work(world)
    world.add(Exclusion(submission=submission, ground=Ground.WITHDRAWN))
    assert actions.prepare_work() == 0


def test_numbers_are_of_a_lot_and_stay(world: World) -> None:
    submission = blind_work(world)
    for _ in range(9):
        world.submission(world.team(submission.competition))
    assert actions.prepare_work() == 10
    numbers = list(lots_of(submission.competition).values())
    assert len(set(numbers)) == 10
    assert max(numbers) < 100
    another(submission, summary="more")
    assert actions.prepare_work() == 1
    assert list(lots_of(submission.competition).values()) == numbers


def test_copies_are_made_without_metadata_or_not_at_all(world: World) -> None:
    submission = blind_work(world)
    files = [world.file(submission, b"a,b\n1,2\n"), world.file(submission, b"PK\x03\x04 broken")]
    content = [
        {"name": name, "size": file.size, "sha256": file.digest}
        for name, file in zip(("zephyr.csv", "zephyr.zip"), files, strict=True)
    ]
    submission.versions[0].content = {**submission.versions[0].content, "files": content}
    actions.prepare_work()
    assert list(standings(submission.competition).values()) == [Standing.WAITING]
    assert [actions.make_copies() for _ in range(3)] == [1, 1, 0]
    db.session.expire_all()
    made = {copy.name: (copy.made, copy.digest) for copy in copies_of(submission).values()}
    assert made == {
        "document-1.txt": (Made.CLEAN, files[0].digest),
        "archive-2": (Made.UNABLE, ""),
    }
    assert list(standings(submission.competition).values()) == [Standing.TO_DO]


# -- deciding --------------------------------------------------------------------------------


def test_what_is_found_is_replaced_unless_it_may_stay(world: World) -> None:
    redaction = world.redaction(blind_work(world), cleared=False)
    assert summary(redaction) == "By [name] and others"
    keep(redaction, world, stands=["quillon"])
    assert summary(redaction) == "By Quillon and others"
    keep(redaction, world, stands=[])
    assert summary(redaction) == "By [name] and others"


def test_words_in_french_are_replaced_in_french(world: World) -> None:
    submission = blind_work(world, "De Quillon et d’autres")
    version = submission.versions[0]
    version.content = {**version.content, "language": "fr"}
    assert summary(world.redaction(submission, cleared=False)) == "De [nom] et d’autres"


def test_a_text_written_by_hand_stays_whatever_else_is_decided(world: World) -> None:
    redaction = world.redaction(blind_work(world), cleared=False)
    keep(redaction, world, texts={"summary": "By somebody"})
    assert summary(redaction) == "By somebody"
    keep(redaction, world, stands=["quillon"])
    assert summary(redaction) == "By somebody"
    keep(redaction, world, texts={"summary": "By Quillon and others"})  # as the site proposes
    assert redaction.edited == {}


def test_clearing_wants_every_decision(world: World) -> None:
    submission = blind_work(world)
    redaction = world.redaction(submission, cleared=False)
    with pytest.raises(actions.Undecided):
        clear(redaction, world)
    keep(redaction, world, texts={"summary": "By Quillon A."})
    with pytest.raises(actions.StillThere) as refusal:
        clear(redaction, world)
    assert "Quillon" in str(refusal.value)
    assert is_cleared(submission) is False
    keep(redaction, world, stands=["quillon"])
    clear(redaction, world)
    assert is_cleared(submission) is True
    entry = db.session.scalars(select(Entry).where(Entry.deed == Deed.WORK_CLEARED.value)).one()
    assert (entry.subject, entry.details["number"]) == (submission.team.name, 1)


def test_nothing_is_cleared_while_the_site_is_at_a_file(world: World) -> None:
    submission = blind_work(world)
    file = world.file(submission)
    version = submission.versions[0]
    entry = {"name": "a.pdf", "size": file.size, "sha256": file.digest}
    version.content = {**version.content, "files": [entry]}
    redaction = world.redaction(submission, cleared=False)
    keep(redaction, world)
    with pytest.raises(actions.NotPrepared):
        clear(redaction, world)


def test_what_is_cleared_changes_only_when_it_is_taken_back(world: World) -> None:
    submission = blind_work(world)
    redaction = world.redaction(submission)
    with pytest.raises(actions.ClearedAlready):
        keep(redaction, world)
    # Whoever comes into the team later changes nothing of what judges read.
    world.join(world.person("Others"), submission.team)
    found = cleared_of(submission.versions[0])
    assert found is not None
    assert found.content["summary"] == "By [name] and others"
    actions.reopen(redaction, by=world.person())
    assert (cleared_of(submission.versions[0]), is_cleared(submission)) == (None, False)
    with pytest.raises(actions.NotCleared):
        actions.reopen(redaction, by=world.person())


def test_a_page_that_is_old_decides_nothing(world: World) -> None:
    redaction = world.redaction(blind_work(world), cleared=False)
    seen = desk_of(redaction).digest
    keep(redaction, world, stands=["quillon"])
    with pytest.raises(actions.Overtaken):
        keep(redaction, world, seen=seen)
    with pytest.raises(actions.Overtaken):
        actions.clear(redaction, seen=seen, by=world.person())


def test_a_new_version_needs_a_new_look_and_keeps_what_is_the_same(world: World) -> None:
    submission = blind_work(world)
    redaction = world.redaction(submission, cleared=False)
    keep(redaction, world, texts={"summary": "By hand", "description": "Mine"})
    clear(redaction, world)
    version = another(submission, summary="By Quillon alone")
    assert is_cleared(submission) is False
    with pytest.raises(actions.Overtaken):
        actions.reopen(redaction, by=world.person())
    actions.prepare_work()
    new = redaction_of(version)
    assert new is not None
    texts = {each.part.key: each.text for each in desk_of(new).parts}
    assert (texts["summary"], texts["description"]) == ("By [name] alone", "Mine")
    assert desk_of(new).undecided == 0
    clear(new, world)
    assert is_cleared(submission) is True


def test_a_redacted_file_takes_the_place_of_one(world: World) -> None:
    submission = blind_work(world)
    file = world.file(submission, b"PK\x03\x04 broken")
    version = submission.versions[0]
    entry = {"name": "zephyr.zip", "size": file.size, "sha256": file.digest}
    version.content = {**version.content, "files": [entry]}
    redaction = world.redaction(submission, cleared=False)
    actions.make_copies()
    db.session.expire_all()
    copy = copies_of(submission)[file.digest]
    sent = world.sent(b"%PDF-1.4 redacted")
    received = Received("Zephyr Nine.pdf", sent["digest"], sent["size"])
    actions.replace(redaction, copy, received, by=world.person())
    assert (copy.name, copy.made, copy.shown) == ("archive-1.pdf", Made.BY_HAND, True)
    keep(redaction, world)
    clear(redaction, world)
    with pytest.raises(actions.ClearedAlready):
        actions.replace(redaction, copy, received, by=world.person())


def test_what_cannot_be_cleaned_is_shown_as_it_is_only_when_somebody_says_so(world: World) -> None:
    submission = blind_work(world)
    file = world.file(submission, b"PK\x03\x04 broken")
    version = submission.versions[0]
    entry = {"name": "zephyr.zip", "size": file.size, "sha256": file.digest}
    version.content = {**version.content, "files": [entry]}
    redaction = world.redaction(submission, cleared=False)
    actions.make_copies()
    db.session.expire_all()
    copy = copies_of(submission)[file.digest]
    keep(redaction, world, files={})
    with pytest.raises(actions.Undecided):
        clear(redaction, world)
    keep(redaction, world)
    assert (copy.digest, copy.name) == (file.digest, "archive-1.zip")
    clear(redaction, world)
    found = cleared_of(version)
    assert found is not None
    assert [each.copy.name for each in found.files] == ["archive-1.zip"]


# -- the list --------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_one_and_for_many(world: World) -> None:
    submission = blind_work(world)
    world.redaction(submission)

    def cost() -> int:
        db.session.expire_all()
        competition = submission.competition
        with queries(world.app) as sent:
            [
                (
                    row.version.submission.team.name,
                    row.version.challenge.title,
                    row.standing,
                    row.redaction and row.redaction.cleared_by,
                )
                for row in rows_of(competition, standings(competition))
            ]
        return len(sent)

    few = cost()
    for _ in range(4):
        world.redaction(world.submission(world.team(submission.competition)))
    assert cost() == few


def test_names_that_may_stay_are_forgotten_with_the_personal_data(world: World) -> None:
    submission = blind_work(world)
    redaction = world.redaction(submission)
    redaction.stands, redaction.edited = ["quillon"], {"summary": {"of": "", "text": marked("x")}}
    assert expire(submission.competition) == {"redactions": 1}
    assert (redaction.stands, redaction.edited) == ([], {})
    assert expire(submission.competition) == {"redactions": 0}
    assert cleared_of(submission.versions[0]) is not None  # the record of what judges read


# -- at the same moment ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_who_clear_at_once_one_does(tmp_path: Path, kind: str) -> None:
    with own_app(tmp_path, kind) as app:
        world = World(app)
        submission = blind_work(world)
        redaction = world.redaction(submission, cleared=False)
        keep(redaction, world)
        key, seen, by = redaction.id, desk_of(redaction).digest, world.person().id
        db.session.commit()
        came: list[str] = []
        start = threading.Barrier(2)

        def press() -> None:
            with app.app_context():
                row = db.session.get(Redaction, key)
                person = db.session.get(User, by)
                start.wait()
                try:
                    actions.clear(row, seen=seen, by=person)
                    db.session.commit()
                    came.append("cleared")
                except actions.ClearedAlready:
                    db.session.rollback()
                    came.append("already")
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(came) == ["already", "cleared"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_version_that_comes_while_somebody_clears_is_not_cleared(
    tmp_path: Path, kind: str
) -> None:
    """The one who clears waits for the team that hands in, and then finds another version."""
    with own_app(tmp_path, kind) as app:
        world = World(app)
        submission = blind_work(world)
        redaction = world.redaction(submission, cleared=False)
        keep(redaction, world)
        key, seen, work = redaction.id, desk_of(redaction).digest, submission.id
        by = world.person().id
        db.session.commit()
        held, came = threading.Event(), list[str]()

        def hand_in() -> None:
            with app.app_context():
                row = db.session.scalar(
                    select(Submission).where(Submission.id == work).with_for_update()
                )
                held.set()
                another(row, summary="New words of Quillon")
                db.session.commit()
                db.session.remove()

        def press() -> None:
            with app.app_context():
                row = db.session.get(Redaction, key)
                assert row is not None
                assert row.version.submission.team is not None
                held.wait(30)
                try:
                    actions.clear(row, seen=seen, by=db.session.get(User, by))
                    db.session.commit()
                    came.append("cleared")
                except actions.Overtaken:
                    db.session.rollback()
                    came.append("overtaken")
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=hand_in), threading.Thread(target=press)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        db.session.expire_all()
        again = db.session.get(Submission, work)
        assert again is not None
        assert is_cleared(again) is False
        assert came == ["overtaken"]
