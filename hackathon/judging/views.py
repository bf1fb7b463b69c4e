"""A judge's own pages: what to read, and what they say of it."""

from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..ground.paging import asked, paginate_rows
from ..ground.way import goes_on
from ..mentoring.models import Objection
from ..questions.models import Reader
from ..submissions.answers import answers_for, files_of
from ..submissions.telling import telling_of, tellings
from ..teams.models import Team
from ..teams.queries import shown_to
from . import actions, rulebook
from .conflicts import conflicts, objections_of
from .forms import ObjectionForm, RecusalForm, ReviewForm, declarations_form, review_form
from .jury import terms_before
from .models import Judge, Review
from .queries import (
    counted_version,
    judge_of,
    judges_of,
    organizations_of,
    reviews_by,
    rules_of,
    undeclared,
    version_in_force,
    versions_of,
)

blueprint = Blueprint("judging", __name__, url_prefix="/<key:competition>")


def my_seat(competition: Competition) -> Judge:
    """The person who asks, as a judge. Only behind a door that wants one."""
    judge = judge_of(me(), competition)
    assert judge is not None
    return judge


@blueprint.get("/rules/judging")
def rules(competition: Competition) -> Any:
    """By what submissions are judged, how that decides, and every version of it there was."""
    versions = versions_of(competition)
    read = [rulebook.read(version.content) for version in versions]
    return render_template(
        "judging/rules.html",
        competition=competition,
        rules=read[0],
        version=versions[0],
        challenges={each.id: each.title for each in competition.challenges},
        versions=[
            (version, differences)
            for version, differences in zip(
                versions,
                [*(rulebook.differences(old, new) for new, old in pairwise(read)), []],
                strict=True,
            )
        ],
    )


@blueprint.get("/judging")
def index(competition: Competition) -> Any:
    """What is left to read, what is done, and until when."""
    judge = my_seat(competition)
    barred = conflicts(competition, judge=judge)
    found = reviews_by(judge)
    return render_template(
        "judging/index.html",
        competition=competition,
        reviews=[
            (review, version, (judge.id, review.submission_id) in barred)
            for review, version in found
        ],
        tellings=tellings({version.submission_id: version.content for _, version in found}),
        opening=opening_of(competition, Gate.JUDGING),
        terms=terms_before(judge),
        rules=version_in_force(competition),
        unasked=len(undeclared(judge)),
    )


@blueprint.route("/judging/declarations", methods=["GET", "POST"])
def declarations(competition: Competition) -> Any:
    """Before more than the title: is the judge in conflict with anyone? What is assigned to them;
    with `?everything` all there is, or the one submission that they were about to open."""
    judge = my_seat(competition)
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
            _("Thank you. You do not judge those teams; the organizers see it.")
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
        organizations=organizations_of(shown.items),
        tellings=tellings({each.submission_id: each.content for each in shown}),
    )


@blueprint.get("/judging/<key:review>")
def review(competition: Competition, review: Review) -> Any:
    return review_page(competition, review, form_of(competition, review))


def form_of(competition: Competition, review: Review) -> ReviewForm:
    """By the rules that hold, for the challenge of the submission."""
    rules, version = rules_of(competition), counted_version(review.submission)
    criteria = rules.criteria_for(version.challenge_id) if rules and version else []
    return review_form(review, criteria, rules)


@blueprint.post("/judging/<key:review>")
def scores(competition: Competition, review: Review) -> Any:
    form = form_of(competition, review)
    complete = request.form.get("deed") == "complete"
    if (
        form.validate_on_submit()
        and (not (complete or review.completed_at) or form.complete())
        and form.attempt(
            actions.score,
            review,
            levels=form.levels,
            comments=form.comments,
            answers=form.answers,
            comment=form.comment.data or "",
            note=form.note.data or "",
            complete=complete,
            by=me(),
        )
    ):
        if review.completed_at is None:
            flash(_("Saved. You can go on later."), "success")
            return redirect(url_for(".review", competition=competition, review=review))
        flash(_("Your review is complete. You can change it until judging closes."), "success")
        return redirect(url_for(".index", competition=competition))
    return review_page(competition, review, form)


def review_page(competition: Competition, review: Review, form: ReviewForm) -> Any:
    version = counted_version(review.submission)
    assert version is not None
    team = review.submission.team
    answers = answers_for(version, Reader.JUDGES)
    return page(
        "judging/review.html",
        form,
        competition=competition,
        review=review,
        version=version,
        answers=answers,
        files=files_of(version.content, answers),
        telling=telling_of(version.submission_id, version.content),
        hints={
            criterion.id: {level.score: level.description for level in criterion.levels}
            for criterion in form.criteria
        },
        opening=opening_of(competition, Gate.JUDGING),
        rules=version_in_force(competition),
        shown=shown_to(Reader.JUDGES, competition, [team])[team.id],
    )


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
