"""Composing what is asked."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.i18n import LOCALES
from ..ground.localized import LANGUAGES
from . import actions, asking
from .fields import Sheet, answers_form
from .forms import question_form
from .models import Kind, Question, Questionnaire
from .queries import questions_in
from .words import KINDS, QUESTIONNAIRES, kinds_for

blueprint = Blueprint("questions", __name__)


def to_list(competition: Competition) -> Any:
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/questions")
def index(competition: Competition) -> Any:
    return render_template(
        "questions/manage/index.html",
        competition=competition,
        questionnaires=[
            (each, label, composed(competition, each), kinds_for(each))
            for each, label in QUESTIONNAIRES.items()
        ],
        kinds=KINDS,
    )


def composed(competition: Competition, questionnaire: Questionnaire) -> list[tuple[Any, ...]]:
    """The questions in the order in which they are asked: (question, its parent, first, last).

    First and last are among those that follow the same question.
    """
    questions = questions_in(competition, questionnaire)
    named = {question.key: question for question in questions}
    listed = [named[each.key] for each in asking.arranged([q.asked for q in questions])]
    siblings = {
        question.parent_id: [each for each in questions if each.parent_id == question.parent_id]
        for question in questions
    }
    return [
        (
            question,
            next((each for each in questions if each.id == question.parent_id), None),
            siblings[question.parent_id][0] is question,
            siblings[question.parent_id][-1] is question,
        )
        for question in listed
    ]


@blueprint.route("/questions/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    """A question of the kind, and on the questionnaire, that the address names."""
    on, kind = (request.args.get(name, "") for name in ("questionnaire", "kind"))
    questionnaire = Questionnaire(on if on in set(Questionnaire) else "registration")
    question = Question(
        competition_id=competition.id,
        questionnaire=questionnaire,
        kind=Kind(kind if kind in kinds_for(questionnaire) else "short"),
    )
    return composer(competition, question, new=True)


@blueprint.route("/questions/<key:question>", methods=["GET", "POST"])
def edit(competition: Competition, question: Question) -> Any:
    return composer(competition, question)


def composer(competition: Competition, question: Question, *, new: bool = False) -> Any:
    others = questions_in(competition, question.questionnaire)
    form = question_form(competition, question, others)
    if form.validate_on_submit() and form.attempt(actions.write, question, by=me(), **form.written):
        flash(_("The question is saved."), "success")
        return to_list(competition)
    return page(
        "questions/manage/edit.html",
        form,
        competition=competition,
        question=question,
        new=new,
        kind=KINDS[question.kind],
        questionnaire=QUESTIONNAIRES[question.questionnaire],
    )


@blueprint.post("/questions/<key:question>/move")
def move(competition: Competition, question: Question) -> Any:
    actions.move(question, up=request.form.get("direction") == "up", by=me())
    return redirect(url_for(".index", competition=competition, _anchor=f"q-{question.key}"))


@blueprint.post("/questions/<key:question>/retirement")
def retirement(competition: Competition, question: Question) -> Any:
    actions.retire(question, by=me())
    flash(_("The question is no longer asked. Its answers are kept."), "success")
    return to_list(competition)


@blueprint.post("/questions/<key:question>/restoration")
def restoration(competition: Competition, question: Question) -> Any:
    actions.restore(question, by=me())
    flash(_("The question is asked again."), "success")
    return to_list(competition)


@blueprint.post("/questions/<key:question>/removal")
def removal(competition: Competition, question: Question) -> Any:
    actions.remove(question, by=me())
    flash(_("Removed."), "success")
    return to_list(competition)


@blueprint.get("/questions/preview")
def preview(competition: Competition) -> Any:
    """The questions as people will see them, in each language."""
    drawn = []
    for questionnaire, label in QUESTIONNAIRES.items():
        questions = questions_in(competition, questionnaire)
        challenges = {q.challenge_id.hex for q in questions if q.challenge_id}
        for challenge in sorted(challenges) or [None]:
            chosen = next((c for c in competition.challenges if c.id.hex == challenge), None)
            for language in LANGUAGES:
                with force_locale(LOCALES[language]):
                    sheet = Sheet(questions, challenge=challenge)
                    prefix = f"{questionnaire}-{challenge}-{language}-"
                    form = answers_form(sheet, prefix=prefix, formdata=None)
                    html = render_template(
                        "questions/sheet.html", form=form, competition=competition
                    )
                drawn.append((label, chosen, language, Markup(html)))
    return render_template("questions/manage/preview.html", competition=competition, drawn=drawn)
