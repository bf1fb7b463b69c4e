"""Reads about data sets: where a person stands with one, and who holds copies."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Window
from ..competitions.queries import end_of
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from .models import Acceptance, DataFile, DataSet, Statement, Taking, Terms

# -- data sets -------------------------------------------------------------------------------


def data_sets_of(competition: Competition) -> list[DataSet]:
    """All of them, those for every team first, with what a list says of each."""
    rows = db.session.scalars(
        select(DataSet)
        .where(DataSet.competition_id == competition.id)
        .options(
            joinedload(DataSet.challenge),
            selectinload(DataSet.files),
            selectinload(DataSet.versions),
        )
        .order_by(DataSet.position, DataSet.id)
    )
    return sorted(rows, key=lambda each: each.challenge.number if each.challenge else 0)


@once_per_request
def offers_data(competition: Competition) -> bool:
    """Is any data set of the competition public?"""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    DataSet.competition_id == competition.id, DataSet.published_at <= now()
                )
            )
        )
    )


def _of_data_set(kind: Any) -> Any:
    """A finder of what belongs to the data set in the address."""

    def find(key: str, *, data_set: DataSet, **_: Any) -> Any:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        return db.session.scalar(
            select(kind).where(kind.id == wanted, kind.data_set_id == data_set.id)
        )

    return find


data_file_in = _of_data_set(DataFile)
terms_in = _of_data_set(Terms)


def taking_in(key: str, *, data_set: DataSet, **_: Any) -> Taking | None:
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return db.session.scalar(
        select(Taking)
        .join(Acceptance)
        .where(Taking.id == wanted, Acceptance.data_set_id == data_set.id)
        .options(joinedload(Taking.acceptance))
    )


def expiry_of(terms: Terms) -> datetime | None:
    """When these terms end, and copies are to be deleted; None if they never do."""
    if terms.days_after_end is None:
        return terms.expires_at
    end = end_of(terms.data_set.competition)
    return end + timedelta(days=terms.days_after_end) if end else None


class Lack(StrEnum):
    """What a data set needs before it can be published."""

    TEXTS = "texts"
    DATA = "data"
    TERMS = "terms"


def lacks(data_set: DataSet) -> list[Lack]:
    texts = [
        *(data_set.title, data_set.summary, data_set.description),
        *(data_set.provenance, data_set.licence),
    ]
    written = all(each.complete for each in texts)
    warned = data_set.warning.complete or not data_set.warning
    there = {
        Lack.TEXTS: written and warned,
        Lack.DATA: bool(data_set.files or data_set.link),
        Lack.TERMS: data_set.terms is not None,
    }
    return [lack for lack, present in there.items() if not present]


# -- one person and one data set -------------------------------------------------------------


class Hindrance(StrEnum):
    """Why a person cannot take data now."""

    NOT_YET = "not_yet"
    OVER = "over"
    EXPIRED = "expired"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a data set at the moment `at`.

    `terms` are those in force, `acceptance` the person's yes that has not ended: to these terms
    or to an earlier version. `takings` wait for a statement, newest first.
    """

    data_set: DataSet
    at: datetime
    terms: Terms | None
    acceptance: Acceptance | None
    takings: tuple[Taking, ...]

    @property
    def accepted(self) -> bool:
        """Did the person agree to the terms in force?"""
        return (
            self.acceptance is not None
            and self.terms is not None
            and self.acceptance.terms_id == self.terms.id
        )

    @property
    def expires_at(self) -> datetime | None:
        """When the terms in force end."""
        return expiry_of(self.terms) if self.terms else None

    @property
    def delete_by(self) -> datetime | None:
        """When the terms end that the person agreed to."""
        return expiry_of(self.acceptance.terms) if self.acceptance else None

    @property
    def closed(self) -> Hindrance | None:
        """Why nobody can take the data now, whatever they agreed to."""
        data_set = self.data_set
        if data_set.available_from and self.at < data_set.available_from:
            return Hindrance.NOT_YET
        if data_set.available_until and self.at >= data_set.available_until:
            return Hindrance.OVER
        if self.expires_at and self.at >= self.expires_at:
            return Hindrance.EXPIRED
        return None

    @property
    def hindrance(self) -> Hindrance | None:
        return self.closed or (None if self.accepted else Hindrance.NOT_ACCEPTED)

    @property
    def statement_due(self) -> bool:
        return bool(self.takings and self.delete_by and self.at >= self.delete_by)

    def taking_of(self, digest: str | None) -> Taking | None:
        """What the person took of this content under the terms in force, while it can be fetched.

        The link, which has no digest, can be seen as long as the terms hold.
        """
        if not self.accepted:
            return None
        for taking in self.takings:
            fresh = taking.digest is None or self.at < taking.fetchable_until
            same = taking.digest == digest and (digest or taking.name == self.data_set.link)
            if same and fresh and taking.acceptance_id == self.acceptance.id:  # type: ignore[union-attr]
                return taking
        return None


