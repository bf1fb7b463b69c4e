"""What may be worth a look about submissions, and what organizers say of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("least_words", sa.Integer(), nullable=False),
        sa.Column("margin_days", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "least_words BETWEEN 20 AND 1000", name=op.f("ck_check_settings_least_words")
        ),
        sa.CheckConstraint(
            "margin_days BETWEEN 0 AND 3650", name=op.f("ck_check_settings_margin_days")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_check_settings_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_settings")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_check_settings_competition_id")),
    )
    with op.batch_alter_table("check_settings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_check_settings_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "check_file_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_check_file_mark_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_file_mark")),
        sa.UniqueConstraint(
            "submission_id", "digest", name=op.f("uq_check_file_mark_submission_id_digest")
        ),
    )
    with op.batch_alter_table("check_file_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_file_mark_digest"), ["digest"], unique=False)

    op.create_table(
        "check_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "page", "birth", name="purpose", native_enum=False, create_constraint=True, length=8
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "reached",
                "gone",
                "refuses",
                "unreached",
                "inside",
                name="linkstate",
                native_enum=False,
                create_constraint=True,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("born_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_check_link_failures")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_check_link_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_link")),
        sa.UniqueConstraint(
            "submission_id", "purpose", "key", name=op.f("uq_check_link_submission_id_purpose_key")
        ),
    )
    with op.batch_alter_table("check_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_link_due_at"), ["due_at"], unique=False)

    op.create_table(
        "check_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_check_look_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_look")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_check_look_submission_id")),
    )
    with op.batch_alter_table("check_look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_look_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_check_look_handed_in_at"), ["handed_in_at"], unique=False
        )

    op.create_table(
        "check_text_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_check_text_mark_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_text_mark")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_check_text_mark_submission_id_number")
        ),
    )
    with op.batch_alter_table("check_text_mark", schema=None) as batch_op:
        batch_op.create_index("ix_check_text_mark_number", ["number"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "consent",
                "link",
                "file",
                "text",
                "age",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=110), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "open",
                "followed",
                "nothing",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("registration_id", sa.Uuid(), nullable=True),
        sa.Column("consent_text_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'consent' OR registration_id IS NOT NULL", name=op.f("ck_finding_person")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('file', 'text') OR other_id IS NOT NULL", name=op.f("ck_finding_other")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_finding_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consent_text_id"],
            ["consent_text.id"],
            name=op.f("fk_finding_consent_text_id_consent_text"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["submission.id"],
            name=op.f("fk_finding_other_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_finding_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_finding_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "kind", "submission_id", "subject", name=op.f("uq_finding_kind_submission_id_subject")
        ),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_finding_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_finding_consent_text_id"), ["consent_text_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_finding_other_id"), ["other_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_finding_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_finding_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "finding_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "open",
                "followed",
                "nothing",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_finding_note_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["finding.id"],
            name=op.f("fk_finding_note_finding_id_finding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_note")),
    )
    with op.batch_alter_table("finding_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_note_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_finding_note_finding_id"), ["finding_id"], unique=False
        )


def downgrade() -> None:
    for table in (
        *("finding_note", "finding", "check_text_mark", "check_look", "check_link"),
        *("check_file_mark", "check_settings"),
    ):
        op.drop_table(table)
