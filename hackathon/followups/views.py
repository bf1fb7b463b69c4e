"""What became of a project: the form behind the link of a letter, and having no more of them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..submissions.models import Submission
from . import actions
from .forms import AnswerForm
from .models import FollowUpLink, Outcome
from .queries import answer_to, forgotten_at, held_back, refused, submission_behind

blueprint = Blueprint("followups", __name__, url_prefix="/<key:competition>")

few = limiter.shared_limit("30 per minute; 300 per hour", scope="follow_ups", methods=["POST"])


@blueprint.route("/follow-up/<key:follow_up_link>", methods=["GET", "POST"])
@few
def answer(competition: Competition, follow_up_link: FollowUpLink) -> Any:
    submission = submission_behind(follow_up_link)
    assert submission is not None  # the door has looked
    given = answer_to(follow_up_link.follow_up, submission)
    form = AnswerForm(data=_told(given))
    if form.validate_on_submit() and form.attempt(
        actions.answer,
        follow_up_link,
        outcome=Outcome(form.outcome.data),
        words=form.words.data or "",
        language=form.language.data,
        address=form.address.data or "",
        agreed=form.agreed.data,
        seen=form.seen.data or "",
    ):
        flash(_("Thank you. You can change it with the same link."), "success")
        return _back(competition, follow_up_link)
    return _page(form, competition, follow_up_link, submission)


@blueprint.post("/follow-up/<key:follow_up_link>/withdrawal")
@few
def withdrawal(competition: Competition, follow_up_link: FollowUpLink) -> Any:
    actions.withdraw(follow_up_link)
    flash(_("What your team had said is deleted."), "success")
    return _back(competition, follow_up_link)


@blueprint.get("/follow-up/<key:follow_up_link>/letters")
def wish(competition: Competition, follow_up_link: FollowUpLink) -> Any:
    """Looking stops nothing: mail programs look at links by themselves."""
    return render_template(
        "followups/wish.html",
        competition=competition,
        link=follow_up_link,
        refused=refused(follow_up_link.user, competition),
    )


@blueprint.post("/follow-up/<key:follow_up_link>/letters/end")
@few
def no_more(competition: Competition, follow_up_link: FollowUpLink) -> Any:
    actions.refuse(follow_up_link)
    return redirect(url_for(".wish", competition=competition, follow_up_link=follow_up_link))


@blueprint.post("/follow-up/<key:follow_up_link>/letters/again")
@few
def again(competition: Competition, follow_up_link: FollowUpLink) -> Any:
    actions.allow_again(follow_up_link)
    return redirect(url_for(".wish", competition=competition, follow_up_link=follow_up_link))


def _told(given: Any) -> dict[str, Any]:
    if given is None:
        return {"language": language(), "seen": ""}
    return {
        "outcome": given.outcome.value,
        "words": given.words,
        "language": given.language,
        "address": given.link,
        "agreed": given.agreed_at is not None,
        "seen": actions.mark_of(given),
    }


def _page(
    form: AnswerForm, competition: Competition, link: FollowUpLink, submission: Submission
) -> Any:
    given = answer_to(link.follow_up, submission)
    return page(
        "followups/answer.html",
        form,
        competition=competition,
        link=link,
        team=link.team,
        submission=submission,
        given=given,
        kept=held_back(given) if given else None,
        until=forgotten_at(competition),
    )


def _back(competition: Competition, link: FollowUpLink) -> Any:
    return redirect(url_for(".answer", competition=competition, follow_up_link=link))
