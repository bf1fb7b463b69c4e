"""Samples that judges score first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("description", JSON, nullable=False),
        sa.Column("repository", sa.String(length=500), nullable=False),
        sa.Column("demonstration", sa.String(length=500), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("required_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lesson", JSON, nullable=False),
        sa.Column("lesson_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lesson_announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "published_at IS NULL OR announced_at IS NOT NULL", name=op.f("ck_sample_announced")
        ),
        sa.CheckConstraint(
            "required_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_sample_required")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_sample_challenge_id_challenge"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_sample_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["judging_round.id"],
            name=op.f("fk_sample_round_id_judging_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    with op.batch_alter_table("sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_challenge_id"), ["challenge_id"])
        batch_op.create_index(batch_op.f("ix_sample_competition_id"), ["competition_id"])
        batch_op.create_index(batch_op.f("ix_sample_round_id"), ["round_id"])

    op.create_table(
        "sample_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("caption", JSON, nullable=False),
        sa.Column("drawn", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_sample_file_size")),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["sample.id"],
            name=op.f("fk_sample_file_sample_id_sample"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_file")),
        sa.UniqueConstraint("sample_id", "name", name=op.f("uq_sample_file_sample_id_name")),
    )
    op.create_table(
        "sample_reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND levels", name=op.f("ck_sample_reference_score")),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["criterion.id"],
            name=op.f("fk_sample_reference_criterion_id_criterion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["sample.id"],
            name=op.f("fk_sample_reference_sample_id_sample"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_reference")),
        sa.UniqueConstraint(
            "sample_id", "criterion_id", name=op.f("uq_sample_reference_sample_id_criterion_id")
        ),
    )
    with op.batch_alter_table("sample_reference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_reference_criterion_id"), ["criterion_id"])

    op.create_table(
        "sample_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touches", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_sample_review_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["sample.id"],
            name=op.f("fk_sample_review_sample_id_sample"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_review")),
        sa.UniqueConstraint(
            "judge_id", "sample_id", name=op.f("uq_sample_review_judge_id_sample_id")
        ),
    )
    with op.batch_alter_table("sample_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_review_sample_id"), ["sample_id"])

    op.create_table(
        "sample_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND levels", name=op.f("ck_sample_score_score")),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["criterion.id"],
            name=op.f("fk_sample_score_criterion_id_criterion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["sample_review.id"],
            name=op.f("fk_sample_score_review_id_sample_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_score")),
        sa.UniqueConstraint(
            "review_id", "criterion_id", name=op.f("uq_sample_score_review_id_criterion_id")
        ),
    )
    with op.batch_alter_table("sample_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_score_criterion_id"), ["criterion_id"])


def downgrade() -> None:
    for name in ("sample_score", "sample_review", "sample_reference", "sample_file", "sample"):
        op.drop_table(name)
