"""The download of a person's data: everything of theirs, nothing of others."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from hackathon.accounts.actions import (
    ask_for_address,
    ask_for_confirmation,
    ask_for_link,
    ask_for_reset,
    edit_profile,
)
from hackathon.accounts.models import (
    AddressChange,
    Authenticator,
    RecoveryCode,
    SignInLink,
    User,
)
from hackathon.certificates.models import CertificateWish, Correction, Speaks
from hackathon.checks.models import Note, Standing
from hackathon.comparisons.models import Word
from hackathon.competitions.models import Gate, Organizer, Reminded, ReminderRound
from hackathon.datasets.models import Statement
from hackathon.desk.archive import archive_of
from hackathon.desk.personal import HOLDINGS
from hackathon.extensions import db
from hackathon.followups.models import FollowUpRefusal
from hackathon.ground.localized import Localized
from hackathon.journal.actions import record
from hackathon.journal.deeds import Deed
from hackathon.judging.models import ReviewChange, TermsAcceptance
from hackathon.post.models import Letter
from hackathon.questions.models import Kind, Questionnaire
from hackathon.registrations.queries import registration_of
from hackathon.results.models import Claim, Reply
from hackathon.teams.models import InvitationUse
from tests.apps import own_app
from tests.counting import queries
from tests.world import World


class Everything:
    """One competition in which A and B each have every part, all their words marked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = world.competition()
        self.criterion = world.criterion(self.competition)
        self.condition = world.condition(self.competition)
        self.sample = world.sample(self.competition)
        self.terms = world.judge_terms(self.competition)
        self.session = world.session(self.competition)
        self.text = world.consent_text(self.competition)
        self.challenge = world.challenge(self.competition)
        self.data_set = world.data_set(self.competition)
        self.letter = world.question(self.competition, Kind.FILE)
        self.field = world.question(self.competition, Kind.ONE, "study", "work")
        self.team_question = world.question(
            self.competition, Kind.LONG, questionnaire=Questionnaire.TEAM
        )
        self.work_question = world.question(
            self.competition, Kind.LONG, questionnaire=Questionnaire.SUBMISSION
        )
        self.poll = world.poll(self.competition)
        self.follow_up = world.follow_up(self.competition)
        self.a, self.b = self.person("AAA"), self.person("BBB")
        db.session.flush()

    def person(self, mark: str) -> User:
        world, competition = self.world, self.competition
        person = world.person(
            f"{mark} name",
            organization=f"{mark} organization",
            pronouns=f"{mark} pronouns",
            accessibility=f"{mark} needs",
        )
        world.add(Organizer(competition=competition, user=person))
        other = world.team(competition, 1, name=f"team that {mark} mentors", name_key=mark)
        team = world.team(competition, 0, name=f"{mark} team", name_key=f"{mark} team")
        membership = world.join(person, team, captain=True)
        entry = membership.registration
        entry.birth_date = date(1990, 4, 17)
        entry.changes[0].reason = f"{mark} reason"
        world.consent(entry, self.text)
        sent = world.sent(f"%PDF-1.4 {mark} answer".encode())
        world.answer(entry, self.letter, {**sent, "name": f"{mark}-answer.pdf"})
        world.team_answer(team, self.team_question, f"{mark} team answer").by = person
        world.invitation(team, f"{mark}-friend@example.org".lower())
        accepted = world.invitation(other, person.email)
        world.add(InvitationUse(invitation=accepted, registration=entry))
        # As if the person were still looking, too.
        friend = f"{mark}-friend@example.org".lower()
        seeker = world.seeker(entry, about=f"{mark} about", friends=[friend])
        seeker.skills, seeker.interests = [world.expertise(competition)], [self.challenge]
        world.join_request(entry, other, message=f"{mark} message")
        world.challenge_request(team, self.challenge).reason = f"{mark} wish"
        world.merger(team, other, message=f"{mark} merger")
        world.inquiry(self.challenge, asker=person, text=f"{mark} inquiry")
        reminder = world.reminder(competition, Gate.SUBMISSION)
        rounds = ReminderRound(reminder=reminder, closes_at=datetime.now(UTC))
        world.add(Reminded(round=rounds, user_id=person.id))
        acceptance = world.acceptance(self.data_set, person)
        world.taking(acceptance).name = f"{mark}.csv"
        world.add(
            Statement(
                data_set=self.data_set,
                user=person,
                deleted_on=date(2026, 3, 1),
                kept=f"{mark} copies",
            )
        )
        self.ways_in(person, mark)
        world.sign_up(self.session, person)
        submission = world.submission(team)
        file = world.file(submission, f"%PDF-1.4 {mark} file".encode())
        file.name, file.by = f"{mark}.pdf", person
        world.upload(team).name = f"{mark} upload"
        answer = world.submission_answer(submission, self.work_question, f"{mark} work answer")
        answer.by = person
        world.named(person, team, f"{mark} on the project")
        claim = Claim(reply=Reply.ACCEPTED, contact=f"{mark} contact", by=person)
        world.honour(submission).claim = claim
        certificate = world.certificate(
            competition, person, drawn=False, reason=f"{mark} certificate"
        )
        speaks = Speaks.BOTH
        certificate.corrections = [Correction(edition=1, name=f"{mark} misspelt", speaks=speaks)]
        world.add(
            CertificateWish(
                competition=competition, user=person, name=f"{mark} on paper", speaks=speaks
            )
        )
        world.omission(competition, person, reason=f"{mark} omission")
        mentor = world.mentor(
            competition, other, user=person, headline=Localized(en=f"{mark} headline")
        )
        mentor.expertise = [world.expertise(competition)]
        others_work = world.submission(other)
        world.translation(others_work, title=f"{mark} translation", edited_by=person)
        finding = world.finding(others_work)
        world.add(Note(finding=finding, standing=Standing.OPEN, text=f"{mark} doubt", by=person))
        world.ballot(world.voter(self.poll, person), others_work)
        feedback = world.feedback(mentor, others_work)
        feedback.overall, feedback.remarks[0].text = f"{mark} overall", f"{mark} remark"
        world.conflict(person, other).reason = f"{mark} conflict"
        judge = world.judge(competition, user=person)
        world.judge_invitation(
            competition,
            address=person.email,
            name=f"{mark} expert",
            organization=f"{mark} institute",
            words=f"{mark} words",
            judge=judge,
            accepted_at=datetime.now(UTC),
        )
        world.add(TermsAcceptance(judge=judge, terms=self.terms, language="en"))
        review = world.review(judge, others_work)
        review.comment, review.note = f"{mark} comment", f"{mark} note"
        review.completed_at = datetime.now(UTC)
        world.score(review, self.criterion, 3).comment = f"{mark} said of the criterion"
        world.answer_to(review, self.condition, f"{mark} not met")
        world.add(
            ReviewChange(
                review=review,
                until=datetime.now(UTC),
                before={"comment": f"{mark} first thought"},
                after={"comment": f"{mark} comment"},
            )
        )
        of_sample = world.sample_review(judge, self.sample)
        of_sample.note = f"{mark} doubted"
        world.sample_score(of_sample, self.criterion, 4)
        world.abstention(judge, others_work).reason = f"{mark} tired"
        world.problem(judge, others_work, text=f"{mark} problem")
        world.ruling(judge, other, "organization")
        world.objection(team, by=person, about=f"{mark} rival", reason=f"{mark} objection")
        discussion = world.discussion(others_work, by=person)
        world.contribution(discussion, review, text=f"{mark} said")
        world.revision(discussion, review).reason = f"{mark} second thought"
        world.visit(judge, world.stand(others_work), Word.SEEN)
        world.follow_up_link(self.follow_up, person, team)
        world.add(FollowUpRefusal(user_id=person.id, competition=competition))
        world.follow_up_answer(
            self.follow_up,
            submission,
            saved_by_id=person.id,
            agreed_by_id=person.id,
            words=f"{mark} goes on",
        )
        world.letter(
            competition,
            address=person.email,
            recipient_id=person.id,
            subject=f"{mark} subject",
            text=f"{mark} text",
            html=f"{mark} html",
        )
        record(
            Deed.MEMBER_REMOVED,
            by=person,
            competition=competition,
            subject=f"{mark} team",
            person="CCC",
            reason="CCC",
        )
        return person

    def ways_in(self, person: User, mark: str) -> None:
        """One of each by which the person gets in, with secrets that say SECRET."""
        world = self.world
        world.sign_in(person, browser=f"{mark} browser", device=f"SECRET-{mark}-device")
        world.passkey(person).name = f"{mark} passkey"
        secret = f"SECRET-{mark}"
        world.add(Authenticator(user=person, secret=secret, counter=1))
        world.add(RecoveryCode(user_id=person.id, digest=secret))
        world.add(SignInLink(user=person, digest=secret, goes_on=f"/en/{mark}"))
        world.add(
            AddressChange(
                user=person,
                address=f"{mark}-new@example.org".lower(),
                old_digest=secret,
                new_digest=secret,
            )
        )


