"""The organizers' pages, and that nobody else learns anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.checks.actions import look
from hackathon.checks.models import CheckSettings, Finding, Kind, Look, Note, Standing
from hackathon.extensions import db
from tests.checks.samples import DAY, PASSAGE, file, handed_in
from tests.counting import cost
from tests.world import World


def every_kind(world: World, competition: Any) -> Any:
    """A submission with a finding of each kind; all but one of the findings are its own."""
    text = world.consent_text(competition, f"text-{world.number()}")
    early = handed_in(world, world.team(competition, 1), 3 * DAY)
    submission = handed_in(world, world.team(competition, 1), files=[file()])
    world.finding(submission)
    for state, why in (("refuses", ""), ("inside", ""), ("unreached", "tls")):
        seen = {"address": "https://a.example", "part": "video", "state": state, "status": 403}
        world.finding(submission, evidence={**seen, "why": why})
    world.finding(
        submission,
        kind=Kind.CONSENT,
        evidence={"version": 1},
        registration=submission.team.memberships[0].registration,
        consent_text=text,
    )
    world.finding(submission, kind=Kind.FILE, evidence={"digest": "a" * 64}, other=early)
    world.finding(submission, kind=Kind.TEXT, evidence={"words": 50, "share": 40}, other=early)
    born = {"address": "https://a.example", "days": 90, "born_at": "2021-01-02T03:04:05+00:00"}
    world.finding(submission, kind=Kind.AGE, evidence=born)
    return submission


def organizer_of(world: World, competition: Any) -> Any:
    return world.client(world.organizer(competition))


def test_pages_cost_the_same_for_one_and_for_many(app: Flask, world: World) -> None:
    competition = world.competition()
    submission = every_kind(world, competition)
    client = organizer_of(world, competition)
    pages = [
        f"/en/{competition.slug}/manage/checks?state=all",
        f"/en/{competition.slug}/manage/submissions/{submission.id}",
        f"/en/{competition.slug}/manage/checks/{db.session.scalars(select(Finding.id)).first()}",
    ]
    few = [cost(app, client, path) for path in pages]
    for _ in range(3):
        every_kind(world, competition)
        world.finding(submission)
    assert [cost(app, client, path) for path in pages] == few


def test_every_kind_is_said_on_its_own_page_and_in_the_lists(world: World) -> None:
    competition = world.competition()
    submission = every_kind(world, competition)
    client = organizer_of(world, competition)
    for language in ("en", "fr"):
        base = f"/{language}/{competition.slug}/manage"
        index = client.get(f"{base}/checks").text
        block = client.get(f"{base}/submissions/{submission.id}").text
        for finding in db.session.scalars(select(Finding)).all():
            path = f"{base}/checks/{finding.id}"
            assert f'href="{path}"' in index
            assert f'href="{path}"' in block
            assert client.get(path).status_code == 200


def test_filters(world: World) -> None:
    competition = world.competition()
    submission = every_kind(world, competition)
    gone = world.finding(submission, gone_at=datetime.now(UTC), standing=Standing.FOLLOWED)
    nothing = world.finding(submission, standing=Standing.NOTHING)
    followed = world.finding(submission, standing=Standing.FOLLOWED)
    client = organizer_of(world, competition)

    def shown(query: str) -> set[Any]:
        page = client.get(f"/en/{competition.slug}/manage/checks{query}").text
        return {each for each in db.session.scalars(select(Finding)) if str(each.id) in page}

    every = set(db.session.scalars(select(Finding)))
    assert shown("") == every - {gone, nothing}
    assert shown("?state=unsettled&kind=text") == {e for e in every if e.kind is Kind.TEXT}
    assert shown("?state=gone") == {gone}
    assert shown("?state=nothing") == {nothing}
    assert shown("?state=followed") == {followed}
    assert shown("?state=all") == every
    assert shown("?state=%00&kind=no") == every


def test_a_note(world: World) -> None:
    competition = world.competition()
    finding = world.finding(world.submission(world.team(competition)))
    client = organizer_of(world, competition)
    path = f"/en/{competition.slug}/manage/checks/{finding.id}"
    answer = client.post(path, data={"standing": "nothing", "text": "<b>Opens</b>\x00 now"})
    assert answer.status_code == 302
    note = db.session.scalars(select(Note)).one()
    assert (note.text, note.standing, finding.standing) == (
        "<b>Opens</b> now",
        Standing.NOTHING,
        Standing.NOTHING,
    )
    page = client.get(path).text
    assert "&lt;b&gt;Opens&lt;/b&gt; now" in page


@pytest.mark.parametrize(
    "data", [{}, {"standing": "guilty"}, {"standing": "open", "text": "x" * 2001}]
)
def test_a_note_that_cannot_be_taken_keeps_its_words(world: World, data: dict[str, str]) -> None:
    competition = world.competition()
    finding = world.finding(world.submission(world.team(competition)))
    path = f"/en/{competition.slug}/manage/checks/{finding.id}"
    answer = organizer_of(world, competition).post(path, data={"text": "My own words", **data})
    assert answer.status_code == 422
    assert data.get("text", "My own words") in answer.text
    assert db.session.scalars(select(Note)).all() == []


def test_settings(world: World) -> None:
    competition = world.competition()
    client = organizer_of(world, competition)
    path = f"/en/{competition.slug}/manage/checks/settings"
    assert 'value="40"' in client.get(path).text
    data = {"kinds": ["text", "file"], "least_words": "60", "margin_days": "0"}
    assert client.post(path, data=data).status_code == 302
    kept = db.session.scalars(select(CheckSettings)).one()
    assert (kept.kinds, kept.least_words, kept.margin_days) == (["file", "text"], 60, 0)
    assert client.post(path, data={**data, "kinds": []}).status_code == 302
    assert db.session.scalars(select(CheckSettings)).one().kinds == []


@pytest.mark.parametrize(
    "data",
    [
        {"least_words": "19"},
        {"least_words": "1001"},
        {"least_words": "many"},
        {"least_words": "9" * 5000},
        {"margin_days": "-1"},
        {"margin_days": ""},
        {"kinds": "guilt"},
    ],
)
def test_settings_that_make_no_sense(world: World, data: dict[str, str]) -> None:
    competition = world.competition()
    path = f"/en/{competition.slug}/manage/checks/settings"
    good = {"kinds": "text", "least_words": "60", "margin_days": "0"}
    answer = organizer_of(world, competition).post(path, data={**good, **data})
    assert answer.status_code == 422
    assert db.session.scalars(select(CheckSettings)).all() == []


def test_checking_again(world: World) -> None:
    competition = world.competition()
    submission = handed_in(world, world.team(competition))
    look(submission)
    look_row = db.session.scalars(select(Look)).one()
    assert look_row.due_at > datetime.now(UTC)
    client = organizer_of(world, competition)
    path = f"/en/{competition.slug}/manage/checks"
    assert client.post(f"{path}/again").status_code == 302
    assert look_row.due_at <= datetime.now(UTC)
    assert "1 submission waits for a look." in client.get(path).text


def test_the_two_texts_stand_side_by_side(world: World) -> None:
    competition = world.competition()
    early = handed_in(world, world.team(competition), 3 * DAY, description=f"Ours. {PASSAGE}")
    late = handed_in(world, world.team(competition), description=f"{PASSAGE}. <i>Theirs</i>")
    look(early)
    look(late)
    (finding,) = db.session.scalars(select(Finding)).all()
    page = organizer_of(world, competition).get(
        f"/en/{competition.slug}/manage/checks/{finding.id}"
    )
    assert page.text.count("<mark>") == 2
    assert page.text.count(PASSAGE) == 2
    assert "&lt;i&gt;Theirs&lt;/i&gt;" in page.text


# -- what one may know of another competition -------------------------------------------------


def elsewhere(world: World, **others: Any) -> tuple[Any, Any, Any]:
    """A finding about two competitions: the earlier one's submission, the finding, a client of the
    later one's organizer."""
    before = world.competition(gates="closed", **others)
    early = handed_in(world, world.team(before), 3 * DAY, description=PASSAGE)
    late = handed_in(world, world.team(world.competition()), description=PASSAGE)
    look(early)
    look(late)
    (finding,) = db.session.scalars(select(Finding)).all()
    return early, finding, organizer_of(world, late.competition)


