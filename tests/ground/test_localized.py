"""One value in two languages, in memory and in both databases."""

import copy
import pickle

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup, escape

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from tests.world import World

BOTH = Localized(en="Team", fr="Équipe")


def test_it_is_a_value() -> None:
    assert BOTH == Localized(fr="Équipe", en="Team") != Localized(en="Team")
    assert hash(BOTH) == hash(copy.deepcopy(BOTH))
    assert pickle.loads(pickle.dumps(BOTH)) == copy.copy(BOTH) == BOTH
    assert dict(BOTH) == {"en": "Team", "fr": "Équipe"}
    assert (BOTH.en, BOTH["fr"]) == ("Team", "Équipe")
    assert repr(BOTH) == "Localized(en='Team', fr='Équipe')"
    assert BOTH != "Team"


def test_only_languages_of_the_site() -> None:
    with pytest.raises(ValueError, match="de"):
        Localized(en="Team", de="Mannschaft")
    with pytest.raises(AttributeError):
        _ = BOTH.de
    with pytest.raises(AttributeError):
        BOTH.en = "Other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "text, missing",
    [
        (BOTH, ()),
        (Localized(en="Team"), ("fr",)),
        (Localized(en="Team", fr=" \n"), ("fr",)),
        (Localized(fr="Équipe", en=None), ("en",)),
        (Localized(), ("en", "fr")),
        (Localized.of(None), ("en", "fr")),
    ],
)
def test_it_knows_what_is_missing(text: Localized, missing: tuple[str, ...]) -> None:
    assert (text.missing, text.complete) == (missing, not missing)


def test_it_speaks_the_readers_language_or_the_one_there_is(app: Flask) -> None:
    english = Localized(en="Team")
    with app.test_request_context():
        for locale, seen in (("en_CA", "Team"), ("fr_CA", "Équipe")):
            with force_locale(locale):
                assert (str(BOTH), BOTH.reads_in) == (seen, locale[:2])
                assert (str(english), english.reads_in) == ("Team", "en")
                assert (str(Localized()), Localized().reads_in) == ("", locale[:2])
    assert str(BOTH) == "Team"  # outside any request
    assert (bool(BOTH), bool(Localized())) == (True, False)


def test_it_is_escaped_like_any_text() -> None:
    hostile = Localized(en="<b>&'\"", fr="x")
    assert escape(hostile) == escape("<b>&'\"")
    assert Markup("<p>{}</p>").format(hostile) == Markup("<p>&lt;b&gt;&amp;&#39;&#34;</p>")


@pytest.mark.parametrize(
    "text",
    [
        BOTH,
        Localized(),
        Localized(en="'; DROP TABLE competition; --", fr='{"en": "json"} \\ %s'),
        Localized(en="\u202eאבג עברית", fr="👩‍💻 e\u0301 \U0001f1e8\U0001f1e6"),
        Localized(en="x" * 100_000, fr="\n\t\x01"),
    ],
)
def test_the_database_gives_back_what_it_got(app: Flask, world: World, text: Localized) -> None:
    competition = world.competition(description=text)
    db.session.commit()
    db.session.expire_all()
    assert competition.description == text
