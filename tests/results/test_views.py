"""The results in public, and each team's own."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hackathon.extensions import db
from hackathon.results.models import Grade, Span
from hackathon.submissions.standing import disqualify
from tests.counting import queries
from tests.world import World, marked


@pytest.fixture
def competition(world: World) -> Any:
    """Its results have just become public."""
    competition = world.competition("done", gates="closed")
    world.criterion(competition)
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    db.session.expire(competition, ["criteria"])
    return competition


def test_everyone_sees_who_is_honoured_and_why(world: World, competition: Any, client: Any) -> None:
    submission = world.submission(world.team(competition))
    world.honour(submission)
    plain = world.submission(world.team(competition))
    title = submission.versions[0].content["title"]
    for language, citation in (("en", "⟦citation⟧"), ("fr", "⟦citation (fr)⟧")):
        page = client.get(f"/{language}/done/results").text
        assert citation in page
        assert f'href="/{language}/done/projects/{submission.id}">{title}</a>' in page
        assert submission.team.name in page
        assert plain.versions[0].content["title"] not in page
        assert submission.team.captain.name not in page


def test_a_link_to_the_page_is_drawn_with_its_own_words(
    world: World, competition: Any, client: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    page = client.get("/fr/done/results").text
    told = dict(re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', page))
    assert told["og:title"] == f"Résultats · {competition.name['fr']}"
    assert told["og:description"] == "Les projets gagnants et remarquables de chaque défi."
    assert told["og:url"].endswith("/fr/done/results")
    assert (told["og:locale"], told["og:locale:alternate"]) == ("fr_CA", "en_CA")
    assert f'<meta name="description" content="{told["og:description"]}">' in page
    assert 'property="og:title"' in client.get("/en/done/").text


def test_a_title_says_which_language_it_is_in(world: World, competition: Any, client: Any) -> None:
    submission = world.submission(world.team(competition))
    version = submission.versions[0]
    version.content = {**version.content, "language": "fr"}
    world.honour(submission)
    english = client.get("/en/done/results").text
    assert '<h3 lang="fr">' in english
    assert "In French only" in english
    french = client.get("/fr/done/results").text
    assert '<h3 lang="fr">' in french
    assert "badge-neutral" not in french


def test_a_project_cannot_bring_a_script(world: World, competition: Any, client: Any) -> None:
    submission = world.submission(world.team(competition))
    version = submission.versions[0]
    version.content = {
        **version.content,
        "title": "<script>alert(1)</script>",
    }
    world.honour(submission)
    page = client.get("/en/done/results").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_nothing_is_there_before(world: World, client: Any) -> None:
    competition = world.competition("secret", gates="closed")
    submission = world.submission(world.team(competition))
    world.honour(submission)
    planned = world.announcement(competition, datetime.now(UTC) + timedelta(hours=1))
    for when in ("planned", "not even planned"):
        for path in (
            "results",
            f"teams/{submission.team.id}/results",
        ):
            for person in (None, submission.team.captain, world.organizer(competition)):
                answer = world.client(person).get(f"/en/secret/{path}")
                assert answer.status_code == 404, (when, path)
        assert "/en/secret/results" not in client.get("/en/secret/").text
        if when == "planned":
            db.session.delete(planned)


def test_the_menu_shows_results_only_then(world: World, competition: Any, client: Any) -> None:
    assert 'href="/en/done/results"' in client.get("/en/done/dates").text


def test_a_team_reads_its_profile_and_its_comments(world: World, competition: Any) -> None:
    team = world.team(competition)
    submission, other = world.submission(team), world.submission(world.team(competition))
    judge = world.judge(competition)
    review = world.review(judge, submission, 4)
    review.comment, review.note = marked("well done"), marked("between us")
    world.release(review)
    world.review(judge, other, 1)
    for level in (1, 2, 2):
        world.review(judge, world.submission(world.team(competition)), level)
    world.honour(submission, Grade.OUTSTANDING)
    page = world.client(team.members[1]).get(f"/en/done/teams/{team.id}/results").text
    assert 'data-label="Your project">4.0</td>' in page
    assert 'data-label="All projects">2.0</td>' in page
    assert marked("well done") in page
    assert marked("between us") not in page
    assert judge.user.name not in page
    assert "Outstanding" in page
    french = world.client(team.members[1]).get(f"/fr/done/teams/{team.id}/results").text
    assert 'data-label="Votre projet">4,0</td>' in french


def test_a_team_without_honour_or_submission_is_spoken_to_kindly(
    world: World, competition: Any
) -> None:
    team, idle = world.team(competition), world.team(competition)
    world.submission(team)
    page = world.client(team.captain).get(f"/en/done/teams/{team.id}/results").text
    assert "This project received no honour." in page
    assert "No judge left a comment." in page
    page = world.client(idle.captain).get(f"/en/done/teams/{idle.id}/results").text
    assert "Your team handed nothing in" in page
    disqualify(team, reason="Copied.", by=world.organizer(competition))
    page = world.client(team.captain).get(f"/en/done/teams/{team.id}/results").text
    assert "Your team’s submission does not count" in page
    assert "handed nothing in" not in page


def test_a_member_finds_the_way_to_their_own(world: World, competition: Any, client: Any) -> None:
    team = world.team(competition)
    address = f'href="/en/done/teams/{team.id}/results"'
    assert address in world.client(team.captain).get("/en/done/results").text
    assert address not in client.get("/en/done/results").text
    assert address not in world.client(world.person()).get("/en/done/results").text


@pytest.mark.parametrize("path", ["results", "teams/{team}/results"])
def test_many_projects_cost_as_many_queries_as_one(
    app: Any, world: World, competition: Any, path: str
) -> None:
    judge = world.judge(competition)
    team = world.team(competition)

    def another(team: Any) -> None:
        submission = world.submission(team)
        world.honour(submission)
        world.review(judge, submission, 3)

    another(team)
    browser = world.client(team.captain)
    address = f"/en/done/{path.format(team=team.id)}"
    browser.get(address)
    with queries(app) as one:
        browser.get(address)
    for _ in range(5):
        another(world.team(competition))
    with queries(app) as many:
        browser.get(address)
    assert len(many) == len(one)


def test_a_prize_that_comes_out_later_has_no_door_yet(world: World) -> None:
    """Though the results of the challenge are public, and the page of the team is there."""
    competition = world.competition(gates="closed")
    submission = world.submission(world.team(competition))
    team = submission.team
    grand = world.honour(submission, prize=world.prize(competition, span=Span.ALL))
    own = world.honour(submission, prize=world.prize(competition, position=2))
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1), team.challenge)
    general = world.announcement(competition, datetime.now(UTC) + timedelta(days=1))
    captain = world.client(team.captain)
    organizer = world.client(world.organizer(competition))

    def doors(honour: Any) -> list[int]:
        base = f"/en/{competition.slug}"
        return [
            captain.get(f"{base}/teams/{team.id}/prizes/{honour.id}").status_code,
            organizer.get(f"{base}/manage/results/deliveries/{honour.id}").status_code,
        ]

    assert (doors(own), doors(grand)) == ([200, 200], [404, 404])
    general.publish_at = datetime.now(UTC) - timedelta(hours=1)
    assert doors(grand) == [200, 200]
