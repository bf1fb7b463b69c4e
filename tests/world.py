"""People and things for tests: real rows, every written word marked like ⟦this⟧.

Marked words let tests/house find a word on a page that comes neither from a catalogue nor from
the rows. `World` makes what a test asks for; `Story` is one whole competition with every role.
"""

import io
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hackathon.accounts.models import User
from hackathon.competitions.models import (
    Challenge,
    Competition,
    Criterion,
    Document,
    Gate,
    Level,
    Organizer,
    Partner,
    PartnerKind,
    Window,
)
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.registrations.models import Registration
from hackathon.teams.models import Membership, Team

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
            self.add(Window(competition=competition, gate=gate, **window(gates)))
        return competition

    def set_gates(self, competition: Competition, gates: str, *only: Gate) -> None:
        """Open or close the gates (all, or only these), whatever was announced."""
        for row in competition.windows:
            if not only or row.gate in only:
                row.opens_at, row.closes_at = window(gates).values()
        db.session.flush()

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

    def criterion(self, competition: Competition, weight: int = 50) -> Criterion:
        number = self.number()
        return self.add(
            Criterion(
                competition=competition,
                name=both(f"Criterion {number}"),
                description=both("description"),
                weight=weight,
                position=number,
                levels=[Level(score=n, description=both(f"level {n}")) for n in range(1, 6)],
            )
        )

    def participant(self, competition: Competition, name: str = "Participant") -> User:
        """A person who is registered and in no team."""
        user = self.person(name)
        self.registration(user, competition)
        return user

    def registration(self, user: User, competition: Competition) -> Registration:
        return self.add(
            Registration(
                competition=competition,
                user=user,
                residence="QC",
                of_age_declared_at=datetime.now(UTC),
            )
        )

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

    def client(self, user: User | None = None) -> FlaskClient:
        """A browser, signed in as the person."""
        client = self.app.test_client()
        if user is not None:
            with client.session_transaction() as session:
                session["_user_id"] = user.fs_uniquifier
                session["_fresh"] = True
        return client


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
        self.team = world.team(competition, 2)
        other = world.team(competition, 2)
        captain, member = self.team.members
        self.people: dict[str, User | None] = {
            "visitor": None,
            "stranger": world.person("Stranger"),
            "participant": world.participant(competition),
            "captain": captain,
            "member": member,
            "member of another team": other.members[1],
            "mentor of this team": world.person("Mentor"),
            "mentor of another": world.person("Mentor"),
            "judge": world.person("Judge"),
            "judge with a conflict": world.person("Judge"),
            "organizer": world.organizer(competition),
            "organizer of another competition": world.organizer(elsewhere),
            "administrator": world.administrator(),
        }
        self.things: dict[str, Any] = {
            "competition": competition,
            "team": self.team,
            "challenge": world.challenge(competition),
            "document": world.document(competition),
        }
        world.partner(competition)
        world.criterion(competition)
        # -- registrations --
        # -- teams --
        # -- workshops --
        # -- mentoring --
        # -- submissions --
        # -- judging --
        # -- results --
        # -- news --
        db.session.commit()

    def client(self, role: str) -> FlaskClient:
        """A browser of the person in that role."""
        return self.world.client(self.people[role])

    def enter(self, era: str) -> None:
        """`open`, `closed`, or `results`: closed with the results announced."""
        self.world.set_gates(self.competition, "open" if era == "open" else "closed")
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
