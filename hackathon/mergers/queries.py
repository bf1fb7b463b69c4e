"""Reads about mergers: which teams could become one, and what each would bring."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..journal.deeds import Deed
from ..journal.models import Entry
from ..submissions.models import Submission
from ..teams.models import Merger, Side, Team


@dataclass(frozen=True)
class Plan:
    """What stays of which team; None where neither has it."""

    name_of: Side
    captain_of: Side
    challenge_of: Side | None
    work_of: Side | None

    @property
    def row_of(self) -> Side:
        """The team that stays as it is kept: the one whose work stays, which is not moved."""
        return self.work_of or self.name_of


@dataclass(frozen=True)
class Pair:
    """Two teams side by side."""

    teams: dict[Side, Team]
    work: dict[Side, Submission]  # of those that have begun

    @property
    def size(self) -> int:
        return sum(len(team.memberships) for team in self.teams.values())

    @property
    def handed_in(self) -> list[Side]:
        return [side for side, work in self.work.items() if work.versions]

    @property
    def work_choices(self) -> list[Side]:
        """Whose work can stay: what is handed in always does."""
        return self.handed_in or list(self.work)

    @property
    def challenge_choices(self) -> list[Side]:
        """Whose challenge can stay: that of what is handed in always does."""
        chosen = [side for side, team in self.teams.items() if team.challenge_id]
        if len({self.teams[side].challenge_id for side in chosen}) == 1:
            chosen = chosen[:1]
        return [side for side in self.handed_in if side in chosen] or chosen

    def allows(self, plan: Plan) -> bool:
        """Is this still a plan for these two, as they are now?"""
        return plan.work_of in (self.work_choices or [None]) and plan.challenge_of in (
            self.challenge_choices or [None]
        )


def pair_of(team: Team, other: Team) -> Pair:
    """The two as they are now; `team` is the one that proposes."""
    works = {
        work.team_id: work
        for work in db.session.scalars(
            select(Submission)
            .where(Submission.team_id.in_([team.id, other.id]))
            .options(selectinload(Submission.versions), selectinload(Submission.files))
            .execution_options(populate_existing=True)
        )
    }
    teams = {Side.PROPOSER: team, Side.ASKED: other}
    return Pair(teams, {side: works[t.id] for side, t in teams.items() if t.id in works})


def plan_of(merger: Merger) -> Plan:
    return Plan(merger.name_of, merger.captain_of, merger.challenge_of, merger.work_of)


def still_holds(merger: Merger, pair: Pair) -> bool:
    """Would what was proposed still come of it? The challenge that stays must be the same one."""
    plan = plan_of(merger)
    if plan.challenge_of is None or not pair.allows(plan):
        return pair.allows(plan)
    chosen_since = select(Entry.id).where(
        Entry.competition_id == merger.competition_id,
        Entry.deed.in_([Deed.CHALLENGE_CHOSEN, Deed.CHALLENGE_REQUEST_GRANTED]),
        Entry.details["team"].as_string() == str(pair.teams[plan.challenge_of].id),
        Entry.created_at > merger.created_at,
    )
    return db.session.scalar(chosen_since.limit(1)) is None


def teams_that_fit(team: Team) -> list[Team]:
    """Those that together with it are not too many; the small ones first, then by name.

    Two that have both handed in cannot become one, and are left out.
    """
    most = team.competition.team_max - len(team.memberships)
    handed_in = set(
        db.session.scalars(
            select(Submission.team_id).where(
                Submission.competition_id == team.competition_id, Submission.versions.any()
            )
        )
    )
    others = db.session.scalars(
        select(Team)
        .where(Team.competition_id == team.competition_id, Team.id != team.id)
        .options(selectinload(Team.memberships), joinedload(Team.challenge))
        .order_by(Team.name_key)
    )
    fitting = [
        other
        for other in others
        if len(other.memberships) <= most and not {team.id, other.id} <= handed_in
    ]
    return sorted(fitting, key=lambda other: len(other.memberships) >= team.competition.team_min)


def open_mergers_of(team: Team) -> list[Merger]:
    """Proposals by it or to it that wait for an answer, the oldest first."""
    return list(
        db.session.scalars(
            select(Merger)
            .where(
                or_(Merger.team_id == team.id, Merger.other_id == team.id),
                Merger.declined_at.is_(None),
            )
            .options(joinedload(Merger.team), joinedload(Merger.other))
            .order_by(Merger.created_at)
        )
    )
