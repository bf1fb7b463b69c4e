"""Grace, extensions that can be undone, reminders, and the close of a session's sign-ups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GATES = (
    "registration",
    "team_changes",
    "challenge_choice",
    "submission",
    "feedback",
    "judging",
)


def upgrade() -> None:
    with op.batch_alter_table("competition") as table:
        table.add_column(
            sa.Column("grace_seconds", sa.Integer(), nullable=False, server_default="0")
        )
        table.create_check_constraint(
            op.f("ck_competition_grace"), "grace_seconds >= 0 AND grace_seconds <= 600"
        )
    with op.batch_alter_table("competition") as table:
        table.alter_column("grace_seconds", server_default=None)
    with op.batch_alter_table("extension") as table:
        table.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("session") as table:
        table.add_column(sa.Column("sign_ups_close_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(
            op.f("ck_session_close"),
            "sign_ups_close_at IS NULL OR sign_ups_close_at <= ends_at",
        )
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("occasion_id", sa.Uuid(), nullable=True))
        table.create_index(op.f("ix_letter_occasion_id"), ["occasion_id"])
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "gate",
            sa.Enum(*GATES, name="gate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column(
            "audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "minutes_before >= 1 AND minutes_before <= 43200",
            name=op.f("ck_reminder_minutes_before"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_reminder_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_reminder_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_competition_id"), "reminder", ["competition_id"])
    op.create_table(
        "reminder_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminder.id"],
            name=op.f("fk_reminder_round_reminder_id_reminder"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_round")),
        sa.UniqueConstraint(
            "reminder_id", "closes_at", name=op.f("uq_reminder_round_reminder_id_closes_at")
        ),
    )
    op.create_table(
        "reminded",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["reminder_round.id"],
            name=op.f("fk_reminded_round_id_reminder_round"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reminded_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminded")),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_reminded_round_id_user_id")),
    )
    op.create_index(op.f("ix_reminded_user_id"), "reminded", ["user_id"])


def downgrade() -> None:
    op.drop_table("reminded")
    op.drop_table("reminder_round")
    op.drop_table("reminder")
    with op.batch_alter_table("letter") as table:
        table.drop_index(op.f("ix_letter_occasion_id"))
        table.drop_column("occasion_id")
    with op.batch_alter_table("session") as table:
        table.drop_constraint(op.f("ck_session_close"), type_="check")
        table.drop_column("sign_ups_close_at")
    # What was undone would count again.
    op.execute("DELETE FROM extension WHERE undone_at IS NOT NULL")
    with op.batch_alter_table("extension") as table:
        table.drop_column("undone_at")
    with op.batch_alter_table("competition") as table:
        table.drop_constraint(op.f("ck_competition_grace"), type_="check")
        table.drop_column("grace_seconds")
