"""Prizes as the competition defines them, who decided on them, and what became of them."""

import time
import uuid
from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = sa.DateTime(timezone=True)
# What the grades that everybody had were called.
GRADES = {
    "winner": ("place", {"en": "Winner", "fr": "Projet gagnant"}),
    "outstanding": ("outstanding", {"en": "Outstanding", "fr": "Projet remarquable"}),
}

prize = sa.table(
    "prize",
    sa.column("id", sa.Uuid()),
    sa.column("created_at", MOMENT),
    sa.column("competition_id", sa.Uuid()),
    sa.column("name", JSON),
    sa.column("kind", sa.String()),
    sa.column("span", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("gift", JSON),
    sa.column("position", sa.Integer()),
)
honour = sa.table(
    "honour",
    sa.column("id", sa.Uuid()),
    sa.column("competition_id", sa.Uuid()),
    sa.column("submission_id", sa.Uuid()),
    sa.column("prize_id", sa.Uuid()),
    sa.column("place", sa.Integer()),
    sa.column("grade", sa.String()),
)
competition = sa.table("competition", sa.column("id", sa.Uuid()))
submission = sa.table("submission", sa.column("id", sa.Uuid()), sa.column("team_id", sa.Uuid()))
team = sa.table("team", sa.column("id", sa.Uuid()), sa.column("challenge_id", sa.Uuid()))


def enum(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


def key() -> uuid.UUID:
    """As rows made by the site: sorted by when they were made."""
    return uuid.UUID(
        int=time.time_ns() // 1_000_000 << 80
        | 0x7 << 76
        | 0x2 << 62
        | uuid.uuid4().int & (1 << 62) - 1
    )


def created(name: str, *columns: object) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def refers(name: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}_{to}"), ondelete=ondelete
    )


def upgrade() -> None:
    op.add_column(
        "competition",
        sa.Column(
            "second_person_confirms", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    with op.batch_alter_table("competition") as table:
        table.alter_column("second_person_confirms", server_default=None)
    created(
        "prize",
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column(
            "kind",
            enum("prizekind", 20, "place", "outstanding", "people", "special"),
            nullable=False,
        ),
        sa.Column("span", enum("span", 10, "all", "each", "one"), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gift", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 100", name=op.f("ck_prize_number")),
        sa.CheckConstraint(
            "(span = 'one') = (challenge_id IS NOT NULL)", name=op.f("ck_prize_challenge")
        ),
        refers("prize", "competition_id", "competition", "CASCADE"),
        refers("prize", "challenge_id", "challenge", "CASCADE"),
        refers("prize", "partner_id", "partner", "SET NULL"),
    )
    for column in ("competition_id", "challenge_id", "partner_id"):
        op.create_index(op.f(f"ix_prize_{column}"), "prize", [column])
    created(
        "prize_ruling",
        sa.Column("prize_id", sa.Uuid(), nullable=False),
        sa.Column("given", JSON, nullable=False),
        sa.Column("proposed", JSON, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        refers("prize_ruling", "prize_id", "prize", "CASCADE"),
        refers("prize_ruling", "by_id", "user", "SET NULL"),
    )
    op.create_index(op.f("ix_prize_ruling_prize_id"), "prize_ruling", ["prize_id"])
    created(
        "decision",
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("signer", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        refers("decision", "competition_id", "competition", "CASCADE"),
        refers("decision", "by_id", "user", "SET NULL"),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_decision_competition_id_number")
        ),
    )
    op.create_index(op.f("ix_decision_competition_id"), "decision", ["competition_id"])
    created(
        "confirmation",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("signer", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        refers("confirmation", "decision_id", "decision", "CASCADE"),
        refers("confirmation", "by_id", "user", "SET NULL"),
        sa.UniqueConstraint("decision_id", name=op.f("uq_confirmation_decision_id")),
    )
    give_prizes()
    created(
        "claim",
        sa.Column("honour_id", sa.Uuid(), nullable=False),
        sa.Column("reply", enum("reply", 10, "accepted", "declined"), nullable=False),
        sa.Column("contact", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reply = 'accepted' OR contact = ''", name=op.f("ck_claim_contact")),
        refers("claim", "honour_id", "honour", "CASCADE"),
        refers("claim", "by_id", "user", "SET NULL"),
        sa.UniqueConstraint("honour_id", name=op.f("uq_claim_honour_id")),
    )
    op.create_index(op.f("ix_claim_by_id"), "claim", ["by_id"])
    created(
        "delivery",
        sa.Column("honour_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        refers("delivery", "honour_id", "honour", "CASCADE"),
        refers("delivery", "by_id", "user", "SET NULL"),
        sa.UniqueConstraint("honour_id", name=op.f("uq_delivery_honour_id")),
    )


def give_prizes() -> None:
    """Every competition could honour a winner and outstanding projects in each challenge: these
    become its prizes, and each honour the prize of its grade."""
    with op.batch_alter_table("honour") as table:
        table.add_column(sa.Column("prize_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("place", sa.Integer(), nullable=True))
    connection = op.get_bind()
    given: dict[uuid.UUID, Counter] = {}
    for where, grade, challenge in connection.execute(
        sa.select(honour.c.competition_id, honour.c.grade, team.c.challenge_id)
        .join_from(honour, submission, submission.c.id == honour.c.submission_id)
        .join(team, team.c.id == submission.c.team_id)
    ):
        given.setdefault(where, Counter())[grade, challenge] += 1
    rows = []
    for (where,) in connection.execute(sa.select(competition.c.id)).all():
        counts = given.get(where, Counter())
        for position, (grade, (kind, name)) in enumerate(GRADES.items(), 1):
            most = max((n for (each, _), n in counts.items() if each == grade), default=1)
            rows.append(
                {
                    "id": key(),
                    "created_at": datetime.now(UTC),
                    "competition_id": where,
                    "name": name,
                    "kind": kind,
                    "span": "each",
                    # Several winners of a challenge share its first place.
                    "number": 1 if kind == "place" else min(most, 100),
                    "gift": {"en": "", "fr": ""},
                    "position": position,
                }
            )
            connection.execute(
                honour.update()
                .where(honour.c.competition_id == where, honour.c.grade == grade)
                .values(prize_id=rows[-1]["id"], place=1 if kind == "place" else None)
            )
    if rows:
        connection.execute(prize.insert(), rows)
    with op.batch_alter_table("honour") as table:
        table.drop_constraint(op.f("uq_honour_submission_id"), type_="unique")
        table.drop_constraint(op.f("ck_honour_grade"), type_="check")
        table.drop_column("grade")
        table.alter_column("prize_id", existing_type=sa.Uuid(), nullable=False)
        table.create_foreign_key(
            op.f("fk_honour_prize_id_prize"), "prize", ["prize_id"], ["id"], ondelete="RESTRICT"
        )
        table.create_unique_constraint(
            op.f("uq_honour_submission_id_prize_id"), ["submission_id", "prize_id"]
        )
        table.create_check_constraint(op.f("ck_honour_place"), "place IS NULL OR place >= 1")
        table.create_index(op.f("ix_honour_prize_id"), ["prize_id"])


def downgrade() -> None:
    for name in ("delivery", "claim", "confirmation", "decision", "prize_ruling"):
        op.drop_table(name)
    with op.batch_alter_table("honour") as table:
        table.add_column(sa.Column("grade", sa.String(length=20), nullable=True))
    connection = op.get_bind()
    # One honour for each submission: that of the first of its prizes.
    kept: set[uuid.UUID] = set()
    for row, of, kind in connection.execute(
        sa.select(honour.c.id, honour.c.submission_id, prize.c.kind)
        .join_from(honour, prize, prize.c.id == honour.c.prize_id)
        .order_by(prize.c.kind == "outstanding", prize.c.position, prize.c.id)
    ).all():
        if of in kept:
            connection.execute(honour.delete().where(honour.c.id == row))
            continue
        kept.add(of)
        grade = "outstanding" if kind == "outstanding" else "winner"
        connection.execute(honour.update().where(honour.c.id == row).values(grade=grade))
    with op.batch_alter_table("honour") as table:
        table.drop_index(op.f("ix_honour_prize_id"))
        table.drop_constraint(op.f("ck_honour_place"), type_="check")
        table.drop_constraint(op.f("uq_honour_submission_id_prize_id"), type_="unique")
        table.drop_constraint(op.f("fk_honour_prize_id_prize"), type_="foreignkey")
        table.drop_column("place")
        table.drop_column("prize_id")
        table.alter_column("grade", existing_type=sa.String(length=20), nullable=False)
        table.create_check_constraint(op.f("ck_honour_grade"), "grade IN ('winner', 'outstanding')")
        table.create_unique_constraint(op.f("uq_honour_submission_id"), ["submission_id"])
    op.drop_table("prize")
    with op.batch_alter_table("competition") as table:
        table.drop_column("second_person_confirms")
