"""The banner's buttons and the mailbox. These doors are hung in the demo alone."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ..accounts import presence
from ..accounts.models import Manner, User
from ..accounts.queries import person_with
from ..extensions import db
from ..ground.clock import now
from ..ground.doors import doors
from ..ground.i18n import language
from ..ground.paging import asked, paginate
from ..post.models import Letter
from .content import ZONE, Role, offered
from .laying import lay
from .phases import Phase
from .queries import datajam, letters_to, phase_now

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

AS_PUBLISHED = "published"
PHASES = {
    Phase.REGISTRATION: _l("Registration"),
    Phase.TRAINING: _l("Training"),
    Phase.BUILDING: _l("Building"),
    Phase.JUDGING: _l("Judging"),
    Phase.RESULTS: _l("Results"),
}
ROLES = {
    Role.CAPTAIN: _l("Captain of a team"),
    Role.PARTICIPANT: _l("Participant"),
    Role.MENTOR: _l("Mentor"),
    Role.JUDGE: _l("Judge"),
    Role.ORGANIZER: _l("Organizer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


@dataclass(frozen=True)
class Banner:
    """What the banner shows: the present phase and role, and what one may choose instead."""

    phase: Phase | None
    role: Role | None
    phases: dict[Phase, Any]
    roles: dict[Role, Any]
    here: str


def banner() -> Banner:
    address = current_user.email if current_user.is_authenticated else None
    role = next((role for role, email in offered().items() if email == address), None)
    return Banner(phase_now(), role, PHASES, ROLES, request.full_path.rstrip("?"))


def back() -> Any:
    """Where the person was, if that is still a page for them; else to the event's front page."""
    path = request.form.get("here", "")
    if path.startswith("/") and doors().open_at(path.partition("?")[0]):
        return redirect(f"/{language()}{path}")
    competition = datajam()
    if competition is None:
        return redirect(url_for("competitions.index"))
    return redirect(url_for("desk.front", competition=competition))


@blueprint.post("/phase")
def phase() -> Any:
    """Lay the event anew; whoever is signed in stays so, if they are there in that phase."""
    wanted = request.form.get("phase", "")
    if wanted != AS_PUBLISHED and wanted not in list(Phase):
        abort(400)
    address = current_user.email if current_user.is_authenticated else None
    lay(None if wanted == AS_PUBLISHED else Phase(wanted), now())
    become(person_with(address) if address else None)
    if wanted == AS_PUBLISHED:
        flash(_("The event lies where it was, in 2021."), "success")
    else:
        flash(_("The event has moved. The phase now: %(phase)s.", phase=PHASES[wanted]), "success")
    return back()


@blueprint.post("/sign-in")
def sign_in() -> Any:
    """Become the person who plays a role, without a password."""
    wanted = request.form.get("role", "")
    if wanted not in list(Role):
        abort(400)
    person = person_with(offered()[Role(wanted)])
    if person is None:
        flash(_("This person is no longer there. Choose a phase to lay the event anew."), "warning")
    else:
        become(person)
        flash(
            _("You are now %(name)s: %(role)s.", name=person.name, role=ROLES[Role(wanted)]),
            "success",
        )
    return back()


def become(person: User | None) -> None:
    """Sign in as the person; as nobody, sign out."""
    if person is not None:
        presence.enter(person, Manner.DEMO)
    else:
        presence.leave()


@blueprint.get("/mailbox")
def mailbox() -> Any:
    """Every letter, since the demo has no mail server; `?address=` keeps those to one reader."""
    address = asked("address")["address"]
    return render_template(
        "demo/mailbox.html",
        letters=paginate(db.session, letters_to(address), 25),
        address=address,
        zone=ZONE.key,
    )


@blueprint.get("/mailbox/<key:mail>")
def mail(mail: Letter) -> Any:
    return render_template("demo/mail.html", letter=mail, zone=ZONE.key)
