"""Links with a number of uses, mergers, minimum size, quotas and requests for a challenge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ENDINGS = ("used", "declined", "revoked")
SIDES = ("proposer", "asked")


def side(name: str) -> sa.Enum:
    return sa.Enum(*SIDES, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    with op.batch_alter_table("competition") as batch:
        batch.add_column(
            sa.Column("size_warning_hours", sa.Integer(), nullable=False, server_default="72")
        )
        batch.create_check_constraint(
            batch.f("ck_competition_size_warning_hours"), "size_warning_hours >= 0"
        )
    with op.batch_alter_table("competition") as batch:
        batch.alter_column("size_warning_hours", server_default=None)
    with op.batch_alter_table("challenge") as batch:
        batch.add_column(sa.Column("quota", sa.Integer(), nullable=True))
        batch.create_check_constraint(batch.f("ck_challenge_quota"), "quota IS NULL OR quota > 0")
    _places(ondelete=None)
    _end_invitations()
    op.create_table(
        "invitation_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_invitation_use_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_invitation_use_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_use")),
    )
    op.create_index(op.f("ix_invitation_use_invitation_id"), "invitation_use", ["invitation_id"])
    op.create_index(
        op.f("ix_invitation_use_registration_id"), "invitation_use", ["registration_id"]
    )
    op.create_table(
        "size_warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_size_warning_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_warning")),
        sa.UniqueConstraint("team_id", "closes_at", name=op.f("uq_size_warning_team_id_closes_at")),
    )
    op.create_table(
        "size_exemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_size_exemption_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["team.id"],
            name=op.f("fk_size_exemption_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_exemption")),
        sa.UniqueConstraint("team_id", name=op.f("uq_size_exemption_team_id")),
    )
    _challenge_request()
    _merger()


def _places(*, ondelete: str | None) -> None:
    """What happens to a place in a team when its person's registration is deleted."""
    name = "fk_membership_registration_id_competition_id_registration"
    with op.batch_alter_table("membership") as batch:
        batch.drop_constraint(batch.f(name), type_="foreignkey")
        batch.create_foreign_key(
            batch.f(name),
            "registration",
            ["registration_id", "competition_id"],
            ["id", "competition_id"],
            ondelete=ondelete,
        )


def _end_invitations() -> None:
    """How old invitations ended was not kept: a link can only have been revoked, and of a letter
    we say that it was used."""
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(sa.Column("most_uses", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "closed_as",
                sa.Enum(
                    *ENDINGS,
                    name="ending",
                    native_enum=False,
                    create_constraint=False,
                    length=20,
                ),
                nullable=True,
            )
        )
    op.execute("UPDATE invitation SET most_uses = 1 WHERE address IS NOT NULL")
    op.execute(
        "UPDATE invitation SET closed_as = CASE WHEN address IS NULL THEN 'revoked' ELSE 'used' END"
        " WHERE closed_at IS NOT NULL"
    )
    with op.batch_alter_table("invitation") as batch:
        for name, check in (
            ("ending", "closed_as IN ('used', 'declined', 'revoked')"),
            ("most_uses", "most_uses IS NULL OR most_uses > 0"),
            ("letter_once", "address IS NULL OR most_uses = 1"),
            ("closed", "(closed_at IS NULL) = (closed_as IS NULL)"),
        ):
            batch.create_check_constraint(batch.f(f"ck_invitation_{name}"), check)


def _challenge_request() -> None:
    op.create_table(
        "challenge_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "granted_at IS NULL OR refused_at IS NULL", name=op.f("ck_challenge_request_answer")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user.id"],
            name=op.f("fk_challenge_request_answered_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["user.id"],
            name=op.f("fk_challenge_request_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "competition_id"],
            ["challenge.id", "challenge.competition_id"],
            name=op.f("fk_challenge_request_challenge_id_competition_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "competition_id"],
            ["team.id", "team.competition_id"],
            name=op.f("fk_challenge_request_team_id_competition_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_request")),
    )
    for column in ("competition_id", "challenge_id"):
        op.create_index(op.f(f"ix_challenge_request_{column}"), "challenge_request", [column])
    waiting = sa.text("granted_at IS NULL AND refused_at IS NULL")
    op.create_index(
        "uq_challenge_request_open",
        "challenge_request",
        ["team_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _merger() -> None:
    op.create_table(
        "merger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("name_of", side("name_of"), nullable=False),
        sa.Column("captain_of", side("captain_of"), nullable=False),
        sa.Column("challenge_of", side("challenge_of"), nullable=True),
        sa.Column("work_of", side("work_of"), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("team_id <> other_id", name=op.f("ck_merger_two_teams")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_merger_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["other_id", "competition_id"],
            ["team.id", "team.competition_id"],
            name=op.f("fk_merger_other_id_competition_id_team"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id", "competition_id"],
            ["team.id", "team.competition_id"],
            name=op.f("fk_merger_team_id_competition_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    for column in ("competition_id", "other_id"):
        op.create_index(op.f(f"ix_merger_{column}"), "merger", [column])
    op.create_index(
        "uq_merger_open",
        "merger",
        ["team_id"],
        unique=True,
        sqlite_where=sa.text("declined_at IS NULL"),
        postgresql_where=sa.text("declined_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "merger",
        "challenge_request",
        "size_exemption",
        "size_warning",
        "invitation_use",
    ):
        op.drop_table(table)
    with op.batch_alter_table("invitation") as batch:
        for name in ("ending", "most_uses", "letter_once", "closed"):
            batch.drop_constraint(batch.f(f"ck_invitation_{name}"), type_="check")
        batch.drop_column("closed_as")
        batch.drop_column("most_uses")
    _places(ondelete="CASCADE")
    with op.batch_alter_table("challenge") as batch:
        batch.drop_constraint(batch.f("ck_challenge_quota"), type_="check")
        batch.drop_column("quota")
    with op.batch_alter_table("competition") as batch:
        batch.drop_constraint(batch.f("ck_competition_size_warning_hours"), type_="check")
        batch.drop_column("size_warning_hours")
