"""The agenda, and signing up for its sessions."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.doors import doors
from ..ground.forms import page
from ..ground.i18n import language
from . import actions
from .agenda import days
from .calendar import calendar_file
from .forms import AgendaFilterForm, GuestForm, SeatForm
from .models import Session, SignUp
from .queries import full, seats_left, sessions_for, sign_up_of

blueprint = Blueprint("workshops", __name__, url_prefix="/<key:competition>")

few = limiter.shared_limit("10 per minute; 60 per hour", scope="sign_ups", methods=["POST"])

NEXT = 3


@blueprint.get("/agenda")
def index(competition: Competition) -> Any:
    form = AgendaFilterForm(request.args or None, meta={"csrf": False})
    asked = form.data if request.args and form.validate() else {"language": "", "public": False}
    agenda = sessions_for(current_user, competition)
    shown = [
        session
        for session in agenda
        if (not asked["language"] or asked["language"] in session.languages)
        and (session.public or not asked["public"])
    ]
    plan = days(shown, competition.zone)
    return render_template(
        "workshops/index.html",
        competition=competition,
        form=form,
        empty_agenda=not agenda,
        mixed=any(not session.public for session in agenda),
        next=[s for s in shown if not s.over and not s.cancelled][:NEXT],
        coming=[day for day in plan if not day.over],
        past=[day for day in plan if day.over],
    )


@blueprint.get("/agenda.ics")
def feed(competition: Competition) -> Any:
    """The whole agenda, as far as the reader sees it, for a calendar."""
    return calendar_response(
        competition, sessions_for(current_user, competition), f"{competition.slug}.ics"
    )


@blueprint.get("/agenda/<key:session>")
def show(competition: Competition, session: Session) -> Any:
    return render_template(
        "workshops/show.html",
        competition=competition,
        session=session,
        seat=sign_up_of(me(), session) if current_user.is_authenticated else None,
        seats_left=seats_left(session),
    )


@blueprint.get("/agenda/<key:session>/session.ics")
def calendar(competition: Competition, session: Session) -> Any:
    return calendar_response(competition, [session], "session.ics")


def calendar_response(competition: Competition, sessions: Iterable[Session], name: str) -> Response:
    answer = Response(calendar_file(competition, sessions), mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.route("/agenda/<key:session>/sign-up", methods=["GET", "POST"])
@few
def sign_up(competition: Competition, session: Session) -> Any:
    """One click with an account; a name and an address to confirm without."""
    there = url_for(".show", competition=competition, session=session)
    if current_user.is_authenticated:
        form = SeatForm()
        if form.validate_on_submit() and form.attempt(actions.sign_up, session, by=me()):
            flash(_("You are signed up. We have sent you an email with the details."), "success")
            return redirect(there)
    else:
        form = GuestForm()
        if form.validate_on_submit() and form.attempt(
            actions.ask_for_seat,
            session,
            name=form.name.data,
            address=form.email.data,
            language=language(),
        ):
            flash(
                _("We have written to you. Open the email and confirm your seat within a day."),
                "success",
            )
            return redirect(there)
    return page("workshops/sign_up.html", form, competition=competition, session=session)


@blueprint.route("/sign-ups/<key:sign_up>", methods=["GET", "POST"])
@few
def confirmation(competition: Competition, sign_up: SignUp) -> Any:
    """A letter's link opens this page; its buttons confirm or give up the seat."""
    form = SeatForm()
    if form.validate_on_submit() and form.attempt(actions.confirm_seat, sign_up):
        flash(_("Your seat is confirmed."), "success")
        return redirect(url_for(".confirmation", competition=competition, sign_up=sign_up))
    return page(
        "workshops/confirmation.html",
        form,
        competition=competition,
        sign_up=sign_up,
        session=sign_up.session,
        full=not sign_up.confirmed and full(sign_up.session, but_for=sign_up),
    )


@blueprint.post("/sign-ups/<key:sign_up>/cancellation")
def cancellation(competition: Competition, sign_up: SignUp) -> Any:
    session = sign_up.session
    actions.give_up_seat(sign_up)
    flash(_("You are no longer signed up for this session."), "success")
    if not doors().can("workshops.show", session=session):  # closed to visitors since
        return redirect(url_for(".index", competition=competition))
    return redirect(url_for(".show", competition=competition, session=session))
