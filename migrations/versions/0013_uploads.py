"""Files that arrive in pieces, what the virus scanner says of files, and pictures with words."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PICTURE = ("alt", "cover", "drawn", "width", "height")


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "size > 0 AND received >= 0 AND received <= size", name=op.f("ck_upload_octets")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_upload_team_id_team"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_upload_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("waiting", "clean", "infected"),
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=8,
            ),
            nullable=False,
        ),
        sa.Column("virus", sa.String(length=200), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("digest", name=op.f("uq_scan_digest")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_state"), ["state"], unique=False)

    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        for column in (
            sa.Column("alt", sa.String(length=300), nullable=False, server_default=""),
            sa.Column("cover", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("drawn", sa.String(length=64), nullable=False, server_default=""),
            sa.Column("width", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("height", sa.Integer(), nullable=False, server_default="0"),
        ):
            batch_op.add_column(column)
        batch_op.create_check_constraint(
            op.f("ck_submission_file_described"), "drawn = '' OR alt <> ''"
        )
        batch_op.create_check_constraint(
            op.f("ck_submission_file_cover_shown"), "NOT cover OR drawn <> ''"
        )
    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        for name in PICTURE:  # the site says it from here on
            batch_op.alter_column(name, server_default=None)
        batch_op.create_index(
            "uq_submission_file_cover",
            ["submission_id"],
            unique=True,
            sqlite_where=sa.text("cover"),
            postgresql_where=sa.text("cover"),
        )


def downgrade() -> None:
    with op.batch_alter_table("submission_file", schema=None) as batch_op:
        batch_op.drop_index("uq_submission_file_cover")
        batch_op.drop_constraint(op.f("ck_submission_file_cover_shown"), type_="check")
        batch_op.drop_constraint(op.f("ck_submission_file_described"), type_="check")
        for name in PICTURE:
            batch_op.drop_column(name)
    op.drop_table("scan")
    op.drop_table("upload")
