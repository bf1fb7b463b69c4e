"""Inviting judges one by one or by list, their links, and the terms: for organizers."""

from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..ground.tables import csv_file
from ..post.actions import address
from . import inviting as actions
from .inviting_forms import FAULTS, InvitationForm, ListForm, TermsForm
from .jury import (
    acceptances_in,
    all_judges,
    asked_addresses,
    invitations_of,
    terms_of,
    versions_of,
)
from .listing import Line
from .manage import blueprint
from .models import JudgeInvitation, Way
from .queries import judges_of, progress_by_judge


@blueprint.get("/judges/invitations")
def invitations(competition: Competition) -> Any:
    """Who was asked, and what they said."""
    return render_template(
        "judging/manage/invitations.html",
        competition=competition,
        invitations=paginate(db.session, invitations_of(competition)),
    )


@blueprint.route("/judges/invitations/new", methods=["GET", "POST"])
def invitation_new(competition: Competition) -> Any:
    form = InvitationForm(data={"languages": ["en", "fr"], "capacity": 5})
    form.offer(competition.challenges)
    if form.validate_on_submit() and (
        invitation := form.attempt(
            actions.invite,
            competition,
            email=form.email.data,
            name=form.name.data,
            organization=form.organization.data or "",
            language=form.language.data,
            languages=form.languages.data,
            challenges=form.chosen,
            capacity=form.capacity.data,
            way=Way(form.way.data),
            one_device=form.one_device.data,
            by=me(),
        )
    ):
        flash(_("An invitation is on its way to %(name)s.", name=invitation.name), "success")
        if invitation.way.value != form.way.data:
            flash(
                _("There is an account with this address, so they are asked to sign in with it."),
                "info",
            )
        return redirect(url_for(".invitations", competition=competition))
    return page("judging/manage/invitation.html", form, competition=competition)


# -- by list ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A line of a list as the page shows it: what is wrong, or why nobody is asked again."""

    line: Line
    faults: list[Any]
    known: Any = ""


@blueprint.route("/judges/list", methods=["GET", "POST"])
def listing(competition: Competition) -> Any:
    """Many at once: the first press shows what would happen, the second does it."""
    form = ListForm()
    seen: list[Seen] = []
    if form.validate_on_submit():
        right = form.read(competition.challenges)
        seen = look_at(competition, form.lines)
        new = [each.line for each in seen if not each.known]
        confirmed = request.form.get("deed") == "invite" and form.shown.data == form.fingerprint
        if right and confirmed and form.attempt(invite_all, competition, form, new):
            told_of(len(new), len(seen) - len(new))
            return redirect(url_for(".invitations", competition=competition))
    form.shown.data = form.fingerprint
    return page(
        "judging/manage/list.html",
        form,
        competition=competition,
        seen=seen,
        new=sum(not each.known and not each.faults for each in seen),
    )


def look_at(competition: Competition, lines: list[Line]) -> list[Seen]:
    asked, judges = asked_addresses(competition) if lines else (set(), set())
    return [
        Seen(
            line,
            [FAULTS[fault] for fault in line.faults],
            _("A judge already")
            if line.address in judges
            else (_("Asked already") if line.address in asked else ""),
        )
        for line in lines
    ]


def invite_all(competition: Competition, form: ListForm, lines: list[Line]) -> bool:
    """All of them or, when something came up meanwhile, nobody."""
    by_number = {challenge.number: challenge for challenge in competition.challenges}
    for line in lines:
        actions.invite(
            competition,
            email=line.address,
            name=line.name,
            organization=line.organization,
            language=form.language.data,
            languages=list(line.languages),
            challenges=[by_number[number] for number in line.challenges],
            capacity=line.capacity,
            way=Way(form.way.data),
            one_device=form.one_device.data,
            by=me(),
        )
    return True


def told_of(new: int, known: int) -> None:
    if new:
        flash(
            ngettext(
                "%(num)s invitation is on its way.", "%(num)s invitations are on their way.", new
            ),
            "success",
        )
    if known:
        flash(
            ngettext(
                "%(num)s person of the list was asked before and is not asked again.",
                "%(num)s people of the list were asked before and are not asked again.",
                known,
            ),
            "info",
        )


