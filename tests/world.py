"""People and things for tests: real rows, every written word marked like ⟦this⟧.

Marked words let tests/house find a word on a page that comes neither from a catalogue nor from
the rows. `World` makes what a test asks for; `Story` is one whole competition with every role.
"""

import io
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from PIL import Image
from sqlalchemy import select

from hackathon.accounts.actions import fingerprint
from hackathon.accounts.models import Manner, Passkey, SignIn, User
from hackathon.calibration.models import (
    Reference,
    Sample,
    SampleFile,
    SampleReview,
    SampleScore,
)
from hackathon.certificates.models import (
    Certificate,
    CertificateLogo,
    CertificateStyle,
    Condition,
    Omission,
    Paper,
    Signatory,
    Speaks,
)
from hackathon.certificates.models import Kind as CertificateKind
from hackathon.certificates.numbers import new_number
from hackathon.checks.models import Finding
from hackathon.checks.models import Kind as Check
from hackathon.comparisons.models import (
    Absence,
    Call,
    ComparisonSession,
    Pause,
    Visit,
    Word,
)
from hackathon.comparisons.models import (
    Stand as Table,
)
from hackathon.competitions.models import (
    ROUND_GATES,
    Audience,
    Challenge,
    Competition,
    Criterion,
    Document,
    Expertise,
    Extension,
    Gate,
    Inquiry,
    Level,
    Organizer,
    Partner,
    PartnerKind,
    Reminder,
    Round,
    Window,
)
from hackathon.competitions.models import Condition as JudgedCondition
from hackathon.datasets.models import Acceptance, DataFile, DataSet, Taking, Terms
from hackathon.deliberation.models import Contribution, Discussion, Revision
from hackathon.desk.models import Archive
from hackathon.extensions import db
from hackathon.followups.models import FollowUp, FollowUpAnswer, FollowUpLink
from hackathon.followups.models import Outcome as Became
from hackathon.followups.queries import token_digest as follow_up_digest
from hackathon.gallery.models import Audience as Who
from hackathon.gallery.models import Gallery, Named, Withheld
from hackathon.ground.localized import Localized
from hackathon.ground.pictures import drawn_anew
from hackathon.ground.pieces import Parts, write_at
from hackathon.judging import rulebook
from hackathon.judging.jury import Secret
from hackathon.judging.models import (
    Abstention,
    Chair,
    ConditionAnswer,
    Declaration,
    Entry,
    Judge,
    JudgeInvitation,
    JudgeTerms,
    LinkUse,
    Problem,
    Review,
    RulesVersion,
    Ruling,
    Score,
    Selection,
    Stand,
    Stoppage,
    TermsAcceptance,
    Trouble,
    Way,
)
from hackathon.mentoring.models import Conflict, Mentor, Objection, Pairing
from hackathon.news.models import NewsItem
from hackathon.post.models import Letter
from hackathon.press.models import PressPack, PressProject
from hackathon.questions.models import Kind, Option, Question, Questionnaire
from hackathon.redaction.actions import prepare
from hackathon.redaction.models import Copy, Lot, Made, Redaction
from hackathon.redaction.queries import desk_of
from hackathon.registrations.models import (
    Answer,
    Consent,
    ConsentText,
    Registration,
    RegistrationChange,
)
from hackathon.registrations.queries import registration_of
from hackathon.registrations.states import State
from hackathon.results.deciding import content_of, state_of
from hackathon.results.models import (
    Amendment,
    Announcement,
    Change,
    Decision,
    Grade,
    Honour,
    Prize,
    PrizeKind,
    Release,
    Span,
)
from hackathon.results.queries import decisions_of
from hackathon.results.sealing import digest
from hackathon.submissions.models import (
    Feedback,
    File,
    Remark,
    Submission,
    SubmissionAnswer,
    Translation,
    Upload,
    Version,
)
from hackathon.teams.models import (
    ChallengeRequest,
    Invitation,
    JoinRequest,
    Membership,
    Merger,
    Seeker,
    Side,
    SizeExemption,
    Team,
    TeamAnswer,
    Vacancy,
)
from hackathon.voting.marks import address_mark, token_digest
from hackathon.voting.models import (
    Ballot,
    BallotLink,
    Electorate,
    Flag,
    Poll,
    SetAside,
    Sign,
    Vote,
    Voter,
)
from hackathon.workshops.models import Place, Session, SessionKind, SignUp, Speaker

PASSWORD = "correct horse battery"


def marked(text: str) -> str:
    return f"⟦{text}⟧"


def both(text: str) -> Localized:
    """A text in both languages, marked."""
    return Localized(en=marked(text), fr=marked(f"{text} (fr)"))


