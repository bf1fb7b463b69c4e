"""The organizers' desk of translations: what is to do, and a page for each."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import Form, LongText, Text, page
from ..ground.merging import fingerprint
from ..ground.paging import paginate_rows
from . import translating as actions
from .asks import LABELS, Part
from .manage import blueprint
from .models import Submission
from .telling import PARTS
from .translating import State, Work, original_of, print_of, work_of, works_of

STATES = {
    State.TO_DO: _l("To do"),
    State.DRAFT: _l("Draft"),
    State.OUT_OF_DATE: _l("Out of date"),
    State.DONE: _l("Public"),
}


class StateForm(Form):
    """Which works an organizer wants to see."""

    class Meta:
        csrf = False  # it only reads

    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("Every state")),
            *(SelectChoice(state.value, words) for state, words in STATES.items()),
        ],
        validate_choice=False,
    )


class TranslationForm(Form):
    """Beside each field stands the fingerprint of what it was drawn with, `base-…`; `of` is the
    print of the original beside it."""

    title = Text(LABELS[Part.TITLE], required=False, most=150)
    summary = LongText(LABELS[Part.SUMMARY], required=False, most=1000)
    warning = Text(LABELS[Part.WARNING], required=False, most=300)
    of = HiddenField()

    def __init__(self, work: Work) -> None:
        super().__init__(obj=work.translation)
        if not original_of(work.content)["warning"]:
            del self.warning
        self.names = [name for name in PARTS if name in self]
        self.theirs: dict[str, str] = {}  # saved by somebody else, and other than what stands here
        if request.method == "POST":
            self.bases = {n: request.form.get(f"base-{n}", fingerprint("")) for n in self.names}
        else:
            self.bases = {n: fingerprint(self[n].data or "") for n in self.names}
            self.of.data = print_of(work.content)

    @property
    def mine(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in self.names if name in request.form}

    def show(self, work: Work) -> None:
        """After a refusal: what stands there now, to be answered knowingly."""
        for name in self.names:
            saved = getattr(work.translation, name, "")
            mine = self[name].data or ""
            if fingerprint(mine) == self.bases[name]:
                self[name].data = saved  # the writer had changed nothing here
            elif saved != mine and fingerprint(saved) != self.bases[name]:
                self.theirs[name] = saved
            self.bases[name] = fingerprint(saved)
        self.of.data = print_of(work.content)


@blueprint.get("/submissions/translations")
def translations(competition: Competition) -> Any:
    form = StateForm(request.args)
    wanted = State(form.state.data) if form.state.data in set(State) else None
    works = works_of(competition)
    return render_template(
        "submissions/manage/translations.html",
        competition=competition,
        form=form,
        works=paginate_rows([work for work in works if wanted in (None, work.state)]),
        states=STATES,
        totals={state: sum(work.state is state for work in works) for state in State},
    )


@blueprint.route("/submissions/<key:submission>/translation", methods=["GET", "POST"])
def translation(competition: Competition, submission: Submission) -> Any:
    """The original, and the translation beside it."""
    work = work_of(submission)
    if work is None:
        abort(404)
    form = TranslationForm(work)
    if form.validate_on_submit():
        saved = form.attempt(
            actions.translate,
            submission,
            form.mine,
            form.bases,
            of=form.of.data or "",
            publish=request.form.get("deed") == "publish",
            by=me(),
        )
        if saved and saved.published_at:
            flash(_("The translation is public."), "success")
        elif saved:
            flash(_("Saved. Only organizers see it until it is published."), "success")
        if saved:
            return redirect(url_for(".translation", competition=competition, submission=submission))
        if form.form_errors:
            work = work_of(submission) or work
            form.show(work)
    return page(
        "submissions/manage/translation.html",
        form,
        competition=competition,
        submission=submission,
        work=work,
        labels={part.value: LABELS[part] for part in (Part.TITLE, Part.SUMMARY, Part.WARNING)},
    )


@blueprint.post("/submissions/<key:submission>/translation/withdrawal")
def translation_withdrawal(competition: Competition, submission: Submission) -> Any:
    actions.withdraw_translation(submission, by=me())
    flash(_("The translation is withdrawn. Only organizers see it now."), "success")
    return redirect(url_for(".translation", competition=competition, submission=submission))
