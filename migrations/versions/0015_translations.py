"""The organizers' translations of titles, summaries and content warnings."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission_translation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("warning", sa.String(length=300), nullable=False),
        sa.Column("of_title", sa.String(length=150), nullable=False),
        sa.Column("of_summary", sa.String(length=1000), nullable=False),
        sa.Column("of_warning", sa.String(length=300), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_at IS NULL OR (title <> '' AND summary <> '')",
            name=op.f("ck_submission_translation_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_translation_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edited_by_id"],
            ["user.id"],
            name=op.f("fk_submission_translation_edited_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_translation")),
        sa.UniqueConstraint(
            "submission_id",
            "language",
            name=op.f("uq_submission_translation_submission_id_language"),
        ),
    )
    with op.batch_alter_table("submission_translation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_translation_edited_by_id"), ["edited_by_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("submission_translation")
