"""The gate of a round follows from its place; blindness ends round by round."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

GATES = ("judging", "second_round", "third_round")
KNOWN = (
    "registration",
    "team_changes",
    "challenge_choice",
    "submission",
    "feedback",
    "judging",
    "public_vote",
    "second_round",
    "third_round",
)


def upgrade() -> None:
    with op.batch_alter_table("judging_round") as table:
        table.drop_constraint(op.f("uq_judging_round_competition_id_gate"), type_="unique")
        table.drop_constraint(op.f("ck_judging_round_gate"), type_="check")
    with op.batch_alter_table("judging_round") as table:
        table.drop_column("gate")
        table.add_column(sa.Column("unblinded_at", sa.DateTime(timezone=True), nullable=True))
    # What was shown was shown in the round that was judged, and in those before it.
    op.execute(
        """
        UPDATE judging_round SET unblinded_at = (
            SELECT unblinded_at FROM competition WHERE competition.id = competition_id
        )
        WHERE position = 1 OR id IN (SELECT round_id FROM round_selection)
        """
    )
    with op.batch_alter_table("competition") as table:
        table.drop_column("unblinded_at")


def downgrade() -> None:
    with op.batch_alter_table("competition") as table:
        table.add_column(sa.Column("unblinded_at", sa.DateTime(timezone=True), nullable=True))
    # Only where nothing stays blind that is blind now: the last round that was selected counts.
    op.execute(
        """
        UPDATE competition SET unblinded_at = (
            SELECT unblinded_at FROM judging_round AS judged
            WHERE judged.competition_id = competition.id AND judged.position = (
                SELECT max(position) FROM judging_round AS each_one
                WHERE each_one.competition_id = competition.id AND (
                    each_one.position = 1
                    OR each_one.id IN (SELECT round_id FROM round_selection)
                )
            )
        )
        """
    )
    with op.batch_alter_table("judging_round") as table:
        table.drop_column("unblinded_at")
        table.add_column(sa.Column("gate", sa.String(20), nullable=True))
    for position, gate in enumerate(GATES, 1):
        op.execute(f"UPDATE judging_round SET gate = '{gate}' WHERE position = {position}")
    names = ", ".join(f"'{gate}'" for gate in KNOWN)
    with op.batch_alter_table("judging_round") as table:
        table.alter_column("gate", existing_type=sa.String(20), nullable=False)
        table.create_check_constraint(op.f("ck_judging_round_gate"), f"gate IN ({names})")
        table.create_unique_constraint(
            op.f("uq_judging_round_competition_id_gate"), ["competition_id", "gate"]
        )
