"""A competition that lies across a change of the clock, and zones of every kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Competition, Gate, Window
from hackathon.competitions.queries import opening_of
from hackathon.desk import actions as desk
from hackathon.desk.reminders import plans_of
from hackathon.extensions import db
from hackathon.post.models import Letter
from tests.world import World

SECOND = timedelta(seconds=1)
MANAGE = "/en/c/manage"

# (opens, closes) as typed, then as moments, and how a page writes the two.
CHANGES = {
    "November": (
        ("2026-10-31T23:00", "2026-11-02T23:00"),
        (datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 3, 4, tzinfo=UTC)),
        ("11:00\u00a0p.m. EDT (UTC−4)", "11:00\u00a0p.m. EST (UTC−5)"),
        ("23\u00a0h\u00a000 HAE (UTC−4)", "23\u00a0h\u00a000 HNE (UTC−5)"),
    ),
    "March": (
        ("2027-03-13T23:00", "2027-03-15T23:00"),
        (datetime(2027, 3, 14, 4, tzinfo=UTC), datetime(2027, 3, 16, 3, tzinfo=UTC)),
        ("11:00\u00a0p.m. EST (UTC−5)", "11:00\u00a0p.m. EDT (UTC−4)"),
        ("23\u00a0h\u00a000 HNE (UTC−5)", "23\u00a0h\u00a000 HAE (UTC−4)"),
    ),
}


def draft(world: World, **others: Any) -> Competition:
    competition = world.competition("c", published_at=None, **others)
    for window in list(competition.windows):
        competition.windows.remove(window)
    db.session.flush()
    return competition


@pytest.mark.parametrize("change", CHANGES)
def test_a_competition_across_the_change(world: World, change: str) -> None:
    typed, moments, english, french = CHANGES[change]
    with travel(moments[0] - timedelta(days=20), tick=False):
        competition = draft(world)
        organizer = world.client(world.organizer(competition))
        for gate in (Gate.TEAM_CHANGES, Gate.SUBMISSION):
            answer = organizer.post(
                f"{MANAGE}/dates/{gate}", data={"opens_at": typed[0], "closes_at": typed[1]}
            )
            assert answer.status_code == 302
        window = db.session.scalars(select(Window).where(Window.gate == Gate.SUBMISSION)).one()
        assert (window.opens_at, window.closes_at) == moments
        # What was typed comes back as it was typed.
        page = organizer.get(f"{MANAGE}/dates/submission").text
        assert all(f'value="{wall}"' in page for wall in typed)
        competition.published_at = moments[0] - timedelta(days=10)
        team = world.team(competition, 1)
        world.reminder(
            competition,
            Gate.TEAM_CHANGES,
            audience=["small_teams"],
            created_at=moments[0] - timedelta(days=15),
        )
        db.session.flush()
        (plan,) = plans_of(competition)
        assert plan.due_at == moments[1] - timedelta(days=1)  # 24 hours, whatever the clock does

    for language, words in (("en", english), ("fr", french)):
        with travel(moments[0] - SECOND, tick=False):
            page = world.client().get(f"/{language}/c/dates").text
        assert all(word in page for word in words)
        assert f'data-countdown="{moments[0].isoformat()}"' in page
        with travel(moments[0], tick=False):
            page = world.client().get(f"/{language}/c/dates").text
        assert f'data-countdown="{moments[1].isoformat()}"' in page

    captain, here = team.members[0], f"/en/c/teams/{team.id}/edit"
    form = {"name": "Owls", "languages": ["en"], "about": ""}
    for moment, status in (
        (moments[0] - SECOND, 403),
        (moments[0], 302),
        (moments[1] - timedelta(hours=1), 302),
        (moments[1] - SECOND, 302),
        (moments[1], 403),
    ):
        with travel(moment, tick=False):
            assert world.client(captain).post(here, data=form).status_code == status, moment

    with travel(moments[1] - timedelta(days=1), tick=False):
        assert desk.send_due_reminders() == 1
    assert english[1] in db.session.scalars(select(Letter)).one().text


@pytest.mark.parametrize(
    "zone, skipped, doubled",
    [
        ("America/Toronto", "2027-03-14T02:30", "2026-11-01T01:30"),
        ("America/St_Johns", "2027-03-14T02:00:01", "2026-11-01T01:59:59"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2027-04-04T01:45"),  # half an hour
    ],
)
def test_what_a_clock_skips_or_doubles_is_refused_in_every_form(
    world: World, zone: str, skipped: str, doubled: str
) -> None:
    with travel(datetime(2026, 9, 1, tzinfo=UTC), tick=False):
        competition = world.competition("c", zone=zone)
        team, session = world.team(competition), world.session(competition)
        organizer = world.client(world.organizer(competition))
        pages = {
            f"{MANAGE}/dates/submission": ("opens_at", "closes_at"),
            f"{MANAGE}/dates/submission/extension": ("closes_at",),
            f"{MANAGE}/teams/{team.id}/allowance": ("closes_at",),
            f"{MANAGE}/agenda/new": ("starts_at", "ends_at", "sign_ups_close_at"),
            f"{MANAGE}/agenda/{session.id}/edit": ("starts_at", "ends_at", "sign_ups_close_at"),
            f"{MANAGE}/news/{world.news_item(competition, published_at=None).slug}/publication": (
                "at",
            ),
        }
        for path, fields in pages.items():
            for wall in (skipped, doubled):
                answer = organizer.post(path, data=dict.fromkeys(fields, wall))
                assert answer.status_code == 422, path
                told = answer.text.count("The clock changes at that time")
                assert told >= len(fields), (path, wall, told)
        # The form of the announcement is drawn only after judging; it refuses all the same.
        answer = organizer.post(f"{MANAGE}/results/announcement", data={"publish_at": skipped})
        assert answer.status_code == 422


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "America/Regina", "Asia/Kathmandu"])
def test_a_zone_without_daylight_saving_refuses_no_hour(world: World, zone: str) -> None:
    with travel(datetime(2026, 9, 1, tzinfo=UTC), tick=False):
        draft(world, zone=zone)
        client = world.client(world.administrator())
        for wall in ("2027-03-14T02:30:07", "2026-11-01T01:30:07"):
            typed = {"opens_at": "2026-10-01T00:00", "closes_at": wall}
            answer = client.post(f"{MANAGE}/dates/submission", data=typed)
            assert answer.status_code == 302
            # Seconds are not lost when the form is saved once more unread.
            assert f'value="{wall}"' in client.get(f"{MANAGE}/dates/submission").text
            assert client.get("/fr/c/dates").status_code == 200


def test_may_in_toronto(world: World) -> None:
    """The agenda of 2021 said EST; in May the clock there is EDT."""
    competition = world.competition("c")
    row = next(window for window in competition.windows if window.gate is Gate.SUBMISSION)
    row.opens_at = datetime(2021, 5, 7, 22, tzinfo=UTC)
    row.closes_at = datetime(2021, 5, 18, 3, 59, tzinfo=UTC)
    db.session.flush()
    closes_at = opening_of(competition, Gate.SUBMISSION).closes_at
    assert closes_at == row.closes_at
    for language, words in (
        ("en", "Monday, May 17, 2021, 11:59\u00a0p.m. EDT (UTC−4)"),
        ("fr", "lundi 17 mai 2021, 23\u00a0h\u00a059 HAE (UTC−4)"),
    ):
        assert words in world.client().get(f"/{language}/c/dates").text


def test_both_clocks_from_the_profile(world: World) -> None:
    """Whoever has a zone in their profile reads both without any script."""
    competition = world.competition("c")
    row = next(window for window in competition.windows if window.gate is Gate.SUBMISSION)
    row.opens_at = datetime(2027, 5, 7, 22, tzinfo=UTC)
    row.closes_at = datetime(2027, 5, 18, 3, 59, tzinfo=UTC)
    db.session.flush()
    near, far, half = (
        world.client(world.person(zone=zone))
        for zone in ("America/New_York", "Europe/Paris", "America/St_Johns")
    )
    assert "where you are" not in near.get("/en/c/dates").text.split("<body")[1]
    assert "(Tuesday, May 18, 2027, 5:59\u00a0a.m. UTC+2 where you are)" in (
        far.get("/en/c/dates").text
    )
    assert "(Tuesday, May 18, 2027, 1:29\u00a0a.m. NDT (UTC−2:30) where you are)" in (
        half.get("/en/c/dates").text
    )
    assert "chez vous)" in half.get("/fr/c/dates").text
