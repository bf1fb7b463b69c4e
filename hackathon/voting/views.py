"""The people's choice: its page, a ballot by account, and a ballot by the link in a letter."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts.models import User
from ..accounts.queries import caller, me
from ..competitions.models import Competition
from ..extensions import limiter
from ..gallery.queries import says
from ..ground.folding import folded
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.pace import unhurried
from ..ground.paging import asked, paginate_rows
from ..results.queries import Project
from ..submissions.models import Submission
from . import actions
from .forms import LinkForm
from .models import BallotLink, Poll, Voter
from .queries import (
    candidates_for,
    chosen_by,
    identity_of,
    open_vote,
    opening_of_poll,
    own_submission,
    person_behind,
    poll_of,
    public_outcome,
    voter_for,
)
from .rules import kept_out

blueprint = Blueprint("voting", __name__, url_prefix="/<key:competition>")

# A hall that votes together comes from one address: each account counts apart, each link does not.
few_letters = limiter.shared_limit(
    "30 per minute; 300 per hour", scope="ballot_links", methods=["POST"]
)
few_votes = limiter.shared_limit(
    "60 per minute; 1500 per hour", scope="votes", key_func=caller, methods=["POST"]
)

PER_PAGE = 24


@blueprint.get("/vote")
def show(competition: Competition) -> Any:
    """Who votes, until when and how; and the outcome once it is public."""
    poll = poll_in(competition)
    return render_template(
        "voting/show.html",
        competition=competition,
        poll=poll,
        opening=opening_of_poll(poll),
        vote=open_vote(competition),
        kept_out=kept_out(me(), poll) if current_user.is_authenticated else None,
        outcome=public_outcome(competition),
    )


@blueprint.route("/vote/email", methods=["GET", "POST"])
@few_letters
@unhurried
def link(competition: Competition) -> Any:
    """Ask for the letter with the link. The answer is the same for every address."""
    poll = poll_in(competition)
    form = LinkForm()
    if form.validate_on_submit() and form.attempt(
        actions.ask_for_link, poll, address=form.email.data, language=language()
    ):
        flash(
            _("If all is well, an email is on its way to you. Open it, and follow its link."),
            "success",
        )
        return redirect(url_for(".show", competition=competition))
    return page(
        "voting/link.html", form, competition=competition, poll=poll, opening=opening_of_poll(poll)
    )


def poll_in(competition: Competition) -> Poll:
    """The poll, which there is behind each of these doors."""
    poll = poll_of(competition)
    assert poll is not None
    return poll


# -- ballots ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A project on a ballot; `own` is that of the voter's team, which gets no vote of theirs."""

    project: Project
    chosen: bool
    own: bool


@blueprint.get("/vote/ballot")
def ballot(competition: Competition) -> Any:
    """The ballot of whoever is signed in."""
    poll = poll_in(competition)
    return filled_in(poll, person=me(), voter=voter_for(poll, person=me(), address=me().email))


@blueprint.post("/vote/ballot/<key:submission>")
@few_votes
def vote(competition: Competition, submission: Submission) -> Any:
    voter = actions.voter_of(poll_in(competition), person=me())
    actions.vote(voter, submission, ip_address=request.remote_addr)
    return back(submission, url_for(".ballot", competition=competition))


@blueprint.post("/vote/ballot/<key:submission>/removal")
@few_votes
def removal(competition: Competition, submission: Submission) -> Any:
    voter = actions.voter_of(poll_in(competition), person=me())
    actions.take_vote_back(voter, submission, ip_address=request.remote_addr)
    return back(submission, url_for(".ballot", competition=competition))


@blueprint.get("/ballots/<key:ballot_link>")
def by_link(competition: Competition, ballot_link: BallotLink) -> Any:
    """The ballot of an address. Looking at it votes for nothing, whoever or whatever looks."""
    voter = ballot_link.voter
    return filled_in(voter.poll, person=person_behind(voter), voter=voter, link=ballot_link)


@blueprint.post("/ballots/<key:ballot_link>/<key:submission>")
@few_votes
def vote_by_link(competition: Competition, ballot_link: BallotLink, submission: Submission) -> Any:
    actions.vote(ballot_link.voter, submission, ip_address=request.remote_addr)
    return back(submission, url_for(".by_link", competition=competition, ballot_link=ballot_link))


@blueprint.post("/ballots/<key:ballot_link>/<key:submission>/removal")
@few_votes
def removal_by_link(
    competition: Competition, ballot_link: BallotLink, submission: Submission
) -> Any:
    actions.take_vote_back(ballot_link.voter, submission, ip_address=request.remote_addr)
    return back(submission, url_for(".by_link", competition=competition, ballot_link=ballot_link))


def filled_in(
    poll: Poll, *, person: User | None, voter: Voter | None, link: BallotLink | None = None
) -> Any:
    """A ballot as it is, one page of projects in the voter's own order.

    Each vote is a button of its own, so what was chosen stays on every page, without a script.
    """
    projects = candidates_for(poll, identity_of(person=person, voter=voter))
    chosen, own = chosen_by(voter), own_submission(person, poll.competition)
    by_key = {project.submission.id: project for project in projects}
    given = [by_key[key] for key in chosen if key in by_key]
    search = asked("search")["search"]
    words = folded(search).split()
    wanted = [project for project in projects if found_in(project, words)]
    shown = paginate_rows(wanted, PER_PAGE)
    return render_template(
        "voting/ballot.html",
        competition=poll.competition,
        poll=poll,
        opening=opening_of_poll(poll),
        ballot_link=link,
        given=given,
        left=poll.votes - len(given),
        search=search,
        shown=shown,
        choices=[
            Choice(each, each.submission.id in chosen, each.submission.id == own) for each in shown
        ],
    )


def found_in(project: Project, words: list[str]) -> bool:
    """Do title, team or summary say it, in the team’s words or translated?"""
    told = project.telling
    said = (project.title, told.title, project.team.name, project.summary, told.summary)
    return says(said, words)


def back(submission: Submission, ballot: str) -> Any:
    """To the same place of the same page: the project's own, as its form has told."""
    place = request.form.get("place", "")
    page = f"?page={place}" if place.isascii() and place.isdigit() and len(place) < 6 else ""
    return redirect(f"{ballot}{page}#project-{submission.id}")
