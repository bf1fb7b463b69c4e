"""The states of a registration, its history, and what decides who gets a place."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = ("applied", "waitlisted", "offered", "registered", "declined", "lapsed", "withdrawn")
CHECKS = {
    "turn": "(state = 'waitlisted') = (turn IS NOT NULL)",
    "offer": "(state = 'offered') = (offered_until IS NOT NULL)",
    "reminder": "state = 'offered' OR remind_at IS NULL",
    "registered": "state <> 'registered' OR registered_at IS NOT NULL",
}

registration = sa.table(
    "registration",
    sa.column("id", sa.Uuid()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("competition_id", sa.Uuid()),
    sa.column("user_id", sa.Uuid()),
    sa.column("of_age_declared_at", sa.DateTime(timezone=True)),
    sa.column("withdrawn_at", sa.DateTime(timezone=True)),
    sa.column("state", sa.String()),
    sa.column("moved_at", sa.DateTime(timezone=True)),
    sa.column("registered_at", sa.DateTime(timezone=True)),
)
change = sa.table(
    "registration_change",
    sa.column("id", sa.Uuid()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("registration_id", sa.Uuid()),
    sa.column("before", sa.String()),
    sa.column("after", sa.String()),
    sa.column("by_id", sa.Uuid()),
    sa.column("reason", sa.String()),
)
entry = sa.table(
    "journal_entry",
    sa.column("deed", sa.String()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("competition_id", sa.Uuid()),
    sa.column("actor_id", sa.Uuid()),
)


def state(name: str) -> sa.Enum:
    return sa.Enum(*STATES, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    with op.batch_alter_table("competition") as table:
        table.add_column(
            sa.Column("approval", sa.String(20), nullable=False, server_default="automatic")
        )
        table.add_column(
            sa.Column("waitlist", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(
            sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="48")
        )
        table.add_column(
            sa.Column("offers_after_close", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_check_constraint("approval", "approval IN ('automatic', 'by_hand')")
        table.create_check_constraint("offer_hours", "offer_hours BETWEEN 2 AND 720")

    op.create_table(
        "registration_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("before", state("before"), nullable=True),
        sa.Column("after", state("after"), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_change_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_registration_change_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_change")),
    )
    op.create_index(
        op.f("ix_registration_change_registration_id"), "registration_change", ["registration_id"]
    )

    op.add_column("registration", sa.Column("state", sa.String(20), nullable=True))
    for name in ("moved_at", "registered_at", "offered_until", "remind_at"):
        op.add_column("registration", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("turn", sa.Integer(), nullable=True))
    put_in_states()
    with op.batch_alter_table("registration") as table:
        table.alter_column("state", existing_type=sa.String(20), nullable=False)
        table.alter_column("moved_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.drop_column("withdrawn_at")
        names = ", ".join(f"'{name}'" for name in STATES)
        table.create_check_constraint("state", f"state IN ({names})")
        for name, condition in CHECKS.items():
            table.create_check_constraint(name, condition)
        table.create_unique_constraint(
            op.f("uq_registration_competition_id_turn"), ["competition_id", "turn"]
        )
        table.create_index("ix_registration_state", ["state", "offered_until"])


def put_in_states() -> None:
    """Every registration as it stood, with its one or two known moves as history.

    Who withdrew it stands in the journal, which was written at the same moment.
    """
    connection = op.get_bind()
    withdrawn_by = {
        (row.competition_id, row.created_at): row.actor_id
        for row in connection.execute(
            sa.select(entry).where(entry.c.deed == "registration_withdrawn")
        )
    }
    history = []
    for row in connection.execute(sa.select(registration)).all():
        entered = {"before": None, "after": "registered", "by_id": row.user_id}
        moves = [(row.of_age_declared_at, entered)]
        if row.withdrawn_at is not None:
            by = withdrawn_by.get((row.competition_id, row.withdrawn_at))
            moves.append(
                (
                    row.withdrawn_at,
                    {"before": "registered", "after": "withdrawn", "by_id": by},
                )
            )
        for at, move in moves:
            history.append(
                {
                    "id": uuid.uuid4(),
                    "created_at": at,
                    "registration_id": row.id,
                    "reason": "",
                    **move,
                }
            )
    if history:
        connection.execute(sa.insert(change), history)
    connection.execute(
        sa.update(registration).values(
            state=sa.case((registration.c.withdrawn_at.is_(None), "registered"), else_="withdrawn"),
            moved_at=sa.func.coalesce(
                registration.c.withdrawn_at, registration.c.of_age_declared_at
            ),
            registered_at=registration.c.of_age_declared_at,
        )
    )


def downgrade() -> None:
    """Whoever does not take part counts as withdrawn again; the history goes."""
    op.add_column(
        "registration", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        sa.update(registration)
        .where(registration.c.state != "registered")
        .values(withdrawn_at=registration.c.moved_at)
    )
    with op.batch_alter_table("registration") as table:
        table.drop_index("ix_registration_state")
        table.drop_constraint(op.f("uq_registration_competition_id_turn"), type_="unique")
        for name in ("state", *CHECKS):
            table.drop_constraint(op.f(f"ck_registration_{name}"), type_="check")
        for name in ("state", "moved_at", "registered_at", "turn", "offered_until", "remind_at"):
            table.drop_column(name)
    op.drop_table("registration_change")
    with op.batch_alter_table("competition") as table:
        for name in ("approval", "offer_hours"):
            table.drop_constraint(op.f(f"ck_competition_{name}"), type_="check")
        for name in ("approval", "waitlist", "offer_hours", "offers_after_close"):
            table.drop_column(name)
