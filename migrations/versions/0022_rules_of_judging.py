"""Rounds, the rules of judging in versions, conditions, and comments on criteria.

Every competition gets its first round. Where criteria are public already, or scores were given,
they become version 1 of the rules, published when the competition was.
"""

import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
GATES = (
    "registration",
    "team_changes",
    "challenge_choice",
    "submission",
    "feedback",
    "judging",
    "public_vote",
)
NAME = {"en": "Judging", "fr": "Évaluation"}
NOTHING = {"en": "", "fr": ""}


def table(called: str, /, **columns: Any) -> Any:
    return sa.table(called, *(sa.column(key, kind) for key, kind in columns.items()))


COMPETITION = table("competition", id=sa.Uuid(), published_at=MOMENT)
ROUND = table(
    "judging_round",
    id=sa.Uuid(),
    created_at=MOMENT,
    competition_id=sa.Uuid(),
    position=sa.Integer(),
    name=JSON,
    gate=sa.String(),
    method=sa.String(),
    ties=JSON,
    told=JSON,
)
CRITERION = table(
    "criterion",
    id=sa.Uuid(),
    competition_id=sa.Uuid(),
    name=JSON,
    description=JSON,
    weight=sa.Integer(),
    position=sa.Integer(),
    round_id=sa.Uuid(),
    published_at=MOMENT,
)
LEVEL = table("level", criterion_id=sa.Uuid(), score=sa.Integer(), description=JSON, word=JSON)
REVIEW = table("review", id=sa.Uuid(), judge_id=sa.Uuid(), round_id=sa.Uuid())
JUDGE = table("judge", id=sa.Uuid(), competition_id=sa.Uuid())
SCORE = table("score", id=sa.Uuid(), criterion_id=sa.Uuid())
VERSION = table(
    "rules_version",
    id=sa.Uuid(),
    created_at=MOMENT,
    round_id=sa.Uuid(),
    number=sa.Integer(),
    content=JSON,
    digest=sa.String(),
    reason=JSON,
    published_at=MOMENT,
)


