import io
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon import create_app
from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground import receiving
from hackathon.ground.merging import Conflict, fingerprint
from hackathon.ground.model import Model
from hackathon.ground.obstacle import Obstacle
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions import actions
from hackathon.submissions.models import Feedback, Submission, Version
from hackathon.submissions.queries import (
    Part,
    Progress,
    differs,
    missing_parts,
    rows_of,
    sent_feedback,
    submission_of,
    teams_by,
    totals_of,
)
from hackathon.submissions.receipt import digest_of
from hackathon.teams.models import Team
from tests.conftest import new_database, settings_for
from tests.submissions import samples
from tests.world import World

WORDS = {
    "title": "A lamp",
    "summary": "It shines.",
    "description": "## How\n\nBy night.",
    "language": "fr",
    "repository": "https://code.example/lamp",
    "demonstration": "",
    "video": "",
}
LIMIT = 10_000


@pytest.fixture
def team(world: World) -> Team:
    """Two people with a challenge and nothing written."""
    competition = world.competition()
    return world.team(competition, challenge=world.challenge(competition))


def bases(submission: Submission | None) -> dict[str, str]:
    """What the form of somebody who opens it now carries."""
    if submission is None:
        return {"language": fingerprint("en")}
    return {name: fingerprint(getattr(submission, name)) for name in WORDS}


def write(team: Team, **others: str) -> Submission:
    begun = bases(submission_of(team))
    return actions.edit(team, {**WORDS, **others}, begun, by=team.members[0]).submission


def receive(app: Flask, *files: tuple[str, bytes], limit: int = LIMIT) -> list[receiving.Received]:
    return receiving.receive(
        [(name, io.BytesIO(content)) for name, content in files],
        storage=app.extensions["storage"],
        limit=limit,
    )


def refusals(app: Flask, *files: tuple[str, bytes], limit: int = LIMIT) -> list[type]:
    with pytest.raises(receiving.FilesRefused) as refused:
        receive(app, *files, limit=limit)
    return [type(each) for each in refused.value.refusals]


# -- the draft -------------------------------------------------------------------------------


def test_the_first_save_begins_the_draft(team: Team) -> None:
    submission = write(team)
    assert {name: getattr(submission, name) for name in WORDS} == WORDS
    assert submission.edited_by == team.members[0]
    assert submission.edited_at is not None
    assert db.session.scalars(select(Entry)).all() == []


def test_two_members_who_change_different_fields_both_get_theirs(team: Team) -> None:
    begun = bases(write(team))
    one, other = team.members
    first = actions.edit(team, {**WORDS, "title": "Theirs"}, begun, by=one)
    second = actions.edit(team, {**WORDS, "summary": "Mine"}, begun, by=other)
    assert (first.merge.conflicts, second.merge.conflicts) == ({}, {})
    saved = submission_of(team)
    assert saved is not None
    assert (saved.title, saved.summary, saved.edited_by) == ("Theirs", "Mine", other)


def test_of_a_field_that_both_changed_nothing_is_overwritten(team: Team) -> None:
    begun = bases(write(team))
    one, other = team.members
    actions.edit(team, {"title": "Theirs"}, begun, by=one)
    late = actions.edit(team, {"title": "Mine", "summary": "Also mine"}, begun, by=other)
    assert late.merge.conflicts == {"title": Conflict("Mine", "Theirs")}
    assert (late.submission.title, late.submission.summary) == ("Theirs", "Also mine")
    chosen = actions.edit(team, {"title": "Mine"}, bases(late.submission), by=other)
    assert (chosen.merge.conflicts, chosen.submission.title) == ({}, "Mine")


def test_saving_the_same_words_twice_is_one_save(team: Team) -> None:
    write(team)
    again = actions.edit(team, WORDS, {}, by=team.members[1])
    assert (again.merge.conflicts, again.submission.edited_by) == ({}, team.members[0])


# -- files -----------------------------------------------------------------------------------


def test_files_are_kept_by_content_and_the_same_one_twice_is_one(app: Flask, team: Team) -> None:
    by = team.members[1]
    actions.add_files(team, receive(app, ("a.pdf", samples.PDF), ("b.png", samples.PNG)), by=by)
    submission = actions.add_files(team, receive(app, ("again.pdf", samples.PDF)), by=by)
    assert [(file.name, file.size) for file in submission.files] == [
        ("a.pdf", len(samples.PDF)),
        ("b.png", len(samples.PNG)),
    ]
    assert submission.edited_by == by
    stored = app.extensions["storage"].path(submission.files[0].digest)
    assert stored.read_bytes() == samples.PDF


