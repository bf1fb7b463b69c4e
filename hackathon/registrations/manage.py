"""How people come to a place, who asks for one, what they answer and what they agree to.

Everyone who has entered is listed beside the teams.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Approval, Competition
from ..ground.forms import page
from ..ground.tables import csv_file
from ..ground.transaction import stands
from ..journal.actions import note_viruses
from ..questions.fields import answers_form
from ..questions.models import values
from ..questions.words import said
from . import actions
from .forms import ApplicationsForm, ConsentTextForm, EntryForm, NewConsentTextForm, ReasonForm
from .models import ConsentText, Registration
from .queries import (
    applications_of,
    consent_texts_of,
    counts_of,
    people_with_answers,
    places_left,
    registration_questions,
    sheet_for,
)
from .states import State

blueprint = Blueprint("registrations", __name__)


# -- places ----------------------------------------------------------------------------------


@blueprint.route("/registration", methods=["GET", "POST"])
def entry(competition: Competition) -> Any:
    """How many places there are, and how people come to one."""
    form = EntryForm(obj=competition)
    if form.validate_on_submit() and form.attempt(
        actions.edit_entry,
        competition,
        capacity=form.capacity.data,
        approval=form.approval.data,
        waitlist=form.waitlist.data,
        offer_hours=form.offer_hours.data,
        offers_after_close=form.offers_after_close.data,
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".entry", competition=competition))
    return page(
        "registrations/manage/entry.html",
        form,
        competition=competition,
        counts=counts_of(competition),
        left=places_left(competition),
    )


@blueprint.route("/applications", methods=["GET", "POST"])
def applications(competition: Competition) -> Any:
    """Who waits for an answer, the longest first; answers to one or many."""
    waiting = applications_of(competition)
    form = ApplicationsForm().offer(waiting)
    if form.validate_on_submit():
        chosen = [each for each in waiting if str(each.id) in form.chosen.data]
        if form.declines:
            given = {"reason": form.reason.data}
            answered = form.attempt(actions.decline, competition, chosen, by=me(), **given)
        else:
            answered = form.attempt(actions.approve, competition, chosen, by=me())
        if answered is not None:
            flash(
                ngettext(
                    "%(num)s application is answered, and the person has a letter.",
                    "%(num)s applications are answered, and each person has a letter.",
                    len(answered),
                ),
                "success",
            )
            return redirect(url_for(".applications", competition=competition))
    return page(
        "registrations/manage/applications.html",
        form,
        competition=competition,
        applications=waiting,
        by_hand=competition.approval is Approval.BY_HAND,
        left=places_left(competition),
    )


@blueprint.post("/people/<key:registration>/approval")
def approval(competition: Competition, registration: Registration) -> Any:
    tell(bool(actions.approve(competition, [registration], by=me())))
    return to_person(registration)


@blueprint.route("/people/<key:registration>/decline", methods=["GET", "POST"])
def decline(competition: Competition, registration: Registration) -> Any:
    form = ReasonForm()
    if form.validate_on_submit():
        reason = form.reason.data
        tell(bool(actions.decline(competition, [registration], reason=reason, by=me())))
        return to_person(registration)
    return page(
        "registrations/manage/decline.html",
        form,
        competition=competition,
        registration=registration,
    )


@blueprint.route("/people/<key:registration>/reinstatement", methods=["GET", "POST"])
def reinstatement(competition: Competition, registration: Registration) -> Any:
    """Let a person in again, for a reason."""
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(
        actions.reinstate, registration, reason=form.reason.data, by=me()
    ):
        tell(True)
        return to_person(registration)
    return page(
        "registrations/manage/reinstatement.html",
        form,
        competition=competition,
        registration=registration,
        declined=registration.state is State.DECLINED,
        left=places_left(competition),
    )


def tell(done: bool) -> None:
    if done:
        flash(_("Done, and the person has a letter."), "success")
    else:
        flash(_("This application was answered in the meantime."), "info")


def to_person(registration: Registration) -> Any:
    return redirect(
        url_for(
            "manage.teams.person", competition=registration.competition, registration=registration
        )
    )


# -- texts -----------------------------------------------------------------------------------


def to_list(competition: Competition) -> Any:
    return redirect(url_for(".consents", competition=competition))


@blueprint.get("/consents")
def consents(competition: Competition) -> Any:
    return render_template(
        "registrations/manage/consents.html",
        competition=competition,
        texts=consent_texts_of(competition),
    )


@blueprint.route("/consents/new", methods=["GET", "POST"])
def consent_new(competition: Competition) -> Any:
    form = NewConsentTextForm()
    if form.validate_on_submit() and form.attempt(
        actions.write_text, competition, by=me(), **form.texts, key=form.key.data
    ):
        flash(_("The draft is saved."), "success")
        return to_list(competition)
    return page("registrations/manage/consent_text.html", form, competition=competition, text=None)


@blueprint.route("/consents/<key:consent_text>/version", methods=["GET", "POST"])
def consent_version(competition: Competition, consent_text: ConsentText) -> Any:
    """A new version that begins with the words of this one."""
    form = ConsentTextForm(obj=consent_text)
    if form.validate_on_submit() and form.attempt(
        actions.write_text, competition, by=me(), **form.texts, key=consent_text.key
    ):
        flash(_("The draft is saved."), "success")
        return to_list(competition)
    return page(
        "registrations/manage/consent_text.html", form, competition=competition, text=consent_text
    )


@blueprint.route("/consents/<key:consent_text>/edit", methods=["GET", "POST"])
def consent_edit(competition: Competition, consent_text: ConsentText) -> Any:
    if consent_text.published_at is not None:
        return redirect(
            url_for(".consent_version", competition=competition, consent_text=consent_text)
        )
    form = ConsentTextForm(obj=consent_text)
    if form.validate_on_submit() and form.attempt(
        actions.edit_text, consent_text, by=me(), **form.texts
    ):
        flash(_("The draft is saved."), "success")
        return to_list(competition)
    return page(
        "registrations/manage/consent_text.html", form, competition=competition, text=consent_text
    )


@blueprint.post("/consents/<key:consent_text>/publication")
def consent_publication(competition: Competition, consent_text: ConsentText) -> Any:
    actions.publish_text(consent_text, by=me())
    flash(_("The text is published: whoever registers from now on is asked for it."), "success")
    return to_list(competition)


@blueprint.post("/consents/<key:consent_text>/deletion")
def consent_deletion(competition: Competition, consent_text: ConsentText) -> Any:
    actions.delete_text(consent_text, by=me())
    flash(_("The draft is deleted."), "success")
    return to_list(competition)


# -- answers ---------------------------------------------------------------------------------


@blueprint.get("/answers.csv")
def answers_file(competition: Competition) -> Any:
    """The answers as a table to take away, a column for each question."""
    questions = registration_questions(competition)
    rows = []
    for person in people_with_answers(competition):
        given = values(person.answers)
        told = [said(question, given.get(question.key)) for question in questions]
        born = person.birth_date.isoformat() if person.birth_date else ""
        rows.append([person.user.name, person.user.email, born, *told])
    head = [_("Name"), _("Email"), _("Date of birth"), *(str(q.label) for q in questions)]
    return csv_file(f"{competition.slug}-answers", head, rows)


@blueprint.route("/people/<key:registration>/answers", methods=["GET", "POST"])
def answers_edit(competition: Competition, registration: Registration) -> Any:
    """Change a person's answers for them, the frozen ones too."""
    form = answers_form(sheet_for(competition, registration, bound=False))
    if form.validate_on_submit() and form.attempt(
        actions.answer, registration, form.filled, by=me()
    ):
        flash(_("The answers are saved."), "success")
        return redirect(
            url_for("manage.teams.person", competition=competition, registration=registration)
        )
    whose = registration.user.name
    if note_viruses(form.refusals, competition=competition, subject=whose, by=me()):
        stands()
    return page(
        "registrations/manage/edit_answers.html",
        form,
        competition=competition,
        registration=registration,
    )
