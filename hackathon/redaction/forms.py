"""What organizers decide of a work before judges read it."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import Form, LongText
from ..submissions.asks import Part as Written
from .models import Copy, Made
from .queries import Desk, Proposed

SHOWN = {"yes": _l("Judges see it"), "no": _l("Withhold it")}


class DeskForm(Form):
    """Which words may stay; `desk_form` adds the text of each part as judges read it, and whether
    they see each address and each file."""

    seen = HiddenField()
    stands = SelectMultipleField(
        _l("These may stay"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l(
            "Words that say nothing of who it is, as where a name is a common word, too. What is "
            "not chosen is replaced everywhere."
        ),
    )
    desk: Desk

    def text(self, proposed: Proposed) -> LongText:
        return self[_of(proposed)]

    def link(self, part: Written) -> RadioField:
        return self[f"link_{part.value}"]

    def file(self, copy: Copy) -> RadioField:
        return self[f"file_{copy.id.hex}"]

    @property
    def texts(self) -> dict[str, str]:
        return {each.part.key: self.text(each).data or "" for each in self.desk.parts}

    @property
    def links(self) -> dict[str, bool]:
        said = {url: self.link(part).data for part, url in self.desk.links.items()}
        return {url: data == "yes" for url, data in said.items() if data}

    @property
    def files(self) -> dict[uuid.UUID, bool]:
        copies = [c for _, c in self.desk.files if c is not None and c.made is not Made.WAITING]
        said = {copy.id: self.file(copy).data for copy in copies}
        return {key: data == "yes" for key, data in said.items() if data}


def desk_form(desk: Desk, **how: Any) -> DeskForm:
    """What stands decided, with what was sent; without that where `formdata` is None."""
    fields: dict[str, Any] = {"desk": desk}
    given: dict[str, Any] = {"stands": desk.redaction.stands}
    for each in desk.parts:
        lines = 1 + len(each.text) // 90 + each.text.count("\n")
        fields[_of(each)] = LongText(
            _l("As judges read it"),
            required=False,
            most=40_000,
            render_kw={"rows": max(2, min(lines, 16)), "lang": each.part.language},
        )
        given[_of(each)] = each.text
    for part, url in desk.links.items():
        fields[f"link_{part.value}"] = _shown(url)
        given[f"link_{part.value}"] = _said(desk.redaction.links.get(url))
    for file, copy in desk.files:
        if copy is not None and copy.made is not Made.WAITING:
            fields[f"file_{copy.id.hex}"] = _shown(file["name"])
            given[f"file_{copy.id.hex}"] = _said(copy.shown)
    kind = type("DeskFormOfWork", (DeskForm,), fields)
    form: DeskForm = kind(data=given, **how)
    form.stands.choices = [
        SelectChoice(find.key, f"{find.word} ({count})") for find, count in desk.words
    ]
    return form


def _of(proposed: Proposed) -> str:
    """The name of the field with a part: what was typed for one is never taken for another."""
    return f"text_{proposed.part.key.replace(':', '_')}"


def _shown(label: str) -> RadioField:
    choices = [SelectChoice(value, words) for value, words in SHOWN.items()]
    return RadioField(label, [Optional()], choices=choices)


def _said(shown: bool | None) -> str | None:
    return None if shown is None else "yes" if shown else "no"


class ReplacementForm(Form):
    files = MultipleFileField(
        _l("The file without what says whose it is"),
        description=_l("Judges get this one instead. What the team handed in stays as it is."),
    )

    @property
    def uploads(self) -> list[tuple[str | None, Any]]:
        return [(file.filename, file.stream) for file in self.files.data or () if file.filename]