def test_the_same_file_twice_in_one_go_is_one(app: Flask, team: Team) -> None:
    received = receive(app, ("a.pdf", samples.PDF), ("b.pdf", samples.PDF))
    submission = actions.add_files(team, received, by=team.members[0])
    assert [file.name for file in submission.files] == ["a.pdf"]


def test_a_new_file_with_the_name_of_another_takes_its_place(app: Flask, team: Team) -> None:
    by = team.members[0]
    actions.add_files(team, receive(app, ("a.csv", b"1")), by=by)
    submission = actions.add_files(team, receive(app, ("a.csv", b"1,2")), by=by)
    assert [(file.name, file.size) for file in submission.files] == [("a.csv", 3)]


def test_a_submission_has_at_most_ten_files(app: Flask, team: Team) -> None:
    by = team.members[0]
    ten = receive(app, *((f"{n}.txt", str(n).encode()) for n in range(10)))
    actions.add_files(team, ten, by=by)
    with pytest.raises(actions.TooManyFiles):
        actions.add_files(team, receive(app, ("one-more.txt", b"x")), by=by)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("report.pdf", samples.ZIP, receiving.NotWhatItSays),
        ("report.pdf", samples.HTML, receiving.WebPage),
        ("report.pdf", samples.HTML + samples.PDF, receiving.WebPage),
        ("report.pdf", b"just words", receiving.Unrecognized),
        ("archive.zip", samples.PDF + samples.ZIP, receiving.NotWhatItSays),
        ("notes.txt", samples.HTML, receiving.WebPage),
        ("notes.md", samples.SVG, receiving.WebPage),
        ("notes.csv", b"a\x00b", receiving.Unrecognized),
        ("notes.txt", samples.PNG, receiving.NotWhatItSays),
        ("book.ipynb", b'{"a": 1}', receiving.NotWhatItSays),
        ("letter.docx", samples.ZIP, receiving.NotWhatItSays),
        ("letter.docx", samples.XLSX, receiving.NotWhatItSays),
        ("page.html", samples.HTML, receiving.UnknownEnding),
        ("picture.svg", samples.SVG, receiving.UnknownEnding),
        ("evil\u202efdp.exe", samples.PDF, receiving.UnknownEnding),
        ("report", samples.PDF, receiving.Nameless),
        (".pdf", samples.PDF, receiving.Nameless),
        ("../..", samples.PDF, receiving.Nameless),
        ("", samples.PDF, receiving.Nameless),
        ("empty.pdf", b"", receiving.Empty),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    app: Flask, context: None, name: str, content: bytes, refusal: type
) -> None:
    assert refusals(app, (name, content)) == [refusal]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/report.pdf", "report.pdf"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("re\nport\u202e\u200f.pdf", "report.pdf"),
        ("Rapport d’équipe.PDF", "Rapport d’équipe.PDF"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ('a"<b>:c.pdf', "abc.pdf"),
    ],
)
def test_names_are_made_safe(app: Flask, context: None, given: str, kept: str) -> None:
    assert [each.name for each in receive(app, (given, samples.PDF))] == [kept]


def test_a_file_may_be_as_large_as_the_limit_and_not_one_larger(app: Flask, context: None) -> None:
    full = samples.PDF.ljust(100)
    assert [each.size for each in receive(app, ("a.pdf", full), limit=100)] == [100]
    assert refusals(app, ("a.pdf", full + b" "), limit=100) == [receiving.FileTooLarge]


def test_every_reason_is_named_at_once(app: Flask, context: None) -> None:
    with pytest.raises(receiving.FilesRefused) as refused:
        receive(app, ("a.pdf", b""), ("good.pdf", samples.PDF), ("b.exe", b"MZ"))
    assert str(refused.value) == "a.pdf is empty. b.exe: files that end in .exe are not accepted."


def test_a_file_taken_out_of_the_draft_stays_in_its_version(app: Flask, team: Team) -> None:
    by = team.members[0]
    write(team)
    file = receive(app, ("a.pdf", samples.PDF))
    actions.add_files(team, file, by=by)
    version = actions.submit(team, by=by)
    submission = actions.remove_file(team, file[0].digest, by=by)
    assert submission.files == []
    assert [entry["name"] for entry in version.content["files"]] == ["a.pdf"]
    assert differs(submission)


