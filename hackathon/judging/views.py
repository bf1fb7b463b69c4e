"""A judge's own pages: what to read, and what they say of it."""

from collections.abc import Collection
from itertools import pairwise, zip_longest
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition, Gate, Round
from ..competitions.queries import opening_of
from ..ground.doors import asks_for_json
from ..ground.forms import page
from ..ground.merging import fingerprint
from ..ground.paging import asked, paginate_rows
from ..ground.pictures import MIMETYPE
from ..ground.scans import download, without_virus
from ..ground.way import goes_on
from ..mentoring.models import Objection
from ..questions.models import Reader
from ..redaction.models import Copy
from ..redaction.queries import cleared_of
from ..submissions.answers import answers_for, answers_in, files_of
from ..submissions.models import Version
from ..submissions.telling import telling_of, tellings
from ..teams.models import Team
from ..teams.queries import shown_to
from . import actions, rulebook
from .blind import arranged, blinded, by_number, told_of, undeclared_by_name
from .conflicts import answers_of, findings, objections_of
from .forms import (
    AbstentionForm,
    ObjectionForm,
    ProblemForm,
    RecusalForm,
    ReviewForm,
    TiesForm,
    declarations_form,
    field_names,
    review_form,
)
from .jury import terms_before
from .models import Judge, Review, Selection, Trouble
from .queries import (
    challenge_judged,
    changes_of,
    considered,
    counted_version,
    criteria_of,
    judge_of,
    judged_rounds,
    judges_of,
    judging_of,
    neighbours_of,
    organizations_of,
    problems_by,
    reviews_by,
    rules_of,
    selections_of,
    spread_of,
    undeclared,
    version_in_force,
    versions_of,
)
from .rules import why_barred
from .saving import afresh
from .scoring import COMPLETE, said
from .stopping import stoppage_in, stoppage_of

blueprint = Blueprint("judging", __name__, url_prefix="/<key:competition>")


def my_seat(competition: Competition) -> Judge:
    """The person who asks, as a judge. Only behind a door that wants one."""
    judge = judge_of(me(), competition)
    assert judge is not None
    return judge


@blueprint.get("/rules/judging")
def rules(competition: Competition) -> Any:
    """By what submissions are judged in each round, how that decides, what comes into the next, and
    every version of it there was."""
    selections = {each.round_id: each for each in selections_of(competition)}
    return render_template(
        "judging/rules.html",
        competition=competition,
        challenges={each.id: each.title for each in competition.challenges},
        rounds=[
            (each, versions, announced_in(selections.get(each.id)))
            for each in competition.rounds
            if (versions := compared_versions(competition, each))
        ],
    )


def compared_versions(competition: Competition, round_: Round) -> list[tuple[Any, Any, Any]]:
    """Each version of the rules, what it says, and what is otherwise than in the one before."""
    versions = versions_of(competition, round_)
    read = [rulebook.read(version.content) for version in versions]
    changes = [rulebook.differences(old, new) for new, old in pairwise(read)]
    return list(zip_longest(versions, read, changes, fillvalue=()))  # the first differs from none


def announced_in(selection: Selection | None) -> list[Team]:
    """The teams whose submissions come into the round, once everyone may know."""
    if selection is None or selection.announced_at is None:
        return []
    return [team for team, enters in considered(selection) if enters]