# -- links -----------------------------------------------------------------------------------


def back(competition: Competition, invitation: JudgeInvitation) -> Any:
    """To the judge, or to the list of those who are none yet."""
    if invitation.judge is not None:
        return redirect(url_for(".edit", competition=competition, judge=invitation.judge))
    return redirect(url_for(".invitations", competition=competition))


@blueprint.post("/judges/links/<key:judge_invitation>/renewal")
def renewal(competition: Competition, judge_invitation: JudgeInvitation) -> Any:
    actions.renew(judge_invitation, send=True, by=me())
    flash(
        _("A new link is on its way to %(name)s; the old one ended.", name=judge_invitation.name),
        "success",
    )
    return back(competition, judge_invitation)


@blueprint.post("/judges/links/<key:judge_invitation>/link")
def link(competition: Competition, judge_invitation: JudgeInvitation) -> Any:
    """A new link to hand on, shown this once: the site keeps only its fingerprint."""
    token = actions.renew(judge_invitation, send=False, by=me())
    language = judge_invitation.language.replace("both", "en")
    answer = make_response(
        render_template(
            "judging/manage/link.html",
            competition=competition,
            invitation=judge_invitation,
            secret=address(
                "judging.invitation", language, competition=competition, judge_link=token
            ),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/judges/links/<key:judge_invitation>/revocation")
def revocation(competition: Competition, judge_invitation: JudgeInvitation) -> Any:
    actions.revoke(judge_invitation, by=me())
    flash(_("The link of %(name)s opens nothing any more.", name=judge_invitation.name), "success")
    return back(competition, judge_invitation)


# -- terms -----------------------------------------------------------------------------------


@blueprint.route("/judges/terms", methods=["GET", "POST"])
def terms(competition: Competition) -> Any:
    """The words that judges accept, and who accepted which version."""
    newest = terms_of(competition)
    form = TermsForm(obj=newest)
    if form.validate_on_submit() and (
        published := form.attempt(actions.publish_terms, competition, body=form.body.data, by=me())
    ):
        flash(
            _(
                "Version %(version)s is in force: judges are asked before they open anything.",
                version=published.version,
            ),
            "success",
        )
        return redirect(url_for(".terms", competition=competition))
    accepted, judges = acceptances_in(competition), judges_of(competition)
    return page(
        "judging/manage/terms.html",
        form,
        competition=competition,
        newest=newest,
        versions=versions_of(competition),
        judges=judges,
        accepted=accepted,
        yes=sum(
            judge.id in accepted and accepted[judge.id].terms_id == newest.id for judge in judges
        )
        if newest
        else 0,
    )


@blueprint.get("/judges.csv")
def judges_file(competition: Competition) -> Any:
    """Everybody who judges or did, as a table."""
    progress, accepted = progress_by_judge(competition), acceptances_in(competition)
    head = (
        _("Name"),
        _("Email"),
        _("Organization"),
        _("Languages"),
        _("Challenges"),
        _("Capacity"),
        _("Can take"),
        _("Available from"),
        _("Available until"),
        _("A word about when"),
        _("Reviews"),
        _("Completed"),
        _("Terms accepted"),
        _("Dismissed"),
    )
    rows = (
        (
            judge.user.name,
            judge.user.email,
            judge.user.organization,
            " ".join(judge.languages),
            " ".join(str(challenge.number) for challenge in judge.challenges),
            judge.capacity,
            judge.offered,
            judge.available_from,
            judge.available_until,
            judge.availability,
            progress[judge.id].assigned,
            progress[judge.id].done,
            accepted[judge.id].terms.version if judge.id in accepted else "",
            f"{judge.dismissed_at:%Y-%m-%d}" if judge.dismissed_at else "",
        )
        for judge in all_judges(competition)
    )
    return csv_file(f"{competition.slug}-judges", head, rows)