# -- handing in ------------------------------------------------------------------------------


def test_a_version_freezes_the_draft_and_everyone_gets_the_receipt(app: Flask, team: Team) -> None:
    by = team.members[1]
    submission = write(team)
    actions.add_files(team, receive(app, ("a.pdf", samples.PDF)), by=by)
    version = actions.submit(team, by=by)
    assert (version.number, version.by, version.challenge) == (1, by, team.challenge)
    assert version.digest == digest_of(version.content)
    assert {name: version.content[name] for name in WORDS} == WORDS
    assert not differs(submission)
    letters = db.session.scalars(select(Letter).where(Letter.name == "submission_received")).all()
    assert {letter.address for letter in letters} == {person.email for person in team.members}
    assert all(version.digest in letter.text for letter in letters)
    assert all(version.content["files"][0]["sha256"] in letter.text for letter in letters)
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.deed, entry.actor, entry.subject) == ("submission_handed_in", by, team.name)
    assert entry.details == {"number": 1, "digest": version.digest}


def test_the_receipt_is_written_in_the_language_of_each_reader(team: Team) -> None:
    team.members[1].language = "fr"
    write(team)
    actions.submit(team, by=team.members[0])
    subjects = dict(db.session.execute(select(Letter.language, Letter.subject)).all())
    assert subjects == {
        "en": "Received: version 1 of your submission",
        "fr": "Bien reçue\u00a0: la version 1 de votre soumission",
    }


def test_handing_in_again_keeps_all_versions(team: Team) -> None:
    write(team)
    first = actions.submit(team, by=team.members[0])
    submission = write(team, title="A better lamp")
    second = actions.submit(team, by=team.members[0])
    assert [each.number for each in submission.versions] == [1, 2]
    assert submission.handed_in is second
    assert (first.content["title"], second.content["title"]) == ("A lamp", "A better lamp")


def test_handing_in_the_same_again_says_so(team: Team) -> None:
    write(team)
    actions.submit(team, by=team.members[0])
    with pytest.raises(actions.NothingChanged) as obstacle:
        actions.submit(team, by=team.members[1])
    assert obstacle.value.facts == {"number": 1}
    assert len(db.session.scalars(select(Version)).all()) == 1


@pytest.mark.parametrize(
    ("lacks", "obstacle", "part"),
    [
        ("title", actions.NoTitle, Part.TITLE),
        ("summary", actions.NoSummary, Part.SUMMARY),
        ("description", actions.NoDescription, Part.DESCRIPTION),
    ],
)
def test_what_is_missing_stands_in_the_way(
    team: Team, lacks: str, obstacle: type[Obstacle], part: Part
) -> None:
    submission = write(team, **{lacks: ""})
    assert missing_parts(team, submission) == [part]
    with pytest.raises(obstacle):
        actions.submit(team, by=team.members[0])
    assert submission.versions == []


def test_a_team_without_a_challenge_cannot_hand_in(world: World) -> None:
    team = world.team(world.competition())
    write(team)
    with pytest.raises(actions.NoChallenge):
        actions.submit(team, by=team.members[0])


def test_a_team_that_is_too_small_cannot_hand_in(world: World) -> None:
    competition = world.competition()
    team = world.team(competition, 1, challenge=world.challenge(competition))
    write(team)
    with pytest.raises(actions.TeamTooSmall) as obstacle:
        actions.submit(team, by=team.members[0])
    assert "at least 2 people" in str(obstacle.value)


def test_the_database_takes_no_version_without_a_challenge_and_no_number_twice(
    team: Team,
) -> None:
    submission = write(team)
    actions.submit(team, by=team.members[0])
    for number, challenge in ((2, None), (1, team.challenge)):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(
                Version.__table__.insert().values(
                    submission_id=submission.id,
                    number=number,
                    challenge_id=challenge and challenge.id,
                    content={},
                    digest="0" * 64,
                )
            )


