import pytest
from flask import Flask
from flask_babel import force_locale

from hackathon.extensions import db
from hackathon.submissions.models import Translation
from hackathon.submissions.telling import Said, Telling, telling_of, tellings
from tests.counting import queries
from tests.world import World

CONTENT = {"title": "One", "summary": "Two", "warning": "Three", "language": "en"}


def french(**others: str) -> Translation:
    texts = {"title": "Un", "summary": "Deux", "warning": "Trois"}
    of = {"of_title": "One", "of_summary": "Two", "of_warning": "Three"}
    return Translation(language="fr", **{**texts, **of, **others})


def in_french(telling: Telling) -> list[Said]:
    with force_locale("fr_CA"):
        return [telling.title, telling.summary, telling.warning]


def test_each_reader_is_told_in_their_own_language(app: Flask) -> None:
    telling = Telling(CONTENT, {"fr": french()})
    with app.test_request_context("/"):
        assert in_french(telling) == [
            Said("Un", "fr", "One"),
            Said("Deux", "fr", "Two"),
            Said("Trois", "fr", "Three"),
        ]
        with force_locale("en_CA"):
            assert (telling.title, telling.translated) == (Said("One", "en", "One"), False)


@pytest.mark.parametrize("part", ["title", "summary", "warning"])
def test_only_what_the_team_words_otherwise_is_withheld(app: Flask, part: str) -> None:
    telling = Telling({**CONTENT, part: "New"}, {"fr": french()})
    with app.test_request_context("/"):
        told = dict(zip(("title", "summary", "warning"), in_french(telling), strict=True))
        assert told.pop(part) == Said("New", "en", "New")
        assert all(each.translated and each.language == "fr" for each in told.values())


def test_a_warning_that_is_gone_or_was_never_asked_is_told_of_nobody(app: Flask) -> None:
    with app.test_request_context("/"):
        gone = Telling({**CONTENT, "warning": ""}, {"fr": french()})
        assert in_french(gone)[2].text == ""
        never = {name: text for name, text in CONTENT.items() if name != "warning"}
        assert in_french(Telling(never, {"fr": french()}))[2].text == ""


def test_a_text_that_was_marked_with_the_wrong_language_is_told_as_it_is(app: Flask) -> None:
    telling = Telling({**CONTENT, "language": "fr"}, {"fr": french()})
    with app.test_request_context("/"):
        assert in_french(telling)[0] == Said("One", "fr", "One")


def test_the_same_words_in_both_languages_are_no_translation(app: Flask) -> None:
    content = {"title": "Pénélope", "summary": "Two", "warning": "", "language": "en"}
    of = {"of_title": "Pénélope", "of_warning": ""}
    telling = Telling(content, {"fr": french(title="Pénélope", warning="", **of)})
    with app.test_request_context("/"):
        assert in_french(telling)[0] == Said("Pénélope", "fr", "Pénélope")
        assert not in_french(telling)[0].translated
        with force_locale("fr_CA"):
            assert telling.translated


def test_only_what_is_published_is_told(world: World) -> None:
    submission = world.submission(world.team(world.competition()))
    there = world.translation(submission)
    content = submission.versions[0].content
    assert telling_of(submission.id, content).translations == {"fr": there}
    there.published_at = None
    db.session.flush()
    assert telling_of(submission.id, content).translations == {}


def test_many_works_ask_one_question(app: Flask, world: World) -> None:
    competition = world.competition()
    contents = {}
    for _ in range(5):
        submission = world.submission(world.team(competition))
        world.translation(submission)
        contents[submission.id] = submission.versions[0].content
    with queries(app) as sent:
        told = tellings(contents)
    assert (len(sent), len(told)) == (1, 5)
    assert all(each.translations for each in told.values())
