"""Questions to teams about their submission, and what their drafts answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
    *("short", "long", "one", "several", "yes_no", "number"),
    *("date", "file", "country", "province", "consent"),
)


def upgrade() -> None:
    with op.batch_alter_table("question", schema=None) as table:
        for name in ("questionnaire", "challenge"):
            table.drop_constraint(op.f(f"ck_question_{name}"), type_="check")
    with op.batch_alter_table("question", schema=None) as table:
        table.create_check_constraint(
            op.f("ck_question_questionnaire"),
            "questionnaire IN ('registration', 'team', 'submission')",
        )
        table.create_check_constraint(
            op.f("ck_question_challenge"),
            "challenge_id IS NULL OR questionnaire IN ('team', 'submission')",
        )
        table.create_check_constraint(
            op.f("ck_question_no_consent"), "questionnaire <> 'submission' OR kind <> 'consent'"
        )
    op.create_table(
        "submission_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_submission_answer_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "kind"],
            ["question.id", "question.kind"],
            name=op.f("fk_submission_answer_question_id_kind_question"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_answer_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_answer")),
        sa.UniqueConstraint(
            "submission_id",
            "question_id",
            name=op.f("uq_submission_answer_submission_id_question_id"),
        ),
    )
    with op.batch_alter_table("submission_answer", schema=None) as table:
        table.create_index(table.f("ix_submission_answer_question_id"), ["question_id"])


def downgrade() -> None:
    """What only submissions were asked goes, with the answers; versions keep what they froze."""
    op.drop_table("submission_answer")
    asked = "SELECT id FROM question WHERE questionnaire = 'submission'"
    op.execute(f"DELETE FROM question_option WHERE question_id IN ({asked})")
    op.execute("UPDATE question SET parent_id = NULL WHERE questionnaire = 'submission'")
    op.execute("DELETE FROM question WHERE questionnaire = 'submission'")
    with op.batch_alter_table("question", schema=None) as table:
        for name in ("questionnaire", "challenge", "no_consent"):
            table.drop_constraint(op.f(f"ck_question_{name}"), type_="check")
    with op.batch_alter_table("question", schema=None) as table:
        table.create_check_constraint(
            op.f("ck_question_questionnaire"), "questionnaire IN ('registration', 'team')"
        )
        table.create_check_constraint(
            op.f("ck_question_challenge"), "challenge_id IS NULL OR questionnaire = 'team'"
        )
