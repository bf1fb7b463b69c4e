"""Forms that save at each touch, by a script or by their button, and what they answer a script."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import generate_csrf
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from ..accounts.queries import me
from ..ground.forms import Form
from ..ground.merging import Conflict, fingerprint, written
from .actions import Scored
from .rulebook import Criterion, Level
from .scoring import COMPLETE, DONE, REASONED, Lack, field_of

LACKS = {
    Lack.LEVEL: _l("Choose a level."),
    Lack.COMMENT: _l("Please fill this in."),
    Lack.ANSWER: _l("Choose yes or no."),
    Lack.REASON: _l("Say why not."),
    Lack.WHY: _l("This submission is discussed. Change this from the discussion, with a reason."),
    Lack.READ: _l(
        "You organize too, so you can read what others say since you completed your review. It "
        "changes only from a discussion, with a reason."
    ),
}
MOST_TOUCHES = 12


class TouchForm(Form):
    """Beside each field stands the fingerprint of what it was drawn with (`base-…`), and where
    another device changed the same field, a choice (`keep-…`) between the two."""

    criteria: Sequence[Criterion] = ()
    conflicts: dict[str, Conflict]
    bases: dict[str, str]

    @property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        raise NotImplementedError

    def choice(self, criterion: Criterion) -> RadioField:
        return self[field_of(criterion.id)]

    @property
    def hints(self) -> dict[Any, dict[int, Level]]:
        """The levels of each criterion by their scores, with what they mean."""
        return {each.id: {level.score: level for level in each.levels} for each in self.criteria}

    @property
    def choices(self) -> dict[str, dict[str, str]]:
        """What the choices of each field are called, for what a device keeps of it."""
        return {
            field_of(each.id): {str(x.score): f"{x.score}: {x.description}" for x in each.levels}
            for each in self.criteria
        }

    def begin(self, saved: Mapping[str, Any]) -> None:
        """Note what the judge began from: what is saved, or what their page says of it."""
        self.conflicts = {}
        if request.method == "POST":
            sent = {name: request.form.get(f"base-{name}") for name in self.names}
            self.bases = {name: base for name, base in sent.items() if base is not None}
        else:
            self.bases = {name: fingerprint(saved.get(name)) for name in self.names}

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

    def settle(self, saved: Mapping[str, Any], scored: Scored) -> bool:
        """Show what is saved now, both of what was changed twice, and what lacks; says if nothing
        is left to do."""
        undecided = {name: Conflict(self[name].data, saved.get(name)) for name in self.undecided}
        self.conflicts = scored.merge.conflicts | undecided
        for name in self.names:
            if name not in self.conflicts and scored.lacking.get(name) not in REASONED:
                self[name].data = saved.get(name)
            self.bases[name] = fingerprint(saved.get(name))
        return not self.conflicts and self.lacks(scored.lacking)

    # -- what a script asks, every few seconds: nothing is read or drawn in vain ------------------

    def taken(self) -> dict[str, Any]:
        """What came, by field, without what the form refuses."""
        mine = self.mine
        refused = {name for name in mine if name in self and not self[name].validate(self)}
        return {name: value for name, value in mine.items() if name not in refused}

    def outcome(
        self, mine: Mapping[str, Any], scored: Scored, saved: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What came of each field; `mine` is what was taken of them, `saved` is there now."""
        errors = {name: " ".join(map(str, told)) for name, told in self.errors.items() if name}
        errors |= {name: str(LACKS[lack]) for name, lack in scored.lacking.items()}
        if scored.lacking and not saved[COMPLETE]:
            errors[COMPLETE] = _("Something is missing. See the form.")
        return {
            "saved": [n for n, x in mine.items() if fingerprint(saved.get(n)) == fingerprint(x)],
            "errors": errors,
            "conflicts": list(scored.merge.conflicts),
        }

    def told(
        self, saved: Mapping[str, Any], *, at: datetime | None, closes_at: datetime | None
    ) -> dict[str, Any]:
        """What is saved since when, with what a page that shows it must know."""
        texts = {name: written(saved.get(name)) for name in [*self.names, COMPLETE]}
        return {
            "person": str(me().id),
            "fields": {n: {"value": x, "base": fingerprint(x)} for n, x in texts.items()},
            "at": at.isoformat() if at else None,
            "closes": closes_at.isoformat() if closes_at else None,
            "lacking": self.progress(saved),
            "by": "",
            "last": "",
        }

    def progress(self, saved: Mapping[str, Any]) -> str:
        """How many criteria have a level, in a line that stays in sight."""
        levels = [saved.get(field_of(each.id)) for each in self.criteria]
        done = len([level for level in levels if level is not None])
        return _("%(done)s of %(all)s criteria scored", done=done, all=len(levels))

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
        choices=[
            SelectChoice(level.score, LazyString(_level_label, level)) for level in criterion.levels
        ],
    )


def _level_label(level: Level) -> str:
    return f"{level.score} – {level.word}" if level.word else str(level.score)


def afresh(told: dict[str, Any]) -> Any:
    """For a page that comes back: what is saved, and a token that counts."""
    answer = jsonify(token=generate_csrf(), **told)
    answer.vary.add("Accept")
    return answer
