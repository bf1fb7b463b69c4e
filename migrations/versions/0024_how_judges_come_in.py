"""How judges come in: invitations, personal links, terms; what they read and when they can."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def manners(*names: str) -> None:
    """The ways to sign in that the database takes."""
    told = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_sign_in_manner"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_sign_in_manner"), f"manner IN ({told})")


def upgrade() -> None:
    op.create_table(
        "judge_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_judge_terms_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_terms")),
        sa.UniqueConstraint(
            "competition_id", "version", name=op.f("uq_judge_terms_competition_id_version")
        ),
    )
    with op.batch_alter_table("judge_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_terms_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "judge_challenge",
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_judge_challenge_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_judge_challenge_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("judge_id", "challenge_id", name=op.f("pk_judge_challenge")),
    )
    with op.batch_alter_table("judge_challenge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_challenge_challenge_id"), ["challenge_id"], unique=False
        )

    op.create_table(
        "judge_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=4), nullable=False),
        sa.Column(
            "languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "account", "link", name="way", native_enum=False, create_constraint=True, length=10
            ),
            nullable=False,
        ),
        sa.Column("one_device", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judge_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'fr', 'both')", name=op.f("ck_judge_invitation_language")
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (judge_id IS NULL)", name=op.f("ck_judge_invitation_accepted")
        ),
        sa.CheckConstraint(
            "accepted_at IS NULL OR declined_at IS NULL",
            name=op.f("ck_judge_invitation_one_answer"),
        ),
        sa.CheckConstraint(
            "address = lower(address)", name=op.f("ck_judge_invitation_address_lower")
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_judge_invitation_capacity")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_judge_invitation_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_judge_invitation_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_judge_invitation_digest")),
    )
    with op.batch_alter_table("judge_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_invitation_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_judge_invitation_judge_id"), ["judge_id"], unique=False
        )
        batch_op.create_index(
            "uq_judge_invitation_waiting",
            ["competition_id", "address"],
            unique=True,
            sqlite_where=sa.text(
                "accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"
            ),
            postgresql_where=sa.text(
                "accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"
            ),
        )

    op.create_table(
        "judge_terms_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'fr')", name=op.f("ck_judge_terms_acceptance_language")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"],
            ["judge.id"],
            name=op.f("fk_judge_terms_acceptance_judge_id_judge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["judge_terms.id"],
            name=op.f("fk_judge_terms_acceptance_terms_id_judge_terms"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_terms_acceptance")),
        sa.UniqueConstraint(
            "judge_id", "terms_id", name=op.f("uq_judge_terms_acceptance_judge_id_terms_id")
        ),
    )
    with op.batch_alter_table("judge_terms_acceptance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_terms_acceptance_terms_id"), ["terms_id"], unique=False
        )

    op.create_table(
        "judge_invitation_challenge",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_judge_invitation_challenge_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["judge_invitation.id"],
            name=op.f("fk_judge_invitation_challenge_invitation_id_judge_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "invitation_id", "challenge_id", name=op.f("pk_judge_invitation_challenge")
        ),
    )
    with op.batch_alter_table("judge_invitation_challenge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_invitation_challenge_challenge_id"), ["challenge_id"], unique=False
        )

    op.create_table(
        "judge_link_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["judge_invitation.id"],
            name=op.f("fk_judge_link_use_invitation_id_judge_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sign_in_id"],
            ["sign_in.id"],
            name=op.f("fk_judge_link_use_sign_in_id_sign_in"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_link_use")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_judge_link_use_sign_in_id")),
    )
    with op.batch_alter_table("judge_link_use", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_judge_link_use_invitation_id"), ["invitation_id"], unique=False
        )

    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("available_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("available_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("availability", sa.String(length=500), nullable=False, server_default="")
        )
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.alter_column("availability", server_default=None)
        batch_op.create_check_constraint(batch_op.f("ck_judge_offered"), "offered >= 0")
        batch_op.create_check_constraint(
            batch_op.f("ck_judge_availability"), "available_from <= available_until"
        )
    manners("password", "letter", "passkey", "personal", "demo")


def downgrade() -> None:
    op.execute("DELETE FROM sign_in WHERE manner = 'personal'")
    manners("password", "letter", "passkey", "demo")
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_judge_availability"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_judge_offered"), type_="check")
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.drop_column("availability")
        batch_op.drop_column("available_until")
        batch_op.drop_column("available_from")
        batch_op.drop_column("offered")

    with op.batch_alter_table("judge_link_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_link_use_invitation_id"))

    op.drop_table("judge_link_use")
    with op.batch_alter_table("judge_invitation_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_invitation_challenge_challenge_id"))

    op.drop_table("judge_invitation_challenge")
    with op.batch_alter_table("judge_terms_acceptance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_terms_acceptance_terms_id"))

    op.drop_table("judge_terms_acceptance")
    with op.batch_alter_table("judge_invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_judge_invitation_waiting",
            sqlite_where=sa.text(
                "accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"
            ),
            postgresql_where=sa.text(
                "accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_judge_invitation_judge_id"))
        batch_op.drop_index(batch_op.f("ix_judge_invitation_competition_id"))

    op.drop_table("judge_invitation")
    with op.batch_alter_table("judge_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_challenge_challenge_id"))

    op.drop_table("judge_challenge")
    with op.batch_alter_table("judge_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_terms_competition_id"))

    op.drop_table("judge_terms")