class World:
    """Makes rows. Every method flushes and returns what it made."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.count = 0

    def add(self, row: Any) -> Any:
        db.session.add(row)
        db.session.flush()
        return row

    def number(self) -> int:
        self.count += 1
        return self.count

    def person(self, name: str = "", **others: Any) -> User:
        number = self.number()
        given = {
            "email": f"person{number}@example.org",
            "name": marked(name or f"Person {number}"),
            "password": PASSWORD,
            "fs_uniquifier": f"person-{number}",
            "confirmed_at": datetime.now(UTC) - timedelta(days=60),
        }
        return self.add(User(**{**given, **others}))

    def administrator(self) -> User:
        return self.person("Administrator", administrator_since=datetime.now(UTC))

    def competition(self, slug: str = "", *, gates: str = "open", **others: Any) -> Competition:
        """A published competition for teams of 2 to 3; `gates` are open, closed or upcoming."""
        number = self.number()
        slug = slug or f"competition-{number}"
        given = {
            "slug": slug,
            "name": both(f"Competition {number}"),
            "tagline": both("tagline"),
            "summary": both("summary"),
            "description": both("description"),
            "how_to_enter": both("how to enter"),
            "zone": "America/Toronto",
            "team_min": 2,
            "team_max": 3,
            "minimum_age": 18,
            "country": "CA",
            "published_at": datetime.now(UTC) - timedelta(days=40),
        }
        competition = self.add(Competition(**{**given, **others}))
        for gate in Gate:
            if gate not in ROUND_GATES[1:]:
                self.add(Window(competition=competition, gate=gate, **window(gates)))
        self.add(Round(competition=competition, position=1, name=both("Judging")))
        return competition

    def round(
        self, competition: Competition, *entries: Submission, gates: str = "open", **others: Any
    ) -> Round:
        """A later round with rules of its own, open beside the others; with entries, it is the one
        that is judged."""
        position = len(competition.rounds) + 1
        given = {"position": position, "name": both(f"Round {position}")}
        round_ = self.add(Round(competition=competition, **{**given, **others}))
        self.add(Window(competition=competition, gate=round_.gate, **window(gates)))
        self.criterion(competition, 100, round_id=round_.id)
        if entries:
            self.selection(round_, *entries)
        return round_

    def selection(self, round_: Round, *entries: Submission, **others: Any) -> Selection:
        given = {"content": "{}", "digest": "0" * 64}
        selection = self.add(Selection(round=round_, **{**given, **others}))
        for each in entries:
            self.add(Entry(selection=selection, submission=each, proposed=True, enters=True))
        return selection

    def set_gates(self, competition: Competition, gates: str, *only: Gate) -> None:
        """Open or close the gates (all, or only these), whatever was announced."""
        for row in competition.windows:
            if not only or row.gate in only:
                row.opens_at, row.closes_at = window(gates).values()
        db.session.flush()

    def extension(
        self, competition: Competition, gate: Gate, by: timedelta = timedelta(days=1), **others: Any
    ) -> Extension:
        """Announced now: this much later than the first close."""
        row = next(each for each in competition.windows if each.gate is gate)
        given = {"closes_at": row.closes_at + by, "reason": both("reason")}
        return self.add(Extension(window=row, **{**given, **others}))

    def reminder(
        self, competition: Competition, gate: Gate, *audience: Audience, **others: Any
    ) -> Reminder:
        """A day before the close, planned long ago; to captains when nothing else is said."""
        given = {
            "minutes_before": 24 * 60,
            "audience": [a.value for a in audience or (Audience.CAPTAINS,)],
            "words": both("words"),
            "created_at": datetime.now(UTC) - timedelta(days=60),
        }
        return self.add(Reminder(competition=competition, gate=gate, **{**given, **others}))

    def organizer(self, competition: Competition) -> User:
        user = self.person("Organizer")
        self.add(Organizer(competition=competition, user=user))
        return user

    def challenge(self, competition: Competition) -> Challenge:
        number = self.number()
        return self.add(
            Challenge(
                competition=competition,
                number=number,
                title=both(f"Challenge {number}"),
                summary=both("summary"),
                description=both("description"),
            )
        )

    def partner(self, competition: Competition) -> Partner:
        return self.add(
            Partner(
                competition=competition,
                kind=PartnerKind.ORGANIZER,
                name=both("Partner"),
                short=both("P"),
                description=both("description"),
                website="https://partner.example",
            )
        )

    def document(self, competition: Competition) -> Document:
        stored = self.app.extensions["storage"].keep(io.BytesIO(b"A concept note.\n"), 1000)
        return self.add(
            Document(
                competition=competition,
                title=both("Concept note"),
                language="en",
                file_name="concept-note.txt",
                digest=stored.digest,
                size=stored.size,
            )
        )

    def criterion(self, competition: Competition, weight: int = 50, **others: Any) -> Criterion:
        """Of the first round unless another is named, in the rules that hold at once."""
        number = self.number()
        given = {
            "round_id": competition.rounds[0].id,
            "name": both(f"Criterion {number}"),
            "description": both("description"),
            "weight": weight,
            "position": number,
            "levels": [Level(score=n, description=both(f"level {n}")) for n in range(1, 6)],
        }
        criterion = self.add(Criterion(competition=competition, **{**given, **others}))
        self.rules(competition, db.session.get_one(Round, criterion.round_id))
        return criterion

    def condition(self, competition: Competition, **others: Any) -> JudgedCondition:
        """Of the first round, in the rules that hold at once."""
        number = self.number()
        given = {
            "round_id": competition.rounds[0].id,
            "name": both(f"Condition {number}"),
            "help": both("help"),
            "position": number,
        }
        condition = self.add(JudgedCondition(competition=competition, **{**given, **others}))
        self.rules(competition)
        return condition

    def rules(
        self, competition: Competition, round_: Round | None = None, **others: Any
    ) -> RulesVersion:
        """What the draft says is what holds: the first version, as if it had always been so."""
        round_ = round_ or competition.rounds[0]
        for name, value in others.items():
            setattr(round_, name, value)
        db.session.flush()
        db.session.refresh(competition, ["criteria", "conditions"])
        rules = rulebook.drafted(round_, round_.criteria, round_.conditions)
        version = db.session.scalar(select(RulesVersion).filter_by(round_id=round_.id, number=1))
        version = version or RulesVersion(round=round_, number=1, reason=Localized())
        version.content, version.digest = rulebook.content(rules), rulebook.digest(rules)
        version.published_at = competition.published_at or datetime.now(UTC)
        for piece in (*round_.criteria, *round_.conditions):
            piece.published_at = version.published_at
        return self.add(version)

    def participant(self, competition: Competition, name: str = "Participant") -> User:
        """A person who is registered and in no team."""
        user = self.person(name)
        self.registration(user, competition)
        return user

    def registration(
        self, user: User, competition: Competition, state: State = State.REGISTERED
    ) -> Registration:
        """In any state: at the end of the waitlist, or with an offer of two days."""
        moment = datetime.now(UTC)
        offer = {"offered_until": moment + timedelta(days=2)} if state is State.OFFERED else {}
        return self.add(
            Registration(
                competition=competition,
                user=user,
                residence="QC",
                of_age_declared_at=moment,
                state=state,
                moved_at=moment,
                registered_at=moment if state is State.REGISTERED else None,
                turn=self.number() if state is State.WAITLISTED else None,
                changes=[RegistrationChange(after=state, by=user)],
                **offer,
            )
        )

    def waiting(self, competition: Competition, name: str = "Waiting") -> Registration:
        """A person at the end of the waitlist."""
        return self.registration(self.person(name), competition, State.WAITLISTED)

    def team(self, competition: Competition, size: int = 2, **others: Any) -> Team:
        """A team of `size` new people, the first of them its captain."""
        number = self.number()
        given = {
            "name": marked(f"Team {number}"),
            "name_key": f"team {number}",
            "languages": ["en"],
        }
        team = self.add(Team(competition=competition, **{**given, **others}))
        for place in range(size):
            self.join(self.person("Captain" if place == 0 else "Member"), team, captain=place == 0)
        return team

    def join(self, user: User, team: Team, *, captain: bool = False) -> Membership:
        registration = self.registration(user, team.competition)
        return self.add(
            Membership(
                competition_id=team.competition_id,
                team=team,
                registration=registration,
                captain=captain,
            )
        )

    def invitation(self, team: Team, address: str | None = None, **others: Any) -> Invitation:
        """By letter to the address, or a link for whoever holds it."""
        given = {
            "token": f"invitation-{self.number()}",
            "most_uses": 1 if address else None,
            "by": team.captain,
            "expires_at": datetime.now(UTC) + timedelta(days=7),
        }
        return self.add(Invitation(team=team, address=address, **{**given, **others}))

    def exemption(self, team: Team) -> SizeExemption:
        return self.add(SizeExemption(team=team, reason=both("why so small")))

    def challenge_request(self, team: Team, challenge: Challenge) -> ChallengeRequest:
        return self.add(
            ChallengeRequest(
                competition_id=team.competition_id,
                team=team,
                challenge=challenge,
                reason=marked("why another"),
                by=team.captain,
            )
        )

    def merger(self, team: Team, other: Team, **others: Any) -> Merger:
        """`team` proposes that what it has stays; by default neither has chosen or begun."""
        given = {
            "name_of": Side.PROPOSER,
            "captain_of": Side.PROPOSER,
            "challenge_of": None,
            "work_of": None,
            "message": marked("message"),
            "by": team.captain,
        }
        return self.add(
            Merger(
                competition_id=team.competition_id, team=team, other=other, **{**given, **others}
            )
        )

    def seeker(self, registration: Registration, **others: Any) -> Seeker:
        """The person looks for a team."""
        given = {"languages": ["en"], "about": marked("about"), "friends": []}
        return self.add(
            Seeker(
                competition_id=registration.competition_id,
                registration=registration,
                **{**given, **others},
            )
        )

    def vacancy(self, team: Team, **others: Any) -> Vacancy:
        """The team looks for people."""
        return self.add(Vacancy(team=team, **{"about": marked("about"), **others}))

    def join_request(self, registration: Registration, team: Team, **others: Any) -> JoinRequest:
        given = {
            "message": marked("message"),
            "expires_at": datetime.now(UTC) + timedelta(days=7),
        }
        return self.add(
            JoinRequest(
                competition_id=team.competition_id,
                registration=registration,
                team=team,
                **{**given, **others},
            )
        )

    def consent_text(
        self,
        competition: Competition,
        key: str = "rules",
        *,
        required: bool = True,
        version: int = 1,
        **others: Any,
    ) -> ConsentText:
        return self.add(
            ConsentText(
                competition=competition,
                key=key,
                version=version,
                title=both(key),
                body=both("what you agree to"),
                required=required,
                published_at=datetime.now(UTC) - timedelta(days=30),
                **others,
            )
        )

    def consent(self, registration: Registration, text: ConsentText) -> Consent:
        return self.add(Consent(registration=registration, text=text))

    def inquiry(self, challenge: Challenge, **others: Any) -> Inquiry:
        """A question that nobody has answered."""
        given = {
            "asker": self.participant(challenge.competition),
            "text": marked("text"),
            "language": "en",
            "question": Localized(),
            "answer": Localized(),
        }
        return self.add(Inquiry(challenge=challenge, **{**given, **others}))

    def data_set(self, competition: Competition, **others: Any) -> DataSet:
        """A public one with a file and terms that never end."""
        number = self.number()
        texts = ("summary", "description", "provenance", "licence", "warning")
        given = {
            "title": both(f"Data set {number}"),
            **{name: both(name) for name in texts},
            "published_at": datetime.now(UTC) - timedelta(days=10),
        }
        data_set = self.add(DataSet(competition=competition, **{**given, **others}))
        self.data_file(data_set)
        self.terms(data_set)
        return data_set

    def data_file(self, data_set: DataSet, content: bytes = b"a,b\n1,2\n") -> DataFile:
        stored = self.app.extensions["storage"].keep(io.BytesIO(content), 10_000)
        return self.add(
            DataFile(
                data_set=data_set,
                name=marked(f"{self.number()}.csv"),
                digest=stored.digest,
                size=stored.size,
            )
        )

    def terms(self, data_set: DataSet, **others: Any) -> Terms:
        """The next version, in force."""
        given = {
            "version": len(data_set.versions) + 1,
            "body": both("terms"),
            "published_at": datetime.now(UTC) - timedelta(days=10),
        }
        return self.add(Terms(data_set=data_set, **{**given, **others}))

    def acceptance(self, data_set: DataSet, user: User, **others: Any) -> Acceptance:
        return self.add(Acceptance(data_set=data_set, terms=data_set.terms, user=user, **others))

    def taking(self, acceptance: Acceptance, **others: Any) -> Taking:
        """The first file of the data set, just taken."""
        file = acceptance.data_set.files[0]
        given = {"name": file.name, "digest": file.digest, "size": file.size}
        return self.add(Taking(acceptance=acceptance, **{**given, **others}))

    def question(
        self,
        competition: Competition,
        kind: Kind = Kind.SHORT,
        *options: str,
        **others: Any,
    ) -> Question:
        """Asked at registration; options are named by their keys."""
        number = self.number()
        given = {
            "questionnaire": Questionnaire.REGISTRATION,
            "kind": kind,
            "label": both(f"Question {number}"),
            "position": number,
            "options": [
                Option(key=key, label=both(key), position=place)
                for place, key in enumerate(options, 1)
            ],
        }
        return self.add(Question(competition=competition, **{**given, **others}))

    def answer(self, registration: Registration, question: Question, value: Any) -> Answer:
        question.answered_at = datetime.now(UTC)
        return self.add(
            Answer(
                registration=registration, question_id=question.id, kind=question.kind, value=value
            )
        )

    def team_answer(self, team: Team, question: Question, value: Any) -> TeamAnswer:
        question.answered_at = datetime.now(UTC)
        return self.add(
            TeamAnswer(team=team, question_id=question.id, kind=question.kind, value=value)
        )

    def submission_answer(
        self, submission: Submission, question: Question, value: Any
    ) -> SubmissionAnswer:
        question.answered_at = datetime.now(UTC)
        row = {"question_id": question.id, "kind": question.kind, "value": value}
        return self.add(SubmissionAnswer(submission=submission, **row))

    def sent(self, content: bytes = b"%PDF-1.4 a letter") -> dict[str, Any]:
        """The answer that is a file."""
        stored = self.app.extensions["storage"].keep(io.BytesIO(content), 10_000)
        return {"name": marked("letter.pdf"), "digest": stored.digest, "size": stored.size}

    def place(self, competition: Competition) -> Place:
        return self.add(
            Place(competition=competition, name=both("Room"), link="https://room.example")
        )

    def speaker(self, competition: Competition) -> Speaker:
        return self.add(
            Speaker(
                competition=competition, name=marked("Speaker"), organization=both("University")
            )
        )

    def session(self, competition: Competition, *, public: bool = True, **others: Any) -> Session:
        """An hour of the agenda that begins tomorrow at the same time."""
        starts = datetime.now(UTC) + timedelta(days=1)
        given = {
            "kind": SessionKind.PANEL,
            "title": both(f"Session {self.number()}"),
            "summary": both("summary"),
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=1),
            "languages": ["en"],
            "public": public,
        }
        return self.add(Session(competition=competition, **{**given, **others}))

    def sign_up(self, session: Session, user: User | None = None) -> SignUp:
        number = self.number()
        return self.add(
            SignUp(
                session=session,
                user=user,
                name=user.name if user else marked(f"Guest {number}"),
                address=user.email if user else f"guest{number}@example.org",
                language="en",
                token=f"sign-up-{number}",
                confirmed_at=datetime.now(UTC),
            )
        )

    def expertise(self, competition: Competition) -> Expertise:
        number = self.number()
        return self.add(
            Expertise(competition=competition, label=both(f"Field {number}"), position=number)
        )

    def mentor(self, competition: Competition, *teams: Team, **others: Any) -> Mentor:
        """A new person who accompanies these teams."""
        given = {
            "user": self.person("Mentor"),
            "headline": both("headline"),
            "languages": ["en", "fr"],
            "capacity": 2,
        }
        mentor = self.add(Mentor(competition=competition, **{**given, **others}))
        for team in teams:
            self.add(Pairing(mentor=mentor, team=team, fit=500))
        return mentor

    def conflict(self, user: User, team: Team) -> Conflict:
        return self.add(Conflict(user=user, team=team, reason=marked("reason")))

    def submission(self, team: Team, *, handed_in: bool = True) -> Submission:
        """A draft, and by default one version of it handed in."""
        number = self.number()
        fields = {
            "title": marked(f"Project {number}"),
            "summary": marked("summary"),
            "description": marked("description"),
            "language": "en",
            "repository": "https://code.example/project",
        }
        submission = self.add(Submission(competition_id=team.competition_id, team=team, **fields))
        if handed_in:
            team.challenge = team.challenge or self.challenge(team.competition)
            self.add(
                Version(
                    submission=submission,
                    number=1,
                    challenge=team.challenge,
                    content={**fields, "demonstration": "", "video": "", "files": []},
                    digest=f"{number:064x}",
                    by=team.captain,
                )
            )
        return submission

    def finding(self, submission: Submission, **others: Any) -> Finding:
        """An address that does not open; nobody has said anything of it."""
        given = {
            "kind": Check.LINK,
            "subject": f"subject {self.number()}",
            "version": 1,
            "evidence": {
                "address": "https://code.example/project",
                "part": "repository",
                "state": "gone",
                "status": 404,
                "why": "",
            },
            "mark": "gone",
            "found_at": datetime.now(UTC),
        }
        return self.add(
            Finding(
                competition_id=submission.competition_id,
                submission=submission,
                **{**given, **others},
            )
        )

    def upload(self, team: Team, content: bytes = b"a,b\n1,2\n", received: int = 3) -> Upload:
        """A file of which only the beginning has arrived."""
        upload = self.add(
            Upload(
                team=team,
                by=team.captain,
                name=marked(f"{self.number()}.csv"),
                size=len(content),
                received=received,
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )
        )
        parts = Parts(self.app.config["SETTINGS"].data_dir / "uploads")
        with parts.hold(upload.id) as part:
            write_at(part, 0, content[:received])
        return upload

    def file(self, submission: Submission, content: bytes = b"%PDF-1.4 a report") -> File:
        stored = self.app.extensions["storage"].keep(io.BytesIO(content), 10_000)
        return self.add(
            File(
                submission=submission,
                name=marked("report.pdf"),
                digest=stored.digest,
                size=stored.size,
            )
        )

    def picture(self, submission: Submission, size: tuple[int, int] = (40, 20)) -> File:
        """A file that is shown, with words for who cannot see it."""
        octets = io.BytesIO()
        Image.new("RGB", size, "teal").save(octets, "PNG")
        file = self.file(submission, octets.getvalue())
        file.name, file.alt = marked("map.png"), marked("a map")
        octets.seek(0)
        copy = drawn_anew(octets)
        stored = self.app.extensions["storage"].keep(io.BytesIO(copy.octets), len(copy.octets))
        file.drawn, file.width, file.height = stored.digest, copy.width, copy.height
        db.session.flush()
        return file

    def translation(self, submission: Submission, **others: Any) -> Translation:
        """A public one into French, of what the draft says now."""
        given = {
            "language": "fr",
            "title": marked("titre"),
            "summary": marked("résumé"),
            "warning": marked("avertissement") if submission.warning else "",
            "of_title": submission.title,
            "of_summary": submission.summary,
            "of_warning": submission.warning or "",
            "edited_at": datetime.now(UTC),
            "published_at": datetime.now(UTC),
        }
        return self.add(Translation(submission=submission, **{**given, **others}))

    def feedback(self, mentor: Mentor, submission: Submission, *, sent: bool = True) -> Feedback:
        criterion = self.criterion(submission.team.competition)
        return self.add(
            Feedback(
                mentor=mentor,
                submission=submission,
                overall=marked("overall"),
                sent_at=datetime.now(UTC) if sent else None,
                remarks=[Remark(criterion=criterion, text=marked("remark"))],
            )
        )

    def judge(self, competition: Competition, **others: Any) -> Judge:
        given = {"user": self.person("Judge"), "languages": ["en", "fr"], "capacity": 5}
        return self.add(Judge(competition=competition, **{**given, **others}))

    def judge_invitation(
        self, competition: Competition, token: str = "", **others: Any
    ) -> JudgeInvitation:
        """By a personal link that waits for an answer; `token` is the secret in it."""
        number = self.number()
        moment = datetime.now(UTC)
        given = {
            "address": f"expert{number}@example.org",
            "name": marked(f"Expert {number}"),
            "language": "en",
            "languages": ["en", "fr"],
            "capacity": 5,
            "way": Way.LINK,
            "digest": fingerprint(token or f"judge-link-{number}"),
            "expires_at": moment + timedelta(days=30),
            "renewed_at": moment,
        }
        return self.add(JudgeInvitation(competition=competition, **{**given, **others}))

    def guest_judge(self, competition: Competition, token: str, **others: Any) -> JudgeInvitation:
        """The link of a judge who came by it and has no account."""
        guest = self.person("Expert", confirmed_at=None)
        return self.judge_invitation(
            competition,
            token,
            address=guest.email,
            judge=self.judge(competition, user=guest),
            accepted_at=datetime.now(UTC),
            **others,
        )

    def by_link(self, invitation: JudgeInvitation) -> FlaskClient:
        """A browser that came in by the personal link."""
        client = self.client(invitation.judge.user, manner=Manner.PERSONAL)
        with client.session_transaction() as session:
            here = db.session.get_one(SignIn, UUID(session["sign_in"]))
        self.add(LinkUse(invitation=invitation, sign_in=here))
        return client

    def lot(self, submission: Submission) -> Lot:
        """The number by which judges know it."""
        return self.add(
            Lot(
                competition_id=submission.competition_id,
                submission=submission,
                number=self.number(),
            )
        )

    def redaction(self, submission: Submission, *, cleared: bool = True) -> Redaction:
        """Of the version that counts: opened, and by default cleared with what the site proposes,
        its addresses withheld."""
        redaction = prepare(submission.versions[-1])
        if cleared:
            desk = desk_of(redaction)
            redaction.links = dict.fromkeys(desk.links.values(), False)
            redaction.cleared = {
                each.part.key: {"of": each.part.fingerprint, "text": each.text}
                for each in desk.parts
            }
            redaction.cleared_at = datetime.now(UTC)
            db.session.flush()
        return redaction

    def copy(self, submission: Submission, **others: Any) -> Copy:
        """Of a file that the submission has, made and shown."""
        stored = self.app.extensions["storage"].keep(io.BytesIO(b"%PDF-1.4 a copy"), 1000)
        given = {
            **{"original": self.sent()["digest"], "name": f"document-{self.number()}.pdf"},
            **{"made": Made.CLEAN, "digest": stored.digest, "size": stored.size, "shown": True},
        }
        return self.add(Copy(submission=submission, **{**given, **others}))

    def judge_terms(self, competition: Competition, version: int = 1) -> JudgeTerms:
        return self.add(
            JudgeTerms(competition=competition, version=version, body=both("what judges promise"))
        )

    def review(
        self, judge: Judge, submission: Submission, *levels: int, round_: Round | None = None
    ) -> Review:
        """Assigned in a round, the first unless another is named, and declared to be without
        conflict; with one level for each criterion, also done."""
        round_ = round_ or judge.competition.rounds[0]
        review = self.add(Review(judge=judge, submission=submission, round=round_))
        self.declaration(judge, submission)
        if levels:
            review.comment = marked("comment")
            review.completed_at = datetime.now(UTC)
            for criterion, level in zip(round_.criteria, levels, strict=True):
                self.score(review, criterion, level)
        return review

    def declaration(
        self, judge: Judge, submission: Submission, said: Stand = Stand.NONE
    ) -> Declaration:
        return self.add(Declaration(judge=judge, submission=submission, said=said))

    def ruling(self, judge: Judge, team: Team, *grounds: str, bars: bool = False) -> Ruling:
        """What the chair decided on these grounds; by default that they do not bar."""
        given = {"grounds": list(grounds), "bars": bars, "reason": marked("decision")}
        return self.add(Ruling(judge=judge, team=team, **given))

    def chair(self, user: User, competition: Competition) -> Chair:
        """The person organizes the competition and chairs its judging."""
        organizer = db.session.scalar(
            select(Organizer).filter_by(user=user, competition=competition)
        ) or self.add(Organizer(competition=competition, user=user))
        return self.add(Chair(organizer=organizer))

    def objection(self, team: Team, *people: User, **others: Any) -> Objection:
        """The team names somebody, by default in words that nobody has looked into."""
        given = {"about": marked("Somebody"), "reason": marked("objection"), "by": team.captain}
        return self.add(Objection(team=team, people=list(people), **{**given, **others}))

    def score(self, review: Review, criterion: Criterion, level: int) -> Score:
        return self.add(Score(review=review, criterion=criterion, score=level))

    def abstention(self, judge: Judge, submission: Submission) -> Abstention:
        return self.add(Abstention(judge=judge, submission=submission, reason=marked("reason")))

    def problem(self, judge: Judge, submission: Submission, **others: Any) -> Problem:
        given = {"kind": Trouble.FILE, "text": marked("problem")}
        return self.add(Problem(judge=judge, submission=submission, **{**given, **others}))

    def sample(self, competition: Competition, **others: Any) -> Sample:
        """Published and offered, with a file."""
        moment = datetime.now(UTC)
        given = {
            "round": competition.rounds[0],
            "title": both(f"Sample {self.number()}"),
            "summary": both("summary"),
            "description": both("description"),
            "repository": "https://code.example/sample",
            "published_at": moment,
            "announced_at": moment,
        }
        sample = self.add(Sample(competition=competition, **{**given, **others}))
        stored = self.app.extensions["storage"].keep(io.BytesIO(b"%PDF-1.4 a sample"), 10_000)
        self.add(
            SampleFile(
                sample=sample,
                name=marked("sample.pdf"),
                digest=stored.digest,
                size=stored.size,
                caption=both("caption"),
            )
        )
        return sample

    def reference(
        self, sample: Sample, criterion: Criterion, level: int, reason: str = "reason"
    ) -> Reference:
        return self.add(
            Reference(
                sample=sample,
                criterion=criterion,
                score=level,
                levels=len(criterion.levels),
                reason=both(reason),
            )
        )

    def sample_review(self, judge: Judge, sample: Sample, *levels: int) -> SampleReview:
        """Begun; with one level for each criterion, completed."""
        moment = datetime.now(UTC)
        review = self.add(
            SampleReview(
                judge=judge,
                sample=sample,
                note=marked("note"),
                touched_at=moment,
                completed_at=moment if levels else None,
            )
        )
        criteria = judge.competition.criteria if levels else ()
        for criterion, level in zip(criteria, levels, strict=True):
            self.sample_score(review, criterion, level)
        return review

    def sample_score(self, review: SampleReview, criterion: Criterion, level: int) -> SampleScore:
        scale = len(criterion.levels)
        return self.add(SampleScore(review=review, criterion=criterion, score=level, levels=scale))

    def comparisons(self, competition: Competition, **others: Any) -> ComparisonSession:
        """Open since an hour, five minutes a visit."""
        given = {"minutes": 5, "opened_at": datetime.now(UTC) - timedelta(hours=1)}
        return self.add(ComparisonSession(competition=competition, **{**given, **others}))

    def stand(self, submission: Submission, place: str | None = None) -> Table:
        place = str(self.number()) if place is None else place
        return self.add(
            Table(competition=submission.competition, submission=submission, place=place)
        )

    def visit(
        self, judge: Judge, stand: Table, word: Word | None = None, earlier: Visit | None = None
    ) -> Visit:
        """Going on; with a word, ended by it."""
        moment = datetime.now(UTC)
        visit = self.add(
            Visit(
                judge=judge,
                stand=stand,
                number=self.number(),
                earlier=earlier,
                due_at=moment + timedelta(minutes=5),
                ended_at=moment if word else None,
                word=word,
            )
        )
        if word:
            self.add(Call(visit=visit, mark=uuid.uuid4(), word=word))
        return visit

    def absence(self, stand: Table) -> Absence:
        return self.add(Absence(stand=stand, reason=marked("why not shown")))

    def stoppage(self, competition: Competition, **others: Any) -> Stoppage:
        given = {"round": competition.rounds[0], "reason": both("why judging is stopped")}
        return self.add(Stoppage(**{**given, **others}))

    def pause(self, session: ComparisonSession) -> Pause:
        return self.add(Pause(session=session, message=both("lunch")))

    def discussion(self, submission: Submission, **others: Any) -> Discussion:
        competition = submission.team.competition
        given = {
            "competition": competition,
            "submission": submission,
            "round": competition.rounds[0],
            **others,
        }
        return self.add(Discussion(**given))

    def contribution(
        self, discussion: Discussion, review: Review | None = None, **others: Any
    ) -> Contribution:
        by = review.judge.user if review else self.person("Chair")
        given = {"by": by, "text": marked("remark"), **others}
        return self.add(Contribution(discussion=discussion, review=review, **given))

    def revision(self, discussion: Discussion, review: Review) -> Revision:
        said = {"scores": {}, "comment": marked("before")}
        return self.add(
            Revision(
                discussion=discussion,
                review=review,
                reason=marked("reason"),
                before=said,
                after={**said, "comment": marked("after")},
            )
        )

    def answer_to(
        self, review: Review, condition: JudgedCondition, reason: str = ""
    ) -> ConditionAnswer:
        """A yes; with a reason, a no."""
        return self.add(
            ConditionAnswer(review=review, condition=condition, met=not reason, reason=reason)
        )

    def prize(
        self,
        competition: Competition,
        kind: PrizeKind = PrizeKind.PLACE,
        span: Span = Span.EACH,
        **others: Any,
    ) -> Prize:
        """In each challenge one, with something to hand over."""
        words = ("Projet gagnant", "Winner")
        if kind is PrizeKind.OUTSTANDING:
            words = ("Projet remarquable", "Outstanding")
        given = {
            "name": Localized(fr=marked(words[0]), en=marked(words[1])),
            "number": 1,
            "gift": both("gift"),
            "position": list(PrizeKind).index(kind),
        }
        return self.add(Prize(competition=competition, kind=kind, span=span, **{**given, **others}))

    def honour(
        self,
        submission: Submission,
        grade: Grade = Grade.WINNER,
        prize: Prize | None = None,
        **others: Any,
    ) -> Honour:
        """The competition's first prize of the grade, which is made where there is none."""
        kind = PrizeKind.PLACE if grade is Grade.WINNER else PrizeKind.OUTSTANDING
        competition = db.session.get_one(Competition, submission.competition_id)
        prize = (
            prize
            or db.session.scalars(
                select(Prize)
                .where(Prize.competition_id == competition.id, Prize.kind == kind)
                .order_by(Prize.position)
                .limit(1)
            ).first()
            or self.prize(competition, kind)
        )
        place = 1 if prize.kind is PrizeKind.PLACE else None
        given = {"place": place, "citation": both("citation"), **others}
        return self.add(
            Honour(competition_id=competition.id, submission=submission, prize=prize, **given)
        )

    def decision(self, competition: Competition, by: User) -> Decision:
        """What is decided, sealed a moment ago, without a signature."""
        moment = datetime.now(UTC)
        number = 1 + len(decisions_of(competition))
        octets = content_of(
            competition, number=number, sealed_at=moment.isoformat(), by=by, votes=None
        )
        return self.add(
            Decision(
                competition=competition,
                number=number,
                content=octets.decode(),
                digest=digest(octets),
                state=state_of(competition),
                by=by,
            )
        )

    def announcement(
        self, competition: Competition, publish_at: datetime, challenge: Challenge | None = None
    ) -> Announcement:
        """Of everything, or of one challenge."""
        return self.add(
            Announcement(competition=competition, challenge=challenge, publish_at=publish_at)
        )

    def withdrawal(self, competition: Competition, **others: Any) -> Amendment:
        """Of all results, for now; `ended_at` if they are public again."""
        given = {
            "kind": Change.WITHDRAWAL,
            "note": both("why withdrawn"),
            "before": [],
            "end_note": Localized(),
        }
        return self.add(Amendment(competition_id=competition.id, **{**given, **others}))

    def release(
        self, review: Review, text: str | None = None, score: Score | None = None
    ) -> Release:
        """The team may read the comment, as it is or so; with an empty text, it may not."""
        original = score.comment if score else review.comment
        text = original if text is None else text
        moment = datetime.now(UTC) if text else None
        row = {"original": original, "text": text, "released_at": moment}
        return self.add(Release(review=review, score=score, **row))

    def gallery(
        self, competition: Competition, audience: Who = Who.PUBLIC, **others: Any
    ) -> Gallery:
        """Open since an hour, without files."""
        given = {"opens_at": datetime.now(UTC) - timedelta(hours=1), "files": False}
        return self.add(
            Gallery(competition_id=competition.id, audience=audience, **{**given, **others})
        )

    def withheld(self, submission: Submission) -> Withheld:
        return self.add(Withheld(submission=submission, reason=marked("reason")))

    def named(self, user: User, team: Team, written: str = "", **others: Any) -> Named:
        """The member wants to be named with the team's project."""
        return self.add(
            Named(
                registration=registration_of(user, team.competition),
                team=team,
                written=written or user.name,
                **others,
            )
        )

    def poll(self, competition: Competition, **others: Any) -> Poll:
        """Announced: everybody but judges has three votes."""
        given = {
            "electorate": Electorate.ADDRESSES,
            "votes": 3,
            "teams_vote": True,
            "crew_votes": True,
            "judges_vote": False,
            "published_at": datetime.now(UTC) - timedelta(days=30),
        }
        return self.add(Poll(competition=competition, **{**given, **others}))

    def voter(self, poll: Poll, user: User | None = None, address: str = "") -> Voter:
        """With an account, or with an address alone."""
        address = user.email if user else address or f"voter{self.number()}@example.org"
        return self.add(
            Voter(
                poll=poll,
                user=user,
                address=None if user else address,
                mark=address_mark(poll, address),
            )
        )

    def ballot_link(self, voter: Voter) -> BallotLink:
        token = f"ballot-link-{self.number()}"
        link = self.add(BallotLink(voter=voter, digest=token_digest(token)))
        link.token = token
        return link

    def ballot(self, voter: Voter, *submissions: Submission, **others: Any) -> Ballot:
        return self.add(
            Ballot(
                poll=voter.poll,
                voter=voter,
                votes=[Vote(submission=submission) for submission in submissions],
                **others,
            )
        )

    def flag(self, poll: Poll, *ballots: Ballot, **others: Any) -> Flag:
        moment = datetime.now(UTC)
        given = {
            "sign": Sign.NETWORK,
            "mark": f"{self.number():064x}"[::-1],
            "begins_at": moment,
            "ends_at": moment,
            "details": {"ballots": len(ballots), "usual": 0.1},
        }
        return self.add(Flag(poll=poll, ballots=list(ballots), **{**given, **others}))

    def set_aside(self, flag: Flag, ballot: Ballot, **others: Any) -> SetAside:
        return self.add(
            SetAside(ballot=ballot, flag=flag, **{"reason": marked("reason"), **others})
        )

    def shown(self, submission: Submission, **content: Any) -> File:
        """Put a picture into the version that counts, and `content` over what it says."""
        file = self.picture(submission)
        version = submission.versions[-1]
        frozen = {"name": file.name, "size": file.size, "sha256": file.digest}
        look = {"alt": file.alt, "drawn": file.drawn, "width": file.width, "height": file.height}
        picture = {**frozen, "picture": True, "cover": True, **look}
        version.content = {**version.content, "files": [picture], **content}
        db.session.flush()
        return file

    def certificate(
        self,
        competition: Competition,
        user: User | None = None,
        kind: CertificateKind = CertificateKind.PARTICIPANT,
        *,
        drawn: bool = True,
        **others: Any,
    ) -> Certificate:
        """One that holds; without a person it is for a name alone, and has a link."""
        content = io.BytesIO(b"%PDF-1.7 a certificate")
        stored = self.app.extensions["storage"].keep(content, 1000)
        given = {
            "number": new_number(),
            "name": user.name if user else marked("Somebody"),
            "token": None if user else f"certificate-{self.number()}",
            "speaks": Speaks.BOTH,
            "facts": {},
            "digest": stored.digest if drawn else "",
            "edited_at": datetime.now(UTC),
        }
        return self.add(
            Certificate(competition=competition, user=user, kind=kind, **{**given, **others})
        )

    def certificate_style(self, competition: Competition, **others: Any) -> CertificateStyle:
        given = {
            "paper": Paper.LETTER,
            "accent": "#0f5560",
            "occasion": both("when and where"),
            "participants": Condition.HANDED_IN,
            "mentors": Condition.ACCOMPANIED,
            "judges": Condition.COMPLETED,
        }
        return self.add(CertificateStyle(competition=competition, **{**given, **others}))

    def drawn(self, size: tuple[int, int] = (60, 20)) -> str:
        """The SHA-256 of a picture as certificates have them."""
        octets = io.BytesIO()
        Image.new("RGB", size, "teal").save(octets, "PNG")
        octets.seek(0)
        copy = drawn_anew(octets)
        return self.app.extensions["storage"].keep(io.BytesIO(copy.octets), 100_000).digest

    def signatory(self, competition: Competition, **others: Any) -> Signatory:
        given = {"name": marked("Signatory"), "title": both("title"), "drawn": self.drawn()}
        return self.add(Signatory(competition=competition, **{**given, **others}))

    def certificate_logo(self, competition: Competition) -> CertificateLogo:
        return self.add(
            CertificateLogo(competition=competition, name=both("logo"), drawn=self.drawn())
        )

    def omission(self, competition: Competition, user: User, **others: Any) -> Omission:
        given = {"kind": CertificateKind.PARTICIPANT, "reason": marked("reason")}
        return self.add(Omission(competition=competition, user=user, **{**given, **others}))

    def follow_up(self, competition: Competition, months: int = 6, **others: Any) -> FollowUp:
        return self.add(
            FollowUp(competition=competition, months=months, **{"words": both("asking"), **others})
        )

    def follow_up_link(self, follow_up: FollowUp, user: User, team: Team) -> FollowUpLink:
        token = f"follow-up-link-{self.number()}"
        link = self.add(
            FollowUpLink(follow_up=follow_up, user=user, team=team, digest=follow_up_digest(token))
        )
        link.token = token
        return link

    def follow_up_answer(
        self, follow_up: FollowUp, submission: Submission, **others: Any
    ) -> FollowUpAnswer:
        """The team agrees that it is shown."""
        moment = datetime.now(UTC)
        given = {
            "outcome": Became.GOES_ON,
            "words": marked("what became of it"),
            "language": "en",
            "saved_at": moment,
            "agreed_at": moment,
        }
        return self.add(
            FollowUpAnswer(follow_up=follow_up, submission=submission, **{**given, **others})
        )

    def letter(self, competition: Competition, **others: Any) -> Letter:
        given = {
            "name": "deadline_extended",
            "address": "someone@example.org",
            "language": "en",
            "subject": marked("subject"),
            "text": marked("text"),
            "html": marked("text"),
        }
        return self.add(Letter(competition_id=competition.id, **{**given, **others}))

    def news_item(self, competition: Competition, **others: Any) -> NewsItem:
        number = self.number()
        given = {
            "slug": f"news-{number}",
            "title": both(f"News {number}"),
            "body": both("body"),
            "published_at": datetime.now(UTC) - timedelta(days=1),
        }
        return self.add(NewsItem(competition=competition, **{**given, **others}))

    def press_pack(
        self, competition: Competition, *submissions: Submission, **others: Any
    ) -> PressPack:
        """Published, with these projects and all their pictures."""
        moment = datetime.now(UTC)
        words = {name: both(name) for name in ("introduction", "quote", "contact", "terms")}
        given = {**words, "quoted": both("who"), "saved_at": moment, "published_at": moment}
        return self.add(
            PressPack(
                competition=competition,
                projects=[
                    PressProject(
                        submission=each,
                        pictures=[file["sha256"] for file in each.versions[-1].content["files"]],
                    )
                    for each in submissions
                ],
                **{**given, **others},
            )
        )

    def archive(self, competition: Competition, by: User, **others: Any) -> Archive:
        """Made, and offered for a day."""
        moment = datetime.now(UTC)
        stored = self.app.extensions["storage"].keep(io.BytesIO(b"PK an archive"), 1000)
        given = {
            "personal": False,
            "files": True,
            "finished_at": moment,
            "digest": stored.digest,
            "size": stored.size,
            "expires_at": moment + timedelta(days=1),
        }
        return self.add(Archive(competition=competition, by=by, **{**given, **others}))

    def sign_in(self, user: User, **others: Any) -> SignIn:
        """With the password, just now."""
        moment = datetime.now(UTC)
        given = {"manner": Manner.PASSWORD, "seen_at": moment, "proved_at": moment}
        return self.add(SignIn(user=user, **{**given, **others}))

    def passkey(self, user: User) -> Passkey:
        number = self.number()
        return self.add(
            Passkey(
                user=user,
                name=marked(f"Passkey {number}"),
                credential=f"credential{number:06}",
                public_key=b"",
                sign_count=0,
            )
        )

    def client(self, user: User | None = None, **sign_in: Any) -> FlaskClient:
        """A browser, signed in as the person."""
        client = self.app.test_client()
        if user is not None:
            here = self.sign_in(user, **sign_in)
            with client.session_transaction() as session:
                session["_user_id"] = user.fs_uniquifier
                session["_fresh"] = True
                session["sign_in"] = str(here.id)
        return client

    def cookie(self, user: User) -> tuple[str, str]:
        """What a browser of the person, signed in, sends to a real server with the same secret: the
        cookie, and the token of a form."""
        here = self.sign_in(user)
        # In a context of its own, since the token is kept there.
        with self.app.app_context(), self.app.test_request_context():
            session.update(_user_id=user.fs_uniquifier, _fresh=True, sign_in=str(here.id))
            token = generate_csrf()
            signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            name = self.app.config["SESSION_COOKIE_NAME"]
            return f"{name}={signer.dumps(dict(session))}", token


