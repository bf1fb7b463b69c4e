"""Writing news and making it public."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from time_machine import travel

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.news import actions
from hackathon.news.models import NewsItem
from hackathon.news.queries import all_news_of, published_news
from tests.world import World, both


def draft(competition: Any, title: Localized | None = None, body: Localized | None = None) -> Any:
    title, body = title or both("title"), body or both("body")
    return actions.draft_news(competition, title=title, body=body)


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition()


@pytest.fixture
def organizer(world: World, competition: Any) -> Any:
    return world.organizer(competition)


# -- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Été à Montréal !", "ete-a-montreal"),
        ("  Results — 2021  ", "results-2021"),
        ("Œuvre", "uvre"),
        ("日本語", "news"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "news"),
        ("x" * 69 + " yz", "x" * 69),
        ("x" * 200, "x" * 70),
    ],
)
def test_an_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert actions.slug_of(title) == slug


def test_addresses_are_unique_within_a_competition(world: World, competition: Any) -> None:
    title = Localized(en="The results", fr="Les résultats")
    assert [draft(competition, title).slug for _ in range(3)] == [
        "the-results",
        "the-results-2",
        "the-results-3",
    ]
    assert draft(competition, Localized(fr="Les résultats")).slug == "les-resultats"
    assert draft(competition, Localized(en="The")).slug == "the"
    assert draft(world.competition(), title).slug == "the-results"
    with pytest.raises(IntegrityError):
        world.news_item(competition, slug="the-results")


def test_long_addresses_stay_unique_and_fit(competition: Any) -> None:
    slugs = {draft(competition, Localized(en="x" * 150)).slug for _ in range(12)}
    assert len(slugs) == 12
    assert max(map(len, slugs)) <= 80


def test_an_underscore_or_percent_is_no_wildcard(world: World, competition: Any) -> None:
    for slug in ("a-b", "aXb"):
        world.news_item(competition, slug=slug)
    assert draft(competition, Localized(en="a_b")).slug == "a-b-2"


# -- publishing ------------------------------------------------------------------------------


def test_a_draft_is_published_and_withdrawn(competition: Any, organizer: Any) -> None:
    item = draft(competition)
    assert (item.public, published_news(competition)) == (False, [])
    actions.publish_news(item, by=organizer)
    assert (item.public, published_news(competition)) == (True, [item])
    with pytest.raises(actions.StillPublic):
        actions.delete_news(item)
    actions.withdraw_news(item, by=organizer)
    assert (item.public, published_news(competition)) == (False, [])
    actions.delete_news(item)
    assert db.session.scalars(select(NewsItem)).all() == []
    assert deeds() == ["news_published", "news_withdrawn"]


def test_it_is_public_from_its_moment(competition: Any, organizer: Any) -> None:
    moment = datetime.now(UTC) + timedelta(days=3)
    item = actions.publish_news(draft(competition), at=moment, by=organizer)
    with travel(moment - timedelta(microseconds=1), tick=False):
        assert (item.public, published_news(competition)) == (False, [])
        with pytest.raises(actions.StillPublic):
            actions.delete_news(item)
    with travel(moment, tick=False):
        assert (item.public, published_news(competition)) == (True, [item])


@pytest.mark.parametrize(
    ("title", "body", "half"),
    [
        (both("t"), Localized(en="b"), ["fr"]),
        (Localized(fr="t"), both("b"), ["en"]),
        (Localized(en="t"), Localized(fr="b"), ["en", "fr"]),
        (Localized(en="t"), Localized(), ["en"]),
    ],
)
def test_what_is_half_written_is_not_published(
    competition: Any, organizer: Any, title: Localized, body: Localized, half: list[str]
) -> None:
    item = actions.draft_news(competition, title=title, body=body)
    assert item.half_written == half
    with pytest.raises(actions.HalfWritten):
        actions.publish_news(item, by=organizer)
    assert (item.published_at, deeds()) == (None, [])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_language_is_enough(competition: Any, organizer: Any, language: str) -> None:
    words = Localized(**{language: "words"})
    item = actions.publish_news(draft(competition, words, words), by=organizer)
    assert (item.public, item.only_in, item.languages) == (True, language, [language])


def test_words_change_and_the_address_stays(competition: Any, organizer: Any) -> None:
    item = draft(competition, Localized(en="First", fr="D’abord"))
    actions.edit_news(item, by=organizer, title=Localized(en="Then"), body=Localized())
    assert (item.slug, item.title, deeds()) == ("first", Localized(en="Then"), [])
    actions.edit_news(item, by=organizer, title=Localized(en="Then"), body=Localized(en="b"))
    actions.publish_news(item, by=organizer)
    actions.edit_news(item, by=organizer, title=both("Now"), body=both("b"))
    assert deeds() == ["news_published", "news_edited"]
    with pytest.raises(actions.HalfWritten):
        actions.edit_news(item, by=organizer, title=both("Now"), body=Localized(en="b"))


def test_drafts_stand_first_then_the_latest(world: World, competition: Any) -> None:
    now = datetime.now(UTC)
    old, future, new = (
        world.news_item(competition, published_at=now + timedelta(days=days))
        for days in (-9, 2, -1)
    )
    first, second = (world.news_item(competition, published_at=None) for _ in range(2))
    second.created_at = first.created_at + timedelta(seconds=1)
    db.session.flush()
    assert list(db.session.scalars(all_news_of(competition))) == [second, first, future, new, old]
    assert published_news(competition) == [new, old]
    assert published_news(competition, 1) == [new]
