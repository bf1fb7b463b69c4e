"""Data under terms: what is agreed, taken, stated and asked for, deed by deed."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from time_machine import travel

from hackathon.accounts.models import User
from hackathon.datasets import actions
from hackathon.datasets.models import LINK_LIFE, Acceptance, DataFile, DataSet, Statement, Terms
from hackathon.datasets.queries import (
    Lack,
    Tally,
    expiry_of,
    holders,
    lacks,
    standing_of,
    tallies_of,
)
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from tests.world import World, both

TODAY = datetime.now(UTC).date()


@pytest.fixture
def data_set(world: World) -> DataSet:
    return world.data_set(world.competition("jam"))


@pytest.fixture
def person(world: World, data_set: DataSet) -> User:
    return world.participant(data_set.competition)


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.id)))


def later(**time: Any) -> datetime:
    return datetime.now(UTC) + timedelta(**time)


def in_force(data_set: DataSet, person: User) -> Acceptance | None:
    return standing_of(person, data_set).acceptance


def state(data_set: DataSet, person: User, kept: str = "") -> Statement:
    return actions.state(data_set, deleted_on=TODAY, today=TODAY, kept=kept, by=person)


# -- agreeing --------------------------------------------------------------------------------


def test_agreeing_twice_is_once(data_set: DataSet, person: User) -> None:
    first = actions.accept(data_set, data_set.terms, by=person)
    assert actions.accept(data_set, data_set.terms, by=person) == first
    assert deeds() == ["data_terms_accepted"]


def test_terms_that_changed_while_they_were_read(
    world: World, data_set: DataSet, person: User
) -> None:
    read = data_set.terms
    world.terms(data_set)
    with pytest.raises(actions.TermsChanged):
        actions.accept(data_set, read, by=person)
    with pytest.raises(actions.TermsChanged):
        actions.accept(data_set, None, by=person)
    assert in_force(data_set, person) is None


def test_a_newer_version_is_asked_for_and_the_ledger_keeps_both(
    world: World, data_set: DataSet, person: User
) -> None:
    old = actions.accept(data_set, data_set.terms, by=person)
    actions.take(data_set, data_set.files[0], by=person)
    world.terms(data_set)
    with pytest.raises(actions.CannotTake, match="terms in force"):
        actions.take(data_set, data_set.files[0], by=person)
    new = actions.accept(data_set, data_set.terms, by=person)
    actions.take(data_set, data_set.files[0], by=person)
    assert (old.terms.version, new.terms.version) == (1, 2)
    assert old.ended_at is not None and new.ended_at is None
    assert len(standing_of(person, data_set).takings) == 2


def test_the_database_takes_one_agreement_at_a_time(
    world: World, data_set: DataSet, person: User
) -> None:
    world.acceptance(data_set, person)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        world.acceptance(data_set, person)


# -- taking ----------------------------------------------------------------------------------


def test_each_taking_names_file_content_and_version(data_set: DataSet, person: User) -> None:
    file = data_set.files[0]
    actions.accept(data_set, data_set.terms, by=person)
    taking = actions.take(data_set, file, by=person)
    assert (taking.name, taking.digest, taking.size) == (file.name, file.digest, file.size)
    assert taking.acceptance.terms.version == 1
    assert actions.take(data_set, file, by=person) == taking  # its link still works
    with travel(later(hours=25), tick=False):
        assert actions.take(data_set, file, by=person) != taking
    assert deeds() == ["data_terms_accepted", "data_taken", "data_taken"]
    assert timedelta(hours=24) == LINK_LIFE


def test_nothing_is_taken_without_agreement(data_set: DataSet, person: User) -> None:
    with pytest.raises(actions.CannotTake, match="terms in force"):
        actions.take(data_set, data_set.files[0], by=person)


@pytest.mark.parametrize(
    "field, sentence",
    [("available_from", "not available yet"), ("available_until", "no longer available")],
)
def test_nothing_is_taken_outside_the_time(
    world: World, data_set: DataSet, person: User, field: str, sentence: str
) -> None:
    world.acceptance(data_set, person)
    moment = later(days=1 if field == "available_from" else -1)
    setattr(data_set, field, moment)
    with pytest.raises(actions.CannotTake, match=sentence):
        actions.take(data_set, data_set.files[0], by=person)


def test_terms_that_expire_between_page_and_click(
    world: World, data_set: DataSet, person: User
) -> None:
    terms = world.terms(data_set, expires_at=later(hours=1))
    actions.accept(data_set, terms, by=person)
    with travel(later(hours=2), tick=False):
        with pytest.raises(actions.CannotTake, match="have expired"):
            actions.take(data_set, data_set.files[0], by=person)
        with pytest.raises(actions.CannotTake, match="have expired"):
            actions.accept(data_set, terms, by=world.participant(data_set.competition))


def test_the_end_may_follow_the_end_of_the_competition(world: World, data_set: DataSet) -> None:
    terms = world.terms(data_set, days_after_end=30)
    last = max(window.closes_at for window in data_set.competition.windows)
    assert expiry_of(terms) == last + timedelta(days=30)
    data_set.competition.windows.clear()
    assert expiry_of(terms) is None


# -- stating ---------------------------------------------------------------------------------


def test_a_statement_ends_every_agreement_about_the_data(
    world: World, data_set: DataSet, person: User
) -> None:
    world.taking(world.acceptance(data_set, person))
    world.terms(data_set)
    actions.accept(data_set, data_set.terms, by=person)
    assert [held.user for held in holders(data_set)] == [person]
    said = state(data_set, person)
    assert {row.statement for row in db.session.scalars(select(Acceptance))} == {said}
    assert (in_force(data_set, person), holders(data_set)) == (None, [])
    assert deeds()[-1] == "data_deletion_stated"
    with pytest.raises(actions.CannotTake):
        actions.take(data_set, data_set.files[0], by=person)
    with pytest.raises(actions.NothingToState):
        state(data_set, person)


def test_what_is_kept_is_kept_in_the_record(world: World, data_set: DataSet, person: User) -> None:
    world.acceptance(data_set, person)
    assert state(data_set, person, "A chart, for the jury.").kept == "A chart, for the jury."
    assert deeds() == ["data_kept"]


def test_nobody_deletes_tomorrow(world: World, data_set: DataSet, person: User) -> None:
    world.acceptance(data_set, person)
    with pytest.raises(actions.InTheFuture):
        actions.state(data_set, deleted_on=date(2999, 1, 1), today=TODAY, kept="", by=person)


def test_after_a_statement_one_may_begin_anew(
    world: World, data_set: DataSet, person: User
) -> None:
    world.taking(world.acceptance(data_set, person))
    state(data_set, person)
    actions.accept(data_set, data_set.terms, by=person)
    assert standing_of(person, data_set).takings == ()
    actions.take(data_set, data_set.files[0], by=person)
    assert tallies_of([data_set]) == {data_set.id: Tally(accepted=1, holding=1, stated=1)}


# -- asking ----------------------------------------------------------------------------------


def test_who_holds_copies_is_asked_three_times(
    world: World, data_set: DataSet, person: User
) -> None:
    terms = world.terms(data_set, expires_at=later(days=1))
    world.taking(world.acceptance(data_set, person))
    world.acceptance(data_set, world.participant(data_set.competition))  # took nothing
    assert actions.ask_for_statements() == 0
    asked = []
    for day in range(30):
        with travel(terms.expires_at + timedelta(days=day), tick=False):
            asked += [day] * actions.ask_for_statements()
            assert actions.ask_for_statements() == 0
    assert asked == [0, 7, 21]
    assert letters() == [("statement_due", person.email)] * 3


def test_a_worker_that_was_away_writes_one_letter(
    world: World, data_set: DataSet, person: User
) -> None:
    world.terms(data_set, expires_at=later(days=-30))
    world.taking(world.acceptance(data_set, person))
    assert (actions.ask_for_statements(), actions.ask_for_statements()) == (1, 0)


def test_who_has_stated_is_asked_no_more(world: World, data_set: DataSet, person: User) -> None:
    world.terms(data_set, expires_at=later(days=-1))
    world.taking(world.acceptance(data_set, person))
    assert actions.ask_for_statements() == 1
    state(data_set, person)
    with travel(later(days=40), tick=False):
        assert actions.ask_for_statements() == 0


def test_files_taken_under_an_earlier_version_are_asked_for_by_the_later_end(
    world: World, data_set: DataSet, person: User
) -> None:
    world.terms(data_set, expires_at=later(days=1))
    world.taking(world.acceptance(data_set, person, ended_at=later(hours=-1)))
    world.terms(data_set, expires_at=later(days=10))
    world.acceptance(data_set, person)
    with travel(later(days=2), tick=False):
        assert actions.ask_for_statements() == 0
    with travel(later(days=11), tick=False):
        assert actions.ask_for_statements() == 1


def test_organizers_ask_once_a_day(world: World, data_set: DataSet, person: User) -> None:
    by = world.organizer(data_set.competition)
    world.taking(world.acceptance(data_set, person))
    assert (actions.remind(data_set, by=by), actions.remind(data_set, by=by)) == (1, 0)
    with travel(later(hours=25), tick=False):
        assert actions.remind(data_set, by=by) == 1
    assert deeds() == ["data_holders_reminded"] * 2
    assert letters() == [("statement_due", person.email)] * 2


def test_letters_are_in_the_readers_language(world: World, data_set: DataSet) -> None:
    person = world.person(language="fr")
    world.terms(data_set, expires_at=later(days=-1))
    world.taking(world.acceptance(data_set, person))
    actions.ask_for_statements()
    letter = db.session.scalars(select(Letter)).one()
    assert letter.subject.startswith("Avez-vous supprimé vos copies")
    assert f"/fr/jam/data/{data_set.id}/statement" in letter.text


# -- offering --------------------------------------------------------------------------------


def test_what_is_published_is_whole(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    empty = {n: Localized() for n in ("summary", "description", "provenance", "licence")}
    data_set = actions.save_data_set(
        DataSet(competition_id=competition.id),
        by=by,
        title=both("title"),
        warning=Localized(en="careful"),
        **empty,
    )
    assert lacks(data_set) == list(Lack)
    with pytest.raises(actions.NotReady):
        actions.publish_data_set(data_set, by=by)
    whole = {name: both(name) for name in (*empty, "warning")}
    actions.save_data_set(data_set, by=by, **whole)
    actions.write_terms(data_set, body=both("t"), expires_at=None, days_after_end=None, by=by)
    actions.publish_terms(data_set, by=by)
    assert lacks(data_set) == [Lack.DATA]
    actions.save_data_set(data_set, by=by, link="https://data.example")
    assert actions.publish_data_set(data_set, by=by).public
    with pytest.raises(actions.PublishedNeedsBoth), db.session.begin_nested():
        actions.save_data_set(data_set, by=by, title=Localized(en="only"))
    assert deeds() == [
        *("data_set_added", "data_set_edited", "data_terms_written", "data_terms_published"),
        *("data_set_edited", "data_set_published"),
    ]


def test_published_terms_stay_as_they_are(world: World, data_set: DataSet) -> None:
    by = world.organizer(data_set.competition)
    words = {"body": both("new"), "expires_at": None, "days_after_end": None, "by": by}
    first = actions.write_terms(data_set, **words)
    assert actions.write_terms(data_set, **words) == first  # the draft
    assert first.version == 2
    actions.publish_terms(data_set, by=by)
    assert actions.write_terms(data_set, **words).version == 3
    assert [t.body for t in data_set.versions[:2]] == [both("terms"), both("new")]


def test_who_agreed_hears_of_new_terms(world: World, data_set: DataSet, person: User) -> None:
    by = world.organizer(data_set.competition)
    left, other = (world.participant(data_set.competition) for _ in range(2))
    person.language = "fr"
    for each in (person, left):
        actions.accept(data_set, data_set.terms, by=each)
    state(data_set, left)  # their agreement has ended
    words = {"body": both("new"), "expires_at": None, "days_after_end": None, "by": by}
    actions.write_terms(data_set, **words)
    assert letters() == []
    new = actions.publish_terms(data_set, by=by)
    assert letters() == [("terms_changed", person.email)]
    (letter,) = db.session.scalars(select(Letter))
    assert f"/fr/jam/data/{data_set.id}/terms/{new.id}" in letter.text
    assert "Version 2" in letter.text or "version 2" in letter.text
    assert other.email not in letter.text
    actions.withdraw_data_set(data_set, by=by)
    actions.write_terms(data_set, **words)
    actions.publish_terms(data_set, by=by)
    assert len(letters()) == 1  # nobody could read them


def test_terms_are_published_whole_and_not_already_over(world: World, data_set: DataSet) -> None:
    by = world.organizer(data_set.competition)
    with pytest.raises(actions.NothingToPublish):
        actions.publish_terms(data_set, by=by)
    half = {"body": Localized(fr="conditions"), "expires_at": None, "days_after_end": None}
    actions.write_terms(data_set, **half, by=by)
    with pytest.raises(actions.TermsNeedBothLanguages):
        actions.publish_terms(data_set, by=by)
    over = {"body": both("terms"), "expires_at": later(days=-1), "days_after_end": None}
    actions.write_terms(data_set, **over, by=by)
    with pytest.raises(actions.ExpiresTooSoon):
        actions.publish_terms(data_set, by=by)


def receive(world: World, name: str, content: bytes) -> Any:
    storage = world.app.extensions["storage"]
    return actions.receive([(name, io.BytesIO(content))], storage=storage, limit=20)


def test_files_have_a_content_and_an_honest_name(world: World, data_set: DataSet) -> None:
    (received,) = receive(world, "../../etc/\u202epass<wd>.csv", b"a,b\n")
    assert (received.name, received.size) == ("passwd.csv", 4)
    with pytest.raises(actions.EmptyFile):
        receive(world, "empty.csv", b"")
    with pytest.raises(actions.EmptyFile):
        receive(world, "../..", b"a")
    with pytest.raises(actions.FileTooLarge):
        receive(world, "large.csv", b"a" * 21)
    by = world.organizer(data_set.competition)
    actions.add_files(data_set, [received], by=by)
    with pytest.raises(actions.NameInUse, match=r"passwd\.csv"):
        actions.add_files(data_set, [received], by=by)


def test_public_data_keep_a_file(world: World, data_set: DataSet) -> None:
    by = world.organizer(data_set.competition)
    with pytest.raises(actions.StillNeeded):
        actions.remove_file(data_set.files[0], by=by)
    world.data_file(data_set, b"more")
    actions.remove_file(data_set.files[0], by=by)
    db.session.flush()
    assert len(db.session.scalars(select(DataFile)).all()) == 1


def test_data_that_people_agreed_about_stay(world: World, data_set: DataSet, person: User) -> None:
    by = world.organizer(data_set.competition)
    world.acceptance(data_set, person)
    with pytest.raises(actions.AlreadyAgreedTo):
        actions.delete_data_set(data_set, by=by)
    other = world.data_set(data_set.competition)
    actions.delete_data_set(other, by=by)
    assert db.session.scalars(select(Terms.data_set_id)).all() == [data_set.id]


def test_a_time_that_ends_before_it_begins(world: World, data_set: DataSet) -> None:
    by = world.organizer(data_set.competition)
    with pytest.raises(actions.EndsBeforeItBegins):
        actions.save_data_set(
            data_set, by=by, available_from=later(days=2), available_until=later(days=1)
        )
