"""The form of the draft, which several people may have open at once.

Beside each field stands the fingerprint of what it was drawn with (`base-…`). Where two people
changed a field, the form shows both texts and carries a choice (`keep-…`), with the fingerprint of
the text that the choice is about (`shown-…`).
"""

from enum import StrEnum
from functools import cache
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from ..competitions.models import Competition
from ..ground.forms import Form, LongText, Text, WebAddress
from ..ground.i18n import NAMES, language
from .asks import LABELS, LICENCES, LINKS, OTHER_LICENCE, Need, Part, asked, licence_name, needs
from .merging import Conflict, fingerprint, together
from .models import Submission


class Keep(StrEnum):
    """What to do with a field that two people changed."""

    MINE = "mine"
    THEIRS = "theirs"
    TOGETHER = "together"


class DraftForm(Form):
    """Nothing is required of a draft; handing in asks for more. See draft_form."""

    title = Text(LABELS[Part.TITLE], required=False, most=150)
    summary = LongText(
        LABELS[Part.SUMMARY],
        required=False,
        most=1000,
        description=_l("A few sentences for people who have not met your project. No Markdown."),
    )
    description = LongText(
        LABELS[Part.DESCRIPTION],
        required=False,
        most=20_000,
        description=_l(
            "Write Markdown: ## heading, **bold**, *italic*, - list, 1. list, > quote, `code`, "
            "[words](https://address), and tables. Pictures go with the files."
        ),
    )
    language = RadioField(
        _l("Language of the text"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
        default=language,
    )

    # The field that asks for more once another one has this answer.
    follows = {"licence_other": (Part.LICENCE.value, OTHER_LICENCE)}

    def __init__(self, submission: Submission | None) -> None:
        super().__init__(obj=submission)
        if request.method == "POST":  # what the writer began from, as their page says
            sent = {name: request.form.get(f"base-{name}") for name in self.names}
            self.bases = {name: base for name, base in sent.items() if base is not None}
        else:
            self.bases = {name: fingerprint(self[name].data or "") for name in self.names}
        self.conflicts: dict[str, Conflict] = {}
        self.joined: list[str] = []  # fields that now hold both texts

    @property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        return [name for name in self._fields if name != "csrf_token"]

    @property
    def mine(self) -> dict[str, str]:
        """What came with the request, by field; a page may send only what was changed."""
        return {name: self[name].data or "" for name in self.names if name in request.form}

    @property
    def decided(self) -> dict[str, str]:
        """What to save: without the fields about which a choice is due or was for theirs."""
        return {
            name: text
            for name, text in self.mine.items()
            if not self._disputed(name) or self.choice(name) is Keep.MINE
        }

    def choice(self, name: str) -> Keep | None:
        """What the writer chose for a field that two people changed.

        Theirs is no choice where mine was written on: that would drop words nobody has seen.
        """
        chosen = request.form.get(f"keep-{name}", "")
        if chosen not in set(Keep) or (chosen == Keep.THEIRS and self.written_on(name)):
            return None
        return Keep(chosen)

    def written_on(self, name: str) -> bool:
        """Does the field say something else than when the choice was put?"""
        shown = request.form.get(f"shown-{name}")
        return shown is not None and fingerprint(self.mine.get(name, "")) != shown

    def _disputed(self, name: str) -> bool:
        return f"shown-{name}" in request.form

    def settle(self, saved: Submission, conflicts: dict[str, Conflict]) -> bool:
        """Show what is saved now, and both texts of what is not settled. Says whether all is."""
        for name in self.names:
            mine, theirs = self[name].data or "", getattr(saved, name)
            chosen = self.choice(name) if self._disputed(name) else None
            undecided = self._disputed(name) and chosen is None and mine != theirs
            if name in conflicts or undecided:
                self.conflicts[name] = Conflict(mine, theirs)
            elif chosen is Keep.TOGETHER:
                self[name].data = together(Conflict(mine, theirs))
                self.joined.append(name)
            else:
                self[name].data = theirs
            self.bases[name] = fingerprint(theirs)
        return not self.conflicts and not self.joined

    def keep_disputes(self, saved: Submission | None) -> None:
        """Show both texts once more, where the form comes back for another reason."""
        for name in self.names:
            if saved and self._disputed(name):
                self.conflicts[name] = Conflict(self[name].data or "", getattr(saved, name))
                self.bases[name] = fingerprint(getattr(saved, name))

    @property
    def unsaved(self) -> list[str]:
        """The fields that say something else than what they were drawn with."""
        return [n for n in self.names if fingerprint(self[n].data or "") != self.base(n)]

    def base(self, name: str) -> str:
        return self.bases.get(name, fingerprint(""))

    @staticmethod
    def fingerprint(text: str) -> str:
        return fingerprint(text)

    def said(self, name: str, value: str) -> str:
        """A value as people read it."""
        if name == "language":
            return NAMES.get(value, value)
        return licence_name(value) if name == Part.LICENCE and value else value

    def can_join(self, name: str) -> bool:
        """Is it a text that can be edited into one? An address or a choice is not."""
        return isinstance(self[name], Text | LongText) and not isinstance(self[name], WebAddress)

    @property
    def content(self) -> dict[str, Any]:
        """What stands in the form, as a version would say it; for the preview."""
        return {name: self[name].data or "" for name in self.names}


def draft_form(competition: Competition, submission: Submission | None) -> DraftForm:
    """The form with what this competition asks, filled with what is saved."""
    form = _draft_form(*asked(competition.submission_asks))(submission)
    for part, need in needs(competition.submission_asks).items():
        if need is Need.REQUIRED and part in form:
            form[part.value].flags.to_hand_in = True
    return form


@cache  # making a class takes longer than filling it; there are few ways to ask
def _draft_form(*wanted: Part) -> type[DraftForm]:
    fields = {}
    for part in wanted:
        if part in FIELDS:
            fields[part.value] = FIELDS[part]()
        if part is Part.LICENCE:
            fields["licence_other"] = Text(_l("Which licence"), required=False, most=200)
    return type("DraftForm", (DraftForm,), fields)


def _statement(label: Any, description: Any) -> LongText:
    return LongText(label, required=False, most=5000, description=description)


FIELDS = {
    Part.REPOSITORY: lambda: WebAddress(
        LABELS[Part.REPOSITORY],
        description=_l("The address of a repository, beginning with https://."),
    ),
    Part.DEMONSTRATION: lambda: WebAddress(
        LABELS[Part.DEMONSTRATION], description=_l("Where one can try it, beginning with https://.")
    ),
    Part.VIDEO: lambda: WebAddress(LABELS[Part.VIDEO], description=_l("Where one can watch it.")),
    Part.LICENCE: lambda: SelectField(
        LABELS[Part.LICENCE],
        choices=[
            SelectChoice("", _l("Not chosen yet")),
            *(SelectChoice(key, name) for key, name in LICENCES.items()),
        ],
        default="",
        description=_l("Under which others may use what you made."),
    ),
    Part.WARNING: lambda: Text(
        LABELS[Part.WARNING],
        required=False,
        most=300,
        description=_l("What people should know before they read on. It stands before the work."),
    ),
    Part.DATA_USED: lambda: _statement(
        LABELS[Part.DATA_USED],
        _l("Which data, where they come from, what you did with them. Markdown works."),
    ),
    Part.PRIOR_WORK: lambda: _statement(
        LABELS[Part.PRIOR_WORK],
        _l("What was there before the event, yours or others’, or that nothing was."),
    ),
    Part.AI_USE: lambda: _statement(
        LABELS[Part.AI_USE],
        _l("Which tools you used and what for, or that you used none."),
    ),
}
# What each field is called, for what a device keeps of it.
FIELD_NAMES = {
    "title": LABELS[Part.TITLE],
    "warning": LABELS[Part.WARNING],
    "summary": LABELS[Part.SUMMARY],
    "description": LABELS[Part.DESCRIPTION],
    "language": _l("Language of the text"),
    **{part.value: LABELS[part] for part in LINKS},
    "licence": LABELS[Part.LICENCE],
    "licence_other": _l("Which licence"),
    **{part.value: LABELS[part] for part in (Part.DATA_USED, Part.PRIOR_WORK, Part.AI_USE)},
}
