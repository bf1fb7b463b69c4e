"""Setting the people's choice up, and after the close: what came out, and what is unusual."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.i18n import moment_text
from ..ground.paging import paginate
from . import actions
from .forms import AsideForm, NoteForm, PollForm
from .models import Electorate, Flag, SetAside
from .queries import (
    asides_of,
    candidates,
    counted,
    findings,
    flags_of,
    opening_of_poll,
    outcome_is_public,
    outcome_of,
    poll_of,
    shown_to_voters,
    standing_asides,
)

blueprint = Blueprint("voting", __name__)


@blueprint.get("/vote")
def index(competition: Competition) -> Any:
    """Where the vote stands. Before it is counted, nothing here hangs on any ballot."""
    poll = poll_of(competition)
    if poll is None:
        return redirect(url_for(".edit", competition=competition))
    known = counted(poll)
    flags = paginate(db.session, flags_of(poll)) if known else None
    return render_template(
        "voting/manage/index.html",
        competition=competition,
        poll=poll,
        opening=opening_of_poll(poll),
        candidates=len(candidates(competition)),
        shown=shown_to_voters(poll, poll.electorate),
        outcome=outcome_of(poll) if known else None,
        public=outcome_is_public(poll),
        flags=flags,
        findings=findings(flags) if flags else [],
    )


@blueprint.route("/vote/rules", methods=["GET", "POST"])
def edit(competition: Competition) -> Any:
    """Who votes, and with how many votes."""
    poll = poll_of(competition)
    form = PollForm(obj=poll)
    if form.validate_on_submit() and form.attempt(
        actions.set_up,
        competition,
        electorate=Electorate(form.electorate.data),
        votes=form.votes.data,
        teams_vote=form.teams_vote.data,
        crew_votes=form.crew_votes.data,
        judges_vote=form.judges_vote.data,
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("voting/manage/edit.html", form, competition=competition, poll=poll)


@blueprint.post("/vote/publication")
def publication(competition: Competition) -> Any:
    actions.publish(existing(competition), by=me())
    flash(_("The people’s choice is announced."), "success")
    return redirect(url_for(".index", competition=competition))


def existing(competition: Competition) -> Any:
    """The poll; a door that asks for one is refused where there is none."""
    poll = poll_of(competition)
    if poll is None:
        raise actions.NoPoll
    return poll


# -- what came out ---------------------------------------------------------------------------


@blueprint.post("/vote/release")
def release(competition: Competition) -> Any:
    actions.release(existing(competition), by=me())
    flash(_("The outcome is released, and every ballot is cut from its voter."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/vote/release/end")
def release_end(competition: Competition) -> Any:
    actions.hold_back(existing(competition), by=me())
    flash(_("The outcome stays with the organizers."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/vote/set-aside")
def asides(competition: Competition) -> Any:
    """Every ballot that was ever set aside: by whom, why, and until when."""
    poll = existing(competition)
    return render_template(
        "voting/manage/asides.html",
        competition=competition,
        asides=paginate(db.session, asides_of(poll)),
        released=poll.released_at is not None,
    )


# -- flags -----------------------------------------------------------------------------------


@blueprint.get("/vote/flags/<key:flag>")
def flag(competition: Competition, flag: Flag) -> Any:
    return render_template(
        "voting/manage/flag.html",
        competition=competition,
        flag=flag,
        project=project_of(flag),
        asides=standing_asides(flag.ballots),
    )


def project_of(flag: Flag) -> Any:
    """The project that its ballots name alone, where that is what the flag is about."""
    key = flag.details.get("submission")
    of_it = (p for p in candidates(flag.poll.competition) if str(p.submission.id) == key)
    return next(of_it, None)


@blueprint.route("/vote/flags/<key:flag>/note", methods=["GET", "POST"])
def note(competition: Competition, flag: Flag) -> Any:
    form = NoteForm()
    if form.validate_on_submit() and form.attempt(actions.note, flag, text=form.text.data, by=me()):
        flash(_("The note is kept."), "success")
        return redirect(url_for(".flag", competition=competition, flag=flag))
    return page("voting/manage/note.html", form, competition=competition, flag=flag)


@blueprint.route("/vote/flags/<key:flag>/set-aside", methods=["GET", "POST"])
def setting_aside(competition: Competition, flag: Flag) -> Any:
    """Choose which ballots of the flag do not count, and say why."""
    form = AsideForm.among(
        flag.ballots,
        standing_asides(flag.ballots),
        lambda ballot: _(
            "%(ballot)s, %(moment)s",
            ballot=ballot.name,
            moment=moment_text(ballot.created_at, competition.zone),
        ),
    )
    if form.validate_on_submit() and form.attempt(
        actions.set_aside, flag, form.chosen, reason=form.reason.data, by=me()
    ):
        flash(_("These ballots do not count now. You can let them count again."), "success")
        return redirect(url_for(".flag", competition=competition, flag=flag))
    return page("voting/manage/aside.html", form, competition=competition, flag=flag)


@blueprint.post("/vote/set-aside/<key:aside>/end")
def counting_again(competition: Competition, aside: SetAside) -> Any:
    actions.count_again(aside, by=me())
    flash(_("This ballot counts again."), "success")
    return redirect(url_for(".asides", competition=competition))