def window(gates: str) -> dict[str, datetime]:
    """Opening and close that lie around now, before it or after it."""
    moment = datetime.now(UTC)
    opens, closes = {"open": (-20, 20), "closed": (-20, -1), "upcoming": (1, 20)}[gates]
    return {
        "opens_at": moment + timedelta(days=opens),
        "closes_at": moment + timedelta(days=closes),
    }


ROLES = (
    "visitor",
    "stranger",
    "participant",
    "captain",
    "member",
    "member of another team",
    "mentor of this team",
    "mentor of another",
    "judge",
    "judge with a conflict",
    "organizer",
    "organizer of another competition",
    "administrator",
)


class Story:
    """One competition with someone in every role, and one thing of every kind.

    `people[role]` is the person (None for the visitor); `things[name]` is what the argument of
    that name stands for in an address.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = competition = world.competition("the-competition")
        elsewhere = world.competition("elsewhere")
        criterion = world.criterion(competition)
        condition = world.condition(competition)
        self.team = world.team(competition, 2)
        other = world.team(competition, 2)
        captain, member = self.team.members
        submission, other_submission = world.submission(self.team), world.submission(other)
        file = world.shown(submission)
        mentor, other_mentor = (
            world.mentor(competition, self.team),
            world.mentor(competition, other),
        )
        judge, conflicted = world.judge(competition), world.judge(competition)
        conflict = world.conflict(conflicted.user, self.team)
        judge.challenges = [self.team.challenge]
        judge.offered, judge.availability = 3, marked("availability")
        terms = world.judge_terms(competition)
        for each in (judge, conflicted):
            world.add(TermsAcceptance(judge=each, terms=terms, language="en"))
        asked = world.judge_invitation(competition, "judge-link")
        review = world.review(judge, submission, 3)
        discussion = world.discussion(submission)
        world.contribution(discussion, review)
        world.contribution(discussion)
        world.revision(discussion, review)
        world.review(conflicted, other_submission, 4)
        world.abstention(world.judge(competition), submission)
        world.translation(submission)
        world.redaction(submission, cleared=False)
        sample = world.sample(competition)
        world.reference(sample, criterion, 3)
        world.sample_review(judge, sample)
        session, place, speaker = (
            world.session(competition),
            world.place(competition),
            world.speaker(competition),
        )
        session.place, session.speakers = place, [speaker]
        honour = world.honour(submission)
        partner = world.partner(competition)
        self.announced = world.announcement(competition, datetime.now(UTC) + timedelta(days=30))
        amendment = world.withdrawal(competition, ended_at=datetime.now(UTC))
        organizer = world.organizer(competition)
        appointment = db.session.scalars(select(Organizer).filter_by(user=organizer)).one()
        participant = world.participant(competition)
        self.team.challenge = self.team.challenge or world.challenge(competition)
        data_set = world.data_set(competition, challenge=self.team.challenge)
        acceptance = world.acceptance(data_set, captain)
        entry = registration_of(participant, competition)
        vacancy = world.vacancy(self.team)
        vacancy.skills = [world.expertise(competition)]
        small, smaller = world.team(competition, 1), world.team(competition, 1)
        world.exemption(smaller)
        merger = world.merger(small, self.team, challenge_of=Side.ASKED, work_of=Side.ASKED)
        readers = {"shown_to": ["mentors", "judges"]}
        letter = world.question(competition, Kind.FILE, **readers)
        field = world.question(
            competition, Kind.ONE, "study", "work", lets_in=["study", "work"], **readers
        )
        world.question(competition, parent_id=field.id, parent_answers=["work"], required=True)
        world.question(
            competition, Kind.SEVERAL, "a", "b", frozen_after=datetime(2021, 5, 1, tzinfo=UTC)
        )
        world.question(competition, Kind.YES_NO, retired_at=datetime.now(UTC))
        team_question = world.question(
            competition, Kind.LONG, questionnaire=Questionnaire.TEAM, **readers
        )
        world.answer(entry, letter, world.sent())
        world.answer(entry, field, "work")
        world.answer(self.team.memberships[0].registration, letter, world.sent())
        world.answer(self.team.memberships[0].registration, field, "study")
        world.team_answer(self.team, letter, world.sent())
        world.team_answer(self.team, team_question, marked("answer"))
        of_work = {"questionnaire": Questionnaire.SUBMISSION, "personal": False, **readers}
        work_question = world.question(competition, Kind.LONG, required=True, **of_work)
        world.question(competition, Kind.SEVERAL, "a", "b", **of_work)
        world.submission_answer(submission, work_question, marked("answer"))
        poll = world.poll(competition, examined_at=datetime.now(UTC))  # counts after the close
        voter = world.voter(poll)
        ballot = world.ballot(voter, other_submission)
        suspect = world.ballot(world.voter(poll, world.person("Voter")), submission)
        flag = world.flag(poll, ballot, suspect)

        world.comparisons(competition)
        stand, other_stand = world.stand(submission), world.stand(other_submission)
        before = world.visit(judge, other_stand, Word.SEEN)
        world.visit(judge, stand, earlier=before)

        world.certificate_style(competition)
        certificate = world.certificate(competition, captain)
        for_name = world.certificate(competition, kind=CertificateKind.VOLUNTEER)

        follow_up = world.follow_up(competition)
        world.press_pack(competition, submission)
        follow_up_answer = world.follow_up_answer(follow_up, submission)

        self.people: dict[str, User | None] = {
            "visitor": None,
            "stranger": world.person("Stranger"),
            "participant": participant,
            "captain": captain,
            "member": member,
            "member of another team": other.members[1],
            "mentor of this team": mentor.user,
            "mentor of another": other_mentor.user,
            "judge": judge.user,
            "judge with a conflict": conflicted.user,
            "organizer": organizer,
            "organizer of another competition": world.organizer(elsewhere),
            "administrator": world.administrator(),
        }
        self.things: dict[str, Any] = {
            "sign_in": world.sign_in(participant),
            "passkey": world.passkey(participant),
            "competition": competition,
            "organizer": appointment,
            "partner": partner,
            "challenge": world.challenge(competition),
            "document": world.document(competition),
            "criterion": criterion,
            "condition": condition,
            "gate": Gate.REGISTRATION,
            "round": world.round(competition),
            # Not later than what was announced, so that it opens no gate.
            "extension": world.extension(competition, Gate.JUDGING, timedelta(days=-90)),
            "reminder": world.reminder(competition, Gate.SUBMISSION),
            "consent_text": world.consent_text(
                competition, file_name="rules.pdf", digest=world.sent()["digest"]
            ),
            "registration": entry,
            "question": letter,
            "team": self.team,
            "invitation": world.invitation(self.team),
            "inquiry": world.inquiry(self.team.challenge),
            "data_set": data_set,
            "data_file": data_set.files[0],
            "data_terms": data_set.terms,
            "taking": world.taking(acceptance),
            "other_team": small,
            "challenge_request": world.challenge_request(self.team, world.challenge(competition)),
            "merger": merger,
            "membership": self.team.memberships[1],
            "seeker": world.seeker(entry, skills=vacancy.skills),
            "join_request": world.join_request(entry, self.team),
            "session": session,
            "place": place,
            "speaker": speaker,
            "sign_up": world.sign_up(session),
            "expertise": world.expertise(competition),
            "mentor": mentor,
            "conflict": conflict,
            "submission": submission,
            "version": submission.versions[0],
            "file": file,
            "upload": world.upload(self.team),
            "feedback": world.feedback(mentor, submission),
            "finding": world.finding(submission),
            "copy": world.copy(submission),
            "judge": judge,
            "judge_link": Secret("judge-link", asked),
            "judge_invitation": asked,
            "review": review,
            "problem": world.problem(judge, submission),
            "objection": world.objection(self.team),
            "stand": stand,
            "sample": sample,
            "sample_file": sample.files[0],
            "discussion": discussion,
            "honour": honour,
            "amendment": amendment,
            "prize": honour.prize,
            "decision": world.decision(competition, organizer),
            "ballot_link": world.ballot_link(voter),
            "flag": flag,
            "aside": world.set_aside(flag, suspect),
            "certificate": certificate,
            "certificate_number": certificate.number,
            "certificate_link": for_name.token,
            "certificate_kind": CertificateKind.PARTICIPANT,
            "certificate_logo": world.certificate_logo(competition),
            "signatory": world.signatory(competition),
            "omission": world.omission(competition, member),
            "earner": other.members[1],
            "archive": world.archive(competition, organizer),
            "follow_up": follow_up,
            "follow_up_link": world.follow_up_link(follow_up, captain, self.team),
            "follow_up_answer": follow_up_answer,
            "news_item": world.news_item(competition),
            "letter": world.letter(competition),
        }
        db.session.commit()

    def client(self, role: str) -> FlaskClient:
        """A browser of the person in that role, who has proved who they are in every way."""
        return self.world.client(self.people[role], factor_at=datetime.now(UTC))

    def enter(self, era: str) -> None:
        """`open`, `closed`, or `results`: closed with the results announced."""
        self.world.set_gates(self.competition, "open" if era == "open" else "closed")
        told = timedelta(days=-1 if era == "results" else 30)
        self.announced.publish_at = datetime.now(UTC) + told
        db.session.commit()

    @contextmanager
    def undone(self, connection: Any) -> Any:
        """Whatever a request does inside is undone afterwards."""
        db.session.commit()
        savepoint = connection.begin_nested()
        try:
            yield
        finally:
            db.session.rollback()
            savepoint.rollback()
            db.session.expire_all()
