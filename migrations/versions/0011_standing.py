"""Submissions that do not count for a time, drafts handed in by themselves, receipts to check."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("competition") as table:
        table.add_column(
            sa.Column(
                "automatic_submission", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("competition") as table:
        table.alter_column("automatic_submission", server_default=None)
    with op.batch_alter_table("submission") as table:
        table.add_column(sa.Column("automatic_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("submission_version") as table:
        table.add_column(
            sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_index(op.f("ix_submission_version_digest"), ["digest"])
    with op.batch_alter_table("submission_version") as table:
        table.alter_column("automatic", server_default=None)
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "disqualified",
                "withdrawn",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=2000), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "ground <> 'disqualified' OR reason <> ''", name=op.f("ck_exclusion_reason")
        ),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR end_reason = ''", name=op.f("ck_exclusion_end_reason")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_exclusion_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_exclusion_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_exclusion_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_submission_id"), "exclusion", ["submission_id"])
    op.create_index(
        "uq_exclusion_open",
        "exclusion",
        ["submission_id", "ground"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("exclusion")
    with op.batch_alter_table("submission_version") as table:
        table.drop_index(op.f("ix_submission_version_digest"))
        table.drop_column("automatic")
    with op.batch_alter_table("submission") as table:
        table.drop_column("automatic_at")
    with op.batch_alter_table("competition") as table:
        table.drop_column("automatic_submission")
