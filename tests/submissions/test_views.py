import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from hackathon.accounts.models import User
from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.journal.models import Entry
from hackathon.mentoring.models import Pairing
from hackathon.post.models import Letter
from hackathon.questions.models import Kind, Questionnaire
from hackathon.submissions.models import Feedback, File, Submission, Version
from hackathon.submissions.queries import submission_of
from hackathon.teams.models import Allowance, Team
from tests.counting import queries
from tests.submissions import samples
from tests.world import World, both

WORDS = {
    "title": "A lamp",
    "summary": "It shines.",
    "description": "## How\n\nBy night.",
    "language": "en",
    "repository": "https://code.example/lamp",
    "demonstration": "",
    "video": "",
}
VIDEO = "https://video.example/lamp"
SAVE_COSTS = {0: 10, 3: 11}  # queries, by the number of composed questions


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


def at(team: Team, page: str = "", language: str = "en") -> str:
    return f"/{language}/jam/teams/{team.id}/submission{page}"


def member(world: World, team: Team, number: int = 0) -> FlaskClient:
    return world.client(team.members[number])


def bases(team: Team) -> dict[str, str]:
    """The fingerprints in the form of somebody who opens it now."""
    submission = submission_of(team)
    empty = {**dict.fromkeys(WORDS, ""), "language": "en"}
    saved = {name: getattr(submission, name) for name in WORDS} if submission else empty
    return {f"base-{name}": fingerprint(text) for name, text in saved.items()}


def save(client: FlaskClient, team: Team, **others: str) -> Any:
    """What somebody sends who has just opened the form; `others` may hold older bases."""
    return client.post(at(team, "/draft"), data={**WORDS, **bases(team), **others})


def add(client: FlaskClient, team: Team, *files: tuple[str, bytes]) -> Any:
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(at(team, "/files"), data={"files": sent})


def saved(team: Team) -> Submission:
    submission = submission_of(team)
    assert submission is not None
    return submission


