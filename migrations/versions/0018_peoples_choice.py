"""The people's choice: its gate, its rules, who votes and what, and what is looked into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


GATES = (
    "registration",
    "team_changes",
    "challenge_choice",
    "submission",
    "feedback",
    "judging",
)
WITH_GATES = ("window", "allowance", "reminder")


def hang_gates(gates: tuple[str, ...]) -> None:
    """Let these gates alone be named."""
    names = ", ".join(f"'{gate}'" for gate in gates)
    for name in WITH_GATES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_gate"), type_="check")
            table.create_check_constraint(op.f(f"ck_{name}_gate"), f"gate IN ({names})")


def upgrade() -> None:
    hang_gates((*GATES, "public_vote"))
    op.create_table(
        "poll",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "electorate",
            sa.Enum(
                "registered",
                "accounts",
                "addresses",
                name="electorate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("teams_vote", sa.Boolean(), nullable=False),
        sa.Column("crew_votes", sa.Boolean(), nullable=False),
        sa.Column("judges_vote", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("votes BETWEEN 1 AND 10", name=op.f("ck_poll_votes")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_poll_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"],
            ["user.id"],
            name=op.f("fk_poll_released_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("competition_id", name=op.f("uq_poll_competition_id")),
    )
    with op.batch_alter_table("poll") as table:
        table.create_index(op.f("ix_poll_competition_id"), ["competition_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sign",
            sa.Enum(
                "address",
                "domain",
                "network",
                "alone",
                name="sign",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("fk_flag_poll_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("poll_id", "mark", name=op.f("uq_flag_poll_id_mark")),
    )
    op.create_table(
        "voter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "parted_at IS NULL OR (user_id IS NULL AND address IS NULL)",
            name=op.f("ck_voter_parted"),
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("fk_voter_poll_id_poll"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_voter_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter")),
        sa.UniqueConstraint("poll_id", "mark", name=op.f("uq_voter_poll_id_mark")),
        sa.UniqueConstraint("poll_id", "user_id", name=op.f("uq_voter_poll_id_user_id")),
    )
    with op.batch_alter_table("voter") as table:
        table.create_index(op.f("ix_voter_address"), ["address"], unique=False)
        table.create_index(op.f("ix_voter_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ballot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("voter_id", sa.Uuid(), nullable=True),
        sa.Column("network", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("fk_ballot_poll_id_poll"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"], ["voter.id"], name=op.f("fk_ballot_voter_id_voter"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("voter_id", name=op.f("uq_ballot_voter_id")),
    )
    with op.batch_alter_table("ballot") as table:
        table.create_index(op.f("ix_ballot_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "ballot_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voter_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["voter_id"],
            ["voter.id"],
            name=op.f("fk_ballot_link_voter_id_voter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_ballot_link_digest")),
    )
    with op.batch_alter_table("ballot_link") as table:
        table.create_index(op.f("ix_ballot_link_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "flag_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_flag_note_text")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_flag_note_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flag.id"], name=op.f("fk_flag_note_flag_id_flag"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_note")),
    )
    with op.batch_alter_table("flag_note") as table:
        table.create_index(op.f("ix_flag_note_flag_id"), ["flag_id"], unique=False)

    op.create_table(
        "flag_ballot",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["ballot.id"],
            name=op.f("fk_flag_ballot_ballot_id_ballot"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flag.id"], name=op.f("fk_flag_ballot_flag_id_flag"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("flag_id", "ballot_id", name=op.f("pk_flag_ballot")),
    )
    with op.batch_alter_table("flag_ballot") as table:
        table.create_index(op.f("ix_flag_ballot_ballot_id"), ["ballot_id"], unique=False)

    op.create_table(
        "set_aside",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_set_aside_reason")),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["ballot.id"],
            name=op.f("fk_set_aside_ballot_id_ballot"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_set_aside_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user.id"],
            name=op.f("fk_set_aside_ended_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["flag.id"], name=op.f("fk_set_aside_flag_id_flag"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    with op.batch_alter_table("set_aside") as table:
        table.create_index(op.f("ix_set_aside_ballot_id"), ["ballot_id"], unique=False)
        table.create_index(
            "uq_set_aside_open",
            ["ballot_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballot.id"], name=op.f("fk_vote_ballot_id_ballot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_vote_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint(
            "ballot_id", "submission_id", name=op.f("uq_vote_ballot_id_submission_id")
        ),
    )
    with op.batch_alter_table("vote") as table:
        table.create_index(op.f("ix_vote_submission_id"), ["submission_id"], unique=False)


def downgrade() -> None:
    """Nothing of the vote is kept. Children first: SQLite does not cascade in a migration."""
    with op.batch_alter_table("vote") as table:
        table.drop_index(op.f("ix_vote_submission_id"))

    op.drop_table("vote")
    with op.batch_alter_table("set_aside") as table:
        table.drop_index(
            "uq_set_aside_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        table.drop_index(op.f("ix_set_aside_ballot_id"))

    op.drop_table("set_aside")
    with op.batch_alter_table("flag_ballot") as table:
        table.drop_index(op.f("ix_flag_ballot_ballot_id"))

    op.drop_table("flag_ballot")
    with op.batch_alter_table("flag_note") as table:
        table.drop_index(op.f("ix_flag_note_flag_id"))

    op.drop_table("flag_note")
    with op.batch_alter_table("ballot_link") as table:
        table.drop_index(op.f("ix_ballot_link_voter_id"))

    op.drop_table("ballot_link")
    with op.batch_alter_table("ballot") as table:
        table.drop_index(op.f("ix_ballot_poll_id"))

    op.drop_table("ballot")
    with op.batch_alter_table("voter") as table:
        table.drop_index(op.f("ix_voter_user_id"))
        table.drop_index(op.f("ix_voter_address"))

    op.drop_table("voter")
    op.drop_table("flag")
    with op.batch_alter_table("poll") as table:
        table.drop_index(op.f("ix_poll_competition_id"))

    op.drop_table("poll")
    of_gate = "(SELECT id FROM {} WHERE gate = 'public_vote')"
    rounds = f"(SELECT id FROM reminder_round WHERE reminder_id IN {of_gate.format('reminder')})"
    op.execute(f"DELETE FROM reminded WHERE round_id IN {rounds}")
    op.execute(f"DELETE FROM reminder_round WHERE reminder_id IN {of_gate.format('reminder')}")
    windows = of_gate.format('"window"')
    op.execute(f"DELETE FROM extension WHERE window_id IN {windows}")
    for name in WITH_GATES:
        op.execute(f"DELETE FROM \"{name}\" WHERE gate = 'public_vote'")
    hang_gates(GATES)
