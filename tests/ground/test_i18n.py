"""Languages in the address; moments, numbers and sizes in words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from flask_babel import force_locale

from hackathon.extensions import db
from hackathon.ground import i18n
from hackathon.post.models import Letter
from tests.world import World

MAY = datetime(2026, 5, 8, 14, 30, tzinfo=UTC)
JANUARY = datetime(2026, 1, 8, 15, 5, tzinfo=UTC)
TORONTO = "America/Toronto"


@pytest.fixture(params=["en", "fr"])
def spoken(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    with app.test_request_context(), force_locale(i18n.LOCALES[request.param]):
        yield request.param


# -- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "accepted, language",
    [
        ("fr", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en-CA,fr;q=0.5", "en"),
        ("fr;q=0.2,en;q=0.9", "en"),
        ("de,fr;q=0.1", "fr"),
        ("FR-ca", "fr"),
        ("fr;q=0", "en"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
        ("x" * 5000 + ";q=fr,,;", "en"),
    ],
)
def test_the_first_page_speaks_the_browsers_language(
    client: Any, accepted: str, language: str
) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.location) == (302, f"/{language}/")
    assert "Accept-Language" in answer.vary


@pytest.mark.parametrize(
    "path", ["/c/dates?a=1&b=%C3%A9&a=2", "/account/sign-in?next=/en/c/", "/c/%C3%A9quipe/x%20y"]
)
def test_an_address_without_a_language_keeps_path_and_query(client: Any, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "fr"})
    assert answer.location == f"/fr{path}"


def test_an_address_without_a_language_leads_nowhere_else(client: Any) -> None:
    for path in ("//evil.example", "///evil.example/", "/%5Cevil.example", "/%0D%0Ax:y"):
        location = client.get(path).location or ""
        assert not re.match(r"(https?:)?//(?!localhost)|/\\|[^/]", location), location
        assert "\r" not in location


def test_files_and_health_have_no_language(client: Any) -> None:
    with client.get("/static/build/app.css") as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert client.get("/healthz").get_json() == {"status": "ok"}
    page = client.get("/fr/").text
    assert 'href="/static/build/app.css?v=' in page
    assert "/fr/static" not in page


def test_switching_keeps_page_and_query(client: Any, world: World) -> None:
    world.competition("c")
    page = client.get("/fr/c/dates?q=%C3%A9t%C3%A9&x=%26").text
    rest = "/c/dates?q=%C3%A9t%C3%A9&amp;x=%26"
    assert f'<link rel="canonical" href="http://localhost/fr{rest}">' in page
    for code in ("en", "fr"):
        link = f'<link rel="alternate" hreflang="{code}" href="http://localhost/{code}{rest}">'
        assert link in page
    assert f'<a href="http://localhost/en{rest}" lang="en" hreflang="en">English</a>' in page
    assert '<html lang="fr"' in page


def test_every_link_of_a_page_keeps_its_language(client: Any, world: World) -> None:
    world.competition("c")
    page = client.get("/fr/c/").text
    links = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    assert len(links) > 5
    assert [link for link in links if not link.startswith(("/fr/", "/static/"))] == []


def test_the_language_in_the_address_wins(client: Any) -> None:
    page = client.get("/en/", headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in page.text
    assert client.get("/de/").status_code == 302  # no language: a competition of that name
    assert client.get("/en/de/").status_code == 404


def test_letters_speak_their_readers_language_whatever_the_page_speaks(
    client: Any, world: World
) -> None:
    for language, page in (("en", "fr"), ("fr", "en")):
        user = world.person(language=language)
        client.post(f"/{page}/account/reset", data={"email": user.email})
        letter = db.session.query(Letter).filter_by(recipient_id=user.id).one()
        assert letter.language == language
        assert re.findall(r"http://localhost/(\w\w)/account/reset/\S+", letter.text) == [language]
        assert f'<html lang="{language}">' in letter.html
        assert f'<a href="http://localhost/{language}/account/reset/' in letter.html


# -- moments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment, zone, english, french",
    [
        (MAY, TORONTO, "EDT (UTC−4)", "HAE (UTC−4)"),
        (JANUARY, TORONTO, "EST (UTC−5)", "HNE (UTC−5)"),
        (MAY, "America/St_Johns", "NDT (UTC−2:30)", "HAT (UTC−2:30)"),
        (MAY, "UTC", "UTC", "UTC"),
        (MAY, "Asia/Tokyo", "UTC+9", "UTC+9"),
        (MAY, "Asia/Kathmandu", "UTC+5:45", "UTC+5:45"),
    ],
)
def test_the_name_of_the_zone(
    spoken: str, moment: datetime, zone: str, english: str, french: str
) -> None:
    assert i18n.zone_name(moment, zone) == {"en": english, "fr": french}[spoken]


def test_moments_in_words(spoken: str) -> None:
    seen = [
        i18n.moment_text(MAY, TORONTO),
        i18n.moment_text(JANUARY, TORONTO),
        i18n.day(MAY, TORONTO),
        i18n.short_day(MAY, TORONTO),
        i18n.hour(MAY, TORONTO),
        i18n.short_moment(MAY, TORONTO),
    ]
    assert (
        seen
        == {
            "en": [
                "Friday, May 8, 2026, 10:30\u00a0a.m. EDT (UTC−4)",
                "Thursday, January 8, 2026, 10:05\u00a0a.m. EST (UTC−5)",
                "Friday, May 8, 2026",
                "May 8, 2026",
                "10:30\u00a0a.m.",
                "May 8, 2026, 10:30\u00a0a.m.",
            ],
            "fr": [
                "vendredi 8 mai 2026, 10\u00a0h\u00a030 HAE (UTC−4)",
                "jeudi 8 janvier 2026, 10\u00a0h\u00a005 HNE (UTC−5)",
                "vendredi 8 mai 2026",
                "8 mai 2026",
                "10\u00a0h\u00a030",
                "8 mai 2026, 10\u00a0h\u00a030",
            ],
        }[spoken]
    )


def test_the_day_is_that_of_the_zone(spoken: str) -> None:
    late = datetime(2026, 5, 9, 3, 59, 59, tzinfo=UTC)
    assert {"en": "May 8, 2026", "fr": "8 mai 2026"}[spoken] == i18n.short_day(late, TORONTO)


def test_the_first_of_a_month(spoken: str) -> None:
    first, later = (datetime(2026, 5, number, 5, 30, tzinfo=UTC) for number in (1, 11))
    if spoken == "fr":
        assert i18n.short_day(first, TORONTO) == "1er mai 2026"
        assert i18n.day(first, TORONTO) == "vendredi 1er mai 2026"
        assert i18n.moment_text(first, TORONTO).startswith(
            "vendredi 1er mai 2026, 1\u00a0h\u00a030"
        )
        assert i18n.short_day(later, TORONTO) == "11 mai 2026"
        assert i18n.span(first, later, TORONTO) == "1er–11 mai 2026"
        assert i18n.calendar_day(first.date()) == "1er mai 2026"
    else:
        assert i18n.short_day(first, TORONTO) == "May 1, 2026"
        assert i18n.span(first, later, TORONTO) == "May 1–11, 2026"


def test_the_repeated_hour_is_told_apart(spoken: str) -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    zones = [i18n.zone_name(moment, TORONTO) for moment in (first, second)]
    assert (
        zones
        == {
            "en": ["EDT (UTC−4)", "EST (UTC−5)"],
            "fr": ["HAE (UTC−4)", "HNE (UTC−5)"],
        }[spoken]
    )
    assert i18n.moment_text(first, TORONTO) != i18n.moment_text(second, TORONTO)


def test_what_was_said_before_does_not_stand_for_its_equal(spoken: str) -> None:
    """On that zone’s own clock the two moments of the repeated hour are equal to Python."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(TORONTO))
    second = first.replace(fold=1)
    assert first == second
    assert "UTC−4" in i18n.moment_text(first, TORONTO)
    assert "UTC−5" in i18n.moment_text(second, TORONTO)


