"""Preparing and announcing a competition, and changing what was announced."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions import actions
from hackathon.competitions.models import (
    Challenge,
    Competition,
    Criterion,
    Extension,
    Gate,
    Level,
    Organizer,
    Window,
)
from hackathon.competitions.queries import (
    competition_at,
    gates_of,
    next_deadline,
    opening_of,
    organizes,
    published_competitions,
    timetable_of,
)
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.ground.i18n import moment_text
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from tests.apps import own_app
from tests.world import World, both

DAY = timedelta(days=1)
WHY = Localized(en="A storm.", fr="Une tempête.")


def entries() -> list[tuple[str, Any, str]]:
    rows = db.session.scalars(select(Entry).order_by(Entry.id))
    return [(row.deed, row.competition_id, row.subject) for row in rows]


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.address)))


# -- the competition itself ------------------------------------------------------------------


def test_who_creates_a_competition_organizes_it(world: World) -> None:
    ana = world.person()
    made = actions.create_competition(
        by=ana, slug="datajam", name=Localized(en="DataJam"), zone="America/Toronto"
    )
    assert competition_at("datajam") is made
    assert (made.published_at, made.tagline, organizes(ana, made)) == (None, Localized(), True)
    assert published_competitions() == []
    assert entries() == [("competition_created", made.id, "datajam")]


def test_an_address_is_taken_once(world: World) -> None:
    first, second = world.competition("first"), world.competition("second")
    with pytest.raises(actions.AddressTaken):
        actions.create_competition(by=world.person(), slug="first", name=WHY, zone="UTC")
    with pytest.raises(actions.AddressTaken):
        actions.edit_competition(second, by=world.person(), slug="first")
    assert actions.edit_competition(first, by=world.person(), slug="first") is first


def test_publishing_asks_for_both_languages_and_names_what_is_missing(world: World) -> None:
    draft = world.competition(published_at=None, tagline=Localized(en="x"), description=Localized())
    with pytest.raises(actions.Unfinished) as raised:
        actions.publish_competition(draft, by=world.person())
    assert str(raised.value).endswith(": tagline, description.")
    assert draft.published_at is None
    draft.tagline = draft.description = both("text")
    before = clock.now()
    actions.publish_competition(draft, by=world.person())
    assert draft.published_at is not None and draft.published_at >= before
    first = draft.published_at
    actions.publish_competition(draft, by=world.person())
    assert draft.published_at == first
    assert [deed for deed, *_ in entries()] == ["competition_published"]


def test_what_is_public_stays_in_both_languages(world: World) -> None:
    public, draft = world.competition(), world.competition(published_at=None)
    with pytest.raises(actions.Unfinished):
        actions.edit_competition(public, by=world.person(), summary=Localized(fr="seul"))
    actions.edit_competition(draft, by=world.person(), summary=Localized(fr="seul"))
    assert draft.summary == Localized(fr="seul")


# -- dates -----------------------------------------------------------------------------------


def test_dates_move_freely_until_they_are_public(world: World) -> None:
    competition = world.competition(published_at=None)
    opens, closes = clock.now() + DAY, clock.now() + 2 * DAY
    for closing in (closes, closes - timedelta(hours=1), closes + DAY):
        window = actions.announce_window(
            competition, Gate.SUBMISSION, opens_at=opens, closes_at=closing, by=world.person()
        )
        assert (window.opens_at, window.closes_at) == (opens, closing)
    assert len(competition.windows) == len(gates_of(competition))
    competition.published_at = clock.now()
    with pytest.raises(actions.AlreadyAnnounced):
        actions.announce_window(
            competition, Gate.SUBMISSION, opens_at=opens, closes_at=closes, by=world.person()
        )
    assert opening_of(competition, Gate.SUBMISSION).closes_at == closes + DAY


def test_a_gate_not_yet_announced_can_still_be(world: World) -> None:
    competition = world.competition()
    db.session.delete(competition.windows[0])
    db.session.flush()
    db.session.refresh(competition)
    gates = gates_of(competition)
    gate = next(g for g in gates if g not in {w.gate for w in competition.windows})
    opens = clock.now()
    actions.announce_window(
        competition, gate, opens_at=opens, closes_at=opens + DAY, by=world.person()
    )
    assert [opening.gate for opening in timetable_of(competition)] == gates


@pytest.mark.parametrize("length", [timedelta(), -timedelta(seconds=1)])
def test_a_gate_closes_after_it_opens(world: World, length: timedelta) -> None:
    competition, opens = world.competition(published_at=None), clock.now()
    with pytest.raises(actions.ClosesBeforeItOpens):
        actions.announce_window(
            competition, Gate.JUDGING, opens_at=opens, closes_at=opens + length, by=world.person()
        )


def extend(competition: Competition, by: timedelta, *readers: Any, who: Any = None) -> Extension:
    closes_at = opening_of(competition, Gate.SUBMISSION).closes_at
    assert closes_at is not None
    return actions.extend_deadline(
        competition,
        Gate.SUBMISSION,
        closes_at=closes_at + by,
        reason=WHY,
        readers=list(readers),
        by=who,
    )


def test_an_extension_is_told_written_down_and_kept_beside_what_was_announced(
    world: World,
) -> None:
    competition, ana = world.competition("c"), world.person()
    readers = [world.person(language="en"), world.person(language="fr")]
    window = next(w for w in competition.windows if w.gate is Gate.SUBMISSION)
    announced = window.closes_at
    extend(competition, DAY, *readers, who=ana)
    extend(competition, DAY, who=ana)
    db.session.commit()
    db.session.expire_all()

    opening = opening_of(competition, Gate.SUBMISSION)
    assert (window.closes_at, opening.closes_at) == (announced, announced + 2 * DAY)
    assert [(was.closes_at, was.reason) for was in opening.earlier] == [
        (announced, WHY),
        (announced + DAY, WHY),
    ]
    entry = db.session.scalars(select(Entry).order_by(Entry.id)).first()
    assert entry is not None
    assert (entry.deed, entry.actor, entry.competition_id) == (
        "deadline_extended",
        ana,
        competition.id,
    )
    assert entry.details == {
        "gate": "submission",
        "until_now": announced.isoformat(),
        "from_now_on": (announced + DAY).isoformat(),
    }
    english, french = letters()
    assert [(letter.language, letter.recipient_id) for letter in (english, french)] == [
        ("en", readers[0].id),
        ("fr", readers[1].id),
    ]
    assert "Why: A storm." in english.text and "Une tempête." in french.text
    assert "A storm." not in french.text and "Une tempête." not in english.text
    assert "http://localhost/en/c/dates" in english.text
    assert "http://localhost/fr/c/dates" in french.text
    for moment in (announced, announced + DAY):
        assert moment_text(moment, competition.zone) in english.text


@pytest.mark.parametrize("by", [timedelta(), -DAY, -timedelta(seconds=1)])
def test_an_extension_is_later(world: World, by: timedelta) -> None:
    with pytest.raises(actions.NotLater):
        extend(world.competition(), by)
    assert letters() == []


def test_an_extension_reaches_into_the_future(world: World) -> None:
    competition = world.competition(gates="closed")
    with pytest.raises(actions.NotLater):
        extend(competition, timedelta(hours=1))
    extend(competition, 2 * DAY)
    assert opening_of(competition, Gate.SUBMISSION).is_open


def test_nothing_can_be_extended_that_was_not_announced(world: World) -> None:
    competition = world.competition()
    for window in list(competition.windows):
        competition.windows.remove(window)
    db.session.flush()
    with pytest.raises(actions.NothingToExtend):
        actions.extend_deadline(
            competition, Gate.JUDGING, closes_at=clock.now() + DAY, reason=WHY, readers=[], by=None
        )
    assert next_deadline(competition) is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_extensions_at_once_know_of_each_other(tmp_path: Path, kind: str) -> None:
    """Both read the page before either wrote: the earlier of the two is refused."""
    with own_app(tmp_path, kind) as app:
        world = World(app)
        competition = world.competition("c")
        closes_at = opening_of(competition, Gate.SUBMISSION).closes_at
        assert closes_at is not None
        db.session.commit()
        first_locked, outcome = threading.Event(), []

        def second() -> None:
            with app.app_context():
                here = competition_at("c")
                assert here is not None and opening_of(here, Gate.SUBMISSION).closes_at == closes_at
                reading.set()
                first_locked.wait(10)
                try:
                    actions.extend_deadline(
                        here,
                        Gate.SUBMISSION,
                        closes_at=closes_at + DAY,
                        reason=WHY,
                        readers=[],
                        by=None,
                    )
                    db.session.commit()
                    outcome.append("extended")
                except actions.NotLater:
                    db.session.rollback()
                    outcome.append("not later")

        reading = threading.Event()
        thread = threading.Thread(target=second)
        thread.start()
        assert reading.wait(10)
        extend(competition, 2 * DAY)
        first_locked.set()
        db.session.commit()
        thread.join(40)
        assert outcome == ["not later"]
        assert len(db.session.scalars(select(Extension)).all()) == 1
        assert db.session.scalar(select(Window.closes_at).limit(1)) is not None


# -- organizers ------------------------------------------------------------------------------


def test_appointing_and_dismissing(world: World) -> None:
    competition, ana, lee = world.competition(), world.person("Ana"), world.person("Lee")
    first = actions.appoint_organizer(competition, email=ana.email, by=lee)
    again = actions.appoint_organizer(competition, email=ana.email.upper(), by=lee)
    assert first is again
    assert [(letter.name, letter.recipient_id) for letter in letters()] == [
        ("organizer_appointed", ana.id)
    ]
    with pytest.raises(actions.NoAccount):
        actions.appoint_organizer(competition, email="nobody@example.org", by=ana)
    with pytest.raises(actions.LastOrganizer):
        actions.dismiss_organizer(first, by=lee)
    second = actions.appoint_organizer(competition, email=lee.email, by=ana)
    actions.dismiss_organizer(first, by=lee)
    db.session.flush()
    assert db.session.scalars(select(Organizer)).all() == [second]
    assert [deed for deed, *_ in entries()] == [
        "organizer_appointed",
        "organizer_appointed",
        "organizer_dismissed",
    ]


# -- pieces ----------------------------------------------------------------------------------


def test_pieces_are_kept_edited_and_removed_and_the_journal_says_so(world: World) -> None:
    competition, ana = world.competition(), world.person()
    piece = actions.save(
        Challenge(competition_id=competition.id),
        by=ana,
        subject="Heat",
        number=1,
        title=both("Heat"),
        summary=both("s"),
        description=both("d"),
    )
    actions.save(piece, by=ana, subject="Heat", number=2)
    db.session.refresh(competition)
    assert [(c.number, c.title) for c in competition.challenges] == [(2, both("Heat"))]
    actions.remove(piece, by=ana, subject="Heat")
    db.session.refresh(competition)
    assert competition.challenges == []
    assert entries() == [
        ("competition_edited", competition.id, "Heat"),
        ("competition_edited", competition.id, "Heat"),
        ("piece_removed", competition.id, "Heat"),
    ]


def test_two_challenges_do_not_share_a_number(world: World) -> None:
    competition = world.competition()
    one, other = world.challenge(competition), world.challenge(competition)
    number = other.number
    with pytest.raises(actions.NumberTaken):
        actions.save(other, by=world.person(), subject="x", number=one.number)
    assert other.number == number
    elsewhere = world.challenge(world.competition())
    actions.save(elsewhere, by=world.person(), subject="x", number=one.number)


def test_what_is_in_use_is_not_removed(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, challenge=world.challenge(competition))
    criterion = world.criterion(competition)
    db.session.refresh(competition)
    world.review(world.judge(competition), world.submission(team), 4)
    with pytest.raises(actions.InUse):
        actions.remove(team.challenge, by=world.person(), subject="x")
    # Rules that judges go by hold it: it goes from the draft alone.
    assert actions.remove(criterion, by=world.person(), subject="x").removed_at is not None
    db.session.flush()
    db.session.expire(competition)
    assert (len(competition.challenges), competition.criteria) == (1, [])
    assert db.session.get(Criterion, criterion.id) is criterion


def test_a_criterion_keeps_its_levels_when_edited(world: World) -> None:
    competition, ana = world.competition(), world.person()
    fields = {"name": both("Idea"), "description": both("d"), "weight": 40, "position": 0}
    levels = [both(f"level {n}") for n in range(1, 6)]

    def rows() -> list[Level]:
        return [
            Level(score=n, word=Localized(), description=said) for n, said in enumerate(levels, 1)
        ]

    criterion = actions.save_criterion(
        Criterion(competition_id=competition.id), levels=rows(), by=ana, **fields
    )
    db.session.flush()
    keys = [level.id for level in criterion.levels]
    levels[2] = both("better")
    actions.save_criterion(criterion, levels=rows(), by=ana, **{**fields, "weight": 60})
    db.session.commit()
    db.session.expire_all()
    assert criterion.weight == 60
    assert [(level.id, level.score, level.description) for level in criterion.levels] == list(
        zip(keys, range(1, 6), levels, strict=True)
    )
