"""Two teams become one.

A captain proposes and says what of each team would stay; the other captain accepts or declines.
Organizers can do it directly. The team whose work stays keeps its row, so that no submission, file,
version or review ever moves; the other one vanishes.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.deeds import Deed
from ..mentoring.actions import carry_over
from ..questions.words import said as answer
from ..submissions.asks import ALWAYS, LINKS, STATEMENTS
from ..submissions.models import Submission
from ..submissions.receipt import statements
from ..teams.actions import TeamGone, lock, note, take_back_consents
from ..teams.models import Membership, Merger, Side, Team
from ..teams.queries import allowances_of
from ..teams.settling import end_proposals, hold_requests, settle, tell_askers
from . import letters
from .queries import Pair, Plan, pair_of, plan_of, still_holds


class TooManyTogether(Obstacle):
    sentence = _l("Together you would be %(size)s people, and a team has at most %(most)s.")


class BothHandedIn(Obstacle):
    sentence = _l("Both teams have handed in a submission, so they cannot become one any more.")


class AlreadyProposed(Obstacle):
    sentence = _l("Your team waits for an answer already. Take that proposal back to make another.")


class ProposalOver(Obstacle):
    sentence = _l("This proposal was answered or taken back in the meantime.")


class PlanOvertaken(Obstacle):
    sentence = _l(
        "One of the teams has chosen a challenge, begun its work or handed it in since this was "
        "proposed. Propose it anew, as the two teams are now."
    )


class ReferredTo(Obstacle):
    sentence = _l(
        "Other things refer to the team %(team)s, so it cannot vanish. Write to the organizers."
    )


def propose(team: Team, other: Team, plan: Plan, *, message: str, by: User) -> Merger:
    """Ask the captain of the other team. One open proposal a team."""
    lock(team, other)
    _check(pair_of(team, other), plan)
    waiting = select(Merger.id).where(Merger.team_id == team.id, Merger.declined_at.is_(None))
    if db.session.scalar(waiting):
        raise AlreadyProposed
    merger = Merger(
        competition_id=team.competition_id,
        team=team,
        other=other,
        name_of=plan.name_of,
        captain_of=plan.captain_of,
        challenge_of=plan.challenge_of,
        work_of=plan.work_of,
        message=message,
        by=by,
    )
    db.session.add(merger)
    db.session.flush()
    note(Deed.MERGER_PROPOSED, team, by, other=other.name)
    letters.merger_proposed(merger)
    return merger


def take_back(merger: Merger, *, by: User) -> Team:
    """The row goes; the journal keeps that it was."""
    team, other = _hold(merger)
    note(Deed.MERGER_TAKEN_BACK, team, by, other=other.name)
    db.session.delete(merger)
    db.session.flush()
    return team


def decline(merger: Merger, *, answer: str, by: User) -> Merger:
    team, other = _hold(merger)
    merger.declined_at, merger.answer = now(), answer
    db.session.flush()
    note(Deed.MERGER_DECLINED, team, by, other=other.name)
    letters.merger_declined(merger)
    return merger


def accept(merger: Merger, *, by: User) -> Team:
    """Carry the proposal out; returns the team that there is now."""
    team, other = _hold(merger)
    plan = plan_of(merger)
    pair = pair_of(team, other)
    _check(pair, plan)
    if not still_holds(merger, pair):
        raise PlanOvertaken
    return _unite(pair, plan, reason="", by=by)


def merge(team: Team, other: Team, plan: Plan, *, reason: str, by: User) -> Team:
    """What organizers do without asking the captains; everyone reads the reason."""
    lock(team, other)
    pair = pair_of(team, other)
    _check(pair, plan)
    return _unite(pair, plan, reason=reason, by=by)


# -- underneath ------------------------------------------------------------------------------


def _hold(merger: Merger) -> tuple[Team, Team]:
    """Lock both teams while the proposal waits. Raises ProposalOver."""
    team, other, key = merger.team, merger.other, merger.id
    try:
        lock(team, other)
    except TeamGone as error:
        raise ProposalOver from error
    held = db.session.scalar(
        select(Merger).where(Merger.id == key).execution_options(populate_existing=True)
    )
    if held is None or held.declined_at:
        raise ProposalOver
    return team, other


def _check(pair: Pair, plan: Plan) -> None:
    most = pair.teams[Side.PROPOSER].competition.team_max
    if pair.size > most:
        raise TooManyTogether(size=pair.size, most=most)
    if len(pair.handed_in) == 2:
        raise BothHandedIn
    if not pair.allows(plan):
        raise PlanOvertaken


def _unite(pair: Pair, plan: Plan, *, reason: str, by: User) -> Team:
    """The two teams are locked, and the plan fits them."""
    row_of = plan.row_of
    stays = pair.teams[row_of]
    [goes] = [team for side, team in pair.teams.items() if side is not row_of]
    name, name_key = pair.teams[plan.name_of].name, pair.teams[plan.name_of].name_key
    captain = next(m for m in pair.teams[plan.captain_of].memberships if m.captain).id
    challenge = pair.teams[plan.challenge_of].challenge_id if plan.challenge_of else None
    before = {"kept": stays.name, "gone": goes.name}
    [left_aside] = [w for side, w in pair.work.items() if side is not row_of] or [None]

    end_proposals(goes, stays, merged=True)
    carry_over(goes, stays, by=by)
    _carry_allowances(goes, stays)
    words = words_of(left_aside) if left_aside else []
    if left_aside:
        db.session.delete(left_aside)
    stays.languages = list(dict.fromkeys([*stays.languages, *goes.languages]))
    db.session.flush()
    _move_people(goes, stays, captain)
    hold_requests([goes, stays])  # before those of one of them
    tell_askers(goes)
    take_back_consents(goes)
    try:
        with db.session.begin_nested():
            db.session.delete(goes)
    except IntegrityError as error:
        raise ReferredTo(team=before["gone"]) from error
    stays.name, stays.name_key, stays.challenge_id = name, name_key, challenge
    db.session.flush()
    db.session.refresh(stays)
    settle(stays.memberships[0])  # whoever asked for a place hears that there is none left
    if reason:
        note(Deed.TEAMS_MERGED_BY_HAND, stays, by, **before, reason=reason)
    else:
        note(Deed.TEAMS_MERGED, stays, by, **before)
    letters.teams_merged(stays, before, words, reason)
    return stays


def words_of(work: Submission) -> list[str]:
    """What a draft says, paragraph by paragraph, for whoever wants to keep it."""
    content = {part.value: getattr(work, part) for part in (*ALWAYS, *LINKS, *STATEMENTS)}
    said = [content[part] for part in (*ALWAYS, *LINKS)]
    more = [text for _part, text in statements(content | {"licence_other": work.licence_other})]
    answers = [
        f"{each.question.label} {answer(each.question, each.value)}" for each in work.answers
    ]
    files = ", ".join(file.name for file in work.files)
    return [words for words in (*said, *more, *answers, files) if words]


def _move_people(goes: Team, stays: Team, captain: object) -> None:
    """All into one team, in one statement each, so that nobody is ever in none or in two."""
    both = [goes.id, stays.id]
    for values, condition in (
        ({"captain": False}, Membership.team_id.in_(both)),
        ({"team_id": stays.id}, Membership.team_id == goes.id),
        ({"captain": True}, Membership.id == captain),
    ):
        db.session.execute(
            update(Membership)
            .where(condition)
            .values(values)
            .execution_options(synchronize_session=False)
        )
    for team in (goes, stays):
        db.session.expire(team)


def _carry_allowances(goes: Team, stays: Team) -> None:
    """The later of two closes holds for the one team."""
    own = {allowance.gate: allowance for allowance in allowances_of(stays)}
    for allowance in allowances_of(goes):
        mine = own.get(allowance.gate)
        if mine is None or mine.closes_at < allowance.closes_at:
            if mine:
                db.session.delete(mine)
                db.session.flush()
            allowance.team = stays
    db.session.flush()
