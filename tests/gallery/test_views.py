"""The projects in public, and each team's own page."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.gallery.models import Audience, Named
from hackathon.submissions.models import Submission
from tests.counting import cost
from tests.world import World, marked


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("c", gates="closed")
    world.gallery(competition)
    return competition


def says(submission: Any, **content: Any) -> None:
    version = submission.versions[-1]
    version.content = {**version.content, **content}


def test_many_projects_come_in_pages_that_hold_each_once(
    world: World, competition: Any, client: Any
) -> None:
    challenge = world.challenge(competition)
    titles = set()
    for _ in range(25):
        submission = world.submission(world.team(competition, 1, challenge=challenge))
        titles.add(submission.title)
    pages = [client.get(f"/en/c/projects?page={number}").text for number in (1, 2)]
    assert [page.count('<article class="card') for page in pages] == [24, 1]
    found = [title for page in pages for title in titles if f">{title}</a>" in page]
    assert sorted(found) == sorted(titles)
    assert "25 projects" in pages[0]


def test_the_order_is_drawn_anew_each_day_and_stays_within_it(
    world: World, competition: Any, client: Any
) -> None:
    works = [world.submission(world.team(competition)) for _ in range(9)]
    noon = datetime.now(UTC).replace(hour=16) + timedelta(days=1)
    orders = []
    for moment in (noon, noon + timedelta(hours=1), noon + timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            page = client.get("/en/c/projects").text
            orders.append(sorted((w.title for w in works), key=lambda t: page.index(f">{t}</a>")))
    assert orders[0] == orders[1] != orders[2]


def test_filters_narrow_and_nonsense_narrows_nothing(
    world: World, competition: Any, client: Any
) -> None:
    one, two = (world.submission(world.team(competition)) for _ in range(2))
    says(two, language="fr", description="Un été près du métro Préfontaine.")
    number = one.versions[0].challenge.number

    def shown(query: str) -> set[str]:
        answer = client.get(f"/en/c/projects?{query}")
        assert answer.status_code == 200
        return {w.title for w in (one, two) if f">{w.title}</a>" in answer.text}

    both = {one.title, two.title}
    assert shown("") == both
    assert shown(f"challenge={number}") == {one.title}
    assert shown("language=fr") == {two.title}
    assert shown("search=PREFONTAINE+Ete") == {two.title}
    assert shown("search=pr%C3%A9FONT") == {two.title}
    assert shown(f"search={one.team.name.strip('⟦⟧')}".replace(" ", "+")) == {one.title}
    assert shown("search=Préfontaine+nowhere") == set()
    assert shown("search=%25") == shown("search=_") == set()
    for odd in (
        "challenge=x",
        "language=xx",
        "award=winner",
        "award=%00",
        "page=odd",
        "search=%00",
    ):
        assert shown(odd) == both, odd
    assert shown("search=" + "a" * 3000) == set()


def test_what_was_translated_is_found_in_the_language_in_which_it_is_read(
    world: World, competition: Any, client: Any
) -> None:
    told, silent = (world.submission(world.team(competition)) for _ in range(2))
    world.translation(told, title="Être là", summary="Un été")
    world.translation(silent, title="Être ailleurs", published_at=None)
    found = client.get("/fr/c/projects?search=etre").text
    assert ">Être là</a>" in found
    assert f"/projects/{silent.id}" not in found
    assert f"/projects/{told.id}" in client.get(f"/fr/c/projects?search={told.title[1:-1]}").text
    assert f"/projects/{told.id}" not in client.get("/en/c/projects?search=etre").text


def test_a_project_says_what_was_handed_in_and_where_to_go_on(
    world: World, competition: Any, client: Any
) -> None:
    challenge = world.challenge(competition)
    works = [world.submission(world.team(competition, challenge=challenge)) for _ in range(3)]
    picture = world.shown(
        works[0],
        description="**strong**",
        video="https://video.example/1",
        licence="MIT",
        data_used=marked("public tables"),
    )
    works[0].title = marked("what was written since")
    page = client.get(f"/en/c/projects/{works[0].id}").text
    for words in (
        *("<strong>strong</strong>", 'href="https://video.example/1"', "MIT Licence"),
        *(marked("public tables"), works[0].team.name, str(challenge.title)),
        f'pictures/{picture.digest}" alt="{marked("a map")}" lang="en" width="40" height="20"',
    ):
        assert words in page
    assert marked("what was written since") not in page
    assert "<iframe" not in page
    assert works[0].team.captain.name not in page
    assert page.count('<article class="card') == 2  # the others of its challenge
    assert 'rel="next"' in page or 'rel="prev"' in page


def test_previous_and_next_walk_through_all(world: World, competition: Any, client: Any) -> None:
    works = {str(world.submission(world.team(competition)).id) for _ in range(4)}
    page = client.get("/en/c/projects").text
    (here, *_) = re.findall(r"/en/c/projects/([0-9a-f-]{36})\"", page)
    walked = [here]
    while found := re.search(
        r'rel="next" href="/en/c/projects/([0-9a-f-]{36})"',
        client.get(f"/en/c/projects/{walked[-1]}").text,
    ):
        walked.append(found[1])
    assert (len(walked), set(walked)) == (4, works)


def test_after_a_warning_pictures_wait_for_a_click(
    world: World, competition: Any, client: Any
) -> None:
    submission = world.submission(world.team(competition))
    world.shown(submission, warning=marked("hard to read"))
    for path in ("/en/c/projects", f"/en/c/projects/{submission.id}"):
        page = client.get(path).text
        assert marked("hard to read") in page
        before, inside = (
            page.split("<details", 1)[0],
            re.findall(r"<details.*?</details>", page, re.S),
        )
        assert "/pictures/" not in before.split("</head>")[1]
        assert any("/pictures/" in part for part in inside)
        assert "og:image" not in page
    french = client.get("/fr/c/projects").text
    assert "Avertissement" in french
    assert "Content warning" not in french


def test_a_project_cannot_bring_a_script(world: World, competition: Any, client: Any) -> None:
    submission = world.submission(world.team(competition))
    says(
        submission,
        title="</script><script>alert(1)</script>",
        summary='"><script>alert(2)</script>',
        description="<script>alert(3)</script> [x](javascript:alert(4))",
        video="javascript:alert(5)",
    )
    for path in ("/en/c/projects", f"/en/c/projects/{submission.id}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert 'content=""><' not in page


def test_a_public_project_introduces_itself(world: World, competition: Any, client: Any) -> None:
    submission = world.submission(world.team(competition))
    picture = world.shown(submission, title="A </script> title", licence="CC-BY-4.0")
    page = client.get(f"/fr/c/projects/{submission.id}").text
    address = f"http://localhost/fr/c/projects/{submission.id}"
    told = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', page))
    assert told["og:url"] == address
    assert told["og:locale"], told["og:locale:alternate"] == ("fr_CA", "en_CA")
    assert told["og:image"] == f"{address}/pictures/{picture.digest}"
    assert told["og:image:alt"] == marked("a map")
    assert f'hreflang="en" href="http://localhost/en/c/projects/{submission.id}"' in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    read = json.loads(data)
    assert read["name"] == "A </script> title"
    assert read["@type"] == "SoftwareSourceCode"
    assert read["inLanguage"] == "en"
    assert read["author"] == {"@type": "Organization", "name": submission.team.name}
    assert read["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (read["isPartOf"]["@type"], read["url"]) == ("Event", address)
    assert "noindex" not in page


def test_what_is_not_public_is_told_to_no_machine(world: World) -> None:
    competition = world.competition("c", gates="closed")
    world.gallery(competition, Audience.REGISTERED)
    submission = world.submission(world.team(competition))
    browser = world.client(submission.team.captain)
    for path in ("/en/c/projects", f"/en/c/projects/{submission.id}"):
        page = browser.get(path).text
        assert '<meta name="robots" content="noindex">' in page
        assert "og:" not in page
        assert "ld+json" not in page


def test_the_menu_and_the_front_page_lead_there_only_then(world: World, client: Any) -> None:
    competition = world.competition("c", gates="closed")
    link = 'href="/en/c/projects"'
    assert link not in client.get("/en/c/").text
    world.gallery(competition)
    assert client.get("/en/c/").text.count(link) >= 2


def test_honoured_projects_are_said_to_come_first_only_where_they_do(
    world: World, competition: Any, client: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    assert "Before the results, chance decides" in client.get("/en/c/projects").text
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    assert "the honoured projects first" in client.get("/en/c/projects").text
    world.withdrawal(competition)
    page = client.get("/en/c/projects").text
    assert "What the teams made, in an order that chance decides anew each day." in page


# -- the team ----------------------------------------------------------------------------------


def test_a_member_is_named_as_they_wish_and_taken_back_at_once(
    world: World, competition: Any, client: Any
) -> None:
    team = world.team(competition)
    submission = world.submission(team)
    own, public = f"/en/c/teams/{team.id}/gallery", f"/en/c/projects/{submission.id}"
    captain, member = (world.client(person) for person in team.members)
    assert captain.post(f"{own}/name", data={"written": "  Ana <b>B.</b> "}).status_code == 302
    assert "Ana &lt;b&gt;B.&lt;/b&gt;" in client.get(public).text
    assert "Ana &lt;b&gt;B.&lt;/b&gt;" in member.get(own).text
    assert captain.post(f"{own}/name", data={"written": "Ana"}).status_code == 302
    assert "Ana &lt;b&gt;" not in client.get(public).text
    assert member.post(f"{own}/name/end").status_code == 302  # nothing to take back, no harm
    assert "Ana" in client.get(public).text
    assert captain.post(f"{own}/name/end").status_code == 302
    assert "Ana" not in client.get(public).text
    rows = db.session.scalars(select(Named).order_by(Named.created_at)).all()
    assert [(row.written, row.ended_at is not None) for row in rows] == [
        ("Ana <b>B.</b>", True),
        ("Ana", True),
    ]


def test_to_be_named_begins_no_draft(world: World, competition: Any) -> None:
    team = world.team(competition)
    browser = world.client(team.captain)
    own = f"/en/c/teams/{team.id}/gallery/name"
    assert browser.post(own, data={"written": "Ana"}).status_code == 302
    assert browser.post(f"{own}/end").status_code == 302
    assert db.session.scalars(select(Submission)).all() == []


@pytest.mark.parametrize("typed, kept", [("", ""), ("\x00 \x07", ""), ("x" * 151, "x" * 151)])
def test_a_name_that_cannot_be_is_refused_beside_its_field(
    world: World, competition: Any, typed: str, kept: str
) -> None:
    team = world.team(competition)
    answer = world.client(team.captain).post(
        f"/en/c/teams/{team.id}/gallery/name", data={"written": typed}
    )
    assert answer.status_code == 422
    assert 'id="written-error"' in answer.text
    assert f'value="{kept}"' in answer.text
    assert db.session.scalars(select(Named)).all() == []


def test_who_left_the_team_is_not_named_nor_who_comes_back(
    world: World, competition: Any, client: Any
) -> None:
    team = world.team(competition, 3)
    submission = world.submission(team)
    goes = team.memberships[2]
    registration = goes.registration
    world.named(registration.user, team, "Gone Away")
    page = f"/en/c/projects/{submission.id}"
    assert "Gone Away" in client.get(page).text
    db.session.delete(goes)
    assert "Gone Away" not in client.get(page).text
    again = type(goes)(competition_id=competition.id, team=team, registration=registration)
    world.add(again)
    assert "Gone Away" not in client.get(page).text
    own = f"/en/c/teams/{team.id}/gallery/name"
    browser = world.client(registration.user)
    assert browser.post(own, data={"written": "Back Again"}).status_code == 302
    assert "Back Again" in client.get(page).text


def test_a_team_reads_to_whom_and_from_when(world: World) -> None:
    competition = world.competition("c", gates="closed")
    team = world.team(competition)
    browser = world.client(team.captain)
    path = f"/en/c/teams/{team.id}/gallery"
    page = browser.get(path).text
    assert "From when: with the results." in page
    assert "Nothing of yours counts yet" in page
    submission = world.submission(team)
    # A planned announcement is a secret.
    world.announcement(competition, datetime(2031, 5, 4, 16, tzinfo=UTC))
    page = browser.get(path).text
    assert submission.title in page
    assert "2031" not in page
    world.gallery(competition, Audience.REGISTERED, opens_at=datetime(2031, 6, 4, 16, tzinfo=UTC))
    assert "June 4, 2031" in browser.get(path).text
    world.withheld(submission)
    assert marked("reason") in browser.get(path).text
    assert path in browser.get(f"/en/c/teams/{team.id}").text


@pytest.mark.parametrize("path", ["projects", "projects/{id}", "projects?search=project"])
def test_many_projects_cost_as_many_queries_as_one(
    app: Any, world: World, competition: Any, client: Any, path: str
) -> None:
    challenge = world.challenge(competition)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))

    def another() -> Any:
        team = world.team(competition, challenge=challenge)
        submission = world.submission(team)
        world.honour(submission)
        world.shown(submission)
        world.named(team.captain, team)
        return submission

    first, _ = another(), another()
    address = f"/en/c/{path.format(id=first.id)}"
    cost(app, client, address)
    few = cost(app, client, address)
    for _ in range(6):
        another()
    assert cost(app, client, address) == few
