"""Certificates by the thousand: how long rows, drawing and archive take, and the memory.

    python -m benchmarks.certificates 5000

On SQLite, in a directory of its own that goes afterwards. "rows" is what organizers wait for when
they issue; "drawn" is what the worker does, one process; "archive" reads every file into a ZIP that
goes nowhere. Memory is the largest that the process had so far.
"""

import resource
import sys
import tempfile
from datetime import UTC, datetime
from time import perf_counter

from flask_migrate import upgrade
from sqlalchemy import insert

from hackathon import create_app
from hackathon.accounts.models import User
from hackathon.certificates import actions
from hackathon.certificates.manage import packed
from hackathon.certificates.models import Condition, Kind
from hackathon.certificates.production import draw_issued
from hackathon.certificates.queries import drawn_files, style_of
from hackathon.competitions.models import Competition
from hackathon.config import Settings
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.ground.model import uuid7
from hackathon.registrations.models import Registration
from hackathon.registrations.states import State


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"


def lay(people: int) -> tuple[Competition, User]:
    """A competition in which so many people are registered, each of whom earns a certificate."""
    text = Localized(en="DataJam", fr="DataJam")
    names = ("name", "tagline", "summary", "description", "how_to_enter")
    competition = Competition(slug="c", zone="America/Toronto", **dict.fromkeys(names, text))
    organizer = User(email="o@example.org", name="O", password="", fs_uniquifier="o")
    db.session.add_all([competition, organizer])
    db.session.flush()
    style = style_of(competition)
    style.participants = Condition.REGISTERED
    db.session.add(style)
    moment, keys = datetime.now(UTC), [uuid7() for _ in range(people)]
    accounts = [
        {
            "id": key,
            "email": f"{number}@example.org",
            "written_name": f"Ann-Élise Nguyễn {number}",
            "password": "",
            "fs_uniquifier": str(key),
        }
        for number, key in enumerate(keys)
    ]
    entry = {
        "competition_id": competition.id,
        "of_age_declared_at": moment,
        "state": State.REGISTERED,
        "moved_at": moment,
        "registered_at": moment,
    }
    db.session.execute(insert(User), accounts)
    db.session.execute(insert(Registration), [{"user_id": key, **entry} for key in keys])
    db.session.commit()
    return competition, organizer


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        settings = {"HACKATHON_MODE": "demo", "DATA_DIR": directory}
        app = create_app(Settings.from_environment(settings))
        with app.app_context():
            upgrade()
            competition, organizer = lay(people)
            print(f"{people} people; memory before: {memory()}")
            begun = perf_counter()
            actions.issue(competition, Kind.PARTICIPANT, by=organizer)
            db.session.commit()
            print(f"rows: {perf_counter() - begun:.2f} s, {memory()}")
            begun, done = perf_counter(), 0
            while drawn := draw_issued():
                done += drawn
                if done % 1000 == 0:
                    print(f"  {done} drawn: {memory()}")
            took = perf_counter() - begun
            print(f"drawn: {took:.1f} s, {1000 * took / done:.1f} ms each, {memory()}")
            begun, octets = perf_counter(), 0
            files = drawn_files(competition, None)
            for part in packed(files, app.extensions["storage"]):
                octets += len(part)
            size = octets / 1024 / 1024
            print(f"archive: {len(files)} files, {size:.0f} MiB, {perf_counter() - begun:.1f} s")
            print(f"memory in the end: {memory()}")
            db.session.remove()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
