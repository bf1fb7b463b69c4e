"""News from the organizers' side."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.news.models import NewsItem
from tests.counting import cost
from tests.world import World

NEWS = {
    "title-en": "The teams are chosen",
    "title-fr": "Les équipes sont choisies",
    "body-en": "*Ten* of them.",
    "body-fr": "Il y en a *dix*.",
}


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("c")


@pytest.fixture
def organizer(world: World, competition: Any) -> FlaskClient:
    return world.client(world.organizer(competition))


def news() -> list[NewsItem]:
    return list(db.session.scalars(select(NewsItem).order_by(NewsItem.created_at)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_news_is_written_seen_and_published(
    world: World, competition: Any, organizer: FlaskClient, language: str
) -> None:
    there = f"/{language}/c/manage/news"
    assert organizer.get(f"{there}/new").status_code == 200
    answer = organizer.post(f"{there}/new", data=NEWS)
    publication = f"{there}/the-teams-are-chosen/publication"
    assert answer.location == publication
    (item,) = news()
    assert (item.title, item.published_at) == (
        Localized(en=NEWS["title-en"], fr=NEWS["title-fr"]),
        None,
    )
    page = organizer.get(publication).text
    for code, words in (("en", "<em>Ten</em> of them."), ("fr", "Il y en a <em>dix</em>.")):
        assert f'<article class="preview" lang="{code}">' in page
        assert words in page
    public = f"/{language}/c/news/{item.slug}"
    assert world.client().get(public).status_code == 404
    assert organizer.post(publication, data={"at": ""}).location == there
    assert news()[0].public
    assert world.client().get(public).status_code == 200
    page = organizer.get(publication).text
    assert 'name="at"' not in page
    assert f'action="{there}/{item.slug}/withdrawal"' in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_withdrawn_news_is_gone_until_it_is_published_again(
    world: World, competition: Any, organizer: FlaskClient, language: str
) -> None:
    item = world.news_item(competition)
    there = f"/{language}/c/manage/news/{item.slug}"
    refused = organizer.post(f"{there}/deletion")
    assert refused.status_code == 409
    words = {"en": "This is public or will be.", "fr": "Cette actualité est publique ou le sera."}
    assert words[language] in refused.text
    assert f'action="{there}/deletion"' not in organizer.get(f"{there}/edit").text
    assert organizer.post(f"{there}/withdrawal").location == f"/{language}/c/manage/news"
    assert world.client().get(f"/{language}/c/news/{item.slug}").status_code == 404
    assert f'action="{there}/deletion"' in organizer.get(f"{there}/edit").text
    organizer.post(f"{there}/publication", data={"at": ""})
    assert world.client().get(f"/{language}/c/news/{item.slug}").status_code == 200
    organizer.post(f"{there}/withdrawal")
    assert organizer.post(f"{there}/deletion").location == f"/{language}/c/manage/news"
    assert news() == []


def test_a_moment_is_typed_on_the_competitions_clock(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    item = world.news_item(competition, published_at=None)
    there = f"/en/c/manage/news/{item.slug}/publication"
    for wrong in ("2100-03-14T02:30", "2100-11-07T01:30", "soon"):
        answer = organizer.post(there, data={"at": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    assert organizer.post(there, data={"at": "2100-05-08T12:00"}).status_code == 302
    assert news()[0].published_at == datetime(2100, 5, 8, 16, tzinfo=UTC)
    assert "Scheduled" in organizer.get(there).text
    assert "Programmée" in organizer.get("/fr/c/manage/news").text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Français: the title or the text is missing."),
        ("fr", "Français\u00a0: il manque le titre ou le texte."),
    ],
)
def test_half_written_news_is_not_published(
    world: World, competition: Any, organizer: FlaskClient, language: str, words: str
) -> None:
    organizer.post("/en/c/manage/news/new", data=NEWS | {"body-fr": ""})
    there = f"/{language}/c/manage/news/the-teams-are-chosen/publication"
    answer = organizer.post(there, data={"at": ""})
    assert (answer.status_code, news()[0].published_at) == (422, None)
    refusal = {"en": "In each language, write both", "fr": "Avant la publication, écrivez"}
    assert refusal[language] in answer.text
    assert words in organizer.get(there).text


def test_public_news_stays_whole(world: World, competition: Any, organizer: FlaskClient) -> None:
    item = world.news_item(competition)
    there = f"/en/c/manage/news/{item.slug}/edit"
    assert f'value="{item.title.fr}"' in organizer.get(there).text
    answer = organizer.post(there, data=NEWS | {"body-fr": ""})
    assert answer.status_code == 422
    assert "In each language, write both" in answer.text
    assert "*Ten* of them." in answer.text
    assert news()[0].title == item.title
    assert news()[0].title.en != NEWS["title-en"]
    one = {"title-fr": "", "body-fr": ""}
    assert organizer.post(there, data=NEWS | one).status_code == 302
    assert (news()[0].only_in, news()[0].slug) == ("en", item.slug)


@pytest.mark.parametrize(
    "wrong",
    [{"title-en": "", "title-fr": " "}, {"title-en": "x" * 151}, {"body-en": "x" * 20_001}],
    ids=["no title", "long title", "long text"],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    competition: Any, organizer: FlaskClient, wrong: Any
) -> None:
    for language in ("en", "fr"):
        answer = organizer.post(f"/{language}/c/manage/news/new", data=NEWS | wrong)
        assert (answer.status_code, news()) == (422, [])
        assert NEWS["body-fr"] in answer.text


def test_the_same_title_twice(competition: Any, organizer: FlaskClient) -> None:
    for _ in range(2):
        assert organizer.post("/en/c/manage/news/new", data=NEWS).status_code == 302
    assert [x.slug for x in news()] == ["the-teams-are-chosen", "the-teams-are-chosen-2"]


def test_news_of_another_competition_is_not_found(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    item = world.news_item(world.competition())
    there = f"/en/c/manage/news/{item.slug}"
    for path in ("edit", "publication"):
        assert organizer.get(f"{there}/{path}").status_code == 404
    for path in ("withdrawal", "deletion"):
        assert organizer.post(f"{there}/{path}").status_code == 404
    assert news()[0].public


def test_the_list(world: World, competition: Any, organizer: FlaskClient) -> None:
    assert "There is no news yet" in organizer.get("/en/c/manage/news").text
    world.news_item(competition)
    few = cost(world.app, organizer, "/en/c/manage/news")
    later = datetime.now(UTC) + timedelta(days=1)
    world.news_item(competition, published_at=None)
    for _ in range(49):
        world.news_item(competition, published_at=later)
    assert cost(world.app, organizer, "/en/c/manage/news") == few
    page = organizer.get("/en/c/manage/news").text
    assert page.count('<th scope="row"') == 50
    assert (page.count("Draft"), page.count("Scheduled")) == (1, 49)
    assert organizer.get("/en/c/manage/news?page=2").text.count('<th scope="row"') == 1
