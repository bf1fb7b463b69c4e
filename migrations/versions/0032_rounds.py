"""Later rounds of judging: their gates, what each takes, and what was selected for them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

GATES = (
    "registration",
    "team_changes",
    "challenge_choice",
    "submission",
    "feedback",
    "judging",
    "public_vote",
)
LATER = ("second_round", "third_round")
WITH_GATES = ("window", "allowance", "reminder", "judging_round")


def hang_gates(gates: tuple[str, ...]) -> None:
    """Let these gates alone be named."""
    names = ", ".join(f"'{gate}'" for gate in gates)
    for name in WITH_GATES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_gate"), type_="check")
            table.create_check_constraint(op.f(f"ck_{name}_gate"), f"gate IN ({names})")


def remove_later_rounds() -> None:
    """On SQLite nothing cascades while a migration runs."""
    rounds = "(SELECT id FROM judging_round WHERE position > 1)"
    gates = ", ".join(f"'{gate}'" for gate in LATER)
    of_round = "(SELECT id FROM {} WHERE round_id IN " + rounds + ")"
    of_gate = '(SELECT id FROM "{}" WHERE gate IN (' + gates + "))"
    reviews, discussions = of_round.format("review"), of_round.format("discussion")
    samples = of_round.format("sample")
    notices = f"(SELECT id FROM reminder_round WHERE reminder_id IN {of_gate.format('reminder')})"
    for name, where in (
        (
            "sample_score",
            f"review_id IN (SELECT id FROM sample_review WHERE sample_id IN {samples})",
        ),
        ("sample_review", f"sample_id IN {samples}"),
        ("sample_reference", f"sample_id IN {samples}"),
        ("sample_file", f"sample_id IN {samples}"),
        ("sample", f"round_id IN {rounds}"),
        ("comment_release", f"review_id IN {reviews}"),
        ("revision", f"discussion_id IN {discussions}"),
        ("contribution", f"discussion_id IN {discussions}"),
        ("discussion", f"round_id IN {rounds}"),
        ("review_change", f"review_id IN {reviews}"),
        ("condition_answer", f"review_id IN {reviews}"),
        ("score", f"review_id IN {reviews}"),
        ("review", f"round_id IN {rounds}"),
        ("level", f"criterion_id IN {of_round.format('criterion')}"),
        ("criterion", f"round_id IN {rounds}"),
        ("judging_condition", f"round_id IN {rounds}"),
        ("rules_version", f"round_id IN {rounds}"),
        ("reminded", f"round_id IN {notices}"),
        ("reminder_round", f"reminder_id IN {of_gate.format('reminder')}"),
        ("extension", f"window_id IN {of_gate.format('window')}"),
        *((name, f"gate IN ({gates})") for name in WITH_GATES),
    ):
        op.execute(f'DELETE FROM "{name}" WHERE {where}')


def upgrade() -> None:
    hang_gates((*GATES, *LATER))
    with op.batch_alter_table("judging_round") as table:
        table.add_column(
            sa.Column("takes", sa.String(10), nullable=False, server_default=sa.text("'all'"))
        )
        table.add_column(sa.Column("best", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("in_each", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    with op.batch_alter_table("judging_round") as table:
        table.alter_column("takes", server_default=None)
        table.alter_column("in_each", server_default=None)
        kinds = "takes IN ('all', 'best', 'chosen')"
        table.create_check_constraint(op.f("ck_judging_round_takes"), kinds)
        table.create_check_constraint(op.f("ck_judging_round_best"), "best >= 1")
        table.create_check_constraint(
            op.f("ck_judging_round_number"), "(takes = 'best') = (best IS NOT NULL)"
        )
    op.create_table(
        "judging_round_challenge",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_judging_round_challenge_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["judging_round.id"],
            name=op.f("fk_judging_round_challenge_round_id_judging_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "challenge_id", name=op.f("pk_judging_round_challenge")
        ),
    )
    with op.batch_alter_table("judging_round_challenge") as table:
        table.create_index(table.f("ix_judging_round_challenge_challenge_id"), ["challenge_id"])
    op.create_table(
        "round_selection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_round_selection_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["judging_round.id"],
            name=op.f("fk_round_selection_round_id_judging_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_selection")),
        sa.UniqueConstraint("round_id", name=op.f("uq_round_selection_round_id")),
    )
    op.create_table(
        "round_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("enters", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("proposed OR enters", name=op.f("ck_round_entry_considered")),
        sa.CheckConstraint(
            "(proposed AND enters) OR reason <> ''", name=op.f("ck_round_entry_reason")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["round_selection.id"],
            name=op.f("fk_round_entry_selection_id_round_selection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_round_entry_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_entry")),
        sa.UniqueConstraint(
            "selection_id", "submission_id", name=op.f("uq_round_entry_selection_id_submission_id")
        ),
    )
    with op.batch_alter_table("round_entry") as table:
        table.create_index(table.f("ix_round_entry_submission_id"), ["submission_id"])


def downgrade() -> None:
    """Later rounds go, with all that was judged and said in them."""
    with op.batch_alter_table("round_entry") as table:
        table.drop_index(table.f("ix_round_entry_submission_id"))
    op.drop_table("round_entry")
    op.drop_table("round_selection")
    with op.batch_alter_table("judging_round_challenge") as table:
        table.drop_index(table.f("ix_judging_round_challenge_challenge_id"))
    op.drop_table("judging_round_challenge")
    remove_later_rounds()
    with op.batch_alter_table("judging_round") as table:
        for name in ("takes", "best", "number"):
            table.drop_constraint(op.f(f"ck_judging_round_{name}"), type_="check")
    with op.batch_alter_table("judging_round") as table:
        for name in ("takes", "best", "in_each"):
            table.drop_column(name)
    hang_gates(GATES)
