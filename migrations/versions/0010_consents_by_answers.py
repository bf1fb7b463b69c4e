"""What questions ask people to agree to is kept in versions, like the other consent texts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consent_text") as table:
        table.add_column(sa.Column("question_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("file_name", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("digest", sa.String(length=64), nullable=True))
        table.create_foreign_key(
            op.f("fk_consent_text_question_id_competition_id_question"),
            "question",
            ["question_id", "competition_id"],
            ["id", "competition_id"],
        )
        table.create_check_constraint(
            op.f("ck_consent_text_document"), "(digest IS NULL) = (file_name IS NULL)"
        )
        table.create_index(op.f("ix_consent_text_question_id"), ["question_id"])


def downgrade() -> None:
    # Without the mark, everyone would be asked for these texts; the answers say yes without them.
    op.execute(
        "DELETE FROM consent WHERE consent_text_id IN"
        " (SELECT id FROM consent_text WHERE question_id IS NOT NULL)"
    )
    op.execute("DELETE FROM consent_text WHERE question_id IS NOT NULL")
    with op.batch_alter_table("consent_text") as table:
        table.drop_index(op.f("ix_consent_text_question_id"))
        table.drop_constraint(op.f("ck_consent_text_document"), type_="check")
        table.drop_constraint(
            op.f("fk_consent_text_question_id_competition_id_question"), type_="foreignkey"
        )
        table.drop_column("digest")
        table.drop_column("file_name")
        table.drop_column("question_id")
