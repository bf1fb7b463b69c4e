"""Previews, announcing, taking back and correcting, and what each team reads: for organizers."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Challenge, Competition
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.forms import page
from ..ground.localized import Localized
from ..ground.paging import paginate
from ..judging.queries import competed
from ..judging.rulebook import Told
from ..post.actions import Recipient, compose
from ..submissions.models import Submission
from ..teams.models import Team
from . import actions, publishing
from .deciding import in_force
from .forms import (
    AnnouncementForm,
    CitationForm,
    NoteForm,
    ScopeForm,
    WithdrawalForm,
    comments_form,
)
from .letters import letter_for
from .manage import blueprint
from .means import means_for
from .models import Amendment, Change, Honour, with_place
from .preview import foreseen, foresight, shown_ahead
from .queries import (
    amendments_of,
    announcements_of,
    digest_of,
    disclosure_of,
    honours_of,
    last_decision,
    moment_asked,
    project_by,
    project_of,
    public_honours_of,
    told_to_team,
    uncited,
)
from .sheets import comments_to_read, piles_of, told_to_teams, waiting_in
from .views import Way, page_of_results, page_of_team

AHEAD = Way("manage.results.preview", "manage.gallery.honoured", "manage.gallery.honoured_project")
PREVIEWS = {*vars(AHEAD).values(), "manage.results.preview_of_team"}
THE_REST = _l("All that has no moment of its own")
ALL = _l("All of them")

# -- when ------------------------------------------------------------------------------------


@blueprint.route("/results/announcement", methods=["GET", "POST"])
def announcement(competition: Competition) -> Any:
    """From when what is public, and all that can be done about it."""
    present = {each.scope: each for each in announcements_of(competition)}
    scope = request.args.get("scope", "")
    shown = {"scope": scope, "publish_at": present[scope].publish_at} if scope in present else {}
    form = AnnouncementForm(competition, THE_REST, data=shown, meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        publishing.release,
        competition,
        challenge=form.challenge,
        publish_at=form.publish_at.data,
        means=means_for(competition),
        by=me(),
    ):
        flash(_("The moment is set. Nothing shows before it."), "success")
        return redirect(url_for(".announcement", competition=competition))
    disclosure, told = disclosure_of(competition), told_to_teams(competition)
    return page(
        "results/manage/announcement.html",
        form,
        competition=competition,
        announcements=announcements_of(competition),
        disclosure=disclosure,
        groups=honours_of(competition),
        public=public_honours_of(competition),
        uncited=uncited(competition),
        unconfirmed=unconfirmed(competition),
        moved=bool(disclosure.planned) and not sealed_now(competition),
        judging=opening_of(competition, competition.rounds[-1].gate),
        amendments=amendments_of(competition),
        waiting=waiting_in(piles_of(competition) if Told.COMMENTS in told else []),
    )


def unconfirmed(competition: Competition) -> bool:
    """Is a second person's confirmation needed, and not there for what is decided now?"""
    if not competition.second_person_confirms:
        return False
    last = last_decision(competition)
    return last is None or last.confirmation is None or not sealed_now(competition)


def sealed_now(competition: Competition) -> bool:
    """Does the last decision say what is decided, and what that rests on?"""
    last = last_decision(competition)
    return last is not None and in_force(last, votes=means_for(competition).votes, by=me())


@blueprint.post("/results/publication")
def publication(competition: Competition) -> Any:
    publishing.release(
        competition, challenge=challenge_sent(competition), means=means_for(competition), by=me()
    )
    flash(_("The results are public, and the letters are on their way."), "success")
    return redirect(url_for("results.index", competition=competition))


@blueprint.post("/results/cancellation")
def cancellation(competition: Competition) -> Any:
    publishing.cancel(competition, challenge=challenge_sent(competition), by=me())
    flash(_("The announcement is cancelled. The results stay secret."), "success")
    return redirect(url_for(".announcement", competition=competition))


def challenge_sent(competition: Competition) -> Challenge | None:
    """None for all that has no moment of its own: only where that was asked, never for a challenge
    that is gone since the page was drawn. Raises ScopeGone."""
    form = ScopeForm(competition, THE_REST)
    if not form.validate_on_submit():
        raise publishing.ScopeGone
    return form.challenge


# -- as it will be ---------------------------------------------------------------------------


@blueprint.get("/results/preview")
def preview(competition: Competition) -> Any:
    """The page of the results, as everyone will see it: at a planned moment, or once all are
    public."""
    return shown_ahead(
        competition,
        lambda: page_of_results(competition, way=AHEAD, previewing=True),
        moment_asked(competition, request.args.get("at", "")),
    )


@blueprint.app_url_defaults
def at_the_same_moment(endpoint: str, values: dict[str, Any]) -> None:
    """From one preview to another."""
    if endpoint in PREVIEWS and foresight() and "at" in request.args:
        values.setdefault("at", request.args["at"])


