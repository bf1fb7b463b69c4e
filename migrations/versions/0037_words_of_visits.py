"""A visit keeps the word that counts."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WORDS = ("seen", "earlier", "later", "neither", "absent", "conflict", "known", "busy")


def upgrade() -> None:
    with op.batch_alter_table("comparison_visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("word", sa.String(length=20), nullable=True))
    op.execute(
        """
        UPDATE comparison_visit SET word = (
            SELECT comparison_call.word FROM comparison_call
            WHERE comparison_call.visit_id = comparison_visit.id
            AND comparison_call.undone_at IS NULL
        )
        """
    )
    names = ", ".join(f"'{word}'" for word in WORDS)
    with op.batch_alter_table("comparison_visit", schema=None) as batch_op:
        batch_op.create_check_constraint("word", f"word IN ({names})")
        batch_op.create_check_constraint("said", "word IS NULL OR ended_at IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("comparison_visit", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_comparison_visit_said"), type_="check")
        batch_op.drop_constraint(op.f("ck_comparison_visit_word"), type_="check")
        batch_op.drop_column("word")
