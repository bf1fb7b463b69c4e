"""The rules, judges, what each of them reads, and the ranking: for organizers."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from ..accounts.queries import me
from ..competitions.models import Challenge, Competition, Round
from ..competitions.queries import opening_of, organizers_of, round_at
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import Page, address, asked, paginate, paginate_rows
from ..mentoring.models import Conflict, Objection
from ..submissions.models import Submission
from ..teams.models import Team
from . import actions, rulebook
from .conflicts import (
    State,
    chairs_of,
    concerns,
    conflicts,
    declared_conflict,
    finding_of,
    findings,
    objections_in,
    rulings_on,
    withheld_from,
)
from .forms import (
    STATE_NAMES,
    TROUBLES,
    AdjustmentForm,
    AnswerForm,
    AppointmentForm,
    ChairsForm,
    ConflictForm,
    FindingsFilter,
    JudgeForm,
    ProposalForm,
    PublicationForm,
    RepairForm,
    RulingForm,
    SettlementForm,
    WaveForm,
    WishForm,
    field_names,
    rules_form,
    what_if_form,
    written,
)
from .jury import acceptances_in, invitation_counts, is_away, links_of, terms_of
from .models import Judge, Problem, Review
from .outcome import Compared, Outcome, Placed, Row, compared, ranking_of
from .planning import Manner, Move, Wish, effects, matrix, plan, usual_reviews
from .queries import (
    Refusal,
    abstentions,
    competed,
    completed_reviews,
    counted_version,
    dismissed_judges,
    draft_of,
    given_by,
    is_in,
    judged_rounds,
    judges_of,
    judging_of,
    own_first,
    problems_of,
    progress_by_judge,
    progress_by_submission,
    refusals_in,
    reminded_lately,
    reviews_between,
    reviews_for,
    reviews_withheld_from,
    round_of,
    rules_of,
    scored_in,
    silent_reviews,
    sitting,
    submissions_by_id,
    used_in,
    version_in_force,
    versions_of,
    yet_to_review,
)
from .ranking import NINETY, OddReview, Podium
from .stopping import stoppage_of

WHOLE, FIRST = 25, 10  # a longer list shows its first rows until the whole of it is asked for

blueprint = Blueprint("judging", __name__, url_prefix="/judging")


def round_wanted(competition: Competition) -> Round:
    """The round that the address asks for, or the one that is judged."""
    return round_at(competition, asked("round")["round"]) or round_of(competition)


# -- the rules -------------------------------------------------------------------------------


@blueprint.route("/rules", methods=["GET", "POST"])
def rules(competition: Competition) -> Any:
    """The draft, what it lacks, what it changes, and the versions there are; and publishing it. Of
    the round that is judged, or with `?round` of another."""
    round_ = round_wanted(competition)
    form = PublicationForm()
    form.reason.complete = version_in_force(competition, round_) is not None
    if form.validate_on_submit() and (
        version := form.attempt(
            actions.publish_rules,
            competition,
            round_=round_,
            digest=form.seen.data or "",
            reason=form.reason.data,
            by=me(),
        )
    ):
        flash(_("Version %(number)s of the rules is public.", number=version.number), "success")
        return redirect(url_for(".rules", competition=competition, round=round_.position))
    draft, versions = draft_of(competition, round_), versions_of(competition, round_)
    titles = {each.id: each.title for each in competition.challenges}
    held = rulebook.read(versions[0].content) if versions else None
    form.seen.data = rulebook.digest(draft)
    return page(
        "judging/manage/rules.html",
        form,
        competition=competition,
        round=round_,
        rules=draft,
        versions=versions,
        challenges=titles,
        weights=draft.weights(titles),
        amiss=rulebook.amiss(draft, titles),
        differences=rulebook.differences(held, draft) if held else [],
        same=bool(versions) and versions[0].digest == form.seen.data,
        frozen=scored_in(round_),
        meaningless=rulebook.made_meaningless(held, draft, used_in(round_)) if held else [],
    )


@blueprint.route("/rules/edit", methods=["GET", "POST"])
def rules_edit(competition: Competition) -> Any:
    """What the draft says of what decides, of ties, and of what teams see."""
    round_ = round_wanted(competition)
    form = rules_form(round_, round_.criteria)
    if form.validate_on_submit() and form.attempt(
        actions.edit_rules,
        competition,
        name=form.name.data,
        method=form.method.data,
        ties=form.ties,
        told=form.told.data,
        blind=form.blind.data,
        round_=round_,
        by=me(),
    ):
        flash(_("Saved in the draft."), "success")
        return redirect(url_for(".rules", competition=competition, round=round_.position))
    return page("judging/manage/rules_edit.html", form, competition=competition, round=round_)


# -- judges ----------------------------------------------------------------------------------


@blueprint.get("/judges")
def index(competition: Competition) -> Any:
    """Every judge with what they read and how far they are."""
    progress, lately = progress_by_judge(competition), reminded_lately(competition)
    everyone = judges_of(competition)
    waiting = [judge for judge in everyone if progress[judge.id].left]
    opening = judging_of(competition)
    return render_template(
        "judging/manage/index.html",
        competition=competition,
        judges=paginate(db.session, sitting(competition)),
        dismissed=dismissed_judges(competition),
        progress=progress,
        # What dismissed judges completed counts, here as in the coverage.
        done=sum(each.done for each in progress.values()),
        assigned=sum(each.assigned for each in progress.values()),
        waiting=waiting,
        silent=silent_reviews(competition, withheld_from(me(), competition)),
        to_remind=[judge for judge in waiting if judge.user_id not in lately],
        opening=opening,
        stoppage=stoppage_of(competition),
        asked=invitation_counts(competition),
        links=links_of(competition),
        terms=terms_of(competition),
        accepted=acceptances_in(competition),
        away={judge.id for judge in everyone if is_away(judge, opening)},
    )


@blueprint.route("/judges/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = AppointmentForm(data={"languages": ["en", "fr"], "capacity": 5})
    form.offer(competition.challenges)
    if form.validate_on_submit() and (
        judge := form.attempt(
            actions.appoint,
            competition,
            email=form.email.data,
            languages=form.languages.data,
            capacity=form.capacity.data,
            challenges=form.chosen,
            by=me(),
        )
    ):
        flash(
            _("%(name)s is a judge now, and was told by letter.", name=judge.user.name), "success"
        )
        return redirect(url_for(".index", competition=competition))
    return page("judging/manage/new.html", form, competition=competition)


@blueprint.route("/judges/<key:judge>", methods=["GET", "POST"])
def edit(competition: Competition, judge: Judge) -> Any:
    form = JudgeForm(
        data={
            "languages": judge.languages,
            "challenges": [str(challenge.id) for challenge in judge.challenges],
            "capacity": judge.capacity,
        }
    )
    form.offer(competition.challenges)
    if form.validate_on_submit() and form.attempt(
        actions.edit,
        judge,
        languages=form.languages.data,
        capacity=form.capacity.data,
        challenges=form.chosen,
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".index", competition=competition))
    outcome = ranking_of(competition, withheld=reviews_withheld_from(me(), competition))
    found = compared(outcome, judge)
    return page(
        "judging/manage/edit.html",
        form,
        competition=competition,
        judge=judge,
        progress=progress_by_judge(competition)[judge.id],
        given=given_by(judge),
        opening=judging_of(competition),
        away=is_away(judge, judging_of(competition)),
        link=links_of(competition).get(judge.id),
        terms=terms_of(competition),
        accepted=acceptances_in(competition).get(judge.id),
        compared=found,
        own_first=own_first(me(), competition),
        beside=beside(found, outcome.told.scale),
    )


@blueprint.post("/judges/<key:judge>/dismissal")
def dismissal(competition: Competition, judge: Judge) -> Any:
    actions.dismiss(judge, confirmed="confirmed" in request.form, by=me())
    flash(_("%(name)s is no longer a judge.", name=judge.user.name), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/judges/reminders")
def reminders(competition: Competition) -> Any:
    count = actions.remind(competition, by=me())
    flash(
        ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", count)
        if count
        else _("Nobody needs a reminder now: one an hour is enough."),
        "success" if count else "info",
    )
    return redirect(url_for(".index", competition=competition))


# -- what judges report, and what they give back ---------------------------------------------


@blueprint.get("/problems")
def problems(competition: Competition) -> Any:
    withheld = withheld_from(me(), competition)
    return render_template(
        "judging/manage/problems.html",
        competition=competition,
        problems=paginate(db.session, problems_of(competition, withheld)),
        kinds=TROUBLES,
        back=[
            each for each in abstentions(competition).values() if each.submission_id not in withheld
        ],
        withheld=len(withheld),
    )


@blueprint.route("/problems/<key:problem>", methods=["GET", "POST"])
def problem(competition: Competition, problem: Problem) -> Any:
    """What a judge reported, and the answer that settles it."""
    form = AnswerForm()
    if form.validate_on_submit() and form.attempt(
        actions.settle_problem, problem, answer=form.answer.data, by=me()
    ):
        flash(_("Settled. The judge gets your answer by letter."), "success")
        return redirect(url_for(".problems", competition=competition))
    return page(
        "judging/manage/problem.html",
        form,
        competition=competition,
        problem=problem,
        kinds=TROUBLES,
    )


# -- conflicts of interest -------------------------------------------------------------------


@blueprint.get("/conflicts", endpoint="conflicts")
def conflicts_of_interest(competition: Competition) -> Any:
    """All that is known between judges and teams, what is to be decided first."""
    judges = {judge.id: judge for judge in judges_of(competition)}
    submissions = submissions_by_id(competition)
    order = list(State)
    rows = sorted(
        (
            (judges[judge_id], submissions[submission_id], finding)
            for (judge_id, submission_id), finding in findings(competition).items()
            # What others know or say of oneself is not for oneself to read.
            if judge_id in judges and judges[judge_id].user_id != me().id
        ),
        key=lambda row: (
            order.index(row[2].state),
            row[1].team.name_key,
            row[0].user.name,
            str(row[0].id),
        ),
    )
    form = FindingsFilter()
    return render_template(
        "judging/manage/conflicts.html",
        competition=competition,
        form=form,
        rows=paginate_rows([row for row in rows if form.wants(*row)]),
        counts=Counter(finding.state for _, _, finding in rows),
        completed=completed_reviews(competition),
        objections=[each for each in objections_in(competition) if not concerns(each, me())],
        chairs=chairs_of(competition),
        states=STATE_NAMES,
    )


@blueprint.route("/conflicts/new", methods=["GET", "POST"])
def conflict_new(competition: Competition) -> Any:
    judges = judges_of(competition)
    teams = list(
        db.session.scalars(
            select(Team).where(Team.competition_id == competition.id).order_by(Team.name_key)
        )
    )
    form = ConflictForm()
    form.offer(judges, teams)
    if form.validate_on_submit():
        judge = next(each for each in judges if str(each.id) == form.judge.data)
        team = next(each for each in teams if str(each.id) == form.team.data)
        if form.attempt(actions.declare_conflict, judge, team, reason=form.reason.data, by=me()):
            flash(_("The conflict of interest is noted."), "success")
            return redirect(url_for(".conflicts", competition=competition))
    return page("judging/manage/conflict_new.html", form, competition=competition)


@blueprint.get("/conflicts/<key:submission>/<key:judge>")
def finding(competition: Competition, submission: Submission, judge: Judge) -> Any:
    """What is known about the two, with what was decided, and a form to decide."""
    return finding_page(competition, submission, judge, RulingForm(formdata=None))


@blueprint.post("/conflicts/<key:submission>/<key:judge>/ruling")
def ruling(competition: Competition, submission: Submission, judge: Judge) -> Any:
    form = RulingForm()
    if form.validate_on_submit() and form.attempt(
        actions.rule,
        judge,
        submission,
        bars=form.bars.data == "bars",
        reason=form.reason.data,
        seen=form.seen.data,
        by=me(),
    ):
        flash(
            _("The decision is noted.")
            if form.bars.data == "bars"
            else _(
                "The decision is noted. A review that was taken away does not come back by itself: "
                "give it again under “Who reviews what”."
            ),
            "success",
        )
        return redirect(url_for(".conflicts", competition=competition))
    return finding_page(competition, submission, judge, form)


def finding_page(
    competition: Competition, submission: Submission, judge: Judge, form: RulingForm
) -> Any:
    found = finding_of(judge, submission)
    form.seen.data = found.digest
    return page(
        "judging/manage/finding.html",
        form,
        competition=competition,
        submission=submission,
        judge=judge,
        finding=found,
        rulings=rulings_on(judge, submission.team),
        conflict=declared_conflict(judge.user, submission.team),
        reviews=reviews_between(judge, submission),
        states=STATE_NAMES,
    )


@blueprint.route("/conflicts/objections/<key:objection>", methods=["GET", "POST"])
def objection(competition: Competition, objection: Objection) -> Any:
    """Which judges does the team mean?"""
    judges = judges_of(competition)
    people = {person.id for person in objection.people}
    form = SettlementForm(data={"judges": [str(j.id) for j in judges if j.user_id in people]})
    form.offer(judges)
    if form.validate_on_submit() and form.attempt(
        actions.settle,
        objection,
        [judge for judge in judges if str(judge.id) in (form.judges.data or [])],
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".conflicts", competition=competition))
    return page("judging/manage/objection.html", form, competition=competition, objection=objection)


@blueprint.route("/conflicts/chairs", methods=["GET", "POST"])
def chairs(competition: Competition) -> Any:
    """Who decides on conflicts of interest."""
    organizers = organizers_of(competition)
    form = ChairsForm(data={"chairs": [str(c.organizer_id) for c in chairs_of(competition)]})
    form.offer(organizers)
    if form.validate_on_submit():
        chosen = [each for each in organizers if str(each.id) in (form.chairs.data or [])]
        if form.attempt(actions.name_chairs, competition, chosen, by=me()) is not None:
            flash(_("Saved."), "success")
            return redirect(url_for(".conflicts", competition=competition))
    return page("judging/manage/chairs.html", form, competition=competition)


@blueprint.post("/conflicts/names")
def names(competition: Competition) -> Any:
    shown = request.form.get("shown") == "yes"
    actions.name_judges(competition, to_teams=shown, by=me())
    flash(
        _("Teams now see who judges.") if shown else _("Teams no longer see who judges."),
        "success",
    )
    return redirect(url_for(".conflicts", competition=competition))


@blueprint.post("/conflicts/<key:conflict>/lifting")
def conflict_lifting(competition: Competition, conflict: Conflict) -> Any:
    actions.lift_conflict(conflict, by=me())
    flash(_("The conflict of interest is lifted."), "success")
    return redirect(url_for(".conflicts", competition=competition))


# -- who reads what --------------------------------------------------------------------------


@blueprint.get("/reviews")
def assignment(competition: Competition) -> Any:
    """How many reviews every submission has, and the ways to a proposal; of an earlier round, with
    `?round`, only what there was."""
    round_, judged = round_wanted(competition), round_of(competition)
    progress = progress_by_submission(competition, round_)
    withheld = withheld_from(me(), competition)
    for hidden in withheld:
        progress.pop(hidden, None)
    done = sum(each.done for each in progress.values())
    versions = paginate(
        db.session,
        competed(competition, round_).where(Submission.id.not_in(withheld)),
    )
    usual = usual_reviews(competition)
    return render_template(
        "judging/manage/assignment.html",
        competition=competition,
        round=round_,
        judged=judged,
        rounds=judged_rounds(competition),
        form=WishForm(formdata=None),
        repair=RepairForm(formdata=None, data={"wanted": usual}) if usual else None,
        wave=WaveForm(formdata=None, data={"wanted": 2 * versions.total})
        if done and not reviews_withheld_from(me(), competition)
        else None,
        versions=versions,
        progress=progress,
        done=done,
        assigned=sum(each.assigned for each in progress.values()),
        opening=opening_of(competition, round_.gate),
        withheld=len(withheld),
    )


@blueprint.route("/reviews/proposal", methods=["GET", "POST"])
def proposal(competition: Competition) -> Any:
    """Who would read what; changed by hand in the address, confirmed only as it was shown."""
    form: Any
    if request.method == "POST":
        form = ProposalForm()
        sent = form.validate_on_submit()
        wish = wish_for_me(competition, form)
        if (
            sent
            and wish
            and (
                found := form.attempt(
                    actions.assign, competition, wish=wish, digest=form.digest.data, by=me()
                )
            )
        ):
            flash(
                ngettext(
                    "%(num)s review is assigned, and the judges were told by letter.",
                    "%(num)s reviews are assigned, and the judges were told by letter.",
                    len(found.proposal.added),
                ),
                "success",
            )
            return redirect(url_for(".assignment", competition=competition))
    else:
        kind = WaveForm if request.args.get("manner") == Manner.WAVE else WishForm
        form = kind(formdata=request.args or None)
        if request.args:
            form.validate()
        wish = wish_for_me(competition, form)
    return proposal_page(competition, form, wish)


def wish_for_me(competition: Competition, form: WishForm) -> Wish | None:
    """Without what would touch a team with which the organizer, a judge too, is in conflict; then,
    and while they have reviews to do, no second wave, which tells who may still be on the podium.
    """
    wish, withheld = form.wish, withheld_from(me(), competition)
    if wish is None:
        return None
    if wish.manner is Manner.WAVE and withheld:
        form.refuse(
            _("You have a conflict of interest with a team, so somebody else does a second wave.")
        )
        return None
    if wish.manner is Manner.WAVE and yet_to_review(me(), competition):
        form.refuse(_("You have reviews of your own to complete before you propose a second wave."))
        return None
    return replace(
        wish, moves=tuple(move for move in wish.moves if move.submission not in withheld)
    )


def proposal_page(competition: Competition, form: WishForm, wish: Wish | None) -> Any:
    found = plan(competition, wish) if wish else None
    hand, withheld = None, withheld_from(me(), competition)
    parts = Parts("submissions", "judges")
    lacking = {each.submission: each for each in found.proposal.shortfalls} if found else {}
    works = parts.of(
        "submissions", list(found.versions) if found else [], first=lambda key: key not in lacking
    )
    if found:
        hand = AdjustmentForm(formdata=request.args if "submission" in request.args else None)
        hand.offer(found, [key for key in works if key not in withheld])
        if "submission" in request.args and hand.validate() and (moves := hand.moves_for(found)):
            return redirect(proposal_url(competition, found.wish, (*found.wish.moves, *moves)))
    return page(
        "judging/manage/proposal.html",
        hand if hand and hand.errors else form,
        wish_form=form,
        hand=hand,
        competition=competition,
        plan=found,
        matrix=matrix(found, withheld) if found else None,
        withheld=withheld,
        effects=[
            (each, proposal_url(competition, found.wish, set_apart(found.wish.moves, each.move)))
            for each in effects(found)
        ]
        if found
        else [],
        moves=[written(move) for move in found.wish.moves] if found else [],
        address=address,
        alone=parts.alone,
        works=works,
        jury=parts.of("judges", list(found.judges) if found else []),
        lacking=lacking,
        progress=progress_by_judge(competition),
    )


def proposal_url(competition: Competition, wish: Wish, moves: tuple[Move, ...]) -> str:
    return url_for(
        ".proposal",
        competition=competition,
        wanted=wish.number,
        manner=wish.manner.value,
        move=[written(move) for move in moves],
    )


def set_apart(moves: tuple[Move, ...], taken_back: Move) -> tuple[Move, ...]:
    return tuple(move for move in moves if move != taken_back)


@blueprint.get("/reviews/<key:submission>")
def show(competition: Competition, submission: Submission) -> Any:
    """What judges said of a submission, and who else could read it; of an earlier round, with
    `?round`, only what they said. Who has it to review themselves sees first who, not what."""
    round_ = round_wanted(competition)
    reviews, version, rules = (
        reviews_for(submission, round_),
        counted_version(submission),
        rules_of(competition, round_),
    )
    return render_template(
        "judging/manage/show.html",
        competition=competition,
        round=round_,
        rounds=[each for each in judged_rounds(competition) if is_in(submission, each)],
        current=round_ is round_of(competition) and is_in(submission, round_),
        submission=submission,
        version=version,
        criteria=rules.criteria_for(version.challenge_id) if rules and version else [],
        conditions=rules.conditions if rules else [],
        reviews=[
            (
                review,
                {score.criterion_id: score for score in review.scores},
                {answer.condition_id: answer for answer in review.answers},
            )
            for review in reviews
        ],
        field_names=field_names(rules),
        given_back=abstentions(competition, submission=submission),
        reading={review.judge_id for review in reviews},
        own_first=submission.id in yet_to_review(me(), competition),
        me=me(),
        judges=paginate(db.session, sitting(competition)),
        progress=progress_by_judge(competition),
        barred={
            judge_id: found
            for (judge_id, _submission), found in conflicts(
                competition, submission=submission
            ).items()
        },
    )


@blueprint.post("/reviews/<key:submission>/<key:judge>")
def new_review(competition: Competition, submission: Submission, judge: Judge) -> Any:
    actions.add_review(judge, submission, despite="despite" in request.form, by=me())
    flash(_("%(name)s reviews it now, and was told by letter.", name=judge.user.name), "success")
    return redirect(url_for(".show", competition=competition, submission=submission))


@blueprint.post("/reviews/removal/<key:review>")
def review_removal(competition: Competition, review: Review) -> Any:
    submission = review.submission
    actions.remove_review(review, confirmed="confirmed" in request.form, by=me())
    flash(_("The review is withdrawn."), "success")
    return redirect(url_for(".show", competition=competition, submission=submission))


# -- the ranking -----------------------------------------------------------------------------


@blueprint.get("/ranking")
def ranking(competition: Competition) -> Any:
    """Plain mean and corrected estimate side by side, with all that makes them doubtful; or what
    they would be without a judge or with other weights, which is kept nowhere."""
    withheld, round_ = reviews_withheld_from(me(), competition), round_wanted(competition)
    outcome = announced = ranking_of(competition, round_=round_, withheld=withheld)
    form = what_if_form(
        [outcome.judges[key] for key in outcome.heard],
        outcome.criteria if outcome.by_scores else [],
    )
    differs = form.is_asked and not form.errors and (form.judge or form.weights)
    if differs:
        outcome = ranking_of(
            competition,
            round_=round_,
            without=form.judge,
            weights=form.weights,
            withheld=withheld,
        )
    parts = Parts(
        *("overall", "ties", "parted", "conditions", "undecided", "changes", "judges"),
        *(str(challenge.number) for challenge in competition.challenges),
    )
    refusals = refusals_in(competition, round_)
    return page(
        "judging/manage/ranking.html",
        form,
        competition=competition,
        rounds=judged_rounds(competition),
        outcome=outcome,
        withheld=withheld,
        barred=len(withheld_from(me(), competition)),
        own_first=own_first(me(), competition),
        asked=differs,
        before={row.key: row.place for row in announced.figures.rows} if differs else {},
        parts=parts,
        address=address,
        dots=dots,
        refusals=refusals,
        **drawn(competition, outcome, shown_in(competition, outcome, refusals, parts)),
    )


@dataclass(frozen=True)
class Shown:
    """What the page of a ranking shows of it, part by part, as figures; see `Parts`."""

    lists: list[tuple[Challenge, Page]]
    overall: Page
    ties: Page
    parted: Page
    refused: Page
    undecided: Page
    changes: Page
    reports: Page
    oddest: Sequence[OddReview]

    def placed(self, outcome: Outcome) -> Iterable[Placed]:
        """Every submission that is named somewhere."""
        at = outcome.placed
        yield from (row for _, rows in self.lists for row in rows)
        yield from self.overall
        yield from (row for rows in self.ties for row in rows)
        yield from self.parted
        yield from (row for row, _ in self.refused)
        yield from (at[key] for each in self.undecided for key in (each.ahead, each.behind))
        yield from (at[key] for _, podium in self.changes for key in podium.submissions)
        yield from (at[odd.submission] for odd in self.oddest)


def shown_in(
    competition: Competition,
    outcome: Outcome,
    refusals: Mapping[UUID, Sequence[Refusal]],
    parts: "Parts",
) -> Shown:
    challenges = {each.id: each for each in competition.challenges}
    told, rows = outcome.told, outcome.figures.rows
    by_challenge = [(challenges[own[0].group], own) for own in outcome.lists]
    undecided = sorted(outcome.undecided, key=lambda each: outcome.placed[each.ahead].place or 0)
    return Shown(
        lists=[(each, parts.of(str(each.number), own)) for each, own in by_challenge],
        overall=parts.of("overall", outcome.in_one_list),
        ties=parts.of("ties", outcome.tied()),
        parted=parts.of("parted", outcome.parted()),
        refused=parts.of(
            "conditions", [(row, each) for row in rows for each in refusals.get(row.key, ())]
        ),
        undecided=parts.of("undecided", undecided),
        changes=parts.of(
            "changes", [(each.judge, podium) for each in told.judges for podium in each.changes]
        ),
        reports=parts.of("judges", told.judges, first=lambda report: -abs(report.shift)),
        oddest=told.oddest if parts.alone is None else (),
    )


def drawn(competition: Competition, outcome: Outcome, shown: Shown) -> dict[str, Any]:
    """The same with rows for figures, each part beside its page; all rows come in one query."""
    outcome.rows_of(shown.placed(outcome))
    challenges, at = {each.id: each for each in competition.challenges}, outcome.placed
    by_shift = sorted(shown.reports, key=lambda report: report.shift)

    def row(placed: Placed) -> Row:
        (found,) = outcome.rows_of([placed])
        return found

    def change(judge: UUID, podium: Podium) -> tuple[Judge, Challenge, list[str]]:
        rows = outcome.rows_of(at[key] for key in podium.submissions)
        return outcome.judges[judge], challenges[podium.group], [each.team.name for each in rows]

    return {
        "challenges": [(each, outcome.rows_of(own), own) for each, own in shown.lists],
        "overall": (outcome.rows_of(shown.overall), shown.overall),
        "ties": ([outcome.rows_of(rows) for rows in shown.ties], shown.ties),
        "parted": (outcome.rows_of(shown.parted), shown.parted),
        "refused": ([(row(placed), each) for placed, each in shown.refused], shown.refused),
        "undecided": (
            [(row(at[each.ahead]), row(at[each.behind]), each) for each in shown.undecided],
            shown.undecided,
        ),
        "changes": ([change(*each) for each in shown.changes], shown.changes),
        "reports": (by_shift, shown.reports),
        "severity": severity([(outcome.judges[each.judge].user.name, each) for each in by_shift]),
        "oddest": [(row(at[odd.submission]), odd) for odd in shown.oddest],
    }


class Parts:
    """A long page in parts: each shows a long list by its first rows, or, where the address asks
    for it by its name, alone and whole, page by page."""

    def __init__(self, *names: str) -> None:
        wanted = asked("list")["list"]
        self.alone = wanted if wanted in names else None

    def of(self, name: str, rows: Sequence[Any], first: Callable[[Any], Any] | None = None) -> Page:
        """The part's rows; `first` is the order in which they matter."""
        if self.alone == name:
            return paginate_rows(sorted(rows, key=first) if first else rows)
        if self.alone is not None:
            return Page([], 1, 1, 0)
        shown = rows
        if len(rows) > WHOLE:
            shown = sorted(rows, key=first)[:FIRST] if first else rows[:FIRST]
        return Page(list(shown), 1, 1, len(rows))


