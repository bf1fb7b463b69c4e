"""Questions and their answers; who may enter by age and province."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "questionnaire",
            sa.Enum(
                "registration",
                "team",
                name="questionnaire",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "short",
                "long",
                "one",
                "several",
                "yes_no",
                "number",
                "date",
                "file",
                "country",
                "province",
                "consent",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("help", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "limits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("required_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "shown_to", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "parent_answers",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "lets_in", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "refusal", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "challenge_id IS NULL OR questionnaire = 'team'", name=op.f("ck_question_challenge")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_question_parent")),
        sa.CheckConstraint(
            "required OR required_from IS NULL", name=op.f("ck_question_required_from")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "competition_id"],
            ["challenge.id", "challenge.competition_id"],
            name=op.f("fk_question_challenge_id_competition_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_question_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_question_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id", "competition_id"],
            ["question.id", "question.competition_id"],
            name=op.f("fk_question_parent_id_competition_id_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("id", "competition_id", name=op.f("uq_question_id_competition_id")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_question_id_kind")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_challenge_id"), ["challenge_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_question_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_question_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "short",
                "long",
                "one",
                "several",
                "yes_no",
                "number",
                "date",
                "file",
                "country",
                "province",
                "consent",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_answer_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "kind"],
            ["question.id", "question.kind"],
            name=op.f("fk_answer_question_id_kind_question"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_answer_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "registration_id", "question_id", name=op.f("uq_answer_registration_id_question_id")
        ),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "question_option",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_question_option_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_option")),
        sa.UniqueConstraint("question_id", "key", name=op.f("uq_question_option_question_id_key")),
    )
    op.create_table(
        "team_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "short",
                "long",
                "one",
                "several",
                "yes_no",
                "number",
                "date",
                "file",
                "country",
                "province",
                "consent",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "value", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_team_answer_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "kind"],
            ["question.id", "question.kind"],
            name=op.f("fk_team_answer_question_id_kind_question"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_answer_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_answer")),
        sa.UniqueConstraint(
            "team_id", "question_id", name=op.f("uq_team_answer_team_id_question_id")
        ),
    )
    with op.batch_alter_table("team_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_team_answer_question_id"), ["question_id"], unique=False
        )

    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("age_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("asks_birth_date", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "provinces",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default="[]",
            )
        )

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("birth_date", sa.Date(), nullable=True))


def downgrade() -> None:
    # Not in a batch, which would copy the tables on SQLite and lose their CHECK constraints.
    op.drop_column("registration", "birth_date")
    op.drop_column("competition", "provinces")
    op.drop_column("competition", "asks_birth_date")
    op.drop_column("competition", "age_on")
    with op.batch_alter_table("team_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_answer_question_id"))

    op.drop_table("team_answer")
    op.drop_table("question_option")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_question_id"))

    op.drop_table("answer")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_parent_id"))
        batch_op.drop_index(batch_op.f("ix_question_document_id"))
        batch_op.drop_index(batch_op.f("ix_question_competition_id"))
        batch_op.drop_index(batch_op.f("ix_question_challenge_id"))

    op.drop_table("question")
