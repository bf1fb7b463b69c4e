"""Lays the DataJam as rows: the whole event, moved in time, and of it what has happened so far.

The same phase and moment always give the same rows, with the same keys: what is left to chance is
drawn from a generator that the thing's own name seeds.
"""

import io
import uuid
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from math import inf
from random import Random
from typing import Any, TypeVar

from flask import current_app
from flask_security import hash_password
from PIL import Image, ImageDraw

from ..accounts.models import User
from ..calibration.models import Reference, Sample, SampleReview, SampleScore
from ..certificates.models import (
    Certificate,
    CertificateStyle,
    Condition,
    Paper,
    Signatory,
    Speaks,
)
from ..certificates.models import Kind as CertificateKind
from ..certificates.numbers import ALPHABET, LENGTH, check_character
from ..certificates.queries import EARNED, earners, facts_of
from ..checks.actions import TRIES, link_key
from ..checks.models import Link, LinkState, Purpose
from ..competitions.models import (
    Challenge,
    Comment,
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
    Reminded,
    Reminder,
    ReminderRound,
    Round,
    Window,
)
from ..competitions.models import Condition as JudgedCondition
from ..datasets.models import Acceptance, DataFile, DataSet, Statement, Taking, Terms
from ..extensions import db
from ..followups.models import FollowUp, FollowUpAnswer
from ..followups.models import Outcome as Became
from ..gallery.models import Audience, Gallery, Named
from ..ground.localized import Localized
from ..ground.model import Model
from ..ground.pictures import drawn_anew
from ..journal.deeds import Deed
from ..journal.models import Entry
from ..judging import assignment, rulebook
from ..judging.models import (
    LINK_LASTS,
    ConditionAnswer,
    Declaration,
    Judge,
    JudgeInvitation,
    JudgeTerms,
    Problem,
    Review,
    RulesVersion,
    Score,
    Stand,
    TermsAcceptance,
    Trouble,
    Way,
)
from ..mentoring import matching
from ..mentoring.models import Conflict, Mentor, Objection, Pairing, team_need
from ..news.models import NewsItem
from ..press.models import PressPack, PressProject
from ..press.queries import honoured
from ..questions.asking import choices
from ..questions.models import Kind, Option, Question, Questionnaire
from ..registrations.models import Answer, Consent, ConsentText, Registration, RegistrationChange
from ..registrations.states import State
from ..results.actions import USUAL
from ..results.deciding import content_of, state_of
from ..results.models import (
    Announcement,
    Decision,
    Grade,
    Honour,
    Prize,
    PrizeKind,
    PrizeRuling,
    Release,
    Span,
)
from ..results.proposing import Award
from ..results.sealing import digest, written
from ..submissions.answers import frozen as frozen_answers
from ..submissions.asks import STATEMENTS
from ..submissions.models import (
    Feedback,
    File,
    Remark,
    Submission,
    SubmissionAnswer,
    Translation,
    Version,
)
from ..submissions.receipt import digest_of
from ..teams.models import (
    Ending,
    Invitation,
    JoinRequest,
    Membership,
    Outcome,
    Seeker,
    Team,
    TeamAnswer,
    Vacancy,
)
from ..teams.queries import name_key
from ..voting.marks import address_mark
from ..voting.models import (
    Ballot,
    Electorate,
    Flag,
    FlagNote,
    Poll,
    SetAside,
    Sign,
    Vote,
    Voter,
)
from ..workshops.models import Place, Session, SessionKind, SignUp, Speaker
from .content import PASSWORD, ZONE, Role, content, offered
from .phases import Phase, moment_of, shift_for
from .pictures import drawn

Row = TypeVar("Row", bound=Model)

NAMESPACE = uuid.UUID("0a5b7f6e-2d0c-5a53-9d0f-6c1f6f0c2021")
SEED = "datajam-2024"  # with it, the ranking agrees with the published winners
REVIEWS = 4  # of each submission
REVIEWS_OF_ONE = 8  # at most, of one judge
LOWEST, HIGHEST = content("criteria")["scale"]["lowest"], content("criteria")["scale"]["highest"]
DOUBTS = 0.03  # of all answers to conditions are a no
MIDDLE = (LOWEST + HIGHEST) / 2

# What the published event does not tell, on the wall clock of 2021.
ANNOUNCED = datetime(2021, 3, 25, 9, 0)
ACCOUNTS = {  # the first account of a group; five more follow every day
    "administrators": datetime(2021, 3, 1, 9, 0),
    "organizers": datetime(2021, 3, 8, 9, 0),
    "mentors": datetime(2021, 4, 12, 9, 0),
    "judges": datetime(2021, 4, 22, 9, 0),
    "strangers": datetime(2021, 4, 15, 9, 0),
}
CHOSEN = datetime(2021, 5, 10, 20, 0)  # by then the last team had chosen its challenge
MATCHED = datetime(2021, 5, 8, 9, 30)
TAKEN = (datetime(2021, 5, 8, 11, 0), datetime(2021, 5, 13, 21, 0))
STATED = (datetime(2021, 5, 18, 9, 0), datetime(2021, 5, 30, 12, 0))
DRAFTING = datetime(2021, 5, 8, 16, 0)
ASSIGNED = datetime(2021, 5, 18, 8, 40)
SCORING = (datetime(2021, 5, 18, 11, 0), datetime(2021, 5, 28, 16, 30))
HONOURED = datetime(2021, 5, 29, 15, 0)
POLL_ANNOUNCED = datetime(2021, 5, 19, 9, 0)
VOTING = (datetime(2021, 5, 21, 12, 0), datetime(2021, 5, 30, 23, 30))
CLASS_VOTES = datetime(2021, 5, 27, 10, 20)
TWICE_VOTES = datetime(2021, 5, 22, 20, 15)
EXAMINED = datetime(2021, 5, 31, 0, 2)
LOOKED_INTO = datetime(2021, 5, 31, 9, 30)
VOTES_RELEASED = datetime(2021, 5, 31, 11, 0)
VISITORS, CLASS = 96, 14
TWICE = ("lea.roy@gmail.example", "lea.roy+2@gmail.example")
SCHEDULED = datetime(2021, 5, 29, 16, 10)
SHOWN_TO_CREW = datetime(2021, 5, 18, 9, 0)
SHOWN_TO_ALL = datetime(2021, 5, 21, 9, 0)  # so that the public can vote
NAMED = (datetime(2021, 5, 18, 9, 30), datetime(2021, 5, 20, 20, 0))
ISSUED = datetime(2021, 5, 31, 13, 0)

FILES = {
    "north-window": ("coverage.csv", "summary.pdf"),
    "level-safe": ("evaluation.pdf",),
    "croisements": ("donnees-de-demonstration.csv",),
    "pattern-weavers": ("notebook-summary.pdf",),
}
CONFLICTS = (
    (
        "nathalie.prudhomme.sato@judges.example",
        "guardrail",
        "Supervised the internship of a member of this team.",
    ),
    (
        "marc.olivier.zongo@judges.example",
        "ecran-allie",
        "Sits on the board of an organization that a member works for.",
    ),
)
# What judges reported, and what came of it.
PROBLEMS = (
    (
        "anne.sophie.verreault@judges.example",
        Trouble.FILE,
        "The second link in the description asks for a password.",
        datetime(2021, 5, 19, 9, 30),
    ),
)
# Whom a team named as not to judge it; the organizers have to look for the person.
OBJECTION = (
    "guardrail",
    "Whoever comes from the evaluation office of the ministry",
    "Refused the grant that one of us had asked for.",
)
# What the checks notice: the worker of the demo looks, but asks no other host.
UNSAID = ("irina.petrenko@participants.example", "rules")  # let in by telephone
DEAD_LINK = "fair-play"  # its demonstration
CSV = "region,month,reports\nA,1,12\nA,2,15\nB,1,11\nB,2,10\n"


def lay(phase: Phase | None, now: datetime) -> None:
    """Delete every row and lay the event, so that `now` lies in the phase; None: as published.

    Part of the caller's transaction: who looks meanwhile sees the event as it lay before.
    """
    db.session.expunge_all()  # the old rows go below the session, and the new ones have their keys
    for table in reversed(Model.metadata.sorted_tables):
        db.session.execute(table.delete())
    _Laying(shift_for(phase, now, ZONE), now).everything()


def key_of(kind: type[Model], *name: object) -> uuid.UUID:
    """The key of a row, which it keeps however often it is laid: so its address stays, too."""
    return uuid.uuid5(NAMESPACE, "/".join(map(str, (kind.__tablename__, *name))))


def chance(*name: object) -> Random:
    """A generator of its own for everything that has a name."""
    return Random("/".join(map(str, (SEED, *name))))


def between(first: datetime, last: datetime, share: float) -> datetime:
    """The minute that lies this share of the way from the first moment to the last."""
    return (first + (last - first) * share).replace(second=0, microsecond=0)