def unstated(user: User, data_set: DataSet) -> list[Acceptance]:
    """What the person agreed to, in force or replaced, and has made no statement about."""
    rows = db.session.scalars(
        select(Acceptance)
        .where(
            Acceptance.user_id == user.id,
            Acceptance.data_set_id == data_set.id,
            Acceptance.statement_id.is_(None),
        )
        .options(joinedload(Acceptance.terms), selectinload(Acceptance.takings))
        .execution_options(populate_existing=True)
    )
    return list(rows)


def standing_of(user: User, data_set: DataSet) -> Standing:
    acceptances = unstated(user, data_set)
    takings = [taking for acceptance in acceptances for taking in acceptance.takings]
    return Standing(
        data_set,
        now(),
        data_set.terms,
        next((each for each in acceptances if each.ended_at is None), None),
        tuple(sorted(takings, key=lambda each: each.created_at, reverse=True)),
    )


@once_per_request
def holding_of(user: User, data_set: DataSet) -> Acceptance | None:
    """The person's yes to the terms of the data set, if it has not ended."""
    return db.session.scalar(
        select(Acceptance).where(
            Acceptance.user_id == user.id,
            Acceptance.data_set_id == data_set.id,
            Acceptance.ended_at.is_(None),
        )
    )


def accepted_by(user: User, competition: Competition) -> dict[uuid.UUID, Acceptance]:
    """The person's acceptances that have not ended, by data set."""
    rows = db.session.scalars(
        select(Acceptance)
        .join(DataSet)
        .where(
            Acceptance.user_id == user.id,
            Acceptance.ended_at.is_(None),
            DataSet.competition_id == competition.id,
        )
    )
    return {row.data_set_id: row for row in rows}


def history_of(user: User, data_set: DataSet) -> list[Acceptance]:
    """Everything the person accepted, took and stated, the newest first."""
    rows = db.session.scalars(
        select(Acceptance)
        .where(Acceptance.user_id == user.id, Acceptance.data_set_id == data_set.id)
        .options(
            joinedload(Acceptance.terms),
            joinedload(Acceptance.statement),
            selectinload(Acceptance.takings),
        )
        .order_by(Acceptance.created_at.desc(), Acceptance.id.desc())
    )
    return list(rows)


# -- who holds copies ------------------------------------------------------------------------


def _took() -> ColumnElement[bool]:
    """Took files, under this acceptance or an earlier one, of which nothing is stated yet."""
    earlier = aliased(Acceptance)
    return exists(
        select(Taking.id)
        .join(earlier, Taking.acceptance_id == earlier.id)
        .where(
            earlier.user_id == Acceptance.user_id,
            earlier.data_set_id == Acceptance.data_set_id,
            earlier.statement_id.is_(None),
        )
        .correlate(Acceptance)
    )