def opened(app: Flask, person: User, **others: Any) -> zipfile.ZipFile:
    with archive_of(person, app.extensions["storage"], **others) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def everything_in(archive: zipfile.ZipFile) -> str:
    return "\n".join([*archive.namelist(), *(archive.read(n).decode() for n in archive.namelist())])


def test_everything_of_one_and_nothing_of_the_other(app: Flask, world: World) -> None:
    story = Everything(world)
    with app.test_request_context("/en/my-data/download"):
        said = everything_in(opened(app, story.a))
    for word in (
        *("name", "organization", "team", "file", "headline", "overall", "remark", "comment"),
        *("note", "subject", "text", "pronouns", "needs", "reason", "team answer", "answer"),
        *("about", "message", "wish", "merger", "inquiry", "copies", "browser", "passkey"),
        *("upload", "work answer", "on the project", "translation", "doubt"),
    ):
        assert f"AAA {word}" in said, word
    assert story.a.email in said
    assert "BBB" not in said
    assert "bbb" not in said
    assert story.b.email not in said
    assert "CCC" not in said
    assert "SECRET" not in said
    assert "credential" not in said
    for held in ("AAA-new@example.org", "AAA-friend@example.org", "AAA.csv", "1990-04-17"):
        assert held.lower() in said.lower(), held