def upgrade() -> None:
    op.create_table(
        "judging_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column(
            "gate",
            sa.Enum(*GATES, name="gate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("ties", JSON, nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_judging_round_position")),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_judging_round_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_round")),
        sa.UniqueConstraint(
            "competition_id", "gate", name=op.f("uq_judging_round_competition_id_gate")
        ),
        sa.UniqueConstraint(
            "competition_id", "position", name=op.f("uq_judging_round_competition_id_position")
        ),
        sa.UniqueConstraint(
            "id", "competition_id", name=op.f("uq_judging_round_id_competition_id")
        ),
    )
    with op.batch_alter_table("judging_round") as batch:
        batch.create_index(batch.f("ix_judging_round_competition_id"), ["competition_id"])
    op.create_table(
        "judging_condition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("help", JSON, nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_judging_condition_competition_id_competition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "competition_id"],
            ["judging_round.id", "judging_round.competition_id"],
            name=op.f("fk_judging_condition_round_id_competition_id_judging_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_condition")),
    )
    with op.batch_alter_table("judging_condition") as batch:
        batch.create_index(batch.f("ix_judging_condition_competition_id"), ["competition_id"])
        batch.create_index(batch.f("ix_judging_condition_round_id"), ["round_id"])
    op.create_table(
        "rules_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rules_version_number")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_rules_version_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["judging_round.id"],
            name=op.f("fk_rules_version_round_id_judging_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules_version")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_rules_version_round_id_number")),
    )
    op.create_table(
        "condition_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("condition_id", sa.Uuid(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("met OR reason <> ''", name=op.f("ck_condition_answer_reason")),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["judging_condition.id"],
            name=op.f("fk_condition_answer_condition_id_judging_condition"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["review.id"],
            name=op.f("fk_condition_answer_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_answer")),
        sa.UniqueConstraint(
            "review_id", "condition_id", name=op.f("uq_condition_answer_review_id_condition_id")
        ),
    )
    with op.batch_alter_table("condition_answer") as batch:
        batch.create_index(batch.f("ix_condition_answer_condition_id"), ["condition_id"])

    with op.batch_alter_table("criterion") as batch:
        batch.add_column(sa.Column("round_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("challenge_id", sa.Uuid(), nullable=True))
        batch.add_column(
            sa.Column(
                "comment",
                sa.Enum(
                    "no",
                    "optional",
                    "required",
                    name="comment",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                ),
                nullable=False,
                server_default="no",
            )
        )
        batch.add_column(
            sa.Column("comment_shown", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("published_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("removed_at", MOMENT, nullable=True))
    with op.batch_alter_table("level") as batch:
        batch.add_column(sa.Column("word", JSON, nullable=True))
    with op.batch_alter_table("review") as batch:
        batch.add_column(sa.Column("round_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("score") as batch:
        batch.add_column(sa.Column("comment", sa.String(), nullable=False, server_default=""))

    fill()

    with op.batch_alter_table("criterion") as batch:
        batch.alter_column("round_id", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("comment", server_default=None)
        batch.alter_column("comment_shown", server_default=None)
        batch.create_foreign_key(
            batch.f("fk_criterion_round_id_competition_id_judging_round"),
            "judging_round",
            ["round_id", "competition_id"],
            ["id", "competition_id"],
            ondelete="CASCADE",
        )
        batch.create_foreign_key(
            batch.f("fk_criterion_challenge_id_competition_id_challenge"),
            "challenge",
            ["challenge_id", "competition_id"],
            ["id", "competition_id"],
        )
        batch.create_index(batch.f("ix_criterion_round_id"), ["round_id"])
        batch.create_index(batch.f("ix_criterion_challenge_id"), ["challenge_id"])
    with op.batch_alter_table("level") as batch:
        batch.alter_column("word", existing_type=JSON, nullable=False)
    with op.batch_alter_table("score") as batch:
        batch.alter_column("comment", server_default=None)
    with op.batch_alter_table("review") as batch:
        batch.alter_column("round_id", existing_type=sa.Uuid(), nullable=False)
        batch.create_foreign_key(
            batch.f("fk_review_round_id_judging_round"),
            "judging_round",
            ["round_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_index(batch.f("ix_review_round_id"), ["round_id"])
        batch.drop_constraint(batch.f("uq_review_judge_id_submission_id"), type_="unique")
        batch.create_unique_constraint(
            batch.f("uq_review_judge_id_submission_id_round_id"),
            ["judge_id", "submission_id", "round_id"],
        )


def fill() -> None:
    """The first round of each competition, and version 1 of the rules that were public."""
    connection, moment = op.get_bind(), datetime.now(UTC)
    connection.execute(sa.update(LEVEL).values(word=NOTHING))
    for competition in connection.execute(sa.select(COMPETITION)).all():
        round_id = uuid.uuid4()
        connection.execute(
            sa.insert(ROUND).values(
                id=round_id,
                created_at=moment,
                competition_id=competition.id,
                position=1,
                name=NAME,
                gate="judging",
                method="corrected",
                ties=[],
                told=["profile", "comments"],
            )
        )
        own = CRITERION.c.competition_id == competition.id
        connection.execute(sa.update(CRITERION).where(own).values(round_id=round_id))
        judges = sa.select(JUDGE.c.id).where(JUDGE.c.competition_id == competition.id)
        connection.execute(
            sa.update(REVIEW).where(REVIEW.c.judge_id.in_(judges)).values(round_id=round_id)
        )
        criteria = connection.execute(
            sa.select(CRITERION).where(own).order_by(CRITERION.c.position, CRITERION.c.id)
        ).all()
        scored = sa.select(SCORE.c.id).where(
            SCORE.c.criterion_id.in_([each.id for each in criteria])
        )
        used = connection.execute(scored.limit(1)).first() is not None
        if not criteria or (competition.published_at is None and not used):
            continue
        since = competition.published_at or moment
        rules = written(connection, criteria)
        canonical = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        connection.execute(
            sa.insert(VERSION).values(
                id=uuid.uuid4(),
                created_at=moment,
                round_id=round_id,
                number=1,
                content=rules,
                digest=hashlib.sha256(canonical.encode()).hexdigest(),
                reason=NOTHING,
                published_at=since,
            )
        )
        connection.execute(sa.update(CRITERION).where(own).values(published_at=since))


def written(connection: Any, criteria: Any) -> dict[str, Any]:
    """What `rulebook.content` makes of them today."""

    def both(text: dict[str, str]) -> dict[str, str]:
        return {language: text.get(language) or "" for language in ("en", "fr")}

    def levels(key: uuid.UUID) -> list[dict[str, Any]]:
        rows = connection.execute(
            sa.select(LEVEL).where(LEVEL.c.criterion_id == key).order_by(LEVEL.c.score)
        )
        return [
            {"score": row.score, "word": NOTHING, "description": both(row.description)}
            for row in rows
        ]

    return {
        "format": "hackathon-rules/1",
        "name": NAME,
        "method": "corrected",
        "ties": [],
        "told": ["profile", "comments"],
        "criteria": [
            {
                "id": str(each.id),
                "name": both(each.name),
                "description": both(each.description),
                "weight": each.weight,
                "challenge": None,
                "comment": "no",
                "comment_shown": False,
                "levels": levels(each.id),
            }
            for each in criteria
        ],
        "conditions": [],
    }


def downgrade() -> None:
    op.drop_table("condition_answer")
    op.drop_table("rules_version")
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint(batch.f("uq_review_judge_id_submission_id_round_id"), type_="unique")
        batch.drop_constraint(batch.f("fk_review_round_id_judging_round"), type_="foreignkey")
        batch.drop_index(batch.f("ix_review_round_id"))
        batch.drop_column("round_id")
        batch.create_unique_constraint(
            batch.f("uq_review_judge_id_submission_id"), ["judge_id", "submission_id"]
        )
    with op.batch_alter_table("score") as batch:
        batch.drop_column("comment")
    with op.batch_alter_table("level") as batch:
        batch.drop_column("word")
    with op.batch_alter_table("criterion") as batch:
        batch.drop_constraint(
            batch.f("fk_criterion_challenge_id_competition_id_challenge"), type_="foreignkey"
        )
        batch.drop_constraint(
            batch.f("fk_criterion_round_id_competition_id_judging_round"), type_="foreignkey"
        )
        batch.drop_constraint(batch.f("ck_criterion_comment"), type_="check")
        batch.drop_index(batch.f("ix_criterion_challenge_id"))
        batch.drop_index(batch.f("ix_criterion_round_id"))
        for name in (
            "round_id",
            "challenge_id",
            "comment",
            "comment_shown",
            "published_at",
            "removed_at",
        ):
            batch.drop_column(name)
    op.drop_table("judging_condition")
    op.drop_table("judging_round")