def test_a_clock_for_all_seasons(spoken: str) -> None:
    assert (
        i18n.clock_name(TORONTO)
        == {"en": "Eastern Time (Toronto)", "fr": "heure de l’Est (Toronto)"}[spoken]
    )


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_zone_that_forms_accept_has_words(spoken: str) -> None:
    for zone in sorted(available_timezones())[::7]:
        assert i18n.clock_name(zone)
        assert re.search(r"UTC", i18n.moment_text(MAY, zone)), zone


# -- numbers and sizes -----------------------------------------------------------------------


def test_numbers(spoken: str) -> None:
    seen = [i18n.number(1234567), i18n.number(1234.5, 1), i18n.number(-3), i18n.percent(0.256)]
    assert (
        seen
        == {
            "en": ["1,234,567", "1,234.5", "-3", "26%"],
            "fr": ["1\u00a0234\u00a0567", "1\u00a0234,5", "-3", "26\u00a0%"],
        }[spoken]
    )


@pytest.mark.parametrize(
    "octets, english, french",
    [
        (0, "0 B", "0 o"),
        (999, "999 B", "999 o"),
        (1000, "1.0 kB", "1,0 ko"),
        (1_449_000, "1.4 MB", "1,4 Mo"),
        (25 * 1024 * 1024, "26 MB", "26 Mo"),
        (999_950, "1.0 MB", "1,0 Mo"),
        (3_000_000_000_000, "3,000 GB", "3 000 Go"),
    ],
)
def test_file_sizes(spoken: str, octets: int, english: str, french: str) -> None:
    expected = {"en": english, "fr": french}[spoken].replace(" ", "\u00a0")
    assert i18n.file_size(octets) == expected


def test_plain_text_becomes_paragraphs() -> None:
    assert i18n.paragraphs("a\r\nb <i>\n\n\n\nc") == "<p>a<br>b &lt;i&gt;</p><p>c</p>"
    assert i18n.paragraphs(None) == i18n.paragraphs(" \n\n ") == ""


def test_languages_are_called_as_the_reader_calls_them(spoken: str) -> None:
    called = {"en": "English", "fr": "French", "es": "Spanish"}
    if spoken == "fr":
        called = {"en": "anglais", "fr": "français", "es": "espagnol"}
    assert {code: i18n.language_name(code) for code in called} == called


def test_a_third_language_has_its_tag(app: Flask, spoken: str) -> None:
    tags = app.jinja_env.get_template("components/badges.html").make_module({})
    words = {
        "en": ("in Spanish", "In Spanish only"),
        "fr": ("en espagnol", "En espagnol seulement"),
    }
    assert f">{words[spoken][0]}<" in tags.language_tags(["es"])
    assert f">{words[spoken][1]}<" in tags.only_in("es")