def test_no_letter_in_it_opens_the_account(app: Flask, world: World) -> None:
    """Else whoever sits at somebody's open browser takes the account with the archive."""
    person = world.person("Ana")
    ask_for_confirmation(person, goes_on="/en/c/")
    ask_for_reset(person.email)
    ask_for_link(person.email)
    ask_for_address(person, "other@example.org")
    db.session.flush()
    letters = db.session.scalars(select(Letter).where(Letter.recipient_id == person.id)).all()
    texts = "\n".join(letter.text for letter in letters)
    secrets = re.findall(r"http://localhost/en/account/\S+/(\S{30,})", texts)
    assert len(secrets) == 4
    with app.test_request_context("/en/my-data/download"):
        said = everything_in(opened(app, person))
    assert "Ana" in said and "http://localhost/…" in said
    assert [secret for secret in secrets if secret in said] == []


def test_the_file_for_machines(app: Flask, world: World) -> None:
    story = Everything(world)
    with app.test_request_context("/fr/my-data/download"):
        archive = opened(app, story.a)
    data = json.loads(archive.read("data.json"))
    assert list(data) == [
        *("format", "site", "made_at", "files_left_out"),
        *(keys := [holding.key for holding in HOLDINGS]),
    ]
    assert (data["format"], data["site"]) == (1, "http://localhost")
    assert datetime.fromisoformat(data["made_at"]).utcoffset() == timedelta(0)
    assert [key for key in keys if len(data[key]) != 1] == []
    (registration,) = data["registrations"]
    assert registration["residence"] == "QC"
    assert registration["competition"] == dict(story.competition.name)
    assert registration["created_at"].endswith("Z")
    assert data["scores"] == [
        {
            "submission": data["reviews"][0]["submission"],
            "criterion": dict(story.criterion.name),
            "score": 3,
            "comment": "AAA said of the criterion",
            "created_at": data["scores"][0]["created_at"],
        }
    ]
    assert registration["birth_date"] == "1990-04-17"
    assert data["searches"][0]["interests"] == [dict(story.challenge.title)]
    (answer,) = data["answers"]
    assert (answer["question"], answer["kind"]) == (dict(story.letter.label), "file")
    (conflict,) = data["conflicts"]
    assert conflict["reason"] is None  # somebody else wrote it


def test_the_file_for_people_is_in_their_language(app: Flask, world: World) -> None:
    story = Everything(world)
    for language, title, province, day in (
        ("en", "Your registrations", "Quebec", "April 17, 1990"),
        ("fr", "Vos inscriptions", "Québec", "17 avril 1990"),
    ):
        with app.test_request_context(), force_locale(f"{language}_CA"):
            page = opened(app, story.a).read("data.html").decode()
        assert f'<html lang="{language}">' in page
        assert f"<h2>{title}</h2>" in page
        assert "⟦AAA name⟧" in page
        assert f"<dd>{province}</dd>" in page
        assert f"<dd>{day}</dd>" in page


def test_a_change_of_address_is_not_told_as_a_challenge(app: Flask, world: World) -> None:
    story = Everything(world)
    with app.test_request_context(), force_locale("fr_CA"):
        page = opened(app, story.a).read("data.html").decode()
    told = page.split("<h2>Changements de votre adresse</h2>")[1].split("<h2>")[0]
    assert "<dt>Demandé le</dt>" in told and "Défi" not in told


def test_what_a_person_typed_stays_text(app: Flask, world: World) -> None:
    person = world.person()
    person.name = "<script>alert(1)</script>"
    db.session.flush()
    with app.test_request_context("/en/"):
        page = opened(app, person).read("data.html").decode()
    assert "<script" not in page