def page_of(client: Any, finding: Finding) -> str:
    slug = finding.competition.slug
    lists = client.get(f"/en/{slug}/manage/checks").text
    return lists + client.get(f"/en/{slug}/manage/checks/{finding.id}").text


def test_of_a_competition_that_is_not_published_nothing_is_said(world: World) -> None:
    early, finding, client = elsewhere(world, published_at=None)
    page = page_of(client, finding)
    assert "a project of another competition on this site" in page
    assert str(early.competition.name["en"]) not in page
    assert early.team.name not in page
    assert "<mark>" not in page


def test_of_a_project_that_is_not_published_only_its_competition(world: World) -> None:
    early, finding, client = elsewhere(world)
    page = page_of(client, finding)
    assert str(early.competition.name["en"]) in page
    assert early.team.name not in page
    assert "<mark>" not in page


def test_a_published_project_is_named_and_compared(world: World) -> None:
    early, finding, client = elsewhere(world)
    world.announcement(early.competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(early.competition, "closed")
    page = page_of(client, finding)
    assert early.team.name in page
    assert f"/en/{early.competition.slug}/projects/{early.id}" in page
    assert page.count("<mark>") == 2


def test_what_no_gallery_shows_of_another_project_is_not_compared(world: World) -> None:
    early, finding, client = elsewhere(world)
    for submission in (early, finding.submission):
        version = submission.versions[-1]
        version.content = {**version.content, "prior_work": "Nobody but us knows this."}
    world.announcement(early.competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(early.competition, "closed")
    page = page_of(client, finding)
    assert page.count("<mark>") == 2
    assert "Nobody but us knows this" not in page
    both = page_of(world.client(world.administrator()), finding)
    assert both.count("Nobody but us knows this") == 2


def test_whoever_organizes_both_reads_both(world: World) -> None:
    early, finding, _ = elsewhere(world, published_at=None)
    page = page_of(world.client(world.administrator()), finding)
    assert f"/en/{early.competition.slug}/manage/submissions/{early.id}" in page
    assert page.count("<mark>") == 2


def test_the_team_and_its_export_learn_nothing(world: World) -> None:
    competition = world.competition()
    submission = every_kind(world, competition)
    captain = submission.team.captain
    finding = db.session.scalars(select(Finding)).first()
    client = world.client(captain)
    assert client.get(f"/en/{competition.slug}/manage/checks").status_code == 403
    assert client.get(f"/en/{competition.slug}/manage/checks/{finding.id}").status_code == 403
    own = client.get(f"/en/{competition.slug}/teams/{submission.team.id}/submission")
    assert own.status_code == 200
    assert "checks" not in own.text
