"""Data sets under terms, who took them, and questions about a challenge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column(
            "title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "description", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "provenance", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "licence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "warning", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("available_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "available_from IS NULL OR available_until IS NULL OR available_from < available_until",
            name=op.f("ck_data_set_order"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "competition_id"],
            ["challenge.id", "challenge.competition_id"],
            name=op.f("fk_data_set_challenge_id_competition_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_data_set_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_set")),
    )
    with op.batch_alter_table("data_set", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_set_challenge_id"), ["challenge_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_data_set_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "question", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_at IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_inquiry_answered_first"),
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["user.id"], name=op.f("fk_inquiry_asker_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_inquiry_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_challenge_id"), ["challenge_id"], unique=False)

    op.create_table(
        "data_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_set_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_data_file_size")),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_file_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_file")),
        sa.UniqueConstraint("data_set_id", "name", name=op.f("uq_data_file_data_set_id_name")),
    )
    op.create_table(
        "data_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_set_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_on", sa.Date(), nullable=False),
        sa.Column("kept", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_statement_data_set_id_data_set"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_data_statement_user_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_statement")),
    )
    with op.batch_alter_table("data_statement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_statement_data_set_id"), ["data_set_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_data_statement_user_id"), ["user_id"], unique=False)

    op.create_table(
        "data_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_set_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days_after_end", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "days_after_end IS NULL OR days_after_end >= 0", name=op.f("ck_data_terms_days")
        ),
        sa.CheckConstraint(
            "expires_at IS NULL OR days_after_end IS NULL", name=op.f("ck_data_terms_one_expiry")
        ),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_terms_data_set_id_data_set"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_terms")),
        sa.UniqueConstraint(
            "data_set_id", "version", name=op.f("uq_data_terms_data_set_id_version")
        ),
    )
    op.create_table(
        "data_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_set_id", sa.Uuid(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "statement_id IS NULL OR ended_at IS NOT NULL",
            name=op.f("ck_data_acceptance_stated_has_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["data_set_id"],
            ["data_set.id"],
            name=op.f("fk_data_acceptance_data_set_id_data_set"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["data_statement.id"],
            name=op.f("fk_data_acceptance_statement_id_data_statement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["data_terms.id"],
            name=op.f("fk_data_acceptance_terms_id_data_terms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_data_acceptance_user_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_acceptance")),
    )
    with op.batch_alter_table("data_acceptance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_acceptance_data_set_id"), ["data_set_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_data_acceptance_statement_id"), ["statement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_data_acceptance_terms_id"), ["terms_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_acceptance_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_data_acceptance_in_force",
            ["data_set_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "data_taking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acceptance_id"],
            ["data_acceptance.id"],
            name=op.f("fk_data_taking_acceptance_id_data_acceptance"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_taking")),
    )
    with op.batch_alter_table("data_taking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_data_taking_acceptance_id"), ["acceptance_id"], unique=False
        )


def downgrade() -> None:
    for table in (
        "data_taking",
        "data_acceptance",
        "data_terms",
        "data_statement",
        "data_file",
        "inquiry",
        "data_set",
    ):
        op.drop_table(table)