def allow(world: World, team: Team, gate: Gate) -> Allowance:
    """One day more for this team."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return world.add(Allowance(team=team, gate=gate, closes_at=tomorrow, reason=both("illness")))


# -- the draft -------------------------------------------------------------------------------


def test_a_team_writes_adds_files_hands_in_and_reads_its_receipt(world: World, team: Team) -> None:
    client = member(world, team, 1)
    assert "Nothing is handed in yet" in client.get(at(team)).text
    assert save(client, team).location.endswith(at(team))
    assert add(client, team, ("a.pdf", samples.PDF)).status_code == 302
    assert "Hand in" in client.get(at(team)).text
    assert client.post(at(team, "/receipt")).location.endswith(at(team))
    version = saved(team).versions[0]
    page = client.get(at(team)).text
    assert "Version 1 is handed in and counts" in page
    assert (version.digest in page, version.content["files"][0]["sha256"] in page) == (True, True)
    assert "(UTC" in page
    french = client.get(at(team, language="fr")).text
    assert "La version 1 est remise et compte" in french
    assert version.digest in french


def test_a_field_that_two_people_changed_shows_both_and_the_choice_goes_through(
    world: World, team: Team
) -> None:
    one, other = member(world, team), member(world, team, 1)
    begun = bases(team)
    save(one, team, title="Theirs", summary="Their summary")
    answer = save(other, team, **begun, title="Mine", summary="My <b>summary</b>", video=VIDEO)
    assert answer.status_code == 200
    for words in ("Mine", "My &lt;b&gt;summary&lt;/b&gt;", "Theirs", "Their summary"):
        assert words in answer.text
    assert answer.text.count("data-conflict=") == 3  # one of them the template for the script
    draft = saved(team)
    assert (draft.title, draft.video, draft.edited_by) == ("Theirs", VIDEO, team.members[1])
    choice = {"shown-title": fingerprint("Mine"), "shown-summary": fingerprint("My summary")}
    undecided = save(other, team, title="Mine", summary="My summary", **choice)
    assert (undecided.status_code, saved(team).title) == (200, "Theirs")
    chosen = {"keep-title": "mine", "keep-summary": "theirs"}
    sent = {"title": "Mine", "summary": "My summary", "video": VIDEO, **choice}
    assert save(other, team, **sent, **chosen).status_code == 302
    assert (saved(team).title, saved(team).summary) == ("Mine", "Their summary")


def test_both_texts_can_be_put_into_the_field_to_be_edited_into_one(
    world: World, team: Team
) -> None:
    client = member(world, team)
    save(client, team, title="Theirs")
    shown = {"shown-title": fingerprint("Mine"), "keep-title": "together"}
    answer = save(client, team, title="Mine", **shown)
    assert (answer.status_code, 'value="Mine / Theirs"' in answer.text) == (200, True)
    assert saved(team).title == "Theirs"
    assert save(client, team, title="One title").status_code == 302
    assert saved(team).title == "One title"


def test_a_third_version_is_shown_before_a_choice_replaces_it(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team, title="Theirs")
    begun = bases(team)
    save(client, team, title="Third")
    mine = {"title": "Mine", "shown-title": fingerprint("Mine"), "keep-title": "mine"}
    answer = save(client, team, **begun, **mine)
    assert ("Third" in answer.text, saved(team).title) == (True, "Third")


def test_theirs_cannot_be_chosen_over_words_written_since(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team, title="Theirs")
    shown = {"shown-title": fingerprint("Mine"), "keep-title": "theirs"}
    answer = save(client, team, title="Mine, and more", **shown)
    assert "You wrote on in your text." in answer.text
    assert answer.text.count("Mine, and more") == 2  # in the field, and beside theirs
    assert saved(team).title == "Theirs"


def test_a_page_drawn_again_for_another_reason_keeps_the_choice(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team, title="Theirs")
    shown = {"shown-title": fingerprint("Mine"), "keep-title": "mine"}
    answer = save(client, team, title="Mine", video="nonsense", **shown)
    assert answer.status_code == 422
    assert ('id="conflict-title"' in answer.text, saved(team).title) == (True, "Theirs")


def test_the_preview_saves_nothing_and_keeps_what_was_typed(world: World, team: Team) -> None:
    answer = save(member(world, team), team, preview="1", description="## A *fine* idea <script>")
    assert answer.status_code == 200
    assert "<h3>A <em>fine</em> idea &lt;script&gt;</h3>" in answer.text
    assert "## A *fine* idea &lt;script&gt;" in answer.text
    assert submission_of(team) is None


# -- saving by itself --------------------------------------------------------------------------


def by_script(client: FlaskClient, team: Team, **data: str) -> Any:
    return client.post(at(team, "/draft"), data=data, headers={"Accept": "application/json"})


def test_a_script_saves_what_changed_and_is_told_the_rest(world: World, team: Team) -> None:
    one, other = member(world, team), member(world, team, 1)
    save(one, team)
    begun = bases(team)
    save(one, team, summary="Another summary")
    answer = by_script(other, team, **begun, title="Mine").json
    assert (answer["saved"], answer["conflicts"], answer["errors"]) == (["title"], [], {})
    assert answer["fields"]["title"] == {"value": "Mine", "base": fingerprint("Mine")}
    assert answer["fields"]["summary"]["value"] == "Another summary"
    assert (answer["person"], answer["by"]) == (str(team.members[1].id), team.members[1].name)
    assert datetime.fromisoformat(answer["at"]) == saved(team).edited_at
    assert "A summary" in answer["needs"]
    assert (saved(team).title, saved(team).summary) == ("Mine", "Another summary")
    assert db.session.scalars(select(Letter)).all() == []
    assert db.session.scalars(select(Entry)).all() == []
    assert saved(team).versions == []


def test_a_script_is_told_what_is_wrong_and_what_two_people_changed(
    world: World, team: Team
) -> None:
    client = member(world, team)
    save(client, team)
    begun = bases(team)
    save(client, team, title="Theirs")
    sent = {"title": "Mine", "video": "ftp://x.example", "summary": "Fine"}
    answer = by_script(client, team, **begun, **sent).json
    assert (answer["saved"], answer["conflicts"]) == (["summary"], ["title"])
    assert list(answer["errors"]) == ["video"]
    assert (saved(team).title, saved(team).summary) == ("Theirs", "Fine")


def test_a_script_is_told_why_it_cannot_save(world: World, team: Team) -> None:
    client = member(world, team)
    answer = world.client().post(at(team, "/draft"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["refusal"]) == (401, "sign_in")
    assert answer.json["way"] == f"/en/account/sign-in?next={at(team, '/draft')}"
    stranger = world.client(world.participant(team.competition))
    refused = by_script(stranger, team, title="Mine")
    assert (refused.status_code, refused.json["refusal"]) == (403, "forbidden")
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)
    closed = by_script(client, team, title="Mine")
    assert (closed.status_code, closed.json) == (
        403,
        {"refusal": "closed", "said": "Submissions are not open."},
    )


def test_a_script_that_comes_back_learns_what_is_saved(world: World, team: Team) -> None:
    client = member(world, team)
    page = client.get(at(team, "/draft"), headers={"Accept": "application/json"})
    assert (page.json["at"], page.json["fields"]["title"]["value"]) == (None, "")
    assert ("Accept" in page.headers["Vary"], len(page.json["token"]) > 20) == (True, True)


@pytest.mark.parametrize("asked", SAVE_COSTS)
def test_a_save_by_itself_costs_the_same_for_a_long_history(
    app: Flask, world: World, team: Team, asked: int
) -> None:
    for _ in range(asked):
        world.question(team.competition, Kind.ONE, "a", "b", questionnaire=Questionnaire.SUBMISSION)
    client = member(world, team)
    save(client, team)

    shown = by_script(client, team).json["missing"]  # as the page says in its data-needs

    def price(title: str) -> int:
        begun = bases(team)
        with queries(app) as sent:
            answer = by_script(client, team, **begun, missing=shown, title=title).json
        assert (answer["saved"], "needs" in answer) == (["title"], False)
        return len(sent)

    few = price("One")
    for number in range(1, 9):
        world.add(
            Version(
                submission=saved(team),
                number=number,
                challenge=team.challenge,
                content={},
                digest="0" * 64,
            )
        )
        world.file(saved(team), f"{number}".encode())
    assert price("Two") == few == SAVE_COSTS[asked]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 151),
        ("summary", "x" * 1001),
        ("description", "x" * 20_001),
        ("repository", "javascript:alert(1)"),
        ("demonstration", "data:text/html,x"),
        ("video", "https://"),
        ("repository", "//code.example/lamp"),
        ("repository", "https://ana:secret@code.example/lamp"),
    ],
)
def test_odd_input_is_refused_and_what_was_typed_stays(
    world: World, team: Team, field: str, value: str
) -> None:
    answer = member(world, team).post(
        at(team, "/draft"), data={**WORDS, **bases(team), field: value}
    )
    assert answer.status_code == 422
    assert ("A lamp" in answer.text or "x" * 151 in answer.text, value in answer.text) == (
        True,
        True,
    )
    assert submission_of(team) is None


def test_scripts_in_the_text_do_nothing(world: World, team: Team) -> None:
    client = member(world, team)
    text = "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>"
    save(client, team, description=text, title="<script>alert(4)</script>")
    page = client.get(at(team)).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(4)&lt;/script&gt;" in page


def test_a_save_after_the_deadline_is_refused_with_the_reason(world: World, team: Team) -> None:
    client = member(world, team)
    assert client.get(at(team, "/draft")).status_code == 200
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)
    answers = [
        client.get(at(team, "/draft")),
        save(client, team),
        add(client, team, ("a.pdf", samples.PDF)),
        client.post(at(team, "/receipt")),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert all("Submissions are not open." in answer.text for answer in answers)
    assert f"\n{WORDS['description']}</textarea>" in answers[1].text  # to be copied
    assert submission_of(team) is None
    assert "Nothing was handed in" in client.get(at(team)).text


def test_handing_in_counts_up_to_the_deadline_and_not_at_it(world: World, team: Team) -> None:
    submission = world.submission(team, handed_in=False)
    window = next(w for w in team.competition.windows if w.gate is Gate.SUBMISSION)
    client = member(world, team)
    closes_at = window.closes_at
    with travel(closes_at, tick=False):
        assert client.post(at(team, "/receipt")).status_code == 403
    with travel(closes_at - timedelta(microseconds=1), tick=False):
        assert client.post(at(team, "/receipt")).status_code == 302
    assert [v.created_at for v in submission.versions] == [closes_at - timedelta(microseconds=1)]


def test_an_allowance_keeps_the_gate_open_for_its_team_alone(world: World, team: Team) -> None:
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)
    other = world.team(team.competition)
    allow(world, team, Gate.SUBMISSION)
    assert save(member(world, team), team).status_code == 302
    assert save(member(world, other), other).status_code == 403


# -- files -----------------------------------------------------------------------------------


def test_a_bad_file_stops_them_all_and_says_why(world: World, team: Team) -> None:
    client = member(world, team)
    answer = add(client, team, ("good.pdf", samples.PDF), ("report.pdf", samples.HTML))
    assert answer.status_code == 422
    assert "report.pdf holds a web page" in answer.text
    assert db.session.scalars(select(File)).all() == []
    nothing = client.post(at(team, "/files"), data={})
    assert (nothing.status_code, "Choose at least one file" in nothing.text) == (422, True)


def test_more_than_the_site_takes_is_refused(
    app: Flask, world: World, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 5000)
    answer = add(member(world, team), team, ("a.pdf", samples.PDF + b" " * 6000))
    assert answer.status_code == 413


def test_files_are_downloads_for_those_who_may_read(world: World, team: Team) -> None:
    add(member(world, team), team, ("a.pdf", samples.PDF))
    file = saved(team).files[0]
    path = f"/en/jam/submissions/{saved(team).id}/files/{file.digest}"
    mentor = world.mentor(team.competition, team)
    readers = [member(world, team, 1), world.client(mentor.user)]
    readers.append(world.client(world.organizer(team.competition)))
    for client in readers:
        with client.get(path) as answer:
            assert answer.data == samples.PDF
            assert answer.headers["Content-Disposition"] == "attachment; filename=a.pdf"
            assert answer.mimetype == "application/octet-stream"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    outsiders = [
        member(world, world.team(team.competition)),
        world.client(world.mentor(team.competition).user),
        world.client(world.judge(team.competition).user),
    ]
    assert [client.get(path).status_code for client in outsiders] == [403] * 3
    assert world.client().get(path).status_code == 302


def test_judges_read_what_they_were_given_and_nothing_else(world: World, team: Team) -> None:
    submission = world.submission(team)
    file = world.file(submission)
    here = f"/en/jam/submissions/{submission.id}"
    paths = [f"{here}/versions/{submission.versions[0].id}", f"{here}/files/{file.digest}"]
    judge, other, biased = (world.judge(team.competition) for _ in range(3))
    world.review(judge, submission)
    world.review(biased, submission)
    world.conflict(biased.user, team)

    def tries(user: User) -> list[int]:
        met = []
        for path in [*paths, at(team)]:
            with world.client(user).get(path) as answer:
                met.append(answer.status_code)
        return met

    assert tries(judge.user) == [200, 200, 403]
    assert tries(other.user) == [403, 403, 403]
    assert tries(biased.user) == [403, 403, 403]


def test_the_menu_leads_to_the_work_of_ones_own_team(world: World, team: Team) -> None:
    client = member(world, team)
    assert '/en/jam/submission"' in client.get("/en/jam/dates").text
    assert client.get("/en/jam/submission").location == at(team)
    teamless = world.client(world.participant(team.competition))
    assert '/en/jam/submission"' not in teamless.get("/en/jam/dates").text
    assert teamless.get("/en/jam/submission").status_code == 403


def test_files_of_others_are_not_found_in_a_submission(world: World, team: Team) -> None:
    other = world.submission(world.team(team.competition))
    theirs = world.file(other, samples.PNG)
    elsewhere = world.submission(world.team(world.competition()))
    save(member(world, team), team)
    client = member(world, team)
    paths = [
        f"/en/jam/submissions/{saved(team).id}/files/{theirs.digest}",
        f"/en/jam/submissions/{saved(team).id}/files/not-a-digest",
        f"/en/jam/submissions/{saved(team).id}/versions/{other.versions[0].id}",
        f"/en/jam/submissions/{elsewhere.id}/versions/{elsewhere.versions[0].id}",
        f"/en/jam/submissions/no-such-key/files/{theirs.digest}",
    ]
    assert [client.get(path).status_code for path in paths] == [404] * 5
    removal = client.post(at(team, f"/files/{theirs.digest}/removal"))
    assert removal.status_code == 404
    assert db.session.get(File, theirs.id) is theirs


def test_any_member_removes_a_file(world: World, team: Team) -> None:
    add(member(world, team), team, ("a.pdf", samples.PDF))
    digest = saved(team).files[0].digest
    answer = member(world, team, 1).post(at(team, f"/files/{digest}/removal"))
    assert answer.location.endswith(at(team, "/files"))
    assert saved(team).files == []


# -- handing in ------------------------------------------------------------------------------


def test_the_page_says_what_is_missing(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team, summary="")
    page = client.get(at(team)).text
    assert "Once all of this is there" in page
    answer = client.post(at(team, "/receipt"))
    assert answer.status_code == 422
    assert "The submission has no summary yet." in answer.text
    assert db.session.scalars(select(Version)).all() == []


def test_a_second_press_says_that_nothing_changed(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team)
    client.post(at(team, "/receipt"))
    answer = client.post(at(team, "/receipt"))
    assert answer.status_code == 422
    assert "Nothing has changed since version 1" in answer.text
    assert [version.number for version in saved(team).versions] == [1]


def test_an_earlier_version_says_by_which_it_was_replaced(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team)
    client.post(at(team, "/receipt"))
    save(client, team, title="A better lamp")
    assert "The draft has changed since" in client.get(at(team)).text
    client.post(at(team, "/receipt"))
    submission = saved(team)
    first, second = (
        client.get(f"/en/jam/submissions/{submission.id}/versions/{version.id}").text
        for version in submission.versions
    )
    assert ("Replaced by version 2" in first, "A lamp" in first) == (True, True)
    assert ("Replaced by" in second, "A better lamp" in second) == (False, True)


def test_after_the_deadline_the_page_says_it_is_final(world: World, team: Team) -> None:
    world.submission(team)
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)
    page = member(world, team).get(at(team)).text
    assert "nothing can change any more" in page
    assert "/submission/draft" not in page


def test_whoever_sends_again_by_grace_is_told_that_it_is_there(world: World, team: Team) -> None:
    client = member(world, team)
    save(client, team)
    assert client.post(at(team, "/receipt")).status_code == 302
    world.set_gates(team.competition, "closed", Gate.SUBMISSION)
    team.competition.grace_seconds = 600
    window = next(w for w in team.competition.windows if w.gate is Gate.SUBMISSION)
    window.closes_at = datetime.now(UTC) - timedelta(seconds=5)
    again = client.post(at(team, "/receipt"))
    assert again.status_code == 422
    assert "version 1, which is safely handed in and counts" in again.text
    assert len(saved(team).versions) == 1


def questions(app: Flask, client: FlaskClient, path: str) -> int:
    with queries(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_the_page_asks_as_many_questions_for_many_versions(
    app: Flask, world: World, team: Team
) -> None:
    submission = world.submission(team)
    client = member(world, team)
    world.feedback(world.mentor(team.competition, team), submission)
    few = questions(app, client, at(team))
    for number in range(2, 9):
        world.feedback(world.mentor(team.competition, team), submission)
        world.add(
            Version(
                submission=submission,
                number=number,
                challenge=world.challenge(team.competition),
                content=submission.versions[0].content,
                digest=f"{number:064x}",
                by=world.person(),
            )
        )
    assert questions(app, client, at(team)) == few


# -- mentors -----------------------------------------------------------------------------------


@pytest.fixture
def mentor(world: World, team: Team) -> FlaskClient:
    """Whoever accompanies the team, which has handed something in."""
    world.submission(team)
    world.criterion(team.competition)
    return world.client(world.mentor(team.competition, team).user)


def comment(client: FlaskClient, team: Team, **data: str) -> Any:
    criterion = team.competition.criteria[0]
    given = {"overall": "Well done.", f"remark_{criterion.id.hex}": "Clear.", **data}
    return client.post(at(team, "/feedback"), data=given)


def test_a_mentor_saves_sends_and_amends(world: World, team: Team, mentor: FlaskClient) -> None:
    assert comment(mentor, team).status_code == 302
    feedback = db.session.scalars(select(Feedback)).one()
    assert feedback.sent_at is None
    assert "Well done." in mentor.get(at(team, "/feedback")).text
    readers = [member(world, team), world.client(world.organizer(team.competition))]
    assert ["Well done." in reader.get(at(team)).text for reader in readers] == [False, False]
    assert comment(mentor, team, send="1").status_code == 302
    assert ["Well done." in reader.get(at(team)).text for reader in readers] == [True, True]
    assert feedback.mentor.user.name in readers[0].get(at(team)).text
    assert comment(mentor, team, overall="Even better.").status_code == 302
    assert "Even better." in readers[0].get(at(team)).text


def test_feedback_ends_with_its_gate(world: World, team: Team, mentor: FlaskClient) -> None:
    comment(mentor, team, send="1")
    world.set_gates(team.competition, "closed", Gate.FEEDBACK)
    assert comment(mentor, team, overall="Too late").status_code == 403
    assert "Well done." in member(world, team).get(at(team)).text


def test_feedback_that_says_nothing_is_not_sent(team: Team, mentor: FlaskClient) -> None:
    criterion = team.competition.criteria[0]
    given = {"overall": " ", f"remark_{criterion.id.hex}": "", "send": "1"}
    answer = mentor.post(at(team, "/feedback"), data=given)
    assert (answer.status_code, "nothing to send" in answer.text) == (422, True)
    assert db.session.scalars(select(Feedback)).all() == []


def test_feedback_that_is_too_long_stays_in_the_form(team: Team, mentor: FlaskClient) -> None:
    answer = comment(mentor, team, overall="x" * 10_001)
    assert (answer.status_code, "x" * 10_001 in answer.text) == (422, True)


def test_a_mentor_reads_the_draft_and_sees_where_each_team_stands(
    world: World, team: Team, mentor: FlaskClient
) -> None:
    world.submission(world.team(team.competition))
    assert saved(team).title in mentor.get(at(team)).text
    listed = mentor.get("/en/jam/mentoring/submissions").text
    assert (team.name in listed, "None yet" in listed) == (True, True)
    comment(mentor, team)
    assert "Not sent yet" in mentor.get("/en/jam/mentoring/submissions").text
    comment(mentor, team, send="1")
    assert "Envoyée à l’équipe" in mentor.get("/fr/jam/mentoring/submissions").text


def test_a_mentor_without_teams_is_told_so(world: World, team: Team) -> None:
    client = world.client(world.mentor(team.competition).user)
    assert "You accompany no team yet" in client.get("/en/jam/mentoring/submissions").text


def test_the_list_of_a_mentor_asks_as_many_questions_for_many_teams(
    app: Flask, world: World
) -> None:
    competition = world.competition("jam")
    mentor = world.mentor(competition)

    def accompany() -> None:
        team = world.team(competition, challenge=world.challenge(competition))
        world.add(Pairing(mentor=mentor, team=team))
        world.feedback(mentor, world.submission(team))

    accompany()
    client = world.client(mentor.user)
    few = questions(app, client, "/en/jam/mentoring/submissions")
    for _ in range(5):
        accompany()
    assert questions(app, client, "/en/jam/mentoring/submissions") == few


def test_the_list_of_a_mentor_leads_to_feedback_while_it_is_open(
    world: World, team: Team, mentor: FlaskClient
) -> None:
    world.set_gates(team.competition, "closed", Gate.FEEDBACK)
    link = at(team, "/feedback")
    assert link not in mentor.get("/en/jam/mentoring/submissions").text
    allow(world, team, Gate.FEEDBACK)
    assert link in mentor.get("/en/jam/mentoring/submissions").text
