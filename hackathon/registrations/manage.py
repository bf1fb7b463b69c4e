"""The texts people agree to, and what they answered. Who takes part stands beside the teams."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.paging import paginate_rows
from ..ground.tables import csv_file
from ..questions.fields import answers_form
from ..questions.models import Question, values
from ..questions.words import said
from . import actions
from .forms import ConsentTextForm, NewConsentTextForm
from .models import ConsentText, Registration
from .queries import (
    consent_texts_of,
    lacking,
    people_with_answers,
    registration_questions,
    sheet_for,
    tallies_of,
)

blueprint = Blueprint("registrations", __name__)


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


@blueprint.get("/answers")
def answers(competition: Competition) -> Any:
    """Everyone's answers, counted."""
    return render_template(
        "registrations/manage/answers.html",
        competition=competition,
        tallies=tallies_of(competition),
    )


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


@blueprint.get("/answers/<key:question>/lacking")
def answers_lacking(competition: Competition, question: Question) -> Any:
    """Who has not answered a question that they are asked."""
    return render_template(
        "registrations/manage/lacking.html",
        competition=competition,
        question=question,
        people=paginate_rows(lacking(competition, question)),
    )


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
    return page(
        "registrations/manage/edit_answers.html",
        form,
        competition=competition,
        registration=registration,
    )
