"""Judging by comparing: the session, tables, visits, and what judges say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "comparison_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR opened_at IS NOT NULL", name=op.f("ck_comparison_session_closed")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 120", name=op.f("ck_comparison_session_minutes")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_comparison_session_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_session")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_comparison_session_competition_id")),
    )
    with op.batch_alter_table("comparison_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comparison_session_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "comparison_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("message", JSON, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_comparison_pause_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_comparison_pause_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["comparison_session.id"],
            name=op.f("fk_comparison_pause_session_id_comparison_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_pause")),
    )
    with op.batch_alter_table("comparison_pause", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comparison_pause_session_id"), ["session_id"], unique=False
        )
        batch_op.create_index(
            "uq_comparison_pause_open",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "comparison_stand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_comparison_stand_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_comparison_stand_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_stand")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_comparison_stand_submission_id")),
    )
    with op.batch_alter_table("comparison_stand", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comparison_stand_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "comparison_absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stand_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_comparison_absence_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_comparison_absence_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["stand_id"],
            ["comparison_stand.id"],
            name=op.f("fk_comparison_absence_stand_id_comparison_stand"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_absence")),
    )
    with op.batch_alter_table("comparison_absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comparison_absence_stand_id"), ["stand_id"], unique=False
        )
        batch_op.create_index(
            "uq_comparison_absence_open",
            ["stand_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "comparison_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("stand_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["earlier_id"],
            ["comparison_visit.id"],
            name=op.f("fk_comparison_visit_earlier_id_comparison_visit"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_comparison_visit_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stand_id"],
            ["comparison_stand.id"],
            name=op.f("fk_comparison_visit_stand_id_comparison_stand"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_visit")),
        sa.UniqueConstraint("judge_id", "number", name=op.f("uq_comparison_visit_judge_id_number")),
    )
    with op.batch_alter_table("comparison_visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comparison_visit_earlier_id"), ["earlier_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_comparison_visit_stand_id"), ["stand_id"], unique=False
        )
        batch_op.create_index(
            "uq_comparison_visit_now",
            ["judge_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "comparison_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.Column(
            "word",
            sa.Enum(
                "seen",
                "earlier",
                "later",
                "neither",
                "absent",
                "conflict",
                "known",
                "busy",
                name="word",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["comparison_visit.id"],
            name=op.f("fk_comparison_call_visit_id_comparison_visit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_call")),
        sa.UniqueConstraint("mark", name=op.f("uq_comparison_call_mark")),
    )
    with op.batch_alter_table("comparison_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comparison_call_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_comparison_call_counts",
            ["visit_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("comparison_call", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_comparison_call_counts",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_comparison_call_visit_id"))

    op.drop_table("comparison_call")
    with op.batch_alter_table("comparison_visit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_comparison_visit_now",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_comparison_visit_stand_id"))
        batch_op.drop_index(batch_op.f("ix_comparison_visit_earlier_id"))

    op.drop_table("comparison_visit")
    with op.batch_alter_table("comparison_absence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_comparison_absence_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_comparison_absence_stand_id"))

    op.drop_table("comparison_absence")
    with op.batch_alter_table("comparison_stand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comparison_stand_competition_id"))

    op.drop_table("comparison_stand")
    with op.batch_alter_table("comparison_pause", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_comparison_pause_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_comparison_pause_session_id"))

    op.drop_table("comparison_pause")
    with op.batch_alter_table("comparison_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comparison_session_competition_id"))

    op.drop_table("comparison_session")