def test_someone_without_any_part(app: Flask, world: World) -> None:
    with app.test_request_context("/en/"):
        archive = opened(app, world.person())
    data = json.loads(archive.read("data.json"))
    assert [key for key in data if isinstance(data[key], list) and data[key]] == ["account"]
    assert archive.namelist() == ["data.json", "data.html"]


def test_files_past_the_limit_or_lost_are_named(app: Flask, world: World) -> None:
    story = Everything(world)
    with app.test_request_context("/en/"):
        archive = opened(app, story.a, most=5)
    assert archive.namelist() == ["data.json", "data.html"]
    assert json.loads(archive.read("data.json"))["files_left_out"] == ["AAA-answer.pdf", "AAA.pdf"]
    assert "AAA.pdf" in archive.read("data.html").decode()


def test_files_with_wicked_names_stay_in_their_folder(app: Flask, world: World) -> None:
    story = Everything(world)
    file = story.world.file(world.submission(world.team(story.competition)), b"%PDF-1.4 wicked")
    file.name, file.by = "../../etc/passwd", story.a
    db.session.flush()
    with app.test_request_context("/en/"):
        names = opened(app, story.a).namelist()
    assert [name for name in names if ".." in name] == []
    assert len(names) == 5


def test_more_rows_cost_no_more_queries(app: Flask, world: World) -> None:
    story = Everything(world)

    def cost() -> int:
        db.session.flush()
        db.session.expire_all()
        with app.test_request_context("/en/"), queries(app) as sent:
            opened(app, story.a)
        return len(sent)

    before = cost()
    for _ in range(3):
        world.sign_up(world.session(story.competition), story.a)
        team = world.team(world.competition())
        world.file(world.submission(team)).by = story.a
        world.registration(story.a, world.competition())
        world.mentor(team.competition, team, user=story.a)
        world.judge(team.competition, user=story.a)
        invitation = world.invitation(team, story.a.email)
        entry = world.registration(story.a, world.competition())
        world.answer(entry, world.question(entry.competition, Kind.ONE, "x"), "x")
        world.team_answer(team, world.question(team.competition), "x").by = story.a
        world.add(InvitationUse(invitation=invitation, registration=entry))
        seeker = world.seeker(entry)
        seeker.skills = [world.expertise(entry.competition)]
        seeker.interests = [world.challenge(entry.competition)]
        world.join_request(entry, world.team(entry.competition))
        challenge = world.challenge(team.competition)
        world.challenge_request(team, challenge).by = story.a
        world.merger(team, world.team(team.competition), by=story.a)
        world.inquiry(challenge, asker=story.a)
        reminder = world.reminder(team.competition, Gate.SUBMISSION)
        rounds = ReminderRound(reminder=reminder, closes_at=datetime.now(UTC))
        world.add(Reminded(round=rounds, user_id=story.a.id))
        data_set = world.data_set(team.competition)
        world.taking(world.acceptance(data_set, story.a))
        world.add(Statement(data_set=data_set, user=story.a, deleted_on=date(2026, 3, 1)))
        world.sign_in(story.a)
        world.passkey(story.a)
    assert cost() == before


def test_a_choice_is_told_in_words(app: Flask, world: World) -> None:
    story = Everything(world)
    world.answer(registration_of(story.a, story.competition), story.field, "work")
    with app.test_request_context("/fr/"), force_locale("fr_CA"):
        archive = opened(app, story.a)
    answers = json.loads(archive.read("data.json"))["answers"]
    assert "work" in [answer["value"] for answer in answers]
    assert "<dd>⟦work (fr)⟧</dd>" in archive.read("data.html").decode()


def test_former_names_are_told(app: Flask, world: World) -> None:
    person = world.person("Before")
    edit_profile(person, name="After")
    with app.test_request_context("/en/"):
        (deed,) = json.loads(opened(app, person).read("data.json"))["deeds"]
    assert (deed["former_name"], deed["sentence"]) == ("⟦Before⟧", "After changed their name.")


def test_the_door(world: World) -> None:
    story = Everything(world)
    with world.client(story.a).get("/en/my-data/download") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename=my-data-")
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert world.client().get("/en/my-data/download").location.startswith("/en/account/sign-in")


def test_downloads_are_few(tmp_path: Any) -> None:
    with own_app(tmp_path, mode="demo") as app:
        world = World(app)
        client = world.client(world.person())
        answers = []
        for _ in range(11):
            with client.get("/en/my-data/download") as answer:
                answers.append(answer.status_code)
        assert answers == [200] * 10 + [429]
        # A classroom shares one network address.
        with world.client(world.person()).get("/en/my-data/download") as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_page_about_it_counts(app: Flask, world: World) -> None:
    story = Everything(world)
    page = world.client(story.a).get("/en/my-data").text
    assert "Your registrations (1)" in page
    assert "You are in no competition." in world.client(world.person()).get("/en/my-data").text