def asked_in(questionnaire: str, challenge: int | None = None) -> list[dict[str, Any]]:
    """The questions that stand there, for a team those of its challenge included."""
    return [
        question
        for question in content("questions")["questions"]
        if question["questionnaire"] == questionnaire
        and question.get("challenge") in (None, challenge)
    ]


def answer_to(question: dict[str, Any], language: str, draw: Random) -> Any:
    """An answer of the question's kind."""
    if "texts" in question:
        return draw.choice(question["texts"])[language]
    options = question["options"]
    # Where an option is a language, people mostly choose their own.
    fit = [each for each in options if each.get("language", language) == language]
    keys, weights = [each["key"] for each in fit], [each["weight"] for each in fit]
    first = draw.choices(keys, weights)[0]
    if question["kind"] == "one":
        return first
    also = draw.choices(keys, weights)[0]
    return [key for key in keys if key in (first, also)]


class _Laying:
    """One laying. Every method adds the rows of one room, those that exist by now."""

    def __init__(self, shift: timedelta, now: datetime) -> None:
        self.shift, self.now = shift, now
        self.password = hash_password(PASSWORD)  # slow on purpose, so once for all
        self.competition_id = key_of(Competition)
        self.organizer = offered()[Role.ORGANIZER]
        self.teams = {team["key"]: team for team in content("teams")["teams"]}
        self.members: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for person in sorted(content("people")["participants"], key=self.joined_at):
            self.members[person["team"]].append(person)
        self.criteria = content("criteria")["criteria"]
        self.conditions = content("criteria")["conditions"]
        self.mentors_of: dict[str, list[dict[str, Any]]] = {}  # by team, best fit first
        self.written_to: dict[str, set[str]] = defaultdict(set)  # by team, comments of judges

    def everything(self) -> None:
        for part in (
            self.accounts,
            self.competition,
            self.questions,
            self.registrations,
            self.founded_teams,
            self.inquiries,
            self.data_sets,
            self.agenda,
            self.seats,
            self.mentors,
            self.board,
            self.matching,
            self.submissions,
            self.translations,
            self.feedback,
            self.judges,
            self.sample,
            self.reviews,
            self.problems,
            self.prizes,
            self.results,
            self.gallery,
            self.people_choose,
            self.certificates,
            self.follow_up,
            self.news,
            self.press,
        ):
            part()
            db.session.flush()

    # -- time and rows --

    def at(self, wall: datetime) -> datetime:
        """The moment at which this wall-clock time of 2021 lies now."""
        return moment_of(wall + self.shift, ZONE)

    def past(self, wall: datetime) -> bool:
        return self.at(wall) <= self.now

    def add(self, kind: type[Row], /, *name: object, since: datetime, **fields: Any) -> Row:
        row = kind(id=key_of(kind, *name), created_at=self.at(since), **fields)
        db.session.add(row)
        return row

    def of_event(self, kind: type[Row], /, *name: object, since: datetime, **fields: Any) -> Row:
        return self.add(kind, *name, since=since, competition_id=self.competition_id, **fields)

    def record(
        self, deed: Deed, by: str, since: datetime, subject: object = "", **details: Any
    ) -> None:
        """Write in the journal; `by` is the address of who did it."""
        name = (deed.value, by, since, subject, *details.values())
        self.of_event(
            Entry,
            *name,
            since=since,
            deed=deed.value,
            actor_id=key_of(User, by),
            subject=str(subject),
            details=details,
        )

    # -- accounts --

    def accounts(self) -> None:
        for group, first in ACCOUNTS.items():
            for number, person in enumerate(content("people")[group]):
                since = first + timedelta(days=number // 5, hours=number % 5, minutes=number * 7)
                administers = self.at(since) if group == "administrators" else None
                self.account(person, since, administrator_since=administers)
        for person in content("people")["participants"]:
            if self.past(person["registered_at"]):
                self.account(person, person["registered_at"] - timedelta(minutes=12))

    def account(self, person: dict[str, Any], since: datetime, **others: Any) -> None:
        language = person["languages"][0] if "languages" in person else person["language"]
        self.add(
            User,
            person["email"],
            since=since,
            email=person["email"],
            name=person["name"],
            password=self.password,
            language=language,
            organization=self.organization(person, language),
            confirmed_at=self.at(since + timedelta(minutes=4)),
            fs_uniquifier=key_of(User, person["email"]).hex,
            **others,
        )

    def organization(self, person: dict[str, Any], language: str) -> str | None:
        """The name of the partner, where the person comes from one, or of whatever it is."""
        known = {each["key"]: each["name"][language] for each in content("partners")["partners"]}
        name = person.get("organization")
        return known.get(name, name)

    # -- competitions --

    def competition(self) -> None:
        event = content("competition")
        texts = ("name", "tagline", "summary", "description", "how_to_enter")
        plain = ("slug", "zone", "country", "minimum_age", "capacity", "team_min", "team_max")
        self.add(
            Competition,
            since=ANNOUNCED - timedelta(days=14),
            published_at=self.at(ANNOUNCED),
            **{name: Localized.of(event[name]) for name in texts},
            **{name: event[name] for name in plain},
            submission_asks=event["submission_asks"],
        )
        by, name = self.organizer, event["name"]["en"]
        self.record(Deed.COMPETITION_CREATED, by, ANNOUNCED - timedelta(days=14), name)
        self.record(Deed.COMPETITION_PUBLISHED, by, ANNOUNCED, name)
        for person in content("people")["organizers"]:
            self.of_event(
                Organizer,
                person["email"],
                since=ANNOUNCED - timedelta(days=14),
                user_id=key_of(User, person["email"]),
            )
        for window in event["windows"]:
            self.window(window)
        for reminder in event["reminders"]:
            self.reminder(reminder)
        for challenge in content("challenges")["challenges"]:
            self.of_event(
                Challenge,
                challenge["number"],
                since=ANNOUNCED,
                number=challenge["number"],
                **{n: Localized.of(challenge[n]) for n in ("title", "summary", "description")},
            )
        for number, partner in enumerate(content("partners")["partners"]):
            self.of_event(
                Partner,
                partner["key"],
                since=ANNOUNCED,
                kind=PartnerKind(partner["kind"]),
                website=partner["website"],
                position=number,
                **{n: Localized.of(partner[n]) for n in ("name", "short", "description")},
            )
        for number, document in enumerate(content("documents")["documents"]):
            if self.past(document["published_at"]):
                self.document(document, number)
        self.rules()

    def reminder(self, reminder: dict[str, Any]) -> None:
        """Planned with the announcement. What was due before now has gone out."""
        gate = Gate(reminder["gate"])
        self.of_event(
            Reminder,
            gate,
            since=ANNOUNCED,
            gate=gate,
            minutes_before=reminder["minutes_before"],
            audience=reminder["audience"],
            words=Localized.of(reminder["words"]),
            by_id=key_of(User, self.organizer),
        )
        closes = next(
            w["closes_at"] for w in content("competition")["windows"] if w["gate"] == gate
        )
        due = closes - timedelta(minutes=reminder["minutes_before"])
        if self.past(due):
            self.add(
                ReminderRound,
                gate,
                since=due,
                reminder_id=key_of(Reminder, gate),
                closes_at=self.at(closes),
                finished_at=self.at(due),
            )
            db.session.flush()
            for person in self.idle(gate, due):
                self.add(
                    Reminded,
                    *(gate, person["email"]),
                    since=due,
                    round_id=key_of(ReminderRound, gate),
                    user_id=key_of(User, person["email"]),
                )

    def idle(self, gate: Gate, due: datetime) -> list[dict[str, Any]]:
        """The participants who had by then not joined, not chosen or not handed in."""
        handed_in = {
            item["team"]: item.get("first_submitted_at", item["submitted_at"])
            for item in content("submissions")["submissions"]
        }

        def done(person: dict[str, Any]) -> bool:
            team = person["team"]
            match gate:
                case Gate.TEAM_CHANGES:
                    return self.joined_at(person) <= due
                case Gate.CHALLENGE_CHOICE:
                    return self.chosen_at(self.teams[team]) <= due
                case _:
                    return team in handed_in and handed_in[team] <= due

        everyone = content("people")["participants"]
        return [p for p in everyone if p["registered_at"] <= due and not done(p)]

    def window(self, window: dict[str, Any]) -> None:
        gate = window["gate"]
        self.of_event(
            Window,
            gate,
            since=ANNOUNCED,
            gate=Gate(gate),
            opens_at=self.at(window["opens_at"]),
            closes_at=self.at(window["closes_at"]),
        )
        for extension in window.get("extensions", []):
            announced = extension["announced_at"]
            if self.past(announced):
                self.add(
                    Extension,
                    *(gate, extension["closes_at"]),
                    since=announced,
                    window_id=key_of(Window, gate),
                    closes_at=self.at(extension["closes_at"]),
                    reason=Localized.of(extension["reason"]),
                    by_id=key_of(User, self.organizer),
                )
                self.record(
                    Deed.DEADLINE_EXTENDED,
                    self.organizer,
                    announced,
                    gate=gate,
                    until_now=self.at(window["closes_at"]).isoformat(),
                    from_now_on=self.at(extension["closes_at"]).isoformat(),
                )

    def document(self, document: dict[str, Any], number: int) -> None:
        text = "\n\n".join(body.strip() for body in document["body"].values()) + "\n"
        stored = self.keep(text.encode())
        self.of_event(
            Document,
            document["key"],
            since=document["published_at"],
            title=Localized.of(document["title"]),
            language=None if document["language"] == "both" else document["language"],
            file_name=f"{document['key']}.md",
            position=number,
            **stored,
        )

    def keep(self, octets: bytes) -> dict[str, Any]:
        stored = current_app.extensions["storage"].keep(io.BytesIO(octets), len(octets))
        return {"digest": stored.digest, "size": stored.size}

    def rules(self) -> None:
        """Of the one round, published with the announcement."""
        said = content("criteria")["round"]
        named = {
            each["key"]: f"criterion:{key_of(Criterion, each['key'])}" for each in self.criteria
        }
        round_ = self.of_event(
            Round,
            since=ANNOUNCED,
            position=1,
            name=Localized.of(said["name"]),
            method=said["method"],
            ties=[named.get(tie, tie) for tie in said["ties"]],
            told=said["told"],
        )
        db.session.flush()  # no relationship says that criteria come after it
        criteria = [self.criterion(each, n) for n, each in enumerate(self.criteria)]
        conditions = [
            self.of_event(
                JudgedCondition,
                each["key"],
                since=ANNOUNCED,
                round_id=key_of(Round),
                name=Localized.of(each["name"]),
                help=Localized.of(each["help"]),
                position=number,
                published_at=self.at(ANNOUNCED),
            )
            for number, each in enumerate(self.conditions)
        ]
        rules = rulebook.drafted(round_, criteria, conditions)
        self.add(
            RulesVersion,
            since=ANNOUNCED,
            round_id=key_of(Round),
            number=1,
            content=rulebook.content(rules),
            digest=rulebook.digest(rules),
            reason=Localized(),
            by_id=key_of(User, self.organizer),
            published_at=self.at(ANNOUNCED),
        )
        self.record(Deed.RULES_PUBLISHED, self.organizer, ANNOUNCED, said["name"]["en"], number=1)

    def criterion(self, criterion: dict[str, Any], number: int) -> Criterion:
        key, words = criterion["key"], content("criteria")["scale"]["words"]
        made = self.of_event(
            Criterion,
            key,
            since=ANNOUNCED,
            round_id=key_of(Round),
            name=Localized.of(criterion["name"]),
            description=Localized.of(criterion["description"]),
            weight=round(criterion["weight"] * 100),
            comment=Comment.OPTIONAL,
            comment_shown=True,
            position=number,
            published_at=self.at(ANNOUNCED),
        )
        made.levels = [
            self.add(
                Level,
                *(key, score),
                since=ANNOUNCED,
                score=score,
                word=Localized.of(word),
                description=Localized.of(description),
            )
            for score, (word, description) in enumerate(
                zip(words, criterion["levels"], strict=True), LOWEST
            )
        ]
        return made

    # -- questions --

    def questions(self) -> None:
        for number, question in enumerate(content("questions")["questions"]):
            key, follows = question["key"], question.get("follows", {})
            challenge, still = question.get("challenge"), question.get("frozen_after")
            self.of_event(
                Question,
                key,
                since=ANNOUNCED,
                questionnaire=Questionnaire(question["questionnaire"]),
                challenge_id=key_of(Challenge, challenge) if challenge else None,
                kind=Kind(question["kind"]),
                label=Localized.of(question["label"]),
                help=Localized.of(question.get("help")),
                limits=question.get("limits", {}),
                required=question.get("required", False),
                frozen_after=self.at(still) if still else None,
                shown_to=question.get("shown_to", []),
                personal=question.get("personal", True),
                parent_id=key_of(Question, follows["question"]) if follows else None,
                parent_answers=follows.get("answers", []),
                position=number,
            )
            for place, option in enumerate(question.get("options", [])):
                self.add(
                    Option,
                    *(key, option["key"]),
                    since=ANNOUNCED,
                    question_id=key_of(Question, key),
                    key=option["key"],
                    label=Localized.of(option["label"]),
                    position=place,
                )
            db.session.flush()  # another may follow it

    def answers(
        self,
        kind: type[Answer] | type[TeamAnswer] | type[SubmissionAnswer],
        name: str,
        language: str,
        since: datetime,
        asked: list[dict[str, Any]],
        by: str,
        **whose: Any,
    ) -> dict[str, Any]:
        """What one person or team answers; now and then they leave out what is free."""
        given: dict[str, Any] = {}
        for question in asked:
            draw = chance("answer", name, question["key"])
            follows = question.get("follows")
            if follows and given.get(follows["question"]) not in follows["answers"]:
                continue
            if not question.get("required") and draw.random() < 0.25:
                continue
            value = answer_to(question, language, draw)
            given[question["key"]] = value
            self.add(
                kind,
                *(name, question["key"]),
                since=since,
                question_id=key_of(Question, question["key"]),
                kind=Kind(question["kind"]),
                value=value,
                changed_at=self.at(since),
                by_id=key_of(User, by),
                **whose,
            )
            self.answered(question["key"], value, since)
        return given

    def answered(self, question: str, value: Any, since: datetime) -> None:
        """Mark the question and the options as answered and chosen."""
        row = db.session.get(Question, key_of(Question, question))
        assert row is not None
        row.answered_at = row.answered_at or self.at(since)
        for option in row.options:
            if option.key in choices(value):
                option.chosen_at = option.chosen_at or self.at(since)

    # -- registrations --

    def registrations(self) -> None:
        texts = content("consents")["consents"]
        for text in texts:
            self.of_event(
                ConsentText,
                text["key"],
                since=text["published_at"],
                published_at=self.at(text["published_at"]),
                title=Localized.of(text["title"]),
                body=Localized.of(text["body"]),
                **{name: text[name] for name in ("key", "version", "required")},
            )
            self.record(
                Deed.CONSENT_TEXT_PUBLISHED,
                self.organizer,
                text["published_at"],
                text["key"],
                version=text["version"],
            )
        for person in content("people")["participants"]:
            address, since = person["email"], person["registered_at"]
            if not self.past(since):
                continue
            self.of_event(
                Registration,
                address,
                since=since,
                user_id=key_of(User, address),
                residence=person["province"],
                of_age_declared_at=self.at(since),
                state=State.REGISTERED,
                moved_at=self.at(since),
                registered_at=self.at(since),
            )
            self.add(
                RegistrationChange,
                address,
                since=since,
                registration_id=key_of(Registration, address),
                after=State.REGISTERED,
                by_id=key_of(User, address),
            )
            self.record(Deed.REGISTERED, address, since, person["name"])
            self.answers(
                Answer,
                address,
                person["language"],
                since,
                asked_in("registration"),
                by=address,
                registration_id=key_of(Registration, address),
            )
            for text in texts:
                if (address, text["key"]) == UNSAID:
                    continue
                if text["required"] or chance("consent", address, text["key"]).random() < 0.7:
                    self.add(
                        Consent,
                        *(address, text["key"]),
                        since=since,
                        registration_id=key_of(Registration, address),
                        consent_text_id=key_of(ConsentText, text["key"]),
                    )

    # -- teams --

    def joined_at(self, person: dict[str, Any]) -> datetime:
        """The captain founds the team; the others join once they and it are there."""
        return max(person["registered_at"], self.teams[person["team"]]["formed_at"])

    def chosen_at(self, team: dict[str, Any]) -> datetime:
        """When the team chose its challenge, in the last hours of the gate at the latest."""
        return between(team["formed_at"], CHOSEN, chance("choice", team["key"]).random())

    def founded_teams(self) -> None:
        for team in content("teams")["teams"]:
            key, since = team["key"], team["formed_at"]
            if not self.past(since):
                continue
            challenge, chosen = key_of(Challenge, team["challenge"]), self.chosen_at(team)
            self.of_event(
                Team,
                key,
                since=since,
                name=team["name"],
                name_key=name_key(team["name"]),
                about=team["about"],
                languages=team["languages"],
                challenge_id=challenge if self.past(chosen) else None,
            )
            captain = self.members[key][0]["email"]
            self.of_team(Deed.TEAM_FOUNDED, key, captain, since)
            if self.past(chosen):
                self.of_team(Deed.CHALLENGE_CHOSEN, key, captain, chosen, number=team["challenge"])
                self.answers(
                    TeamAnswer,
                    key,
                    team["languages"][0],
                    chosen,
                    asked_in("team", team["challenge"]),
                    by=captain,
                    team_id=key_of(Team, key),
                )
            for person in self.members[key]:
                self.member(person, key)

    def of_team(self, deed: Deed, team: str, by: str, since: datetime, **details: Any) -> None:
        """Write a team's deed in the journal."""
        key = str(key_of(Team, team))
        self.record(deed, by, since, self.teams[team]["name"], team=key, **details)

    def member(self, person: dict[str, Any], team: str) -> None:
        address, captain, joined = person["email"], "captain" in person, self.joined_at(person)
        if self.past(joined):
            self.of_event(
                Membership,
                address,
                since=joined,
                team_id=key_of(Team, team),
                registration_id=key_of(Registration, address),
                captain=captain,
            )
            if not captain:
                self.of_team(Deed.TEAM_JOINED, team, address, joined)
        invited = max(self.teams[team]["formed_at"], joined - timedelta(days=3))
        if not captain and self.past(invited):
            self.add(
                Invitation,
                address,
                since=invited,
                team_id=key_of(Team, team),
                token=key_of(Invitation, address).hex,
                address=address,
                by_id=key_of(User, self.members[team][0]["email"]),
                expires_at=self.at(invited + timedelta(days=14)),
                most_uses=1,
                closed_at=self.at(joined) if self.past(joined) else None,
                closed_as=Ending.USED if self.past(joined) else None,
            )

    # -- questions about a challenge --

    def inquiries(self) -> None:
        for number, inquiry in enumerate(content("data_sets")["inquiries"]):
            since, answered = inquiry["asked_at"], inquiry.get("answered_at")
            if not self.past(since):
                continue
            answered = answered if answered and self.past(answered) else None
            told = inquiry if answered else {}
            asker = self.members[inquiry["team"]][0]["email"]
            self.add(
                Inquiry,
                number,
                since=since,
                challenge_id=key_of(Challenge, inquiry["challenge"]),
                asker_id=key_of(User, asker),
                text=inquiry["text"],
                language=inquiry["language"],
                question=Localized.of(told.get("question")),
                answer=Localized.of(told.get("answer")),
                answered_at=self.at(answered) if answered else None,
                published_at=self.at(answered) if answered and inquiry["public"] else None,
            )
            self.record(Deed.INQUIRY_MADE, asker, since, f"{inquiry['challenge']}")

    # -- datasets --

    def data_sets(self) -> None:
        """What the demo made itself: a count of its agenda, and numbers that are invented."""
        files = {
            "agenda": ("agenda.csv", agenda_in_figures()),
            "invented-journeys": ("invented-journeys.csv", invented_journeys()),
        }
        for number, each in enumerate(content("data_sets")["data_sets"]):
            key, since = each["key"], each["published_at"]
            if not self.past(since):
                continue
            texts = ("title", "summary", "description", "provenance", "licence", "warning")
            challenge = each.get("challenge")
            name, octets = files[key]
            stored = self.keep(octets)
            self.of_event(
                DataSet,
                key,
                since=since,
                challenge_id=key_of(Challenge, challenge) if challenge else None,
                published_at=self.at(since),
                position=number,
                **{text: Localized.of(each.get(text)) for text in texts},
            )
            self.add(
                DataFile, key, since=since, data_set_id=key_of(DataSet, key), name=name, **stored
            )
            self.add(
                Terms,
                key,
                since=since,
                data_set_id=key_of(DataSet, key),
                version=1,
                body=Localized.of(each["terms"]),
                days_after_end=each.get("days_after_end"),
                published_at=self.at(since),
            )
            self.record(Deed.DATA_SET_PUBLISHED, self.organizer, since, each["title"]["en"])
            for team in self.teams.values():
                if challenge in (None, team["challenge"]):
                    for person in self.members[team["key"]][:3]:
                        self.took(person["email"], key, each["title"]["en"], name, stored)

    def took(self, who: str, key: str, title: str, name: str, stored: dict[str, Any]) -> None:
        """A person agrees, takes the file, and half of them soon state that it is deleted."""
        draw = chance("took", who, key)
        since = between(*TAKEN, draw.random())
        said = between(*STATED, draw.random()) if draw.random() < 0.5 else None
        if not self.past(since):
            return
        said = said if said and self.past(said) else None
        of_data_set = {"data_set_id": key_of(DataSet, key), "user_id": key_of(User, who)}
        if said:
            self.add(
                Statement,
                *(key, who),
                since=said,
                deleted_on=(said + self.shift).date(),
                **of_data_set,
            )
            self.record(Deed.DATA_DELETION_STATED, who, said, title)
            db.session.flush()
        self.add(
            Acceptance,
            *(key, who),
            since=since,
            terms_id=key_of(Terms, key),
            ended_at=self.at(said) if said else None,
            statement_id=key_of(Statement, key, who) if said else None,
            **of_data_set,
        )
        self.record(Deed.DATA_TERMS_ACCEPTED, who, since, title, version=1)
        self.add(
            Taking,
            *(key, who),
            since=since,
            acceptance_id=key_of(Acceptance, key, who),
            name=name,
            **stored,
        )
        self.record(Deed.DATA_TAKEN, who, since, title, file=name, version=1)

    # -- workshops --

    def agenda(self) -> None:
        agenda = content("agenda")
        for place in agenda["places"]:
            self.of_event(
                Place,
                place["key"],
                since=ANNOUNCED,
                name=Localized.of(place["name"]),
                link=f"https://meet.example.org/{place['key']}",
            )
        speakers = {
            each["key"]: self.of_event(
                Speaker,
                each["key"],
                since=ANNOUNCED,
                name=each["name"],
                organization=Localized.of(each.get("organization")),
            )
            for each in agenda["speakers"]
        }
        for session in agenda["sessions"]:
            self.of_event(
                Session,
                session["key"],
                since=ANNOUNCED,
                kind=SessionKind(session["kind"]),
                title=Localized.of(session["title"]),
                summary=Localized.of(session["summary"]),
                starts_at=self.at(session["starts_at"]),
                ends_at=self.at(session["ends_at"]),
                languages=session["languages"],
                public=session["public"],
                capacity=session.get("capacity"),
                place_id=key_of(Place, session["place"]),
                speakers=[speakers[key] for key in session["speakers"]],
            )

    def seats(self) -> None:
        """People sign up for about half of what they could follow, and never for two at once."""
        people = content("people")
        guests = [*people["guests"], *people["strangers"]]
        busy: dict[str, datetime] = {}  # until when, by address
        taken: Counter[str] = Counter()
        for session in sorted(content("agenda")["sessions"], key=lambda each: each["starts_at"]):
            starts = session["starts_at"]
            for person in [*people["participants"], *(guests if session["public"] else [])]:
                address = person["email"]
                dice = chance("seat", session["key"], address)
                since = max(
                    person.get("registered_at", ANNOUNCED),
                    between(starts - timedelta(days=12), starts, dice.random()),
                )
                if (
                    since < starts
                    and busy.get(address, ANNOUNCED) <= starts
                    and person["language"] in session["languages"]
                    and dice.random() < 0.5
                    and taken[session["key"]] < session.get("capacity", inf)
                ):
                    busy[address] = session["ends_at"]
                    taken[session["key"]] += 1
                    if self.past(since):
                        self.seat(session, person, since, guest=person in people["guests"])

    def seat(
        self, session: dict[str, Any], person: dict[str, Any], since: datetime, *, guest: bool
    ) -> None:
        name = (session["key"], person["email"])
        self.add(
            SignUp,
            *name,
            since=since,
            session_id=key_of(Session, session["key"]),
            user_id=None if guest else key_of(User, person["email"]),
            name=person["name"],
            address=person["email"],
            language=person["language"],
            token=key_of(SignUp, *name).hex,
            confirmed_at=self.at(since),
        )

    # -- mentoring --

    def mentors(self) -> None:
        fields = {
            each["key"]: self.of_event(
                Expertise,
                each["key"],
                since=ANNOUNCED,
                label=Localized.of(each["label"]),
                position=number,
            )
            for number, each in enumerate(content("expertise")["expertise"])
        }
        for team in content("teams")["teams"]:
            if self.past(team["formed_at"]):
                needs = [
                    {"team_id": key_of(Team, team["key"]), "expertise_id": fields[need].id}
                    for need in team["needs"]
                ]
                db.session.flush()
                db.session.execute(team_need.insert(), needs)
        for mentor in content("people")["mentors"]:
            self.of_event(
                Mentor,
                mentor["email"],
                since=ACCOUNTS["mentors"] + timedelta(days=10),
                user_id=key_of(User, mentor["email"]),
                headline=Localized.of(mentor["headline"]),
                languages=mentor["languages"],
                capacity=mentor["capacity"],
                expertise=[fields[key] for key in mentor["expertise"]],
            )

    # -- the board --

    def board(self) -> None:
        """Who looks for a team, which teams look for people, and who asks whom."""
        people = {person["email"]: person for person in content("people")["participants"]}
        for each in content("board")["people"]:
            person = people[each["email"]]
            since = person["registered_at"] + timedelta(hours=1)
            if self.past(since) and not self.past(self.joined_at(person)):
                self.of_event(
                    Seeker,
                    each["email"],
                    since=since,
                    registration_id=key_of(Registration, each["email"]),
                    languages=each["languages"],
                    about=each["about"],
                    friends=each.get("friends", []),
                    skills=self.rows(Expertise, each["skills"]),
                    interests=self.rows(Challenge, each["interests"]),
                )
        for each in content("board")["teams"]:
            last = max(map(self.joined_at, self.members[each["key"]]))
            if self.past(each["since"]) and not self.past(last):
                self.add(
                    Vacancy,
                    each["key"],
                    since=each["since"],
                    team_id=key_of(Team, each["key"]),
                    about=each["about"],
                    skills=self.rows(Expertise, each["skills"]),
                )
        for each in content("board")["requests"]:
            if self.past(each["asked_at"]):
                self.join_request(each, self.joined_at(people[each["email"]]))

    def join_request(self, each: dict[str, Any], joined: datetime) -> None:
        """Open until the person joined a team, which was another one."""
        placed = self.past(joined)
        self.of_event(
            JoinRequest,
            *(each["email"], each["team"]),
            since=each["asked_at"],
            team_id=key_of(Team, each["team"]),
            registration_id=key_of(Registration, each["email"]),
            message=each["message"],
            expires_at=self.at(each["asked_at"] + timedelta(days=7)),
            closed_at=self.at(joined) if placed else None,
            outcome=Outcome.PLACED if placed else None,
        )
        self.of_team(Deed.REQUEST_SENT, each["team"], each["email"], each["asked_at"])

    def rows(self, kind: type[Row], names: list[Any]) -> list[Row]:
        """Rows that are laid already, by their names."""
        return [db.session.get_one(kind, key_of(kind, name)) for name in names]

    def matching(self) -> None:
        """Once the teams are complete, two mentors for each, by the proposal."""
        if not self.past(MATCHED):
            return
        mentors = {mentor["email"]: mentor for mentor in content("people")["mentors"]}
        colleagues = {
            (mentor["email"], person["team"])
            for mentor in mentors.values()
            for person in content("people")["participants"]
            if person.get("organization") == mentor["organization"]
        }
        proposal = matching.propose(
            [
                matching.Team(
                    team["key"], frozenset(team["languages"]), frozenset(team["needs"]), wanted=2
                )
                for team in self.teams.values()
            ],
            [
                matching.Mentor(
                    each["email"],
                    frozenset(each["languages"]),
                    frozenset(each["expertise"]),
                    capacity=each["capacity"],
                )
                for each in mentors.values()
            ],
            conflicts=colleagues,
        )
        for pair in sorted(proposal.pairs, key=lambda pair: -pair.fit):
            self.mentors_of.setdefault(str(pair.team), []).append(mentors[str(pair.mentor)])
            self.add(
                Pairing,
                *(pair.mentor, pair.team),
                since=MATCHED,
                mentor_id=key_of(Mentor, pair.mentor),
                team_id=key_of(Team, pair.team),
                fit=pair.fit,
            )
        self.record(Deed.MATCHING_CONFIRMED, self.organizer, MATCHED, pairings=len(proposal.pairs))

    # -- submissions --

    def submissions(self) -> None:
        for item in content("submissions")["submissions"] + content("submissions")["drafts"]:
            self.submission(item)

    def submission(self, item: dict[str, Any]) -> None:
        """A draft of the first half, which grows into what is handed in."""
        team, handed_in = item["team"], item.get("submitted_at")
        early = item.get("first_submitted_at")
        whole = handed_in or item["updated_at"]
        begun = between(DRAFTING, DRAFTING + timedelta(days=4), chance("draft", team).random() ** 2)
        begun = min(begun, (early or whole) - timedelta(hours=2))
        if not self.past(begun):
            return
        paragraphs = item["description"].strip().split("\n\n")
        half = "\n\n".join(paragraphs[: len(paragraphs) // 2])
        fields = {
            "title": item["title"],
            "summary": item["summary"],
            "description": item["description"].strip() if self.past(whole) else half,
            "language": item["language"],
            "repository": item["repository"],
            "demonstration": item.get("demo", ""),
            "video": "",
        }
        fields |= {part.value: item[part] for part in STATEMENTS if part in item}
        saves = [begun, *([early] if early else []), whole]
        saved = [moment for moment in saves if self.past(moment)]
        captain = self.members[team][0]["email"]
        self.of_event(
            Submission,
            team,
            since=begun,
            team_id=key_of(Team, team),
            edited_at=self.at(saved[-1]),
            edited_by_id=key_of(User, captain),
            **fields,
        )
        number = self.teams[team]["challenge"]
        given = self.answers(
            SubmissionAnswer,
            team,
            item["language"],
            begun,
            asked_in("submission", number),
            by=captain,
            submission_id=key_of(Submission, team),
        )
        questions = [db.session.get_one(Question, key_of(Question, key)) for key in given]
        answers = {key_of(Question, key).hex: value for key, value in given.items()}
        fields["answers"] = frozen_answers(questions, answers, key_of(Challenge, number).hex)
        (challenge,) = (
            each for each in content("challenges")["challenges"] if each["number"] == number
        )
        fields["challenge"] = {"number": number, "title": challenge["title"]}
        files = [self.file(item, name, begun) for name in FILES.get(team, ())]
        files += [self.picture(item, each, begun) for each in item.get("pictures", ())]
        fields["files"] = sorted(files, key=lambda file: file["name"])
        first = fields | {"title": item.get("first_title", item["title"]), "description": half}
        written = [(early, first), (handed_in, fields)]
        versions = [(at, frozen) for at, frozen in written if at is not None and self.past(at)]
        for number, (since, frozen) in enumerate(versions, 1):
            digest = digest_of(frozen)
            self.add(
                Version,
                *(team, number),
                since=since,
                submission_id=key_of(Submission, team),
                number=number,
                challenge_id=key_of(Challenge, challenge["number"]),
                content=frozen,
                digest=digest,
                by_id=key_of(User, captain),
            )
            self.of_team(
                Deed.SUBMISSION_HANDED_IN, team, captain, since, number=number, digest=digest
            )

        if versions and team == DEAD_LINK:
            self.dead_link(team, item["demo"], handed_in + timedelta(hours=2))

    def dead_link(self, team: str, url: str, since: datetime) -> None:
        """As the worker leaves an address that it has asked in vain."""
        self.add(
            Link,
            team,
            since=since,
            submission_id=key_of(Submission, team),
            purpose=Purpose.PAGE,
            key=link_key(url),
            url=url,
            part="demonstration",
            state=LinkState.GONE,
            status=404,
            failures=TRIES,
            asked_at=self.at(since),
        )

    def file(self, item: dict[str, Any], name: str, since: datetime) -> dict[str, Any]:
        """Add a file to the draft; what comes back is how a version tells of it."""
        stored = self.keep(CSV.encode() if name.endswith(".csv") else pdf(item["title"]))
        self.add(
            File,
            *(item["team"], name),
            since=since,
            submission_id=key_of(Submission, item["team"]),
            name=name,
            **stored,
        )
        return {"name": name, "size": stored["size"], "sha256": stored["digest"]}

    def translations(self) -> None:
        """Of what was handed in by then; one is a draft, and one team changed its title since."""
        works = {item["team"]: item for item in content("submissions")["submissions"]}
        for item in content("translations")["translations"]:
            work, since = works[item["team"]], item["saved_at"]
            if not self.past(since):
                continue
            public = not item.get("draft", False)
            twice = "first_submitted_at" in work and since < work["submitted_at"]
            self.add(
                Translation,
                item["team"],
                since=since,
                submission_id=key_of(Submission, item["team"]),
                language=item["language"],
                title=item["title"],
                summary=item["summary"],
                warning=item.get("warning", ""),
                of_title=work.get("first_title", work["title"]) if twice else work["title"],
                of_summary=work["summary"],
                of_warning=work.get("warning", "") if "warning" in item else "",
                edited_at=self.at(since),
                edited_by_id=key_of(User, self.organizer),
                published_at=self.at(since) if public else None,
            )
            if public:
                self.of_team(Deed.TRANSLATION_PUBLISHED, item["team"], self.organizer, since)

    def picture(
        self, item: dict[str, Any], picture: dict[str, Any], since: datetime
    ) -> dict[str, Any]:
        """The same for a picture, with its words and the copy that is shown of it."""
        octets, copy = drawn(picture["motif"], picture["ink"])
        name, stored = picture["name"], self.keep(octets)
        shown = {
            "alt": picture["alt"],
            "cover": picture is item["pictures"][0],
            "drawn": self.keep(copy.octets)["digest"],
            "width": copy.width,
            "height": copy.height,
        }
        self.add(
            File,
            *(item["team"], name),
            since=since,
            submission_id=key_of(Submission, item["team"]),
            name=name,
            **stored,
            **shown,
        )
        frozen = {"name": name, "size": stored["size"], "sha256": stored["digest"]}
        return {**frozen, "picture": True, **shown}

    def feedback(self) -> None:
        """Written by the team's mentor who suits it best among those who read its language."""
        for item in content("feedback")["feedback"]:
            team, since = item["team"], item["written_at"]
            if not self.past(since):
                continue
            mentor = next(
                each for each in self.mentors_of[team] if item["language"] in each["languages"]
            )
            self.add(
                Feedback,
                team,
                since=since - timedelta(minutes=40),
                mentor_id=key_of(Mentor, mentor["email"]),
                submission_id=key_of(Submission, team),
                sent_at=self.at(since),
            )
            self.of_team(Deed.FEEDBACK_SENT, team, mentor["email"], since)
            for criterion, text in item["comments"].items():
                self.add(
                    Remark,
                    *(team, criterion),
                    since=since,
                    feedback_id=key_of(Feedback, team),
                    criterion_id=key_of(Criterion, criterion),
                    text=text,
                )

    # -- judging --

    def judges(self) -> None:
        for judge in content("people")["judges"]:
            self.of_event(
                Judge,
                judge["email"],
                since=ACCOUNTS["judges"] + timedelta(days=2),
                user_id=key_of(User, judge["email"]),
                languages=judge["languages"],
                capacity=REVIEWS_OF_ONE,
                offered=judge.get("offered"),
                availability=judge.get("availability", ""),
            )
            appointed = ACCOUNTS["judges"] + timedelta(days=2)
            self.record(Deed.JUDGE_APPOINTED, self.organizer, appointed, judge["name"])
        self.judges_come_in()
        names = {judge["email"]: judge["name"] for judge in content("people")["judges"]}
        for judge, team, reason in CONFLICTS:
            if self.past(MATCHED):
                self.add(
                    Conflict,
                    *(judge, team),
                    since=MATCHED,
                    user_id=key_of(User, judge),
                    team_id=key_of(Team, team),
                    reason=reason,
                    by_id=key_of(User, self.organizer),
                )
                subject = f"{names[judge]} – {self.teams[team]['name']}"
                self.record(Deed.CONFLICT_DECLARED, self.organizer, MATCHED, subject)

    def judges_come_in(self) -> None:
        """Terms that all have accepted, and two experts who were asked by link."""
        told = content("judging")
        published = told["terms"]["published_at"]
        terms = self.of_event(
            JudgeTerms,
            "terms",
            since=published,
            version=1,
            body=Localized.of(told["terms"]["body"]),
        )
        self.record(Deed.JUDGE_TERMS_PUBLISHED, self.organizer, published, version=1)
        for number, judge in enumerate(content("people")["judges"]):
            since = ACCOUNTS["judges"] + timedelta(days=2, hours=1, minutes=47 * number)
            if self.past(since):
                self.add(
                    TermsAcceptance,
                    judge["email"],
                    since=since,
                    judge_id=key_of(Judge, judge["email"]),
                    terms_id=terms.id,
                    language=judge["languages"][0],
                )
                self.record(Deed.JUDGE_TERMS_ACCEPTED, judge["email"], since, version=1)
        for each in told["invitations"]:
            asked, answered = each["asked_at"], each.get("declined_at")
            if not self.past(asked):
                continue
            self.of_event(
                JudgeInvitation,
                each["address"],
                since=asked,
                **{name: each[name] for name in ("name", "address", "organization", "language")},
                languages=each["languages"],
                capacity=REVIEWS_OF_ONE,
                way=Way.LINK,
                digest=key_of(JudgeInvitation, each["address"]).hex * 2,  # of no secret
                expires_at=self.at(asked + LINK_LASTS),
                renewed_at=self.at(asked),
                declined_at=self.at(answered) if answered and self.past(answered) else None,
                words=each["words"] if answered and self.past(answered) else "",
            )
            self.record(Deed.JUDGE_INVITED, self.organizer, asked, each["name"])

    def sample(self) -> None:
        """Something for all judges to score first; most have, and were far apart on one thing."""
        told = content("calibration")
        published, learned = told["published_at"], told["lesson_at"]
        if not self.past(published):
            return
        title = told["title"]["en"]
        lesson_at = self.at(learned) if self.past(learned) else None
        sample = self.of_event(
            Sample,
            since=published,
            round_id=key_of(Round),
            **{name: Localized.of(told[name]) for name in ("title", "summary", "description")},
            published_at=self.at(published),
            announced_at=self.at(published),
            lesson=Localized.of(told["lesson"]) if lesson_at else Localized(),
            lesson_published_at=lesson_at,
            lesson_announced_at=lesson_at,
        )
        self.record(Deed.SAMPLE_OFFERED, self.organizer, published, title)
        if lesson_at:
            self.record(Deed.LESSON_PUBLISHED, self.organizer, learned, title)
        asked = list(zip(self.criteria, told["references"], strict=True))
        for criterion, right in asked:
            self.add(
                Reference,
                criterion["key"],
                since=published,
                sample_id=sample.id,
                criterion_id=key_of(Criterion, criterion["key"]),
                score=right["level"],
                levels=HIGHEST,
                reason=Localized(en=right["en"], fr=right["fr"]),
            )
        for number, judge in enumerate(content("people")["judges"]):
            done = published + timedelta(hours=5 * (number + 1))
            if judge["email"] not in told["waiting"]["judges"] and self.past(done):
                self.sample_review(sample, judge["email"], asked, done)

    def sample_review(
        self, sample: Sample, judge: str, asked: list[tuple[Any, Any]], done: datetime
    ) -> None:
        """What a judge gave, around what the organizers find right."""
        review = self.add(
            SampleReview,
            judge,
            since=done,
            judge_id=key_of(Judge, judge),
            sample_id=sample.id,
            touched_at=self.at(done),
            completed_at=self.at(done),
        )
        self.record(Deed.SAMPLE_SCORED, judge, done, content("calibration")["title"]["en"])
        dice = chance("sample", judge)
        for criterion, right in asked:
            level = round(dice.gauss(right["level"], right["spread"]))
            self.add(
                SampleScore,
                *(judge, criterion["key"]),
                since=done,
                review_id=review.id,
                criterion_id=key_of(Criterion, criterion["key"]),
                score=min(HIGHEST, max(LOWEST, level)),
                levels=HIGHEST,
            )

    def reviews(self) -> None:
        if not self.past(ASSIGNED):
            return
        team, about, reason = OBJECTION
        captain = self.members[team][0]["email"]
        named = ASSIGNED - timedelta(days=4)
        self.add(
            Objection,
            team,
            since=named,
            team_id=key_of(Team, team),
            about=about,
            reason=reason,
            by_id=key_of(User, captain),
        )
        self.of_team(Deed.OBJECTION_MADE, team, captain, named)
        submissions = {item["team"]: item for item in content("submissions")["submissions"]}
        proposal = assignment.propose(
            [
                assignment.Submission(
                    team, frozenset([item["language"]]), self.teams[team]["challenge"]
                )
                for team, item in submissions.items()
            ],
            [
                assignment.Judge(each["email"], REVIEWS_OF_ONE, frozenset(each["languages"]))
                for each in content("people")["judges"]
            ],
            wanted=REVIEWS,
            conflicts={assignment.Assignment(judge, team) for judge, team, _ in CONFLICTS},
        )
        self.record(
            Deed.REVIEWS_ASSIGNED, self.organizer, ASSIGNED, count=len(proposal.assignments)
        )
        by_judge: dict[str, list[str]] = defaultdict(list)
        for each in sorted(proposal.assignments, key=lambda a: (str(a.judge), str(a.submission))):
            by_judge[str(each.judge)].append(str(each.submission))
        for judge, teams in by_judge.items():
            dice = chance("judge", judge)
            severity = dice.gauss(0, 0.3)
            shares = [*sorted(dice.random() for _ in teams[1:]), 1.0]
            for team, share in zip(teams, shares, strict=True):
                self.review(judge, submissions[team], severity, between(*SCORING, share))

    def review(
        self, judge: str, item: dict[str, Any], severity: float, completed: datetime
    ) -> None:
        """Assigned; once it is completed, with scores around the submission's merit."""
        name, done = (judge, item["team"]), self.past(completed)
        dice = chance("review", *name)
        merit = MIDDLE + item["quality"] - severity
        scores = {
            criterion["key"]: min(HIGHEST, max(LOWEST, round(merit + dice.gauss(0, 0.5))))
            for criterion in self.criteria
        }
        mean = round(sum(each["weight"] * scores[each["key"]] for each in self.criteria))
        comments = [
            text
            for each in content("comments")["comments"]
            if each["score"] == max(mean, LOWEST + 1)
            and (text := each["text"][item["language"]]) not in self.written_to[item["team"]]
        ]
        comment = dice.choice(comments) if done else ""
        self.written_to[item["team"]].add(comment)
        self.add(
            Review,
            *name,
            since=ASSIGNED,
            judge_id=key_of(Judge, judge),
            submission_id=key_of(Submission, item["team"]),
            round_id=key_of(Round),
            comment=comment,
            completed_at=self.at(completed) if done else None,
            touched_at=self.at(completed) if done else None,
        )
        if comment and self.past(HONOURED):
            self.add(
                Release,
                *name,
                since=HONOURED,
                review_id=key_of(Review, *name),
                original=comment,
                text=comment,
                released_at=self.at(HONOURED),
                by_id=key_of(User, self.organizer),
            )
        if done:
            self.add(
                Declaration,
                *name,
                since=ASSIGNED + timedelta(hours=3),
                judge_id=key_of(Judge, judge),
                submission_id=key_of(Submission, item["team"]),
                said=Stand.NONE,
            )
            self.of_team(Deed.REVIEW_COMPLETED, item["team"], judge, completed)
        for criterion, score in scores.items() if done else ():
            self.add(
                Score,
                *name,
                criterion,
                since=completed,
                review_id=key_of(Review, *name),
                criterion_id=key_of(Criterion, criterion),
                score=score,
            )
        for condition in self.conditions if done else ():
            doubts = chance("condition", *name, condition["key"]).random() < DOUBTS
            self.add(
                ConditionAnswer,
                *name,
                condition["key"],
                since=completed,
                review_id=key_of(Review, *name),
                condition_id=key_of(JudgedCondition, condition["key"]),
                met=not doubts,
                reason=condition["doubt"][item["language"]] if doubts else "",
            )

    def problems(self) -> None:
        """What judges reported of something that they were given to review."""
        for judge, kind, text, at in PROBLEMS:
            if not self.past(at):
                continue
            team = next(each for each in self.teams if self.gave(judge, each))
            self.add(
                Problem,
                *(judge, team),
                since=at,
                judge_id=key_of(Judge, judge),
                submission_id=key_of(Submission, team),
                kind=kind,
                text=text,
            )
            self.of_team(Deed.PROBLEM_REPORTED, team, judge, at)

    def gave(self, judge: str, team: str) -> bool:
        """Does the judge review the team's work?"""
        return db.session.get(Review, key_of(Review, judge, team)) is not None

    # -- results --

    def prizes(self) -> None:
        """As the event had them: in each challenge a winning and an outstanding team."""
        for position, (kind, name) in enumerate(USUAL, 1):
            self.of_event(
                Prize,
                kind.value,
                since=ANNOUNCED,
                name=name,
                kind=kind,
                span=Span.EACH,
                number=1,
                gift=Localized(),
                position=position,
            )

    def results(self) -> None:
        if not self.past(HONOURED):
            return
        by = key_of(User, self.organizer)
        for kind, name in USUAL:
            grade = Grade.WINNER if kind is PrizeKind.PLACE else Grade.OUTSTANDING
            place = 1 if kind is PrizeKind.PLACE else None
            given = [
                item for item in content("submissions")["submissions"] if item.get("award") == grade
            ]
            for item in given:
                self.of_event(
                    Honour,
                    item["team"],
                    since=HONOURED,
                    submission_id=key_of(Submission, item["team"]),
                    prize_id=key_of(Prize, kind.value),
                    place=place,
                    citation=Localized.of(item["citation"]),
                    by_id=by,
                )
            awards = written(Award(key_of(Submission, item["team"]), place) for item in given)
            self.add(
                PrizeRuling,
                kind.value,
                since=HONOURED,
                prize_id=key_of(Prize, kind.value),
                given=awards,
                proposed=awards,
                reason="",
                by_id=by,
            )
            self.record(
                Deed.PRIZE_DECIDED,
                self.organizer,
                HONOURED,
                name.in_("en"),
                projects=", ".join(item["title"] for item in given),
            )
        publish = content("competition")["results"]["publish_at"]
        if self.past(SCHEDULED):
            self.decision(by)
            self.of_event(
                Announcement,
                since=SCHEDULED,
                publish_at=self.at(publish),
                letters_at=self.at(publish) if self.past(publish) else None,
                by_id=by,
            )
            told = self.at(publish).astimezone(ZONE).strftime("%Y-%m-%d %H:%M %Z")
            self.record(Deed.RESULTS_SCHEDULED, self.organizer, SCHEDULED, told)

    def decision(self, by: uuid.UUID) -> None:
        """What was decided, sealed by the release."""
        db.session.flush()
        competition = db.session.get_one(Competition, self.competition_id)
        moment = self.at(SCHEDULED)
        octets = content_of(
            competition,
            number=1,
            sealed_at=moment.isoformat(),
            by=db.session.get_one(User, by),
            votes=None,
        )
        self.of_event(
            Decision,
            since=SCHEDULED,
            number=1,
            content=octets.decode(),
            digest=digest(octets),
            state=state_of(competition),
            by_id=by,
        )
        self.record(Deed.DECISION_SEALED, self.organizer, SCHEDULED, 1, digest=digest(octets))

    # -- gallery --

    def gallery(self) -> None:
        """For the crew while judges begin; for everyone who votes. Some want to be named."""
        if not self.past(SHOWN_TO_CREW):
            return
        by = key_of(User, self.organizer)
        at = self.at(SHOWN_TO_CREW)
        decided = [
            (since, Deed.GALLERY_DATED, audience, {"opens_at": at.isoformat()})
            for since, audience in ((SHOWN_TO_CREW, Audience.CREW), (SHOWN_TO_ALL, Audience.PUBLIC))
            if self.past(since)
        ]
        self.of_event(
            Gallery,
            since=SHOWN_TO_CREW,
            audience=decided[-1][2],
            opens_at=at,
            files=True,
            by_id=by,
        )
        for since, deed, whom, details in decided:
            self.record(deed, self.organizer, since, audience=whom.value, **details)
        for item in content("submissions")["submissions"]:
            team = item["team"]
            for person in self.members[team]:
                wants = chance("named", person["email"])
                asked = between(*NAMED, wants.random())
                if wants.random() < 0.4 and self.past(asked):
                    self.add(
                        Named,
                        person["email"],
                        since=asked,
                        registration_id=key_of(Registration, person["email"]),
                        team_id=key_of(Team, team),
                        written=person["name"],
                    )
                    self.of_team(Deed.NAME_SHOWN, team, person["email"], asked)

    # -- voting --

    def people_choose(self) -> None:
        """Visitors with made-up addresses vote; after the close one class stands out, and one
        person who voted twice."""
        if not self.past(POLL_ANNOUNCED):
            return
        poll = self.of_event(
            Poll,
            since=POLL_ANNOUNCED,
            electorate=Electorate.ADDRESSES,
            votes=3,
            teams_vote=True,
            crew_votes=True,
            judges_vote=False,
            seed=key_of(Poll, "seed").hex * 2,
            published_at=self.at(POLL_ANNOUNCED),
        )
        self.record(Deed.POLL_SET_UP, self.organizer, POLL_ANNOUNCED, votes=3)
        self.record(Deed.POLL_PUBLISHED, self.organizer, POLL_ANNOUNCED)
        db.session.flush()
        parted = self.past(VOTES_RELEASED)
        for number in range(VISITORS):
            since = between(*VOTING, chance("vote", number).random())
            self.ballot(f"visitor{number + 1}@audience.example", f"home {number}", since, parted)
        for number in range(CLASS):
            since = CLASS_VOTES + timedelta(seconds=35 * number)
            self.ballot(f"pupil{number + 1}@school.example", "school", since, parted)
        for address in TWICE:
            self.ballot(address, address, TWICE_VOTES, parted)
        if parted:
            self.counted(poll)

    def ballot(self, address: str, network: str, since: datetime, parted: bool) -> None:
        """One voter's, of one to three projects; without what ties them once they are parted."""
        if not self.past(since):
            return
        poll = db.session.get_one(Poll, key_of(Poll))
        draw = chance("ballot", address)
        self.add(
            Voter,
            address,
            since=since,
            poll_id=poll.id,
            mark=address_mark(poll, address),
            address=None if parted else address,
            parted_at=self.at(VOTES_RELEASED) if parted else None,
        )
        self.add(
            Ballot,
            address,
            since=since,
            poll_id=poll.id,
            voter_id=None if parted else key_of(Voter, address),
            network=None if parted else key_of(Ballot, network).hex * 2,
        )
        teams = [item["team"] for item in content("submissions")["submissions"]]
        # Those that are liked more come first more often.
        liked = sorted(teams, key=lambda t: draw.random() / (1 + 3 * chance("liked", t).random()))
        for team in liked[: draw.choice([1, 2, 2, 3, 3])]:
            self.add(
                Vote,
                *(address, team),
                since=since,
                ballot_id=key_of(Ballot, address),
                submission_id=key_of(Submission, team),
            )

    def counted(self, poll: Poll) -> None:
        """What the close brought to light, and what organizers made of it."""
        by = key_of(User, self.organizer)
        poll.examined_at = self.at(EXAMINED)
        poll.parted_at = poll.released_at = self.at(VOTES_RELEASED)
        poll.released_by_id = by
        pupils = [f"pupil{number + 1}@school.example" for number in range(CLASS)]
        for sign, voters, details, begins, ends in (
            (
                Sign.NETWORK,
                pupils,
                {"ballots": CLASS, "usual": 0.3},
                CLASS_VOTES,
                CLASS_VOTES + timedelta(seconds=35 * (CLASS - 1)),
            ),
            (Sign.ADDRESS, TWICE, {"ballots": len(TWICE)}, TWICE_VOTES, TWICE_VOTES),
        ):
            db.session.flush()
            self.add(
                Flag,
                sign.value,
                since=EXAMINED,
                poll_id=poll.id,
                sign=sign,
                mark=key_of(Flag, sign.value).hex * 2,
                begins_at=self.at(begins),
                ends_at=self.at(ends),
                details=details,
                ballots=[db.session.get_one(Ballot, key_of(Ballot, voter)) for voter in voters],
            )
        self.add(
            FlagNote,
            since=LOOKED_INTO,
            flag_id=key_of(Flag, Sign.NETWORK.value),
            text="A class that discussed the projects together; its teacher had told us before.",
            by_id=by,
        )
        reason = "One person wrote to us that both ballots are theirs, and which one to keep."
        self.add(
            SetAside,
            since=LOOKED_INTO,
            ballot_id=key_of(Ballot, TWICE[1]),
            flag_id=key_of(Flag, Sign.ADDRESS.value),
            reason=reason,
            by_id=by,
        )
        name = {sign: (key_of(Flag, sign.value).hex * 2)[:6].upper() for sign in Sign}
        self.record(Deed.FLAG_NOTED, self.organizer, LOOKED_INTO, name[Sign.NETWORK])
        self.record(
            *(Deed.BALLOTS_SET_ASIDE, self.organizer, LOOKED_INTO, name[Sign.ADDRESS]),
            count=1,
            reason=reason,
        )
        self.record(Deed.POLL_RELEASED, self.organizer, VOTES_RELEASED)

    # -- certificates --

    def certificates(self) -> None:
        """Rows alone: the worker draws them, as it does for organizers."""
        if not self.past(ISSUED):
            return
        told = content("certificates")
        self.of_event(
            CertificateStyle,
            since=SCHEDULED,
            paper=Paper.LETTER,
            accent=told["accent"],
            occasion=Localized.of(told["occasion"]),
            participants=Condition.HANDED_IN,
            mentors=Condition.ACCOMPANIED,
            judges=Condition.COMPLETED,
        )
        for number, each in enumerate(told["signatories"]):
            self.of_event(
                Signatory,
                each["name"],
                since=SCHEDULED,
                name=each["name"],
                title=Localized.of(each["title"]),
                drawn=self.keep(drawn_anew(signature(each["strokes"])).octets)["digest"],
                position=number,
            )
        db.session.flush()
        competition = db.session.get_one(Competition, self.competition_id)
        for kind in EARNED:
            facts = facts_of(competition, kind)
            holders = db.session.scalars(earners(competition, kind)).all()
            for holder in holders:
                self.certificate(kind, holder, facts.get(holder.id, {}))
            if holders:
                self.record(
                    Deed.CERTIFICATES_ISSUED,
                    self.organizer,
                    ISSUED,
                    certificate_kind=kind.value,
                    count=len(holders),
                )

    def certificate(self, kind: CertificateKind, holder: Any, facts: dict[str, Any]) -> None:
        draw = chance("certificate", kind.value, holder.id)
        chosen = "".join(draw.choice(ALPHABET) for _ in range(LENGTH - 1))
        speaks = kind is CertificateKind.SPEAKER
        self.of_event(
            Certificate,
            *(kind.value, holder.id),
            since=ISSUED,
            number=chosen + check_character(chosen),
            kind=kind,
            **({"speaker_id": holder.id} if speaks else {"user_id": holder.id}),
            token=f"{draw.getrandbits(192):048x}" if speaks else None,
            name=holder.name,
            speaks=Speaks.BOTH,
            facts=facts,
            by_id=key_of(User, self.organizer),
            edited_at=self.at(ISSUED),
        )

    # -- followups --

    def follow_up(self) -> None:
        """Planned with the results; half a year later a team has answered."""
        told = content("press")["follow_up"]
        publish = content("competition")["results"]["publish_at"]
        if not self.past(publish):
            return
        half_a_year = publish + timedelta(days=183)
        answered = self.past(half_a_year)
        self.of_event(
            FollowUp,
            since=publish,
            months=told["months"],
            words=Localized.of(told["words"]),
            by_id=key_of(User, self.organizer),
            finished_at=self.at(half_a_year) if answered else None,
        )
        self.record(Deed.FOLLOW_UP_PLANNED, self.organizer, publish, months=told["months"])
        if not answered:
            return
        works = content("submissions")["submissions"]
        team = next(item["team"] for item in works if "award" in item)
        captain = key_of(User, self.members[team][0]["email"])
        self.add(
            FollowUpAnswer,
            team,
            since=half_a_year,
            follow_up_id=key_of(FollowUp),
            submission_id=key_of(Submission, team),
            outcome=Became.USED,
            words=told["answer"],
            language=told["language"],
            saved_at=self.at(half_a_year),
            saved_by_id=captain,
            agreed_at=self.at(half_a_year),
            agreed_by_id=captain,
        )

    # -- press --

    def press(self) -> None:
        """Composed once the honours are; pictures only of work without a content warning."""
        if not self.past(SCHEDULED):
            return
        told = content("press")
        db.session.flush()
        competition = db.session.get_one(Competition, self.competition_id)
        pack = self.of_event(
            PressPack,
            since=SCHEDULED,
            **{name: Localized.of(told[name]) for name in ("introduction", "contact", "terms")},
            quote=Localized(),
            quoted=Localized(),
            saved_at=self.at(SCHEDULED),
            published_at=self.at(SCHEDULED),
            by_id=key_of(User, self.organizer),
        )
        for project in honoured(competition):
            pictures = [] if project.warning else [file["sha256"] for file in project.pictures]
            self.add(
                PressProject,
                project.submission.id,
                since=SCHEDULED,
                pack_id=pack.id,
                submission_id=project.submission.id,
                pictures=pictures,
            )
        self.record(Deed.PRESS_PACK_PUBLISHED, self.organizer, SCHEDULED)

    # -- news --

    def news(self) -> None:
        for item in content("news")["news"]:
            if self.past(item["published_at"]):
                self.of_event(
                    NewsItem,
                    item["slug"],
                    since=item["published_at"],
                    slug=item["slug"],
                    title=Localized.of(item["title"]),
                    body=Localized.of(item["body"]),
                    published_at=self.at(item["published_at"]),
                )
                self.record(
                    Deed.NEWS_PUBLISHED,
                    self.organizer,
                    item["published_at"],
                    Localized.of(item["title"]),
                    at=self.at(item["published_at"]).isoformat(),
                )


def agenda_in_figures() -> bytes:
    """Each session of the agenda in a line of figures, as CSV."""
    sessions = sorted(content("agenda")["sessions"], key=lambda each: each["starts_at"])
    days = sorted({each["starts_at"].date() for each in sessions})
    lines = ["day,kind,languages,minutes,speakers,public"]
    for each in sessions:
        minutes = (each["ends_at"] - each["starts_at"]) // timedelta(minutes=1)
        public = "yes" if each["public"] else "no"
        day = days.index(each["starts_at"].date()) + 1
        languages = "+".join(each["languages"])
        speakers = len(each["speakers"])
        lines.append(f"{day},{each['kind']},{languages},{minutes},{speakers},{public}")
    return ("\n".join(lines) + "\n").encode()


def invented_journeys() -> bytes:
    """Numbers drawn by chance, about no place and nobody, as CSV; small regions miss more weeks."""
    draw = chance("invented journeys")
    lines = ["region,week,tickets,arrivals,event,calls"]
    for size, region in enumerate("ABCDEFGH", 1):
        for week in range(1, 53):
            event = int(draw.random() < 0.06)
            season = 1 + (18 <= week <= 40)
            tickets = round(draw.gauss(12, 2) * size * (1 + event))
            arrivals = max(0, round(draw.gauss(9, 4) * size * (season - 0.9)))
            calls = max(0, round(draw.gauss(1 + arrivals / 12 + 2 * event, 1)))
            missing = draw.random() < 0.5 / size
            shown = "" if missing else calls
            lines.append(f"{region},{week},{tickets},{arrivals},{event},{shown}")
    return ("\n".join(lines) + "\n").encode()


def signature(strokes: list[int]) -> io.BytesIO:
    """A made-up one: a line of ink through these points, as a PNG."""
    picture = Image.new("RGB", (600, 200), "white")
    points = [(strokes[n], strokes[n + 1]) for n in range(0, len(strokes), 2)]
    ImageDraw.Draw(picture).line(points, fill="#16324a", width=7, joint="curve")
    octets = io.BytesIO()
    picture.save(octets, "PNG")
    octets.seek(0)
    return octets


def pdf(title: str) -> bytes:
    """One page with a line of text: the smallest file that every reader of PDF opens."""
    line = title.replace("\\", "").replace("(", "").replace(")", "").encode("cp1252", "ignore")
    stream = b"BT /F1 16 Tf 72 760 Td (" + line + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    file, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
        + b"startxref\n%d\n%%%%EOF\n" % len(file)
    )