def holders(data_set: DataSet) -> list[Acceptance]:
    """The acceptances in force of people who took files and have not stated what became of them."""
    rows = db.session.scalars(
        select(Acceptance)
        .where(Acceptance.data_set_id == data_set.id, Acceptance.ended_at.is_(None), _took())
        .options(joinedload(Acceptance.user), joinedload(Acceptance.terms))
        .order_by(Acceptance.created_at, Acceptance.id)
    )
    return [row for row in rows if row.user is not None]


def agreements_in_force(data_set: DataSet) -> list[Acceptance]:
    """The yes of everyone who has an account and has not ended it, to whichever version."""
    rows = db.session.scalars(
        select(Acceptance)
        .join(Acceptance.user)
        .where(Acceptance.data_set_id == data_set.id, Acceptance.ended_at.is_(None))
        .options(contains_eager(Acceptance.user), joinedload(Acceptance.terms))
        .order_by(Acceptance.created_at, Acceptance.id)
    )
    return list(rows)


def terms_held(letters: int) -> list[Terms]:
    """The terms under which someone holds files and has had fewer letters than this."""
    held = exists().where(
        Acceptance.terms_id == Terms.id,
        Acceptance.ended_at.is_(None),
        Acceptance.user_id.is_not(None),
        Acceptance.asked < letters,
        _took(),
    )
    rows = db.session.scalars(
        select(Terms)
        .where(held, Terms.expires_at.is_not(None) | Terms.days_after_end.is_not(None))
        .options(
            joinedload(Terms.data_set)
            .joinedload(DataSet.competition)
            .selectinload(Competition.windows)
            .selectinload(Window.extensions)
        )
    )
    return list(rows)


def held_under(terms: Terms, letters: int, most: int) -> list[Acceptance]:
    """Whom to ask under these terms: at most so many of those who had fewer letters than this."""
    rows = db.session.scalars(
        select(Acceptance)
        .where(
            Acceptance.terms_id == terms.id,
            Acceptance.ended_at.is_(None),
            Acceptance.user_id.is_not(None),
            Acceptance.asked < letters,
            _took(),
        )
        .options(joinedload(Acceptance.user))
        .order_by(Acceptance.id)
        .limit(most)
    )
    return list(rows)


def ledger_of(data_set: DataSet) -> Select[tuple[Acceptance]]:
    """Every yes to any version, with what was taken and stated; the newest first."""
    return (
        select(Acceptance)
        .where(Acceptance.data_set_id == data_set.id)
        .options(
            joinedload(Acceptance.user),
            joinedload(Acceptance.terms),
            joinedload(Acceptance.statement),
            selectinload(Acceptance.takings),
        )
        .order_by(Acceptance.created_at.desc(), Acceptance.id.desc())
    )


@dataclass(frozen=True)
class Tally:
    """How many people agreed to the terms of a data set, hold copies, and stated what became of
    theirs."""

    accepted: int = 0
    holding: int = 0
    stated: int = 0


def tallies_of(data_sets: Iterable[DataSet]) -> dict[uuid.UUID, Tally]:
    keys = [each.id for each in data_sets]

    def people(kind: Any, *conditions: Any) -> dict[uuid.UUID, int]:
        rows = db.session.execute(
            select(kind.data_set_id, func.count(kind.user_id.distinct()))
            .where(kind.data_set_id.in_(keys), *conditions)
            .group_by(kind.data_set_id)
        )
        return {key: number for key, number in rows}

    accepted = people(Acceptance)
    holding = people(Acceptance, Acceptance.ended_at.is_(None), _took())
    stated = people(Statement)
    return {
        key: Tally(accepted.get(key, 0), holding.get(key, 0), stated.get(key, 0)) for key in keys
    }


def agreed_to(data_set: DataSet) -> dict[uuid.UUID, int]:
    """How many people ever agreed to each version of the terms."""
    rows = db.session.execute(
        select(Acceptance.terms_id, func.count(Acceptance.user_id.distinct()))
        .where(Acceptance.data_set_id == data_set.id)
        .group_by(Acceptance.terms_id)
    )
    return {key: number for key, number in rows}
