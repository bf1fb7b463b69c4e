"""Forms that save at each touch, by a script or by their button."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ..ground.forms import Form
from ..ground.merging import Conflict, fingerprint
from .rulebook import Criterion
from .scoring import COMPLETE, DONE, Lack

LACKS = {
    Lack.LEVEL: _l("Choose a level."),
    Lack.COMMENT: _l("Please fill this in."),
    Lack.ANSWER: _l("Choose yes or no."),
    Lack.REASON: _l("Say why not."),
    Lack.WHY: _l("This submission is discussed. Change this from the discussion, with a reason."),
}
MOST_TOUCHES = 12


class TouchForm(Form):
    """Beside each field stands the fingerprint of what it was drawn with (`base-…`), and where
    another device changed the same field, a choice (`keep-…`) between the two."""

    conflicts: dict[str, Conflict]
    bases: dict[str, str]

    @property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        raise NotImplementedError

    def begin(self, saved: Mapping[str, Any]) -> None:
        """Note what the judge began from: what is saved, or what their page says of it."""
        self.conflicts = {}
        self.bases = {name: fingerprint(saved.get(name)) for name in self.names}
        if request.method == "POST":
            sent = {name: request.form.get(f"base-{name}") for name in self.names}
            self.bases = {name: base for name, base in sent.items() if base is not None}

    @property
    def mine(self) -> dict[str, Any]:
        """What came with the request, by field: a page may send only what was changed. Where both
        of two texts were shown, it is mine only once that was chosen."""
        sent = {
            name: self[name].data
            for name in self.names
            if name in request.form and not (self._disputed(name) and self._kept(name) != "mine")
        }
        return sent | ({COMPLETE: DONE} if self.completes else {})

    @property
    def undecided(self) -> list[str]:
        """The fields of which both texts were shown, and none was chosen."""
        return [n for n in self.names if self._disputed(n) and not self._kept(n)]

    def _disputed(self, name: str) -> bool:
        return f"shown-{name}" in request.form

    def _kept(self, name: str) -> str:
        return request.form.get(f"keep-{name}", "")

    @property
    def completes(self) -> bool:
        return request.form.get("deed") == COMPLETE or request.form.get(COMPLETE) == DONE

    @property
    def touches(self) -> dict[str, list[str]]:
        """What the page calls its changes, by field."""
        sent = {name: request.form.get(f"touch-{name}", "") for name in [*self.names, COMPLETE]}
        return {n: text.split()[:MOST_TOUCHES] for n, text in sent.items() if _names_it(text)}

    def lacks(self, found: Mapping[str, Lack]) -> bool:
        """Says beside each field what it lacks; is there nothing?"""
        for name, lack in found.items():
            self.refuse(str(LACKS[lack]), name)
        return not found

    def settle(
        self,
        saved: Mapping[str, Any],
        conflicts: Mapping[str, Conflict],
        lacking: Mapping[str, Lack] = MappingProxyType({}),
    ) -> bool:
        """Show what is saved now, both of what was changed twice, and what was not taken as it was
        typed; says if all is settled."""
        self.conflicts = dict(conflicts)
        for name in self.names:
            if name not in conflicts and lacking.get(name) is not Lack.WHY:
                self[name].data = saved.get(name)
            self.bases[name] = fingerprint(saved.get(name))
        return not conflicts

    def in_words(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if isinstance(self[name], RadioField):
            called = {str(choice.value): str(choice.label) for choice in self[name].choices}
            return called.get(str(value), "")
        return value or ""

    def can_join(self, name: str) -> bool:
        return not isinstance(self[name], RadioField)


def _names_it(text: str) -> bool:
    """Is it what a page calls its changes, and no more than that?"""
    return bool(text.strip()) and len(text) <= 40 * MOST_TOUCHES


def level_field(criterion: Criterion) -> RadioField:
    """The choice of a level; none is chosen yet."""
    return RadioField(
        criterion.name,
        [Optional()],
        coerce=int,
        choices=[SelectChoice(x.score, _level_label(x)) for x in criterion.levels],
    )


def _level_label(level: Any) -> str:
    return f"{level.score} – {level.word}" if level.word else str(level.score)
