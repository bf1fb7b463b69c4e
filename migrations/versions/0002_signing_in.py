"""Where one is signed in, links by letter, changes of address, second factors, passkeys.

Whoever is signed in when this runs is signed out: their cookies name no sign-in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def of_person(name: str, *columns: sa.schema.SchemaItem, unique: bool = False) -> None:
    """A table of what belongs to one person."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f(f"fk_{name}_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    if not unique:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{name}_user_id"), ["user_id"], unique=False)


def moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    of_person(
        "sign_in",
        sa.Column(
            "manner",
            sa.Enum(
                *("password", "letter", "passkey", "demo"),
                name="manner",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        text("browser", 40),
        text("system", 40),
        text("device", 64),
        moment("seen_at", nullable=False),
        moment("proved_at", nullable=False),
        moment("factor_at"),
        moment("ended_at"),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_created_at", ["created_at"], unique=False)
    of_person(
        "sign_in_link",
        text("digest", 64),
        text("goes_on", 2000),
        moment("used_at"),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_link_digest")),
    )
    of_person(
        "address_change",
        text("address", 254),
        text("old_digest", 64),
        text("new_digest", 64),
        moment("old_confirmed_at"),
        moment("new_confirmed_at"),
        moment("ended_at"),
        sa.CheckConstraint(
            "address = lower(address)", name=op.f("ck_address_change_address_lower")
        ),
        sa.UniqueConstraint("old_digest", name=op.f("uq_address_change_old_digest")),
        sa.UniqueConstraint("new_digest", name=op.f("uq_address_change_new_digest")),
    )
    with op.batch_alter_table("address_change", schema=None) as batch_op:
        batch_op.create_index(
            "uq_address_change_open",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    of_person(
        "authenticator",
        text("secret", 300),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.UniqueConstraint("user_id", name=op.f("uq_authenticator_user_id")),
        unique=True,
    )
    of_person(
        "recovery_code",
        text("digest", 64),
        moment("used_at"),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_recovery_code_user_id_digest")),
    )
    of_person(
        "passkey",
        text("name", 60),
        text("credential", 1400),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        moment("used_at"),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(text("pronouns", 60, nullable=True))
        batch_op.add_column(text("accessibility", 1000, nullable=True))
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "second_factor_required", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.alter_column("second_factor_required", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("competition", schema=None) as batch_op:
        batch_op.drop_column("second_factor_required")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("accessibility")
        batch_op.drop_column("pronouns")
    for name in (
        *("passkey", "recovery_code", "authenticator", "address_change", "sign_in_link"),
        "sign_in",
    ):
        op.drop_table(name)
