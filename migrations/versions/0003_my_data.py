"""What a person holds, forgets and agreed to: ledger, deletion, retention."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_user_deleted"), "deleted_at IS NULL OR NOT active"
        )

    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("personal_days", sa.Integer(), server_default="365", nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_competition_personal_days"), "personal_days BETWEEN 1 AND 3650"
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.alter_column("residence", existing_type=sa.String(length=10), nullable=True)

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_consent_registration_id_consent_text_id"), type_="unique"
        )
        batch_op.create_index(
            batch_op.f("ix_consent_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            "uq_consent_open",
            ["registration_id", "consent_text_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )

    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_submission_file_by_id"), ["by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_submission_file_by_id_user"),
            "user",
            ["by_id"],
            ["id"],
            ondelete="SET NULL",
        )

    op.create_table(
        "daily_chore",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_chore")),
        sa.UniqueConstraint("name", name=op.f("uq_daily_chore_name")),
    )


def downgrade() -> None:
    """What was forgotten stays so: a residence becomes "". Of each yes, the last row stays."""
    op.drop_table("daily_chore")

    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submission_file_by_id_user"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_submission_file_by_id"))
        batch_op.drop_column("by_id")

    op.execute(
        "DELETE FROM consent WHERE EXISTS (SELECT 1 FROM consent AS later"
        " WHERE later.registration_id = consent.registration_id"
        " AND later.consent_text_id = consent.consent_text_id"
        " AND (later.created_at > consent.created_at"
        " OR (later.created_at = consent.created_at AND later.id > consent.id)))"
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("uq_consent_open")
        batch_op.drop_index(batch_op.f("ix_consent_registration_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_consent_registration_id_consent_text_id"),
            ["registration_id", "consent_text_id"],
        )

    op.execute("UPDATE registration SET residence = '' WHERE residence IS NULL")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.alter_column("residence", existing_type=sa.String(length=10), nullable=False)

    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_competition_personal_days"), type_="check")
        batch_op.drop_column("personal_days")

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_deleted"), type_="check")
        batch_op.drop_column("deleted_at")
