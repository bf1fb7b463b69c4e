"""Migrations go up, equal the models, keep the rows, go down, and up again, on both databases."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    MetaData,
    Uuid,
    column,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy import table as table_of
from sqlalchemy.exc import IntegrityError

from hackathon import create_app
from hackathon.comparisons.models import Visit, Word
from hackathon.competitions.actions import WRITTEN
from hackathon.competitions.models import Audience, Competition, Organizer, Round, Takes
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.model import JSONType, Model, uuid7
from hackathon.judging import rulebook
from hackathon.judging.models import Judge, Review, RulesVersion
from hackathon.judging.queries import draft_of
from hackathon.questions.models import Kind
from hackathon.registrations.actions import agree_by_answer
from hackathon.registrations.models import Consent, Registration
from hackathon.registrations.states import State
from hackathon.results.models import Grade, Honour, Prize, PrizeKind, Span
from hackathon.submissions.models import File, Submission, Version
from hackathon.teams.models import Ending, Invitation, Membership, Team
from tests.conftest import new_database, settings_for
from tests.world import Story, World


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site over a database without tables."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_equals_the_models(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Model.metadata) == []
    assert tables() == set(Model.metadata.tables)


def test_down_and_up_again(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(Model.metadata.tables)


def test_checks_reach_the_database(empty: Flask) -> None:
    """Autogenerate does not see CHECK constraints, so we compare them ourselves."""
    upgrade()
    inspector = inspect(db.engine)
    for table in Model.metadata.sorted_tables:
        there = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert there == wanted, table.name


def test_rows_survive(empty: Flask) -> None:
    """A later migration must keep these: tables are copied on SQLite, and children hang on them."""
    upgrade()
    story = Story(World(empty))
    before = {
        kind: len(db.session.scalars(select(kind)).all())
        for kind in (Competition, Team, Membership, Version)
    }
    assert min(before.values()) > 0
    db.session.remove()
    upgrade()
    after = {kind: len(db.session.scalars(select(kind)).all()) for kind in before}
    assert after == before
    assert db.session.get(Team, story.things["team"].id).challenge is not None


def test_judges_stay_and_what_links_opened_goes(empty: Flask) -> None:
    """Down to before judges were invited, and up again."""
    upgrade()
    world = World(empty)
    competition = world.competition()
    invitation = world.guest_judge(competition, "secret")
    judge = world.judge(competition, offered=3, availability="evenings")
    world.by_link(invitation)
    world.sign_in(judge.user)
    keys = {invitation.judge.id, judge.id}
    db.session.commit()
    db.session.remove()
    downgrade(revision="0023")
    manners = db.session.execute(text("SELECT manner FROM sign_in")).scalars().all()
    assert manners == ["password"]
    db.session.remove()
    upgrade()
    judges = db.session.scalars(select(Judge)).all()
    assert {each.id for each in judges} == keys
    assert [(each.offered, each.availability) for each in judges] == [(None, ""), (None, "")]


def test_registrations_keep_what_is_known_of_them(empty: Flask) -> None:
    """From before states: who takes part, who withdrew, when, and by whose hand."""
    upgrade(revision="0001")
    entered, left = (datetime(2021, 4, day, 12, tzinfo=UTC) for day in (2, 20))
    organizer, stays, goes = (uuid.uuid4() for _ in range(3))
    competition = uuid.uuid4()

    for number, key in enumerate((organizer, stays, goes)):
        address = f"person{number}@example.org"
        who = {"email": address, "name": address, "password": "", "organization": ""}
        insert("user", id=key, **who, language="en", active=True, fs_uniquifier=address)
    texts: dict[str, Any] = {name: {} for name in WRITTEN}
    sizes = {"team_min": 1, "team_max": 5, "capacity": 9}
    insert("competition", id=competition, slug="c", zone="UTC", **texts, **sizes)
    here = {"competition_id": competition, "of_age_declared_at": entered, "residence": "QC"}
    insert("registration", user_id=stays, **here)
    insert("registration", user_id=goes, withdrawn_at=left, **here)
    insert(
        "journal_entry",
        deed="registration_withdrawn",
        competition_id=competition,
        actor_id=organizer,
        created_at=left,
        subject="",
        details={},
    )
    db.session.commit()
    upgrade()
    rows = {row.user_id: row for row in db.session.scalars(select(Registration))}
    assert (rows[stays].takes_part, rows[goes].takes_part) == (True, False)
    assert (rows[goes].state, rows[goes].moved_at) == (State.WITHDRAWN, left)
    assert rows[stays].registered_at == rows[stays].moved_at == entered
    assert [(c.before, c.after, c.by_id, c.created_at) for c in rows[goes].changes] == [
        (None, State.REGISTERED, goes, entered),
        (State.REGISTERED, State.WITHDRAWN, organizer, left),
    ]
    settings = db.session.get(Competition, competition)
    assert (settings.approval, settings.waitlist, settings.offer_hours) == ("automatic", False, 48)
    db.session.rollback()
    downgrade(revision="0001")
    withdrawn = db.session.execute(text("SELECT withdrawn_at FROM registration")).scalars().all()
    assert sorted(moment is None for moment in withdrawn) == [False, True]


def insert(into: str, **values: Any) -> None:
    """A row in a table as it was then, of which the models of today know nothing."""
    kinds = {uuid.UUID: Uuid(), datetime: DateTime(timezone=True), dict: JSONType}
    values = {"id": uuid.uuid4(), "created_at": datetime(2021, 4, 1, tzinfo=UTC), **values}
    columns = [column(name, kinds.get(type(value))) for name, value in values.items()]
    db.session.execute(table_of(into, *columns).insert().values(values))


def test_people_and_competitions_of_before_survive_signing_in(empty: Flask) -> None:
    """Rows as 0001 knew them: tables are copied, and organizers hang on both."""
    upgrade(revision="0001")
    user, competition, organizer = (uuid.uuid4() for _ in range(3))
    who = {"email": "a@b.example", "name": "Ana", "password": "x", "fs_uniquifier": "x"}
    insert("user", id=user, **who, language="fr", active=True)
    texts: dict[str, Any] = {name: {"en": "x"} for name in WRITTEN}
    insert("competition", id=competition, slug="c", zone="UTC", team_min=1, team_max=5, **texts)
    insert("organizer", id=organizer, competition_id=competition, user_id=user)
    db.session.commit()
    upgrade()
    assert db.session.get(Competition, competition).second_factor_required is False
    kept = db.session.scalars(select(Organizer)).one()
    assert (kept.user.email, kept.user.pronouns) == ("a@b.example", None)
    db.session.remove()
    downgrade(revision="0001")
    with db.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Organizer)) == 1


def test_invitations_survive_the_board(empty: Flask) -> None:
    """Their table is copied on SQLite: down and up again, rows and the partial index stay."""
    upgrade()
    world = World(empty)
    team = world.team(world.competition())
    link, letter = world.invitation(team), world.invitation(team, "ana@example.org")
    keys, of = [link.id, letter.id], team.id
    db.session.commit()
    db.session.remove()
    downgrade(revision="0001")
    upgrade()
    found = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [each.id for each in found] == keys
    assert [(each.address, each.to) for each in found] == [(None, None), ("ana@example.org", None)]
    found[1].closed_at, found[1].closed_as = found[1].created_at, Ending.REVOKED
    world = World(empty)
    world.count = 1000
    waiting = world.invitation(db.session.get_one(Team, of), "ana@example.org")
    with pytest.raises(IntegrityError):
        world.invitation(waiting.team, "ana@example.org")
    db.session.rollback()


def test_old_invitations_keep_their_sense(empty: Flask) -> None:
    """Letters work once, links for all; what was closed says as what."""
    upgrade()
    world = World(empty)
    team = world.team(world.competition())
    rows = {
        "waiting": world.invitation(team, "a@example.org"),
        "answered": world.invitation(team, "b@example.org"),
        "link": world.invitation(team),
        "revoked": world.invitation(team),
    }
    for name in ("answered", "revoked"):
        rows[name].closed_at, rows[name].closed_as = now(), Ending.DECLINED
    keys = {name: row.id for name, row in rows.items()}
    db.session.commit()
    db.session.remove()
    downgrade(revision="0001")
    upgrade()
    found = {name: db.session.get(Invitation, key) for name, key in keys.items()}
    assert {name: (row.most_uses, row.state) for name, row in found.items()} == {
        "waiting": (1, "waiting"),
        "answered": (1, "used"),
        "link": (None, "waiting"),
        "revoked": (None, "revoked"),
    }
    competition = db.session.scalars(select(Competition)).one()
    assert competition.size_warning_hours == 72
    assert team_sizes() == [2]


def team_sizes() -> list[int]:
    return [len(team.memberships) for team in db.session.scalars(select(Team))]


def test_sqlite_has_its_foreign_keys_on_again(empty: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1


def test_old_consents_and_files_survive_the_ledger(empty: Flask) -> None:
    """Rows of the first schema keep what they said, also when the ledger goes again."""
    upgrade(revision="0001")
    old = MetaData()
    old.reflect(db.engine)
    moment, keys = datetime(2026, 5, 8, tzinfo=UTC), [uuid7() for _ in range(8)]
    user, competition, text_, registration, yes, no, team, submission = keys
    words = {"en": "a", "fr": "b"}

    def add(table: str, row: UUID, **columns: Any) -> None:
        given = {"id": row, "created_at": moment, **columns}
        if db.engine.dialect.name == "sqlite":
            given = {k: v.hex if isinstance(v, UUID) else v for k, v in given.items()}
        db.session.execute(old.tables[table].insert().values(given))

    add(
        *("user", user),
        **{"email": "a@example.org", "password": "p", "name": "A", "language": "en"},
        **{"active": True, "fs_uniquifier": "u"},
    )
    add(
        *("competition", competition),
        **{"slug": "c", "zone": "America/Toronto", "team_min": 1, "team_max": 2},
        **dict.fromkeys(("name", "tagline", "summary", "description", "how_to_enter"), words),
    )
    of_it = {"competition_id": competition}
    add(
        *("consent_text", text_),
        **{"key": "k", "version": 1, "title": words, "body": words, "required": True, **of_it},
    )
    add(
        *("registration", registration),
        **{"user_id": user, "residence": "QC", "of_age_declared_at": moment, **of_it},
    )
    add("consent", yes, registration_id=registration, consent_text_id=text_)
    add("team", team, name="T", name_key="t", about="", languages=["en"], **of_it)
    blank = ("title", "summary", "description", "repository", "demonstration", "video")
    add(
        *("submission", submission),
        **{"team_id": team, "language": "en", "revision": 1, **of_it},
        **dict.fromkeys(blank, ""),
    )
    file = {"submission_id": submission, "name": "f", "digest": "d", "size": 1}
    add("submission_file", no, **file)
    db.session.commit()
    db.session.remove()

    upgrade()
    (consent,) = db.session.scalars(select(Consent))
    assert (consent.id, consent.created_at, consent.withdrawn_at) == (yes, moment, None)
    assert consent.registration.residence == "QC"
    assert consent.registration.competition.personal_days == 365
    assert [file.by for file in db.session.scalars(select(File))] == [None]
    consent.withdrawn_at = moment
    consent.registration.residence = None
    db.session.flush()
    again = Consent(registration_id=registration, consent_text_id=text_, created_at=moment)
    db.session.add(again)
    db.session.commit()
    later = again.id
    db.session.remove()

    downgrade(revision="0001")
    kept = db.session.execute(text("SELECT id, withdrawn_at FROM consent")).one()
    assert (UUID(str(kept.id)), kept.withdrawn_at) == (later, None)
    assert db.session.scalar(text("SELECT residence FROM registration")) == ""
    db.session.remove()


def test_consents_by_answers_come_and_go(empty: Flask) -> None:
    """Texts and yeses of before stay, up and down; what questions asked goes with the mark."""
    upgrade()
    world = World(empty)
    competition = world.competition("c")
    entry = world.registration(world.person(), competition)
    rules, question = world.consent_text(competition), world.question(competition, Kind.CONSENT)
    world.consent(entry, rules)
    world.answer(entry, question, agree_by_answer(entry, question))
    keys = [rules.id, entry.id]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    for table, count in {"consent_text": 1, "consent": 1, "answer": 1, "question": 1}.items():
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == count
    db.session.rollback()
    upgrade()
    [kept] = db.session.scalars(select(Consent))
    assert [kept.consent_text_id, kept.registration_id] == keys
    assert (kept.text.question_id, kept.text.digest) == (None, None)


def test_drafts_keep_their_words_and_are_asked_no_more_than_before(empty: Flask) -> None:
    """Tables are copied on SQLite, and versions, files and feedback hang on them."""
    upgrade()
    world = World(empty)
    submission = world.submission(world.team(world.competition()))
    world.file(submission)
    key, title, version = submission.id, submission.title, submission.versions[0].content
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert db.session.execute(text("SELECT title, revision FROM submission")).one() == (title, 0)
    db.session.remove()
    upgrade()
    kept = db.session.get_one(Submission, key)
    assert (kept.title, kept.licence, kept.ai_use) == (title, "", "")
    assert [each.content for each in kept.versions] == [version]
    assert len(kept.files) == 1
    assert kept.competition.submission_asks == {}


def test_files_and_versions_from_before_stay_what_they_were(empty: Flask) -> None:
    """Their table is copied on SQLite, in both directions; what was frozen is not touched."""
    upgrade()
    story = Story(World(empty))
    digest = story.things["file"].digest
    frozen = story.things["version"].content
    db.session.remove()
    downgrade(revision="0009")
    assert {"upload", "scan"} & tables() == set()
    upgrade()
    file = db.session.scalars(select(File)).one()
    assert (file.digest, file.alt, file.drawn, file.cover) == (digest, "", "", False)
    assert frozen in db.session.scalars(select(Version.content)).all()
    with pytest.raises(IntegrityError):
        file.drawn = "0" * 64  # no picture without words
        db.session.flush()
    db.session.rollback()


def test_public_criteria_become_the_first_version_of_the_rules(empty: Flask) -> None:
    """Scores, levels and reviews stay, in the round that every competition gets."""
    upgrade()
    world = World(empty)
    public, draft = world.competition(), world.competition(published_at=None)
    criterion = world.criterion(public, 100)
    world.criterion(draft, 100)
    judge, submission = world.judge(public), world.submission(world.team(public))
    db.session.refresh(public)
    review = world.review(judge, submission, 4)
    keys = [public.id, draft.id, criterion.id, review.id]
    db.session.commit()
    before = draft_of(public)
    db.session.remove()
    downgrade(revision="0021")
    assert not {"judging_round", "rules_version", "condition_answer"} & tables()
    assert db.session.scalar(text("SELECT score FROM score")) == 4
    db.session.remove()
    upgrade()
    kept, unseen = (db.session.get_one(Competition, key) for key in keys[:2])
    [version] = db.session.scalars(select(RulesVersion)).all()
    assert (version.round, version.number) == (kept.rounds[0], 1)
    assert version.published_at == kept.published_at
    rules = rulebook.read(version.content)
    assert rules == draft_of(kept) == replace(before, name=rules.name)
    assert version.digest == rulebook.digest(rules)
    assert [each.published_at is None for each in unseen.criteria] == [True]
    assert len(unseen.rounds) == 1
    again = db.session.get_one(Review, keys[3])
    assert (again.round_id, again.scores[0].comment) == (kept.rounds[0].id, "")
    db.session.remove()


def test_questions_about_submissions_come_and_go(empty: Flask) -> None:
    """Going down, what only submissions were asked goes; what was frozen stays."""
    upgrade()
    story = Story(World(empty))
    frozen = story.things["version"].content
    count = "SELECT count(*) FROM question WHERE questionnaire {} 'submission'"
    others = db.session.scalar(text(count.format("<>")))
    assert db.session.scalar(text(count.format("="))) == 2
    db.session.remove()
    downgrade(revision="0013")
    assert "submission_answer" not in tables()
    assert db.session.scalar(text(count.format("="))) == 0
    assert db.session.scalar(text(count.format("<>"))) == others
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE question SET questionnaire = 'submission'"))
    db.session.remove()
    upgrade()
    assert db.session.scalar(text("SELECT count(*) FROM submission_answer")) == 0
    assert frozen in db.session.scalars(select(Version.content)).all()
    db.session.execute(text("UPDATE question SET questionnaire = 'submission' WHERE kind = 'long'"))
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE question SET questionnaire = 'elsewhere'"))
    db.session.remove()


def test_reviews_from_before_keep_what_they_say(empty: Flask) -> None:
    """They are as if last touched when their last score was written."""
    upgrade()
    world = World(empty)
    competition = world.competition()
    criterion = world.criterion(competition)
    judge = world.judge(competition)
    done, begun, untouched = (
        world.review(judge, world.submission(world.team(competition)), *levels)
        for levels in ((4,), (), ())
    )
    score = world.score(begun, criterion, 2)
    keys, at = [each.id for each in (done, begun, untouched)], score.created_at
    comment = done.comment
    db.session.commit()
    db.session.remove()
    downgrade(revision="0021")
    assert {"review_change", "abstention", "review_problem"} & tables() == set()
    upgrade()
    done, begun, untouched = (db.session.get_one(Review, key) for key in keys)
    assert [each.score for each in (*done.scores, *begun.scores)] == [4, 2]
    assert (done.comment, done.own_note, done.touches) == (comment, "", {})
    assert done.completed_at is not None
    assert done.touched_at is not None
    assert (begun.touched_at, untouched.touched_at) == (at, None)


def test_grades_become_prizes_and_prizes_grades(empty: Flask) -> None:
    """Their table is copied on SQLite, in both directions; of several honours one can stay."""
    upgrade()
    world = World(empty)
    competition, other = world.competition("c"), world.competition("other")
    works = [world.submission(world.team(competition)) for _ in range(3)]
    first, second = world.honour(works[0]), world.honour(works[1], Grade.OUTSTANDING)
    world.honour(works[0], Grade.OUTSTANDING)
    keys = [first.id, second.id]
    citation, challenge = first.citation, works[1].team.challenge_id
    works[2].team.challenge_id = challenge
    third = world.honour(works[2], Grade.OUTSTANDING).id
    ids = [competition.id, other.id]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0027")
    assert {"prize", "claim", "decision"} & tables() == set()
    grades = db.session.execute(text("SELECT grade FROM honour ORDER BY id")).scalars().all()
    assert grades == ["winner", "outstanding", "outstanding"]
    db.session.remove()
    upgrade()
    found = {
        (prize.competition_id, prize.kind): prize for prize in db.session.scalars(select(Prize))
    }
    assert set(found) == {
        (key, kind) for key in ids for kind in (PrizeKind.PLACE, PrizeKind.OUTSTANDING)
    }
    assert {prize.span for prize in found.values()} == {Span.EACH}
    assert found[ids[0], PrizeKind.OUTSTANDING].number == 2
    assert found[ids[1], PrizeKind.OUTSTANDING].number == 1
    kept = {honour.id: honour for honour in db.session.scalars(select(Honour))}
    assert set(kept) == {*keys, third}
    assert (kept[keys[0]].title, kept[keys[0]].place, kept[keys[0]].citation) == (
        *("Winner", 1, citation),
    )
    assert (kept[keys[1]].prize.name.fr, kept[keys[1]].place) == ("Projet remarquable", None)


def test_later_rounds_come_and_go(empty: Flask) -> None:
    """Going down takes them with all that was judged in them; the first stays with its own."""
    upgrade()
    world = World(empty)
    competition = world.competition("c")
    world.criterion(competition, 100)
    submission, judge = world.submission(world.team(competition)), world.judge(competition)
    kept = world.review(judge, submission, 4)
    later = world.round(competition, submission, takes=Takes.BEST, best=1)
    later.challenges = [submission.team.challenge]
    final = world.review(judge, submission, 2, round_=later)
    world.revision(world.discussion(submission, round=later), final)
    world.release(final)
    world.condition(competition, round_id=later.id)
    world.sample_review(judge, world.sample(competition, round=later))
    reminder = world.reminder(competition, later.gate, Audience.JUDGES)
    world.extension(competition, later.gate)
    ids = [competition.rounds[0].id, kept.id, reminder.id]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0031")
    assert {"round_selection", "round_entry", "judging_round_challenge"} & tables() == set()
    for name, number in (("judging_round", 1), ("review", 1), ("score", 1), ("reminder", 0)):
        assert db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar() == number
    db.session.remove()
    upgrade()
    first = db.session.get_one(Round, ids[0])
    assert (first.takes, first.best, first.in_each, first.challenges) == (Takes.ALL, None, True, [])
    assert [each.score for each in db.session.get_one(Review, ids[1]).scores] == [4]


def test_rounds_keep_their_gates_and_what_was_shown_of_blind_ones(empty: Flask) -> None:
    """Down, the round that is judged says whether judges see names; up, so do those before it."""
    upgrade()
    world = World(empty)
    shown, hidden = world.competition("shown"), world.competition("hidden")
    at = now().replace(microsecond=0)
    final = world.round(shown, world.submission(world.team(shown)))
    shown.rounds[0].unblinded_at = final.unblinded_at = at
    hidden.rounds[0].unblinded_at = at  # and is hidden again, in the round that is judged
    world.round(hidden, world.submission(world.team(hidden)))
    world.round(hidden)
    ids = [shown.id, hidden.id]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0035")
    rows = db.session.execute(
        text(
            "SELECT slug, gate, competition.unblinded_at IS NULL FROM judging_round"
            " JOIN competition ON competition.id = competition_id ORDER BY slug DESC, position"
        )
    )
    assert [(slug, gate, bool(null)) for slug, gate, null in rows] == [
        ("shown", "judging", False),
        ("shown", "second_round", False),
        ("hidden", "judging", True),
        ("hidden", "second_round", True),
        ("hidden", "third_round", True),
    ]
    db.session.remove()
    upgrade()
    told = [
        [
            (each.gate.value, each.unblinded_at)
            for each in db.session.get_one(Competition, key).rounds
        ]
        for key in ids
    ]
    assert told == [
        [("judging", at), ("second_round", at)],
        [("judging", None), ("second_round", None), ("third_round", None)],
    ]


def test_visits_from_before_keep_the_word_that_counts(empty: Flask) -> None:
    upgrade()
    world = World(empty)
    judge = world.judge(world.competition())
    stands = [
        world.stand(world.submission(world.team(judge.competition)), place) for place in "1234"
    ]
    seen = world.visit(judge, stands[0], Word.SEEN)
    better = world.visit(judge, stands[1], Word.LATER, earlier=seen)
    undone = world.visit(judge, stands[2], Word.EARLIER, earlier=better)
    undone.word, undone.calls[0].undone_at = None, now()
    visits = [seen, better, undone, world.visit(judge, stands[3])]
    keys = [visit.id for visit in visits]
    db.session.commit()
    db.session.remove()
    downgrade(revision="0036")
    assert "word" not in {
        each["name"] for each in inspect(db.engine).get_columns(Visit.__tablename__)
    }
    upgrade()
    words = [db.session.get_one(Visit, key).word for key in keys]
    assert words == [Word.SEEN, Word.LATER, None, None]