def test_progress_is_told_for_all_teams(world: World) -> None:
    competition = world.competition()
    world.team(competition)
    world.submission(world.team(competition), handed_in=False)
    done = world.submission(world.team(competition))
    world.feedback(world.mentor(competition, done.team), done)
    world.feedback(world.mentor(competition, done.team), done, sent=False)
    rows = rows_of(db.session.scalars(teams_by(competition)))
    assert [(row.progress, row.feedback, row.missing) for row in rows] == [
        (Progress.NONE, 0, [Part.TITLE, Part.SUMMARY, Part.DESCRIPTION, Part.CHALLENGE]),
        (Progress.DRAFT, 0, [Part.CHALLENGE]),
        (Progress.HANDED_IN, 1, []),
    ]
    for progress in Progress:
        assert [row.team for row in rows if row.progress is progress] == list(
            db.session.scalars(teams_by(competition, progress))
        )
    assert totals_of(competition) == {progress: 1 for progress in Progress}
    chosen = db.session.scalars(teams_by(competition, challenge=done.team.challenge)).all()
    assert list(chosen) == [done.team]


# -- feedback --------------------------------------------------------------------------------


@pytest.fixture
def feedback_on(world: World, team: Team) -> Any:
    """Writes feedback on the team's draft, by one mentor, on one criterion."""
    mentor = world.mentor(team.competition, team)
    criterion = world.criterion(team.competition)
    write(team)

    def say(overall: str, remark: str, *, send: bool) -> Feedback:
        return actions.write_feedback(
            mentor,
            submission_of(team),
            overall=overall,
            remarks={criterion: remark},
            send=send,
            by=mentor.user,
        )

    return say


def letters_about_feedback() -> list[str]:
    return list(
        db.session.scalars(
            select(Letter.subject).where(Letter.name == "feedback_received").order_by(Letter.id)
        )
    )


def test_feedback_is_the_mentors_alone_until_it_is_sent(team: Team, feedback_on: Any) -> None:
    feedback = feedback_on("Good.", "Clear.", send=False)
    assert feedback.sent_at is None
    assert sent_feedback(feedback.submission) == []
    assert letters_about_feedback() == []
    feedback_on("Good.", "", send=True)
    assert [(f.overall, f.remarks) for f in sent_feedback(feedback.submission)] == [("Good.", [])]
    assert letters_about_feedback() == [f"A mentor sent feedback to {team.name}"] * 2
    assert [entry.deed for entry in db.session.scalars(select(Entry))] == ["feedback_sent"]


def test_feedback_changed_after_it_was_sent_is_sent_again(team: Team, feedback_on: Any) -> None:
    feedback_on("Good.", "Clear.", send=True)
    feedback_on("Good.", "Clear.", send=True)
    assert len(letters_about_feedback()) == 2
    feedback = feedback_on("Good.", "Very clear.", send=False)
    assert [remark.text for remark in feedback.remarks] == ["Very clear."]
    assert letters_about_feedback()[2:] == [f"A mentor changed their feedback to {team.name}"] * 2


def test_nothing_cannot_be_sent(feedback_on: Any) -> None:
    with pytest.raises(actions.NothingWritten):
        feedback_on("", "", send=True)


def test_there_must_be_something_to_comment_on(world: World) -> None:
    competition = world.competition()
    mentor = world.mentor(competition)
    with pytest.raises(actions.NoSubmissionYet):
        actions.write_feedback(
            mentor, None, overall="Good.", remarks={}, send=False, by=mentor.user
        )


# -- at the same moment ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_members_at_once_never_make_the_same_version(kind: str, tmp_path: Path) -> None:
    """Each saves their own words and hands them in; whoever comes second is shown both."""
    app = create_app(settings_for(new_database(kind, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition()
        team = world.team(competition, challenge=world.challenge(competition))
        people = [person.id for person in team.members]
        team_id = team.id
        db.session.commit()
    start = threading.Barrier(2)
    met: list[str] = []

    def hand_in(person_id: Any, title: str) -> None:
        with app.app_context():
            start.wait()
            person, own = db.session.get(User, person_id), db.session.get(Team, team_id)
            assert person is not None and own is not None
            words = {**WORDS, "title": title}
            met.extend(actions.edit(own, words, bases(None), by=person).merge.conflicts)
            db.session.commit()
            try:
                actions.submit(db.session.get_one(Team, team_id), by=person)
                db.session.commit()
            except Obstacle as obstacle:
                db.session.rollback()
                met.append(type(obstacle).__name__)

    threads = [threading.Thread(target=hand_in, args=(p, f"By {p}")) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        numbers = db.session.scalars(select(Version.number).order_by(Version.number)).all()
        title = db.session.scalars(select(Submission.title)).one()
        db.session.remove()
        db.engine.dispose()
    assert sorted(met) == ["NothingChanged", "title"]
    assert (list(numbers), title in {f"By {person}" for person in people}) == ([1], True)
