"""Licence, content warning and disclosures of submissions, and what organizers ask of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXTS = {
    "licence": sa.String(length=40),
    "licence_other": sa.String(length=200),
    "warning": sa.String(length=300),
    "data_used": sa.String(),
    "prior_work": sa.String(),
    "ai_use": sa.String(),
}


def upgrade() -> None:
    with op.batch_alter_table("competition") as table:
        table.add_column(
            sa.Column(
                "submission_asks",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="{}",
            )
        )
    with op.batch_alter_table("submission") as table:
        for name, kind in TEXTS.items():
            table.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        table.drop_column("revision")
    with op.batch_alter_table("competition") as table:
        table.alter_column("submission_asks", server_default=None)
    with op.batch_alter_table("submission") as table:
        for name in TEXTS:
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("submission") as table:
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        for name in TEXTS:
            table.drop_column(name)
    with op.batch_alter_table("submission") as table:
        table.alter_column("revision", server_default=None)
    with op.batch_alter_table("competition") as table:
        table.drop_column("submission_asks")