@blueprint.get("/judging")
def index(competition: Competition) -> Any:
    """What is left to read, what is done, and until when."""
    judge = my_seat(competition)
    known = findings(competition, judge=judge)
    barred = {pair for pair, finding in known.items() if finding.bars}
    blind, found = blinded(competition), reviews_by(judge)
    earlier = [(each, reviews_by(judge, each)) for each in judged_rounds(competition)[:-1]]
    if blind:
        found = named_by_number(judge, found, barred)
        earlier = [(each, named_by_number(judge, rows, barred)) for each, rows in earlier]
    read = [version for rows in (found, *(rows for _, rows in earlier)) for _, version in rows]
    told = told_of(list({version.id: version for version in read}.values()), competition)
    spread = [
        (criterion, levels)
        for criterion, levels in spread_of(judge, criteria_of(competition))
        if any(levels.values())
    ]
    return render_template(
        "judging/index.html",
        competition=competition,
        reviews=[
            (review, version, (judge.id, review.submission_id) in barred)
            for review, version in found
        ],
        # Where judging is blind, whose a work is must not be told by what is known of its team.
        known={} if blind else {submission: each for (_, submission), each in known.items()},
        why_barred=why_barred,
        spread=spread,
        most=max((max(levels.values()) for __, levels in spread), default=0),
        tellings=told,
        opening=judging_of(competition),
        terms=terms_before(judge),
        blind=blind,
        rules=version_in_force(competition),
        unasked=len(undeclared_by_name(judge) if blind else undeclared(judge)),
        stoppage=stoppage_of(competition),
        earlier=earlier,
        barred={submission_id for _, submission_id in barred},
    )


def named_by_number(
    judge: Judge, rows: list[tuple[Review, Version]], barred: Collection[tuple[Any, Any]]
) -> list[tuple[Review, Version]]:
    """Where judges know no teams, what is not theirs to judge is not theirs to know of either."""
    said_of = answers_of(judge)
    kept = [
        (review, version)
        for review, version in rows
        if (judge.id, review.submission_id) not in barred
        and (review.submission_id in said_of or review.touched_at)
    ]
    return by_number(kept, judge.competition, lambda row: row[0].submission_id)


@blueprint.route("/judging/declarations", methods=["GET", "POST"])
def declarations(competition: Competition) -> Any:
    """Before more than the title: is the judge in conflict with anyone? What is assigned to them;
    with `?everything` all there is, or the one submission that they were about to open."""
    judge = my_seat(competition)
    if blinded(competition):
        return ties(competition, judge)
    wanted = asked("submission", "everything")
    everything = bool(wanted["everything"])
    found = undeclared(judge, everything=everything)
    one = [each for each in found if each.submission.url_key == wanted["submission"]]
    shown = paginate_rows(one or found)
    form = declarations_form(shown.items)
    if (
        form.validate_on_submit()
        and (answers := form.answers(rest=request.form.get("deed") == "rest"))
        and form.attempt(actions.declare, judge, answers, by=me()) is not None
    ):
        conflicted = [reason for reason in answers.values() if reason is not None]
        flash(
            ngettext(
                "Thank you. You do not judge that team; the organizers see it.",
                "Thank you. You do not judge those teams; the organizers see it.",
                len(conflicted),
            )
            if conflicted
            else _("Thank you. Your answer is kept."),
            "success",
        )
        onward = goes_on() if one and not conflicted else ""
        return redirect(onward or url_for(".index", competition=competition))
    return page(
        "judging/declarations.html",
        form,
        competition=competition,
        versions=shown,
        one=bool(one),
        more=len(found) - len(one),
        everything=everything,
        organizations=organizations_of(each.submission for each in shown.items),
        tellings=tellings({each.submission_id: each.content for each in shown}),
    )


def ties(competition: Competition, judge: Judge) -> Any:
    """Of all teams by name, before anything is read: which of them is the judge tied to?"""
    anew = bool(asked("everything")["everything"])
    offered = undeclared_by_name(judge, anew=anew)
    form = TiesForm()
    form.offer(offered, organizations_of(offered))
    if (
        form.validate_on_submit()
        and (answers := form.answers())
        and form.attempt(actions.declare, judge, answers, by=me()) is not None
    ):
        flash(_("Thank you. Your answer is kept."), "success")
        return redirect(goes_on() or url_for(".index", competition=competition))
    return page(
        "judging/ties.html",
        form,
        competition=competition,
        anew=anew,
        to_go=goes_on(),
    )


