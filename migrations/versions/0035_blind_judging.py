"""Judging without seeing whose the work is: numbers, redactions, copies of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BEFORE = ("file", "language", "safety", "other")
NOW = ("file", "language", "safety", "recognized", "other")


def _troubles(values: tuple[str, ...]) -> None:
    """What a judge can report."""
    with op.batch_alter_table("review_problem", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_review_problem_trouble"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_review_problem_trouble"),
            "kind IN ({})".format(", ".join(f"'{value}'" for value in values)),
        )


def upgrade() -> None:
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unblinded_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("judging_round", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("judging_round", schema=None) as batch_op:
        batch_op.alter_column("blind", server_default=None)
    _troubles(NOW)

    op.create_table(
        "blind_lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_blind_lot_number")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_blind_lot_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_blind_lot_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_lot")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_blind_lot_competition_id_number")
        ),
        sa.UniqueConstraint("submission_id", name=op.f("uq_blind_lot_submission_id")),
    )
    with op.batch_alter_table("blind_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blind_lot_competition_id"), ["competition_id"])
    op.create_table(
        "redaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("stands", JSON, nullable=False),
        sa.Column("edited", JSON, nullable=False),
        sa.Column("links", JSON, nullable=False),
        sa.Column("cleared", JSON, nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["submission_version.id"],
            name=op.f("fk_redaction_version_id_submission_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"],
            ["user.id"],
            name=op.f("fk_redaction_cleared_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        sa.UniqueConstraint("version_id", name=op.f("uq_redaction_version_id")),
    )
    with op.batch_alter_table("redaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redaction_cleared_by_id"), ["cleared_by_id"])
    op.create_table(
        "redacted_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "made",
            sa.Enum(
                *("waiting", "clean", "unable", "by_hand"),
                name="made",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "shown IS NULL OR NOT shown OR digest <> ''", name=op.f("ck_redacted_copy_shown_copy")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_redacted_copy_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redacted_copy")),
        sa.UniqueConstraint(
            "submission_id", "name", name=op.f("uq_redacted_copy_submission_id_name")
        ),
        sa.UniqueConstraint(
            "submission_id", "original", name=op.f("uq_redacted_copy_submission_id_original")
        ),
    )
    with op.batch_alter_table("redacted_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redacted_copy_made"), ["made"])


def downgrade() -> None:
    op.drop_table("redacted_copy")
    op.drop_table("redaction")
    op.drop_table("blind_lot")
    op.execute("UPDATE review_problem SET kind = 'other' WHERE kind = 'recognized'")
    _troubles(BEFORE)
    with op.batch_alter_table("judging_round", schema=None) as batch_op:
        batch_op.drop_column("blind")
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.drop_column("unblinded_at")
