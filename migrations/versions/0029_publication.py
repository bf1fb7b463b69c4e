"""Results by challenge, taken back and corrected; comments wait to be read."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def where(text: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(text), "postgresql_where": sa.text(text)}


def upgrade() -> None:
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("challenge_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_announcement_challenge_id_challenge"),
            "challenge",
            ["challenge_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_constraint("uq_announcement_competition_id", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_announcement_competition_id_challenge_id"),
            ["competition_id", "challenge_id"],
        )
        batch_op.create_index(batch_op.f("ix_announcement_challenge_id"), ["challenge_id"])
        batch_op.create_index(
            "uq_announcement_general",
            ["competition_id"],
            unique=True,
            **where("challenge_id IS NULL"),
        )

    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                *("withdrawal", "correction"),
                name="change",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", json(), nullable=False),
        sa.Column("before", json(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("end_note", json(), nullable=False),
        sa.CheckConstraint(
            "kind = 'withdrawal' OR ended_at IS NULL", name=op.f("ck_amendment_ended")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_amendment_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_amendment_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_amendment_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_amendment_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_competition_id"), ["competition_id"])
        batch_op.create_index(batch_op.f("ix_amendment_challenge_id"), ["challenge_id"])
        batch_op.create_index(
            "uq_amendment_open",
            ["competition_id", "challenge_id"],
            unique=True,
            **where("ended_at IS NULL AND kind = 'withdrawal'"),
        )
        batch_op.create_index(
            "uq_amendment_open_general",
            ["competition_id"],
            unique=True,
            **where("ended_at IS NULL AND challenge_id IS NULL AND kind = 'withdrawal'"),
        )

    op.create_table(
        "comment_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("score_id", sa.Uuid(), nullable=True),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (text = '')", name=op.f("ck_comment_release_text")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_comment_release_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["review.id"],
            name=op.f("fk_comment_release_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["score_id"],
            ["score.id"],
            name=op.f("fk_comment_release_score_id_score"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_release")),
        sa.UniqueConstraint("score_id", name=op.f("uq_comment_release_score_id")),
    )
    with op.batch_alter_table("comment_release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_release_review_id"), ["review_id"])
        batch_op.create_index(
            "uq_comment_release_whole",
            ["review_id"],
            unique=True,
            **where("score_id IS NULL"),
        )
    _keep_what_teams_read()


def json() -> sa.JSON:
    return sa.JSON().with_variant(JSONB(), "postgresql")


def _keep_what_teams_read() -> None:
    """Comments that teams read already stay on their pages; the others wait to be read."""
    moment = sa.DateTime(timezone=True)
    announcement = sa.table(
        "announcement", sa.column("competition_id", sa.Uuid()), sa.column("publish_at", moment)
    )
    judge = sa.table("judge", sa.column("id", sa.Uuid()), sa.column("competition_id", sa.Uuid()))
    review = sa.table(
        "review",
        sa.column("id", sa.Uuid()),
        sa.column("judge_id", sa.Uuid()),
        sa.column("comment", sa.String()),
        sa.column("completed_at", moment),
    )
    release = sa.table(
        "comment_release",
        sa.column("id", sa.Uuid()),
        sa.column("created_at", moment),
        sa.column("review_id", sa.Uuid()),
        sa.column("original", sa.String()),
        sa.column("text", sa.String()),
        sa.column("released_at", moment),
    )
    now = datetime.now(UTC)
    rows = op.get_bind().execute(
        sa.select(review.c.id, review.c.comment, announcement.c.publish_at)
        .join(judge, judge.c.id == review.c.judge_id)
        .join(announcement, announcement.c.competition_id == judge.c.competition_id)
        .where(
            announcement.c.publish_at <= now,
            review.c.comment != "",
            review.c.completed_at.is_not(None),
        )
    )
    known = [
        {
            "id": uuid.uuid4(),
            "created_at": at,
            "review_id": key,
            "original": comment,
            "text": comment,
            "released_at": at,
        }
        for key, comment, at in rows
    ]
    if known:
        op.bulk_insert(release, known)


def downgrade() -> None:
    for name in ("comment_release", "amendment"):
        op.drop_table(name)
    op.execute(sa.text("DELETE FROM announcement WHERE challenge_id IS NOT NULL"))
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index("uq_announcement_general")
        batch_op.drop_index("ix_announcement_challenge_id")
        batch_op.drop_constraint("uq_announcement_competition_id_challenge_id", type_="unique")
        batch_op.drop_constraint("fk_announcement_challenge_id_challenge", type_="foreignkey")
        batch_op.drop_column("challenge_id")
        batch_op.create_unique_constraint("uq_announcement_competition_id", ["competition_id"])
