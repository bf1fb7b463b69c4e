"""What judges changed and when, what they note for themselves, give back, and report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("own_note", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("touches", "unfinished"):
            batch_op.add_column(
                sa.Column(name, JSON, nullable=False, server_default=sa.text("'{}'"))
            )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.alter_column("own_note", server_default=None)
        batch_op.alter_column("touches", server_default=None)
        batch_op.alter_column("unfinished", server_default=None)
    # What was done before was last touched when its last score was written, as far as is known.
    op.execute(
        "UPDATE review SET touched_at = COALESCE("
        "(SELECT MAX(score.created_at) FROM score WHERE score.review_id = review.id),"
        " completed_at)"
    )

    op.create_table(
        "review_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["review.id"],
            name=op.f("fk_review_change_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_change")),
    )
    with op.batch_alter_table("review_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_change_review_id"), ["review_id"])

    op.create_table(
        "abstention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_abstention_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_abstention_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abstention")),
        sa.UniqueConstraint(
            "judge_id", "submission_id", name=op.f("uq_abstention_judge_id_submission_id")
        ),
    )
    with op.batch_alter_table("abstention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_abstention_submission_id"), ["submission_id"])

    op.create_table(
        "review_problem",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "file",
                "language",
                "safety",
                "other",
                name="trouble",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (answer = '')", name=op.f("ck_review_problem_settled")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_review_problem_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_review_problem_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["user.id"],
            name=op.f("fk_review_problem_settled_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_problem")),
    )
    with op.batch_alter_table("review_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_problem_judge_id"), ["judge_id"])
        batch_op.create_index(batch_op.f("ix_review_problem_submission_id"), ["submission_id"])


def downgrade() -> None:
    op.drop_table("review_problem")
    op.drop_table("abstention")
    op.drop_table("review_change")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_column("unfinished")
        batch_op.drop_column("touches")
        batch_op.drop_column("touched_at")
        batch_op.drop_column("own_note")