def beside(found: list[Compared], scale: tuple[float, float]) -> tuple[list[Any], Any, Any, Any]:
    """A judge's means as a picture, each with a line to that of the others."""
    low, high = scale
    dots = [
        (each.row.team.name, each.own, *sorted((each.own, each.others)), False)
        for each in found
        if each.others is not None
    ]
    step = max(1, round((high - low) / 10))
    return dots, low, high, list(range(ceil(low), int(high) + 1, step))


def severity(rows: list[tuple[str, Any]]) -> tuple[list[Any], int, list[int]]:
    """The judges as a picture: how far above or below the others each scores, with 90 %."""
    dots = []
    for name, report in rows:
        reach = NINETY * report.error
        sure = abs(report.shift) > reach
        dots.append((name, report.shift, report.shift - reach, report.shift + reach, sure))
    most = max([1, *(ceil(max(-low, high)) for _, _, low, high, _ in dots)])
    return dots, most, list(range(-most, most + 1, max(1, most // 4)))


def dots(rows: Iterable[Row]) -> tuple[list[tuple[str, int, int, int, bool]], int, list[int]]:
    """The placed rows as a picture: name, place, the ends of its interval, and who is first; the
    last place there is, and those to write on the axis."""
    found = [
        (row.team.name, row.place, row.low, row.high, row.place == 1)
        for row in rows
        if row.place is not None and row.low is not None and row.high is not None
    ]
    last = max((high for _, _, _, high, _ in found), default=1)
    step = 1 if last <= 20 else 5 if last <= 60 else last // 10
    return found, last, [1, *(n for n in range(step, last + 1, step) if n > 1)]
