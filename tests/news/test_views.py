"""News as everyone reads it, on pages and in the feed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from time_machine import travel

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from tests.counting import cost
from tests.world import World

ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("c")


def shown(page: Any) -> list[str]:
    """The addresses of the news in the list, in order."""
    return re.findall(r'href="/(?:en|fr)/c/news/([^"]+)"', page.text)


def entries(answer: Any) -> list[ElementTree.Element]:
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data).findall("atom:entry", ATOM)


def text(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(f"atom:{path}", namespaces=ATOM)
    assert found is not None
    return found


# -- pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is no news yet"), ("fr", "Aucune actualité pour l’instant")],
)
def test_no_news_says_so(world: World, competition: Any, language: str, words: str) -> None:
    world.news_item(competition, published_at=None)
    page = world.client().get(f"/{language}/c/news")
    assert words in page.text
    assert shown(page) == []


def test_the_newest_stands_first(world: World, competition: Any) -> None:
    now = datetime.now(UTC)
    old = world.news_item(competition, published_at=now - timedelta(days=9))
    new = world.news_item(competition, published_at=now - timedelta(days=1))
    world.news_item(world.competition())
    for language in ("en", "fr"):
        page = world.client().get(f"/{language}/c/news")
        assert shown(page) == [new.slug, old.slug]
        assert new.title[language] in page.text


@pytest.mark.parametrize(
    ("written", "read", "words"),
    [
        ("en", "en", "In English only"),
        ("en", "fr", "En anglais seulement"),
        ("fr", "en", "In French only"),
        ("fr", "fr", "En français seulement"),
    ],
)
def test_one_language_only_says_so_and_is_marked(
    world: World, competition: Any, written: str, read: str, words: str
) -> None:
    title = Localized(**{written: "⟦A title⟧"})
    item = world.news_item(competition, title=title, body=Localized(**{written: "⟦A body⟧"}))
    index = world.client().get(f"/{read}/c/news").text
    page = world.client().get(f"/{read}/c/news/{item.slug}").text
    assert words in index
    assert words in page
    assert f'<h2 class="h3" lang="{written}"><a href="/{read}/c/news/{item.slug}">' in index
    assert f'<h1 lang="{written}">⟦A title⟧</h1>' in page
    assert f'<div class="prose" lang="{written}"><p>⟦A body⟧</p>' in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_both_languages_say_nothing_of_it(world: World, competition: Any, language: str) -> None:
    item = world.news_item(competition)
    page = world.client().get(f"/{language}/c/news/{item.slug}").text
    assert f'<h1 lang="{language}">{item.title[language]}</h1>' in page
    assert item.body[language] in page
    assert not re.search("In (English|French) only|En (anglais|français) seulement", page)


@pytest.mark.parametrize("when", [None, timedelta(hours=1)], ids=["draft", "future"])
def test_what_is_not_public_exists_for_organizers_alone(
    world: World, competition: Any, when: Any
) -> None:
    item = world.news_item(competition, published_at=when and datetime.now(UTC) + when)
    readers = {
        None: 404,
        world.person(): 404,
        world.participant(competition): 404,
        world.team(competition).captain: 404,
        world.mentor(competition).user: 404,
        world.judge(competition).user: 404,
        world.organizer(world.competition()): 404,
        world.organizer(competition): 200,
        world.administrator(): 200,
    }
    for language in ("en", "fr"):
        for reader, status in readers.items():
            client = world.client(reader)
            assert client.get(f"/{language}/c/news/{item.slug}").status_code == status
            assert shown(client.get(f"/{language}/c/news")) == []
            assert entries(client.get(f"/{language}/c/news.atom")) == []
            assert item.slug not in client.get(f"/{language}/c/").text
    page = world.client(world.organizer(competition)).get(f"/fr/c/news/{item.slug}")
    assert "Pas encore publique" in page.text


def test_it_appears_at_its_moment(world: World, competition: Any) -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    item = world.news_item(competition, published_at=moment)
    db.session.commit()
    there = f"/en/c/news/{item.slug}"
    with travel(moment - timedelta(microseconds=1), tick=False):
        assert world.client().get(there).status_code == 404
        assert shown(world.client().get("/en/c/news")) == []
    with travel(moment, tick=False):
        assert world.client().get(there).status_code == 200
        assert shown(world.client().get("/en/c/news")) == [item.slug]


def test_news_of_another_competition_is_not_found(world: World, competition: Any) -> None:
    item = world.news_item(world.competition())
    for slug in (item.slug, "no-such-news", "%00", "é"):
        assert world.client().get(f"/en/c/news/{slug}").status_code == 404


def test_markdown_is_drawn_and_scripts_are_not(world: World, competition: Any) -> None:
    words = "**bold** <script>alert(1)</script> [x](javascript:alert(1))"
    title = "<script>alert(2)</script>"
    item = world.news_item(
        competition, title=Localized(en=title, fr=title), body=Localized(en=words, fr=words)
    )
    for path in ("news", f"news/{item.slug}"):
        page = world.client().get(f"/en/c/{path}").text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
    assert "<strong>bold</strong>" in page
    assert '<meta property="og:description" content="bold &lt;script&gt;' in page


def test_the_list_has_pages_and_costs_the_same(world: World, competition: Any) -> None:
    client = world.client()
    world.news_item(competition)
    few = [cost(world.app, client, f"/en/c/{path}") for path in ("news", "news.atom")]
    for _ in range(20):
        world.news_item(competition)
    many = [cost(world.app, client, f"/en/c/{path}") for path in ("news", "news.atom")]
    assert many == few
    assert len(shown(client.get("/en/c/news"))) == 20
    assert len(shown(client.get("/en/c/news?page=2"))) == 1


# -- the feed --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_feed_holds_what_is_public_in_its_language(
    world: World, competition: Any, language: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    both = world.news_item(competition, published_at=now - timedelta(days=1))
    one = world.news_item(
        competition,
        title=Localized(**{language: "One & only <i>"}),
        body=Localized(**{language: "*body* ]]> & <script>alert(1)</script>"}),
        published_at=now - timedelta(days=2),
    )
    other = "fr" if language == "en" else "en"
    foreign = Localized(**{other: "foreign"})
    world.news_item(competition, title=foreign, body=foreign)
    world.news_item(competition, published_at=None)
    world.news_item(competition, published_at=now + timedelta(days=1))
    world.news_item(world.competition())

    answer = world.client().get(f"/{language}/c/news.atom")
    first, second = entries(answer)
    feed = ElementTree.fromstring(answer.data)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    news = {"en": ": news and results", "fr": "\u00a0: actualités et résultats"}[language]
    assert text(feed, "title") == competition.name[language] + news
    assert text(feed, "id") == f"urn:uuid:{competition.id}"
    assert datetime.fromisoformat(text(feed, "updated")) == now - timedelta(days=1)
    assert {link.get("rel"): link.get("href") for link in feed.findall("atom:link", ATOM)} == {
        "self": f"http://localhost/{language}/c/news.atom",
        "alternate": f"http://localhost/{language}/c/news",
    }
    assert [text(first, "title"), text(second, "title")] == [both.title[language], "One & only <i>"]
    assert [text(first, "id"), text(second, "id")] == [f"urn:uuid:{i.id}" for i in (both, one)]
    assert datetime.fromisoformat(text(second, "published")) == now - timedelta(days=2)
    link = second.find("atom:link", ATOM)
    assert link is not None
    assert link.get("href") == f"http://localhost/{language}/c/news/{one.slug}"
    content = second.find("atom:content", ATOM)
    assert content is not None
    assert content.get("type") == "html"
    assert content.text == (
        "<p><em>body</em> ]]&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )


def test_an_empty_feed_is_a_feed_too(world: World, competition: Any) -> None:
    answer = world.client().get("/fr/c/news.atom")
    assert entries(answer) == []
    updated = text(ElementTree.fromstring(answer.data), "updated")
    assert datetime.fromisoformat(updated) == competition.created_at


def test_what_xml_cannot_hold_is_left_out(world: World, competition: Any) -> None:
    body = "a\x08b\x0bc\x1bd\ufffee\uffff &#8; 🦊\tf"
    world.news_item(competition, body=Localized(en=body, fr=body))
    (entry,) = entries(world.client().get("/en/c/news.atom"))
    assert text(entry, "content").startswith("<p>abcde")
    assert "🦊\tf</p>" in text(entry, "content")


def test_the_feed_holds_the_latest(world: World, competition: Any) -> None:
    now = datetime.now(UTC)
    for days in range(1, 33):
        world.news_item(competition, slug=f"n-{days}", published_at=now - timedelta(days=days))
    links = [
        str(link.get("href")).rpartition("/")[2]
        for entry in entries(world.client().get("/en/c/news.atom"))
        for link in entry.findall("atom:link", ATOM)
    ]
    assert links == [f"n-{days}" for days in range(1, 31)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "The results are public again",
                "The results are withdrawn",
                "The results are public",
                "The results of challenge {} are public",
            ],
        ),
        (
            "fr",
            [
                "Les résultats sont de nouveau publics",
                "Les résultats sont retirés",
                "Les résultats sont publics",
                "Les résultats du défi {} sont publics",
            ],
        ),
    ],
)
def test_the_feed_tells_what_became_of_the_results(
    world: World, competition: Any, language: str, words: list[str]
) -> None:
    now = datetime.now(UTC)
    first, second = world.challenge(competition), world.challenge(competition)
    world.announcement(competition, now - timedelta(hours=3))
    world.announcement(competition, now - timedelta(hours=4), first)
    world.announcement(competition, now + timedelta(hours=1), second)
    change = world.withdrawal(competition, ended_at=now - timedelta(hours=1))
    change.created_at = now - timedelta(hours=2)
    found = entries(world.client().get(f"/{language}/c/news.atom"))
    assert [text(entry, "title") for entry in found] == [
        word.format(first.number) for word in words
    ]
    assert len({text(entry, "id") for entry in found}) == 4
    assert change.note[language] in text(found[1], "content")
    links = {link.get("href") for e in found for link in e.findall("atom:link", ATOM)}
    assert links == {f"http://localhost/{language}/c/results"}
