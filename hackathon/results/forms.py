"""What organizers decide, and when it becomes public."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from ..competitions.models import Challenge, Competition
from ..ground.forms import Form, LocalizedField, LongText, WallClock
from ..ground.localized import Localized
from ..judging.queries import Row
from ..submissions.models import Submission
from .actions import Reading
from .models import Grade, Honour, Standing
from .queries import digest_of
from .sheets import Comment, fingerprint

GRADE_NAMES = {Grade.WINNER: _l("Winner"), Grade.OUTSTANDING: _l("Outstanding")}


class DecisionsForm(Form):
    """An honour and a citation for each of `rows`, in fields named for the submission's key.

    `seen` stands for the decisions that the page showed.
    """

    seen = HiddenField()
    rows: list[Row]

    def grade(self, row: Row) -> Any:
        return self[f"grade_{row.submission.id.hex}"]

    def citation(self, row: Row) -> Any:
        return self[f"citation_{row.submission.id.hex}"]

    @property
    def decisions(self) -> dict[Submission, tuple[Grade | None, Localized]]:
        return {
            row.submission: (
                Grade(self.grade(row).data) if self.grade(row).data else None,
                self.citation(row).data,
            )
            for row in self.rows
        }


def decisions_form(
    rows: Iterable[Row], honours: Mapping[UUID, Honour], grades: Mapping[UUID, Grade]
) -> DecisionsForm:
    """The form for these rows: `grades` are selected, the citations of `honours` filled in."""
    rows = list(rows)
    fields: dict[str, Any] = {"rows": rows}
    for row in rows:
        key, title = row.submission.id, row.version.content["title"]
        fields[f"grade_{key.hex}"] = SelectField(
            _l("Honour for %(title)s", title=title),
            choices=[
                SelectChoice("", _l("No honour")),
                *(SelectChoice(grade.value, name) for grade, name in GRADE_NAMES.items()),
            ],
            default=grades[key].value if key in grades else "",
        )
        fields[f"citation_{key.hex}"] = LocalizedField(
            _l("Citation for %(title)s", title=title),
            long=True,
            required=False,
            most=1000,
            default=honours[key].citation if key in honours else None,
        )
    return type("Decisions", (DecisionsForm,), fields)(data={"seen": digest_of(honours)})


class ScopeForm(Form):
    """Of which results: a challenge's, by its number, or with an empty text the others, or all."""

    scope = SelectField(_l("Results of"), default="")

    def __init__(self, competition: Competition, every: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenges = {str(each.number): each for each in competition.challenges}
        self.scope.choices = [
            SelectChoice("", every),
            *(
                SelectChoice(number, _l("Challenge %(number)s", number=number) + f": {each.title}")
                for number, each in self.challenges.items()
            ),
        ]

    @property
    def challenge(self) -> Challenge | None:
        return self.challenges.get(self.scope.data or "")


class AnnouncementForm(ScopeForm):
    publish_at = WallClock(_l("Public from"))


class WithdrawalForm(ScopeForm):
    note = LocalizedField(
        _l("Why"),
        long=True,
        complete=True,
        most=1000,
        description=_l(
            "Everyone reads it on the page of the results, and the teams in their letter. It stays."
        ),
    )


class NoteForm(Form):
    note = LocalizedField(
        _l("What changed"),
        long=True,
        complete=True,
        most=1000,
        description=_l(
            "Everyone reads it on the page of the results, and the teams in their letter. It stays."
        ),
    )


class CitationForm(NoteForm):
    citation = LocalizedField(_l("Citation"), long=True, complete=True, most=1000)


STANDINGS = {
    Standing.NOTHING: _l("Nothing of its place"),
    Standing.BAND: _l("The first quarter, third or half, where it is among them"),
    Standing.PLACE: _l("Its place in the challenge, and between which places it probably lies"),
}


class SheetForm(Form):
    """What each team's own page says besides what it received."""

    standing = RadioField(
        _l("Its place"),
        choices=[SelectChoice(each.value, name) for each, name in STANDINGS.items()],
        description=_l("Only where at least five projects of the challenge were reviewed."),
    )
    profile = BooleanField(
        _l("Its mean on each criterion, beside those of all projects"),
        description=_l("Those of all projects only where at least five were reviewed."),
    )
    comments = BooleanField(
        _l("What judges wrote to it"),
        description=_l("Each comment only once an organizer has read and released it."),
    )


class CommentsForm(Form):
    """For each of `comments` its words and what becomes of it, in fields named for the review."""

    comments: list[Comment]

    def words(self, comment: Comment) -> Any:
        return self[f"text_{comment.review.id.hex}"]

    def fate(self, comment: Comment) -> Any:
        return self[f"fate_{comment.review.id.hex}"]

    def seen(self, comment: Comment) -> Any:
        return self[f"seen_{comment.review.id.hex}"]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for comment in self.comments:
            words = self.words(comment)
            if self.fate(comment).data == "release" and not words.data and not words.errors:
                words.errors = [_l("Please fill this in.")]
                valid = False
        return valid

    @property
    def readings(self) -> list[Reading]:
        return [
            Reading(
                comment.review,
                seen=self.seen(comment).data,
                text=self.words(comment).data if self.fate(comment).data == "release" else "",
            )
            for comment in self.comments
            if self.fate(comment).data
        ]


def comments_form(comments: Iterable[Comment]) -> CommentsForm:
    comments = list(comments)
    fields: dict[str, Any] = {"comments": comments}
    for number, comment in enumerate(comments, 1):
        key, release = comment.review.id.hex, comment.release
        fields[f"seen_{key}"] = HiddenField(default=fingerprint(comment.review.comment))
        fields[f"text_{key}"] = LongText(
            _l("What the team reads of comment %(number)s", number=number),
            required=False,
            most=20_000,
            default=comment.text,
        )
        fields[f"fate_{key}"] = RadioField(
            _l("Comment %(number)s", number=number),
            choices=[
                SelectChoice("release", _l("Release it")),
                SelectChoice("withhold", _l("Withhold it")),
                SelectChoice("", _l("Not decided yet")),
            ],
            default="" if release is None else "release" if release.released_at else "withhold",
        )
    return type("Comments", (CommentsForm,), fields)()
