"""Which edition of what visitors may see this is: counted up by every change of it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("edition", sa.Column("number", sa.BigInteger(), nullable=False))


def downgrade() -> None:
    op.drop_table("edition")
