"""Certificates, how they look, and who is named how on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "certificate_logo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("drawn", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_logo_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_logo")),
    )
    with op.batch_alter_table("certificate_logo", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_logo_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "certificate_signatory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("drawn", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_signatory_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_signatory")),
    )
    with op.batch_alter_table("certificate_signatory", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_signatory_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "certificate_style",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "paper",
            sa.Enum(
                "letter", "a4", name="paper", native_enum=False, create_constraint=True, length=10
            ),
            nullable=False,
        ),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("occasion", JSON, nullable=False),
        sa.Column(
            "participants",
            sa.Enum(
                "handed_in",
                "in_team",
                "registered",
                "accompanied",
                "gave_feedback",
                "every_mentor",
                "completed",
                "completed_all",
                name="participants",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "mentors",
            sa.Enum(
                "handed_in",
                "in_team",
                "registered",
                "accompanied",
                "gave_feedback",
                "every_mentor",
                "completed",
                "completed_all",
                name="mentors",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "judges",
            sa.Enum(
                "handed_in",
                "in_team",
                "registered",
                "accompanied",
                "gave_feedback",
                "every_mentor",
                "completed",
                "completed_all",
                name="judges",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_style_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_style")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_certificate_style_competition_id")),
    )
    with op.batch_alter_table("certificate_style", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_style_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "certificate_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "speaks",
            sa.Enum("both", "en", "fr", name="speaks", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_wish_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_certificate_wish_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_wish")),
        sa.UniqueConstraint(
            "competition_id", "user_id", name=op.f("uq_certificate_wish_competition_id_user_id")
        ),
    )
    with op.batch_alter_table("certificate_wish", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_wish_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_certificate_wish_user_id"), ["user_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "participant",
                "winner",
                "outstanding",
                "mentor",
                "judge",
                "speaker",
                "organizer",
                "volunteer",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("speaker_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "speaks",
            sa.Enum("both", "en", "fr", name="speaks", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "revoked",
                "replaced",
                "forgotten",
                name="ending",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ended_at IS NOT NULL OR name <> ''", name=op.f("ck_certificate_named")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_certificate_ended")
        ),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_certificate_edition")),
        sa.CheckConstraint("user_id IS NULL OR token IS NULL", name=op.f("ck_certificate_link")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_certificate_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_certificate_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_replaced_by_id_certificate"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speaker.id"],
            name=op.f("fk_certificate_speaker_id_speaker"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_certificate_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_token")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_certificate_speaker_id"), ["speaker_id"], unique=False)
        batch_op.create_index("ix_certificate_undrawn", ["digest", "claimed_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_certificate_speaker_id",
            ["competition_id", "kind", "speaker_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_certificate_user_id",
            ["competition_id", "kind", "user_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "certificate_omission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "participant",
                "winner",
                "outstanding",
                "mentor",
                "judge",
                "speaker",
                "organizer",
                "volunteer",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("speaker_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (speaker_id IS NULL)",
            name=op.f("ck_certificate_omission_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_certificate_omission_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_certificate_omission_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speaker.id"],
            name=op.f("fk_certificate_omission_speaker_id_speaker"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_certificate_omission_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_omission")),
        sa.UniqueConstraint(
            "competition_id", "kind", "speaker_id", name="uq_certificate_omission_speaker"
        ),
        sa.UniqueConstraint(
            "competition_id",
            "kind",
            "user_id",
            name=op.f("uq_certificate_omission_competition_id_kind_user_id"),
        ),
    )
    with op.batch_alter_table("certificate_omission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_omission_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificate_omission_speaker_id"), ["speaker_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificate_omission_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "certificate_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "speaks",
            sa.Enum("both", "en", "fr", name="speaks", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_certificate_correction_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_correction_certificate_id_certificate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_correction")),
        sa.UniqueConstraint(
            "certificate_id",
            "edition",
            name=op.f("uq_certificate_correction_certificate_id_edition"),
        ),
    )


def downgrade() -> None:
    op.drop_table("certificate_correction")
    with op.batch_alter_table("certificate_omission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_omission_user_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_omission_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_omission_competition_id"))

    op.drop_table("certificate_omission")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_user_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_certificate_speaker_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_certificate_user_id"))
        batch_op.drop_index("ix_certificate_undrawn")
        batch_op.drop_index(batch_op.f("ix_certificate_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_competition_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("certificate_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_wish_user_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_wish_competition_id"))

    op.drop_table("certificate_wish")
    with op.batch_alter_table("certificate_style", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_style_competition_id"))

    op.drop_table("certificate_style")
    with op.batch_alter_table("certificate_signatory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_signatory_competition_id"))

    op.drop_table("certificate_signatory")
    with op.batch_alter_table("certificate_logo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_logo_competition_id"))

    op.drop_table("certificate_logo")
