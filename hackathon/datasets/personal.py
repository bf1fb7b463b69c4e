"""What the ledger of the data holds about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.personal import Fact, Hindrance, Holding, Share
from .models import Acceptance, DataSet, Statement, Taking


def hindrances(person: User) -> list[Hindrance]:
    """The data of which the person holds copies: afterwards they can state nothing any more."""
    held = (
        select(Acceptance.data_set_id)
        .join(Acceptance.takings)
        .where(Acceptance.user_id == person.id, Acceptance.statement_id.is_(None))
    )
    rows = db.session.scalars(
        select(DataSet)
        .where(DataSet.id.in_(held))
        .options(joinedload(DataSet.competition))
        .order_by(DataSet.created_at)
    )
    return [
        Hindrance(
            _l(
                "You took data (%(data_set)s) and have not stated what became of your copies. "
                "Delete them and say so first: what you promised holds without an account, too.",
                data_set=data_set.title,
            ),
            "datasets.statement",
            {"competition": data_set.competition, "data_set": data_set},
            stops=False,
        )
        for data_set in rows
    ]


def forget(person: User) -> None:
    """The ledger keeps its lines, of nobody. Nothing more is taken, and nobody is asked."""
    db.session.flush()
    db.session.execute(
        update(Acceptance)
        .where(Acceptance.user_id == person.id)
        .values(user_id=None, ended_at=func.coalesce(Acceptance.ended_at, now()))
    )
    db.session.execute(update(Statement).where(Statement.user_id == person.id).values(user_id=None))
    db.session.expire_all()


SHARE = Share(
    holdings=(
        Holding(
            "data_terms",
            _l("Terms of data you agreed to"),
            Acceptance,
            lambda person: (
                select(Acceptance)
                .where(Acceptance.user_id == person.id)
                .options(
                    joinedload(Acceptance.data_set).joinedload(DataSet.competition),
                    joinedload(Acceptance.terms),
                )
                .order_by(Acceptance.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "data_set.competition.name"),
                Fact("data_set", _l("Data set"), "data_set.title"),
                Fact("version", _l("Version"), "terms.version"),
                Fact("created_at", _l("Given")),
                Fact("ended_at", _l("Ended")),
                Fact("asked", _l("Emails that asked for a statement")),
                Fact("asked_at", _l("The last of them")),
            ),
            stays=_l("That somebody agreed to the terms, and when: the owners of data ask for it."),
        ),
        Holding(
            "data_takings",
            _l("Data you took"),
            Taking,
            lambda person: (
                select(Taking)
                .join(Taking.acceptance)
                .where(Acceptance.user_id == person.id)
                .options(contains_eager(Taking.acceptance).joinedload(Acceptance.data_set))
                .order_by(Taking.created_at)
            ),
            (
                Fact("data_set", _l("Data set"), "acceptance.data_set.title"),
                Fact("name", _l("Name")),
                Fact("size", _l("Octets")),
                Fact("digest", _l("SHA-256")),
                Fact("created_at", _l("Taken")),
            ),
            stays=_l("That somebody took it, and when, without your name."),
        ),
        Holding(
            "data_statements",
            _l("What you stated about your copies of data"),
            Statement,
            lambda person: (
                select(Statement)
                .where(Statement.user_id == person.id)
                .options(joinedload(Statement.data_set))
                .order_by(Statement.created_at)
            ),
            (
                Fact("data_set", _l("Data set"), "data_set.title"),
                Fact("deleted_on", _l("Deleted on")),
                Fact("kept", _l("What you keep, and why")),
                Fact("created_at", _l("Stated")),
            ),
            stays=_l("Your statement as you wrote it, without your name."),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
)
