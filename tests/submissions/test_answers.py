"""What organizers ask of a submission: in the draft, handed in, and read by whom it is for."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon.competitions.models import Challenge, Gate
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.ground.merging import Conflict, Merged, fingerprint
from hackathon.mergers.actions import words_of
from hackathon.questions.actions import Answered, remove
from hackathon.questions.models import Kind, Question, Questionnaire, Reader
from hackathon.submissions import actions
from hackathon.submissions.answers import answers_for
from hackathon.submissions.models import Submission, SubmissionAnswer, Version
from hackathon.submissions.personal import expire
from hackathon.submissions.queries import differs, missing_parts, submission_of
from hackathon.submissions.receipt import canonical, digest_of
from hackathon.teams.models import Team
from tests.counting import cost
from tests.submissions import samples
from tests.world import World, both

READERS = {"shown_to": ["mentors", "judges"], "personal": False}


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


@pytest.fixture
def draft(world: World, team: Team) -> Submission:
    return world.submission(team, handed_in=False)


@pytest.fixture
def client(world: World, team: Team) -> FlaskClient:
    return world.client(team.members[0])


def asks(
    world: World, team: Team, kind: Kind = Kind.LONG, *options: str, **others: Any
) -> Question:
    on = {"questionnaire": Questionnaire.SUBMISSION}
    return world.question(team.competition, kind, *options, **on, **others)


def at(team: Team, page: str = "/draft", language: str = "en") -> str:
    return f"/{language}/jam/teams/{team.id}/submission{page}"


def name(question: Question) -> str:
    return f"q_{question.key}"


def value_of(team: Team, question: Question) -> Any:
    query = select(SubmissionAnswer.value).where(SubmissionAnswer.question_id == question.id)
    return db.session.scalar(query)


def save(
    client: FlaskClient, team: Team, question: Question, text: Any, base: Any = None, **o: Any
):
    """What the button sends of one field."""
    sent = {name(question): text, f"base-{name(question)}": fingerprint(base), **o}
    return client.post(at(team), data=sent, content_type="multipart/form-data")


def by_script(client: FlaskClient, team: Team, question: Question, text: str, base: Any = None):
    sent = {name(question): text, f"base-{name(question)}": fingerprint(base)}
    return client.post(at(team), data=sent, headers={"Accept": "application/json"}).json


def hand_in(client: FlaskClient, team: Team) -> Version:
    assert client.post(at(team, "/receipt")).status_code == 302
    return db.session.scalars(select(Version).order_by(Version.number.desc())).first()


# -- the draft -------------------------------------------------------------------------------

GIVEN = {
    Kind.SHORT: ("Nurses ", "Nurses"),
    Kind.LONG: ("At night.\r\nBy day.", "At night.\nBy day."),
    Kind.ONE: ("a", "a"),
    Kind.SEVERAL: (["", "b", "a"], ["a", "b"]),
    Kind.YES_NO: ("no", False),
    Kind.NUMBER: ("12,50", 12.5),
    Kind.DATE: ("2021-05-08", "2021-05-08"),
    Kind.COUNTRY: ("CA", "CA"),
    Kind.PROVINCE: ("QC", "QC"),
}


@pytest.mark.parametrize(("kind", "sent", "kept"), [(kind, *pair) for kind, pair in GIVEN.items()])
def test_every_kind_is_kept_shown_again_and_taken_back(
    world: World,
    team: Team,
    draft: Submission,
    client: FlaskClient,
    kind: Kind,
    sent: Any,
    kept: Any,
) -> None:
    question = asks(world, team, kind, *(("a", "b") if kind in (Kind.ONE, Kind.SEVERAL) else ()))
    assert save(client, team, question, sent).status_code == 302
    assert value_of(team, question) == kept
    assert question.answered_at is not None
    told = client.get(at(team), headers={"Accept": "application/json"}).json["fields"]
    assert told[name(question)]["base"] == fingerprint(kept)
    # Sent back as the script was told, it is the same.
    text = told[name(question)]["value"]
    again = {name(question): text.split("\n") if kind is Kind.SEVERAL else text}
    base = {f"base-{name(question)}": fingerprint(kept)}
    client.post(at(team), data={**again, **base})
    assert value_of(team, question) == kept
    if kind is Kind.YES_NO:
        return  # a radio button is taken back by choosing “No answer”, as ONE shows
    assert (
        save(client, team, question, [""] if kind is Kind.SEVERAL else "", kept).status_code == 302
    )
    assert value_of(team, question) is None


def test_a_script_saves_answers_field_by_field_and_hears_of_conflicts(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question, other = asks(world, team), asks(world, team, Kind.NUMBER)
    answer = by_script(client, team, question, "Mine")
    assert (answer["saved"], answer["conflicts"], answer["errors"]) == ([name(question)], [], {})
    assert answer["fields"][name(question)] == {"value": "Mine", "base": fingerprint("Mine")}
    late = by_script(world.client(team.members[1]), team, question, "Theirs")
    assert (late["saved"], late["conflicts"]) == ([], [name(question)])
    assert value_of(team, question) == "Mine"
    wrong = by_script(client, team, other, "many")
    assert (wrong["saved"], list(wrong["errors"])) == ([], [name(other)])
    assert db.session.scalar(select(SubmissionAnswer.by_id)) == team.members[0].id


def test_two_people_in_one_answer_see_both_and_choose(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.SEVERAL, "a", "b", "c")
    other = world.client(team.members[1])
    save(other, team, question, ["", "b"])
    answer = save(client, team, question, ["", "a", "c"])
    assert answer.status_code == 200
    box = answer.text.split(f'id="conflict-{name(question)}"')[1]
    assert box.index("⟦a⟧ · ⟦c⟧") < box.index("⟦b⟧")
    assert value_of(team, question) == ["b"]
    choice = {f"shown-{name(question)}": fingerprint(["a", "c"]), f"keep-{name(question)}": "mine"}
    assert save(client, team, question, ["", "a", "c"], ["b"], **choice).status_code == 302
    assert value_of(team, question) == ["a", "c"]


def test_two_long_answers_can_be_put_together(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team)
    save(client, team, question, "Theirs")
    choice = {f"shown-{name(question)}": fingerprint("Mine"), f"keep-{name(question)}": "together"}
    page = save(client, team, question, "Mine", "Theirs", **choice)
    assert (page.status_code, "Mine / Theirs</textarea>" in page.text) == (200, True)


def test_what_is_no_longer_asked_is_not_lost_unseen(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    """Retired, or standing still, while somebody writes."""
    question, still = asks(world, team), asks(world, team)
    save(client, team, still, "Said")
    question.retired_at = still.frozen_after = datetime.now(UTC) - timedelta(minutes=1)
    db.session.commit()
    told = by_script(client, team, question, "My words")
    assert (told["saved"], list(told["errors"])) == ([], [name(question)])
    page = save(client, team, question, "My words")
    assert (page.status_code, "My words" in page.text) == (422, True)
    page = save(client, team, still, "Changed", "Said")
    assert (page.status_code, "Changed" in page.text, value_of(team, still)) == (422, True, "Said")
    shown = client.get(at(team)).text
    assert "Said" in shown
    assert f' name="{name(still)}"' not in shown
    # The page of the submission still knows what the device kept of it.
    assert f'data-name="{name(question)}"' in client.get(at(team, "")).text


def test_an_answer_that_came_to_stand_still_meanwhile_is_shown_beside_mine(
    world: World, team: Team, draft: Submission
) -> None:
    question = asks(world, team, frozen_after=datetime.now(UTC) - timedelta(minutes=1))
    by, field = team.members[0], name(question)
    actions.edit(team, {field: "Theirs"}, {field: fingerprint("")}, by=by)
    late = actions.edit(team, {field: "Mine"}, {field: fingerprint("Theirs")}, by=by)
    assert late.merge == Merged({}, {field: Conflict("Mine", "Theirs")})
    assert value_of(team, question) == "Theirs"


def test_what_follows_another_answer_stays_in_the_draft_and_is_not_handed_in(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    first = asks(world, team, Kind.YES_NO)
    then = asks(world, team, parent_id=first.id, parent_answers=["yes"], required=True)
    assert missing_parts(team, draft) == []
    save(client, team, first, "yes")
    assert missing_parts(team, draft) == [then]
    save(client, team, then, "Words")
    save(client, team, first, "no", True)
    assert value_of(team, then) == "Words"
    assert [each.key for each in answers_for(hand_in(client, team), None)] == [first.key]


def test_another_challenge_asks_for_itself(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    mine = asks(world, team, challenge_id=team.challenge_id)
    other: Challenge = world.challenge(team.competition)
    theirs = asks(world, team, challenge_id=other.id, required=True)
    assert f' name="{name(theirs)}"' not in client.get(at(team)).text
    save(client, team, mine, "Of the first")
    team.challenge = other
    db.session.commit()
    page = client.get(at(team)).text
    assert (f' name="{name(mine)}"' in page, f' name="{name(theirs)}"' in page) == (False, True)
    assert client.post(at(team, "/receipt")).status_code == 422
    save(client, team, theirs, "Of the second")
    assert [each.text for each in answers_for(hand_in(client, team), None)] == ["Of the second"]
    assert value_of(team, mine) == "Of the first"


def test_a_needed_answer_is_named_where_it_is_missing(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, required=True)
    for path in (at(team), at(team, "")):
        assert f"#part-{name(question)}" in client.get(path).text
    answer = client.post(at(team, "/receipt"))
    assert answer.status_code == 422
    assert f"“{question.label}” is not answered yet." in answer.text
    assert "Needed to hand in." in client.get(at(team)).text
    listed = world.client(world.organizer(team.competition)).get("/en/jam/manage/submissions").text
    assert str(question.label) in listed
    question.required_from = datetime.now(UTC) + timedelta(days=1)
    db.session.commit()
    assert missing_parts(team, draft) == []


def test_the_preview_shows_answers_and_saves_nothing(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team)
    assert "<p>New words</p>" in save(client, team, question, "New words", preview="1").text
    sent = {name(question): "New words", "preview": "1"}
    live = client.post(at(team), data=sent, headers={"Accept": "application/json"}).json
    assert "New words" in live["preview"]
    assert value_of(team, question) is None


@pytest.mark.parametrize("text", ["x" * 20_001, "\x00", "🜁" * 2001])
def test_hostile_answers(
    world: World, team: Team, draft: Submission, client: FlaskClient, text: str
) -> None:
    question = asks(world, team)
    fits = len(text) == 1
    assert save(client, team, question, text).status_code == (302 if fits else 422)
    assert value_of(team, question) is None
    odd = {"q_": "x", "q_not-a-key": "x", f"q_{question.id.hex[:-1]}0": "y"}
    assert client.post(at(team), data=odd).status_code in (302, 422)


def test_options_that_are_not_offered_are_refused(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.SEVERAL, "a", "b")
    question.options[1].retired_at = datetime.now(UTC)
    db.session.commit()
    assert save(client, team, question, ["", "b"]).status_code == 422
    assert save(client, team, question, ["", "a"]).status_code == 302


# -- files -----------------------------------------------------------------------------------


def pdf(text: bytes = b"") -> tuple[io.BytesIO, str]:
    return io.BytesIO(samples.PDF + text), "plan.pdf"


def test_a_file_answers_and_is_part_of_the_version(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.FILE, required=True, limits={"endings": ["pdf"]})
    assert save(client, team, question, (io.BytesIO(samples.PNG), "a.png")).status_code == 422
    assert save(client, team, question, pdf()).status_code == 302
    digest = value_of(team, question)["digest"]
    version = hand_in(client, team)
    path = f"/en/jam/submissions/{draft.id}/files/{digest}"
    for page in (at(team, ""), f"/en/jam/submissions/{draft.id}/versions/{version.id}"):
        text = client.get(page).text
        assert (path in text, f'<code class="digest">{digest}' in text) == (True, True)
    with client.get(path) as answer:
        assert answer.data == samples.PDF
    taken = {f"{name(question)}-removal": "y"}
    assert save(client, team, question, "", version.content["answers"][0]["value"], **taken)
    assert value_of(team, question) is None
    with client.get(path) as answer:  # the version keeps it
        assert answer.status_code == 200


def test_a_file_on_a_form_that_comes_back_is_held(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.FILE)
    page = save(client, team, question, pdf(), video="nonsense", **{"base-video": fingerprint("")})
    assert (page.status_code, value_of(team, question)) == (422, None)
    held = page.text.split(f' name="{name(question)}-held" value="')[1].split('"')[0]
    assert save(client, team, question, "", **{f"{name(question)}-held": held}).status_code == 302
    assert value_of(team, question)["name"] == "plan.pdf"
    assert "is kept; choose another" in save(client, team, question, pdf(b" "), preview="1").text


def test_two_people_send_a_file_to_one_question(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.FILE)
    save(world.client(team.members[1]), team, question, pdf(b" theirs"))
    theirs = value_of(team, question)
    page = save(client, team, question, pdf(b" mine"))
    assert (page.status_code, value_of(team, question)) == (200, theirs)
    assert f'id="conflict-{name(question)}"' in page.text
    held = page.text.split(f' name="{name(question)}-held" value="')[1].split('"')[0]
    shown = page.text.split(f'name="shown-{name(question)}" value="')[1].split('"')[0]
    choice = {
        f"{name(question)}-held": held,
        f"shown-{name(question)}": shown,
        f"keep-{name(question)}": "mine",
    }
    assert save(client, team, question, "", theirs, **choice).status_code == 302
    assert value_of(team, question)["digest"] != theirs["digest"]


# -- handing in ------------------------------------------------------------------------------


def test_a_version_keeps_the_words_of_its_questions(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team, Kind.ONE, "a", "b")
    save(client, team, question, "a")
    version = hand_in(client, team)
    assert version.content["answers"] == [
        {
            "key": question.key,
            "kind": "one",
            "label": dict(question.label),
            "value": "a",
            "options": {"a": dict(both("a"))},
        }
    ]
    assert version.digest == digest_of(version.content)
    path = f"/en/jam/submissions/{draft.id}/versions/{version.id}"
    assert client.get(f"{path}/content.json").data == canonical(version.content)
    question.label = Localized(en="Mended", fr="Corrigée")
    question.options[0].label = Localized(en="Other", fr="Autre")
    db.session.commit()
    page = client.get(path).text
    assert ("⟦a⟧" in page, "Mended" in page, "Other" in page) == (True, False, False)
    assert "⟦a (fr)⟧" in client.get(path.replace("/en/", "/fr/")).text
    # The words are not the team's: it has changed nothing, and there is nothing to hand in again.
    assert not differs(submission_of(team))
    assert client.post(at(team, "/receipt")).status_code == 422
    save(client, team, question, "b", "a")
    assert differs(submission_of(team))


def test_changes_name_the_question_the_licence_and_the_language(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    team.competition.submission_asks = {"licence": "asked"}
    question, quiet = asks(world, team), asks(world, team, Kind.ONE, "a")
    draft.licence = "CC0-1.0"
    db.session.commit()
    save(client, team, question, "One lamp")
    save(client, team, quiet, "a")
    hand_in(client, team)
    draft.licence, draft.licence_other, draft.language = "other", "Our own", "fr"
    quiet.options[0].label = Localized(en="Other words", fr="Autres mots")
    db.session.commit()
    save(client, team, question, "Two lamps", "One lamp")
    version = hand_in(client, team)
    page = client.get(f"/en/jam/submissions/{draft.id}/versions/{version.id}/changes").text
    assert str(question.label) in page
    for run in ("Creative", "own", "English", "Two"):
        assert run in page
    for code in ("CC0-1.0", "licence_other", "Other words"):
        assert code not in page


def test_once_answered_a_question_is_retired_not_removed(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team)
    save(client, team, question, "Words")
    hand_in(client, team)
    save(client, team, question, "", "Words")
    with pytest.raises(Answered):
        remove(question, by=world.organizer(team.competition))


# -- who reads -------------------------------------------------------------------------------


def handed_in(world: World, team: Team, draft: Submission, **answers: Question) -> Version:
    client = world.client(team.members[0])
    for words, question in answers.items():
        sent = pdf() if question.kind is Kind.FILE else words
        assert save(client, team, question, sent).status_code == 302
    return hand_in(client, team)


def test_each_reader_is_shown_what_is_for_them(world: World, team: Team, draft: Submission) -> None:
    version = handed_in(
        world,
        team,
        draft,
        ForNobody=asks(world, team, personal=False),
        ForMentors=asks(world, team, shown_to=["mentors"]),
        ForJudges=asks(world, team, shown_to=["judges"]),
        ForEveryone=asks(world, team, shown_to=["public"], personal=False),
        Personal=asks(world, team, shown_to=["public"], personal=True),
    )
    told = {
        reader: [each.text for each in answers_for(version, reader)] for reader in (None, *Reader)
    }
    assert told == {
        None: ["ForNobody", "ForMentors", "ForJudges", "ForEveryone", "Personal"],
        Reader.MENTORS: ["ForMentors"],
        Reader.JUDGES: ["ForJudges"],
        Reader.PUBLIC: ["ForEveryone"],
    }
    competition = team.competition
    judge = world.judge(competition)
    review = world.review(judge, draft)
    mentor = world.client(world.mentor(competition, team).user)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(competition, "closed", Gate.SUBMISSION)  # before, no gallery is open
    db.session.commit()
    here = f"/en/jam/submissions/{draft.id}/versions/{version.id}"
    visits = [
        (world.client(team.members[1]), here, told[None]),
        (world.client(team.members[1]), at(team, ""), told[None]),
        (world.client(world.organizer(competition)), here, told[None]),
        (
            world.client(world.organizer(competition)),
            f"/en/jam/manage/submissions/{draft.id}",
            told[None],
        ),
        (mentor, here, told[Reader.MENTORS]),
        (mentor, at(team, ""), told[Reader.MENTORS]),
        (mentor, at(team, "/feedback"), told[Reader.MENTORS]),
        (world.client(judge.user), here, told[Reader.JUDGES]),
        (world.client(judge.user), f"/en/jam/judging/{review.id}", told[Reader.JUDGES]),
        (world.client(), f"/en/jam/projects/{draft.id}", told[Reader.PUBLIC]),
    ]
    for client, path, expected in visits:
        page = client.get(path)
        assert page.status_code == 200, path
        assert [words for words in told[None] if words in page.text] == expected, path
    # What is whole, a mentor may take away; this is not.
    assert mentor.get(f"{here}/content.json").status_code == 403
    assert "content.json" not in mentor.get(at(team, "")).text


def test_changes_show_each_reader_only_theirs(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    hidden, shown = asks(world, team), asks(world, team, shown_to=["mentors"])
    handed_in(world, team, draft, Before=hidden)
    save(client, team, hidden, "Secret", "Before")
    save(client, team, shown, "Open")
    version = hand_in(client, team)
    path = f"/en/jam/submissions/{draft.id}/versions/{version.id}/changes"
    mentor = world.client(world.mentor(team.competition, team).user)
    texts = [each.get(path).text for each in (client, mentor)]
    assert [("Secret" in text, "Open" in text) for text in texts] == [(True, True), (False, True)]


def test_the_file_of_an_answer_is_for_its_readers(
    world: World, team: Team, draft: Submission
) -> None:
    question = asks(world, team, Kind.FILE, shown_to=["judges"])
    version = handed_in(world, team, draft, File=question)
    digest = version.content["answers"][0]["value"]["digest"]
    path = f"/en/jam/submissions/{draft.id}/files/{digest}"
    judge = world.judge(team.competition)
    world.review(judge, draft)
    people = [world.mentor(team.competition, team).user, judge.user, team.members[1]]
    people += [world.organizer(team.competition), world.judge(team.competition).user]
    met = []
    for person in people:
        with world.client(person).get(path) as answer:
            met.append(answer.status_code)
    assert met == [403, 200, 200, 200, 403]


def test_the_table_for_organizers_has_the_answers_and_no_formulas(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question, other = asks(world, team), asks(world, team, Kind.SEVERAL, "a", "b")
    save(client, team, question, "=1+1")
    save(client, team, other, ["", "a", "b"])
    table = (
        world.client(world.organizer(team.competition)).get("/en/jam/manage/submissions.csv").text
    )
    assert str(question.label) in table.splitlines()[0]
    assert ("'=1+1" in table, "⟦a⟧ · ⟦b⟧" in table) == (True, True)


# -- what becomes of them --------------------------------------------------------------------


def test_personal_answers_are_forgotten_in_drafts_and_versions(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    personal, work = asks(world, team), asks(world, team, personal=False)
    version = handed_in(world, team, draft, Anna=personal, Lamp=work)
    digest = version.digest
    assert expire(team.competition) == {"submission_answers": 2}
    assert [value_of(team, each) for each in (personal, work)] == [None, "Lamp"]
    assert "Anna" not in json.dumps(version.content)
    assert version.digest == digest
    page = client.get(f"/en/jam/submissions/{draft.id}/versions/{version.id}").text
    assert "Deleted with the other personal information" in page
    assert expire(team.competition) == {"submission_answers": 0}


def test_a_draft_that_goes_in_a_merger_gives_its_answers_back(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    question = asks(world, team)
    save(client, team, question, "Keep me")
    assert f"{question.label} Keep me" in words_of(draft)


def test_a_submission_agrees_to_nothing(world: World, team: Team) -> None:
    with pytest.raises(IntegrityError):
        asks(world, team, Kind.CONSENT)


# -- what it costs ---------------------------------------------------------------------------


def test_pages_cost_the_same_for_many_answers(
    app: Flask, world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    organizer = world.client(world.organizer(team.competition))

    def prices() -> list[int]:
        db.session.commit()
        return [
            cost(app, client, at(team)),
            cost(app, client, at(team, "")),
            cost(app, organizer, f"/en/jam/manage/submissions/{draft.id}"),
            cost(app, organizer, "/en/jam/manage/submissions"),
            cost(app, organizer, "/en/jam/manage/submissions.csv"),
        ]

    def answer(of: Submission, question: Question) -> None:
        row = {"question_id": question.id, "kind": question.kind, "value": "a"}
        world.add(SubmissionAnswer(submission=of, **row))

    answer(draft, asks(world, team, Kind.ONE, "a"))
    few = prices()
    others = [world.submission(world.team(team.competition), handed_in=False) for _ in range(3)]
    for _ in range(4):
        question = asks(world, team, Kind.ONE, "a", "b", required=True)
        for each in (draft, *others):
            answer(each, question)
    assert prices() == few


def test_no_video_is_ever_embedded(
    world: World, team: Team, draft: Submission, client: FlaskClient
) -> None:
    """It is a link, and the policy of the page would let no frame in."""
    draft.video = "https://video.example/lamp"
    db.session.commit()
    version = hand_in(client, team)
    world.announcement(team.competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)  # before, no gallery is open
    db.session.commit()
    pages = [at(team, ""), f"/en/jam/submissions/{draft.id}/versions/{version.id}"]
    for path in [*pages, f"/en/jam/projects/{draft.id}"]:
        page = client.get(path)
        assert f'href="{draft.video}"' in page.text, path
        assert not any(tag in page.text for tag in ("<iframe", "<video", "<embed", "<object")), path
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not any(way in policy for way in ("frame-src", "child-src", "media-src")), policy