@blueprint.get("/results/preview/teams/<key:team>")
def preview_of_team(competition: Competition, team: Team) -> Any:
    """A team's own page, as the team will see it; before its moment, that there is none."""

    def draw() -> Any:
        if not told_to_team(team):
            return render_template(
                "results/manage/not_yet.html", competition=competition, team=team, previewing=True
            )
        return page_of_team(competition, team, way=AHEAD, previewing=True)

    return shown_ahead(competition, draw, moment_asked(competition, request.args.get("at", "")))


@blueprint.get("/results/preview/teams/<key:team>/letter")
def letters(competition: Competition, team: Team) -> Any:
    """The letter that a team will get, in both languages."""
    with foreseen(competition):
        project = project_by(team)
    written = [
        compose(
            letter_for(project),
            to=Recipient(person.email, person.name, language),
            competition=competition,
            project=project,
            more=False,  # as once all is public
        )
        for person in team.members[:1]
        for language in ("en", "fr")
        if project
    ]
    answer = make_response(
        render_template(
            "results/manage/letters.html", competition=competition, team=team, letters=written
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


# -- afterwards ------------------------------------------------------------------------------


@blueprint.route("/results/withdrawal", methods=["GET", "POST"])
def withdrawal(competition: Competition) -> Any:
    """Hide results that are public, with a note that stays."""
    form = WithdrawalForm(competition, ALL)
    if form.validate_on_submit() and form.attempt(
        publishing.withdraw,
        competition,
        challenge=form.challenge,
        note=form.note.data,
        by=me(),
    ):
        flash(_("These results are hidden. The letters are on their way."), "success")
        return redirect(url_for(".announcement", competition=competition))
    return page("results/manage/withdrawal.html", form, competition=competition)


@blueprint.get("/results/changes/<key:amendment>")
def amendment(competition: Competition, amendment: Amendment) -> Any:
    """What was public before a withdrawal or a correction."""
    return render_template(
        "results/manage/amendment.html",
        competition=competition,
        amendment=amendment,
        named=lambda told: with_place(Localized.of(told["prize"]), told["place"]),
    )


@blueprint.route("/results/changes/<key:amendment>/end", methods=["GET", "POST"])
def shown_again(competition: Competition, amendment: Amendment) -> Any:
    """Let withdrawn results be seen again, with a note of what changed."""
    form = NoteForm()
    if form.validate_on_submit():
        told = form.attempt(
            publishing.show_again,
            competition,
            amendment,
            note=form.note.data,
            means=means_for(competition),
            by=me(),
        )
        if told is not None:
            flash(_("These results are public again. The letters are on their way."), "success")
            return redirect(url_for(".announcement", competition=competition))
    return page(
        "results/manage/shown_again.html",
        form,
        competition=competition,
        amendment=amendment,
        now_decided=honours_of(competition),
        open=amendment.kind is Change.WITHDRAWAL and amendment.ended_at is None,
    )


@blueprint.route("/results/honours/<key:honour>/citation", methods=["GET", "POST"])
def citation(competition: Competition, honour: Honour) -> Any:
    """Correct the words of a citation that is public, with a note that stays."""
    form = CitationForm(data={"citation": honour.citation})
    if form.validate_on_submit() and form.attempt(
        publishing.correct_citation,
        competition,
        honour,
        citation=form.citation.data,
        note=form.note.data,
        seen=form.seen.data or None,
        means=means_for(competition),
        by=me(),
    ):
        flash(_("The citation is corrected. The letters are on their way."), "success")
        return redirect(url_for(".announcement", competition=competition))
    form.seen.data = digest_of([honour])  # who saves again knows what they replace
    return page(
        "results/manage/citation.html",
        form,
        competition=competition,
        honour=honour,
        project=project_of(honour.submission),
    )


# -- what each team reads --------------------------------------------------------------------


@blueprint.get("/results/teams")
def teams(competition: Competition) -> Any:
    """What each team reads besides what it received, and previews of it."""
    return render_template(
        "results/manage/teams.html",
        competition=competition,
        told=told_to_teams(competition),
        works=paginate(db.session, competed(competition)),
    )


@blueprint.get("/results/comments")
def comments(competition: Competition) -> Any:
    """Where comments wait to be read."""
    piles = piles_of(competition)
    return render_template(
        "results/manage/comments.html",
        competition=competition,
        piles=piles,
        waiting=waiting_in(piles),
        told=told_to_teams(competition),
    )


@blueprint.route("/results/comments/<key:submission>", methods=["GET", "POST"])
def comment(competition: Competition, submission: Submission) -> Any:
    """Each comment on a submission: read it, take names out, release it or withhold it."""
    there = comments_to_read(submission, competition)
    form = comments_form(there)
    if form.validate_on_submit():
        changed = form.attempt(
            actions.read_comments, submission, competition, form.readings, by=me()
        )
        if changed is not None:
            number = len(changed)
            flash(
                ngettext("Saved: %(num)s comment.", "Saved: %(num)s comments.", number), "success"
            )
            return redirect(url_for(".comments", competition=competition))
    return page(
        "results/manage/comment.html",
        form,
        competition=competition,
        submission=submission,
        team=submission.team,
        comments=there,
    )