@blueprint.get("/judging/<key:review>")
def review(competition: Competition, review: Review) -> Any:
    form = review_form(review, challenge_judged(review.submission))
    if asks_for_json():
        closes_at = opening_of(competition, review.round.gate).closes_at
        return afresh(form.told(said(review), at=review.touched_at, closes_at=closes_at))
    return review_page(competition, review, form)


@blueprint.post("/judging/<key:review>")
def scores(competition: Competition, review: Review) -> Any:
    """The review, by its button; or by a script that asks for JSON, touch by touch."""
    if asks_for_json():
        return autosave(competition, review)
    form = review_form(review, challenge_judged(review.submission))
    complete = form.completes or review.completed_at is not None
    if form.validate_on_submit() and (not complete or form.complete()):
        saved = form.attempt(
            actions.score,
            *(review, form.criteria, form.conditions, form.mine, form.bases),
            by=me(),
        )
        if saved and form.settle(said(review), saved):
            return saved_page(competition, review)
    return review_page(competition, review, form)


def saved_page(competition: Competition, review: Review) -> Any:
    if review.completed_at is None:
        flash(_("Saved. You can go on later."), "success")
        return redirect(url_for(".review", competition=competition, review=review))
    flash(_("Your review is complete. You can change it until judging closes."), "success")
    return redirect(url_for(".index", competition=competition))


def autosave(competition: Competition, review: Review) -> Any:
    """What came of each field that a script sent."""
    form = review_form(review, challenge_judged(review.submission), filled=False)
    closes_at = opening_of(competition, review.round.gate).closes_at
    mine = form.taken()
    asked = (form.criteria, form.conditions, mine, form.bases, form.touches)
    saved = actions.score(review, *asked, by=me())
    now_there = said(review)
    if request.form.get("leaving") and review.completed_at and not saved.merge.conflicts:
        flash(_("Your review is complete. You can change it until judging closes."), "success")
    told = form.told(now_there, at=review.touched_at, closes_at=closes_at)
    return form.outcome(mine, saved, now_there) | told


def review_page(competition: Competition, review: Review, form: ReviewForm) -> Any:
    version = counted_version(review.submission)
    assert version is not None
    blind = blinded(competition)
    reading = blind_reading(version) if blind else open_reading(version)
    now_there, names = said(review), field_names(rules_of(competition, review.round))
    return page(
        "judging/review.html",
        form,
        competition=competition,
        review=review,
        version=version,
        blind=blind,
        **reading,
        hints=form.hints,
        opening=opening_of(competition, review.round.gate),
        rules=version_in_force(competition, review.round),
        complete_base=fingerprint(now_there[COMPLETE]),
        lacking=form.progress(now_there),
        names=names,
        kept_names={name: names[name] for name in [*form.names, COMPLETE]},
        changes=changes_of(review),
        problems=problems_by(review.judge, review.submission),
        way=neighbours_of(review, arranged),
        choices=form.choices,
        stoppage=stoppage_in(review.round_id),
    )


def open_reading(version: Version) -> dict[str, Any]:
    """What a judge reads, beside the form."""
    team = version.submission.team
    answers = answers_for(version, Reader.JUDGES)
    return {
        "content": version.content,
        "answers": answers,
        "files": files_of(version.content, answers),
        "telling": telling_of(version.submission_id, version.content),
        "shown": shown_to(Reader.JUDGES, team.competition, [team])[team.id],
    }


def blind_reading(version: Version) -> dict[str, Any]:
    """The same without whose it is: what was cleared of the work, and of the team nothing."""
    cleared = cleared_of(version)
    assert cleared is not None  # the door let nobody in before
    return {
        "content": cleared.content,
        "answers": answers_in(cleared.content, version.submission.competition, Reader.JUDGES),
        "files": cleared.files,
        "telling": cleared.telling,
        "shown": None,
    }


@blueprint.get("/judging/<key:review>/files/<key:copy>")
def file(competition: Competition, review: Review, copy: Copy) -> Any:
    """A file that was cleared, by its neutral name."""
    version = counted_version(review.submission)
    cleared = cleared_of(version) if version else None
    if cleared is None or copy not in [each.copy for each in cleared.files]:
        abort(404)
    without_virus(copy.original)
    return download(copy.digest, copy.name)


