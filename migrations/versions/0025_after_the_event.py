"""After the event: what became of the projects, the press pack, archives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("files", sa.Boolean(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("step >= 0 AND step <= steps", name=op.f("ck_archive_step")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_archive_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_archive_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive")),
    )
    with op.batch_alter_table("archive", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_archive_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(
            "uq_archive_waiting",
            ["competition_id"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_follow_up_months")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_follow_up_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_follow_up_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "competition_id", "months", name=op.f("uq_follow_up_competition_id_months")
        ),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "follow_up_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_follow_up_refusal_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_follow_up_refusal_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_refusal")),
        sa.UniqueConstraint(
            "competition_id", "user_id", name=op.f("uq_follow_up_refusal_competition_id_user_id")
        ),
    )
    with op.batch_alter_table("follow_up_refusal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_refusal_competition_id"), ["competition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_follow_up_refusal_user_id"), ["user_id"], unique=False)

    op.create_table(
        "press_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("introduction", JSON, nullable=False),
        sa.Column("quote", JSON, nullable=False),
        sa.Column("quoted", JSON, nullable=False),
        sa.Column("contact", JSON, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("logos", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_press_pack_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_press_pack_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_pack")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_press_pack_competition_id")),
    )
    with op.batch_alter_table("press_pack", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_press_pack_competition_id"), ["competition_id"], unique=False
        )

    op.create_table(
        "follow_up_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_link_follow_up_id_follow_up"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["team.id"],
            name=op.f("fk_follow_up_link_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_follow_up_link_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_follow_up_link_digest")),
        sa.UniqueConstraint(
            "follow_up_id", "user_id", name=op.f("uq_follow_up_link_follow_up_id_user_id")
        ),
    )
    with op.batch_alter_table("follow_up_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_link_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "follow_up_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "goes_on",
                "used",
                "paused",
                "ended",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"],
            ["user.id"],
            name=op.f("fk_follow_up_answer_agreed_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_answer_follow_up_id_follow_up"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["user.id"],
            name=op.f("fk_follow_up_answer_saved_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_follow_up_answer_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_answer")),
        sa.UniqueConstraint(
            "follow_up_id",
            "submission_id",
            name=op.f("uq_follow_up_answer_follow_up_id_submission_id"),
        ),
    )
    with op.batch_alter_table("follow_up_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_answer_agreed_by_id"), ["agreed_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_follow_up_answer_saved_by_id"), ["saved_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_follow_up_answer_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "press_project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("pictures", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["pack_id"],
            ["press_pack.id"],
            name=op.f("fk_press_project_pack_id_press_pack"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_press_project_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_project")),
        sa.UniqueConstraint(
            "pack_id", "submission_id", name=op.f("uq_press_project_pack_id_submission_id")
        ),
    )
    with op.batch_alter_table("press_project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_press_project_submission_id"), ["submission_id"], unique=False
        )

    op.create_table(
        "held_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_held_back_reason")),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["follow_up_answer.id"],
            name=op.f("fk_held_back_answer_id_follow_up_answer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_held_back_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_held_back_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_back")),
    )
    with op.batch_alter_table("held_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_back_answer_id"), ["answer_id"], unique=False)
        batch_op.create_index(
            "uq_held_back_open",
            ["answer_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("held_back", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_held_back_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_held_back_answer_id"))

    op.drop_table("held_back")
    with op.batch_alter_table("press_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_press_project_submission_id"))

    op.drop_table("press_project")
    with op.batch_alter_table("follow_up_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_answer_submission_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_answer_saved_by_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_answer_agreed_by_id"))

    op.drop_table("follow_up_answer")
    with op.batch_alter_table("follow_up_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_link_user_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_link_team_id"))

    op.drop_table("follow_up_link")
    with op.batch_alter_table("press_pack", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_press_pack_competition_id"))

    op.drop_table("press_pack")
    with op.batch_alter_table("follow_up_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_refusal_user_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_refusal_competition_id"))

    op.drop_table("follow_up_refusal")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_competition_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("archive", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_archive_waiting",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_archive_competition_id"))

    op.drop_table("archive")