@blueprint.get("/judging/<key:review>/pictures/<key:copy>")
def picture(competition: Competition, review: Review, copy: Copy) -> Any:
    """A picture that is shown with the work, if it was cleared."""
    version = counted_version(review.submission)
    cleared = cleared_of(version) if version else None
    found = [each for each in cleared.pictures if each.copy is copy] if cleared else []
    if not found or found[0].picture is None:
        abort(404)
    return current_app.extensions["storage"].show(found[0].picture["drawn"], MIMETYPE)


@blueprint.route("/judging/<key:review>/conflict", methods=["GET", "POST"])
def recusal(competition: Competition, review: Review) -> Any:
    """The judge says that they cannot judge this submission, and why."""
    form = RecusalForm()
    if form.validate_on_submit() and form.attempt(
        actions.recuse, review, reason=form.reason.data, by=me()
    ):
        flash(_("Thank you. You no longer judge this team; the organizers were told."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("judging/recusal.html", form, competition=competition, review=review)


@blueprint.route("/judging/<key:review>/abstention", methods=["GET", "POST"])
def abstention(competition: Competition, review: Review) -> Any:
    """The judge gives the submission back, and says why; it is no conflict."""
    form = AbstentionForm()
    if form.validate_on_submit() and form.attempt(
        actions.abstain, review, reason=form.reason.data, by=me()
    ):
        flash(
            _("Thank you. You no longer judge it; the organizers were told."),
            "success",
        )
        return redirect(url_for(".index", competition=competition))
    return page("judging/abstention.html", form, competition=competition, review=review)


@blueprint.route("/judging/<key:review>/problem", methods=["GET", "POST"])
def problem(competition: Competition, review: Review) -> Any:
    """The judge reports what keeps them from judging the submission; they go on judging it."""
    form = ProblemForm()
    form.offer(blind=blinded(competition))
    if form.validate_on_submit() and form.attempt(
        actions.report, review, kind=Trouble(form.kind.data), text=form.text.data, by=me()
    ):
        flash(_("Thank you. The organizers were told; their answer comes by letter."), "success")
        return redirect(url_for(".review", competition=competition, review=review))
    return page("judging/problem.html", form, competition=competition, review=review)


# -- the team --------------------------------------------------------------------------------


@blueprint.get("/teams/<key:team>/judges")
def objections(competition: Competition, team: Team) -> Any:
    """Whom the team said it is in conflict with."""
    return render_template(
        "judging/objections.html",
        competition=competition,
        team=team,
        objections=objections_of(team),
        opening=opening_of(competition, Gate.JUDGING),
    )


@blueprint.route("/teams/<key:team>/judges/new", methods=["GET", "POST"])
def objection_new(competition: Competition, team: Team) -> Any:
    """Judges are offered by name where the organizers show them; else the team's own words."""
    judges = judges_of(competition) if competition.judges_named_at else []
    form = ObjectionForm()
    form.offer(judges)
    if (
        form.validate_on_submit()
        and form.names_somebody()
        and form.attempt(
            actions.object_to,
            team,
            judge=next((each for each in judges if str(each.id) == form.judge.data), None),
            about=form.about.data or "",
            reason=form.reason.data,
            by=me(),
        )
    ):
        flash(_("Noted. The organizers decide; only they and your team read it."), "success")
        return redirect(url_for(".objections", competition=competition, team=team))
    return page(
        "judging/objection_new.html", form, competition=competition, team=team, judges=judges
    )


@blueprint.post("/teams/<key:team>/judges/<key:objection>/removal")
def objection_removal(competition: Competition, team: Team, objection: Objection) -> Any:
    actions.withdraw_objection(objection, by=me())
    flash(_("This is taken back."), "success")
    return redirect(url_for(".objections", competition=competition, team=team))
