"""What can be won, what organizers decide, and when it becomes public."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from ..competitions.models import Challenge, Competition, Partner
from ..ground.forms import Form, LocalizedField, LongText, WallClock, WholeNumber
from ..judging.outcome import Row
from ..submissions.models import Submission
from .actions import Given, Reading
from .deciding import Panel
from .models import Honour, Prize, PrizeKind, Reply, Span, with_place
from .queries import digest_of
from .sheets import Comment, fingerprint

KINDS = {
    PrizeKind.PLACE: _l("Places of the ranking"),
    PrizeKind.OUTSTANDING: _l("Standing out, behind those places"),
    PrizeKind.PEOPLE: _l("The people’s choice"),
    PrizeKind.SPECIAL: _l("Special prize"),
}
KIND_HINTS = {
    PrizeKind.PLACE: _l("The best by the judges’ ranking. Who share a place can share the prize."),
    PrizeKind.OUTSTANDING: _l("The next best ones that have no place."),
    PrizeKind.PEOPLE: _l("Whoever has most votes, once the vote is closed."),
    PrizeKind.SPECIAL: _l("Whatever its giver looks at: nothing is proposed."),
}
SPANS = {
    Span.ALL: _l("All projects together"),
    Span.EACH: _l("The projects of each challenge by themselves"),
}


class PrizeForm(Form):
    """A prize. `among` says whom it is for: a Span, or the key of a challenge."""

    name = LocalizedField(_l("Name of the prize"), complete=True, most=120)
    kind = RadioField(
        _l("What it is given for"),
        [InputRequired(_l("Please choose."))],
        choices=[SelectChoice(kind.value, name) for kind, name in KINDS.items()],
        default=PrizeKind.PLACE.value,
    )
    among = SelectField(_l("Among"))
    number = WholeNumber(
        _l("How many"),
        [
            InputRequired(_l("Please fill this in.")),
            NumberRange(1, 100, _l("A number from 1 to 100.")),
        ],
        default=1,
        description=_l(
            "So many places, or so many projects that can receive it; in each challenge where it "
            "is given there."
        ),
    )
    giver = SelectField(_l("From"))
    gift = LocalizedField(
        _l("What it is"),
        long=True,
        required=False,
        together=True,
        most=1000,
        description=_l(
            "What there is to hand over. Empty for an honour alone: then nobody is asked to claim "
            "it."
        ),
    )
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)

    def __init__(self, competition: Competition, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.challenges: dict[str, Challenge] = {str(c.id): c for c in competition.challenges}
        self.partners: dict[str, Partner] = {str(p.id): p for p in competition.partners}
        self.among.choices = [
            *(SelectChoice(span.value, name) for span, name in SPANS.items()),
            *(
                SelectChoice(
                    key, _l("Challenge %(number)s: %(title)s", number=c.number, title=c.title)
                )
                for key, c in self.challenges.items()
            ),
        ]
        self.giver.choices = [
            SelectChoice("", _l("The competition itself")),
            *(SelectChoice(key, str(p.name)) for key, p in self.partners.items()),
        ]

    @property
    def fields(self) -> dict[str, Any]:
        """What is so of the prize, for `save_prize`."""
        challenge = self.challenges.get(self.among.data)
        return {
            "name": self.name.data,
            "kind": PrizeKind(self.kind.data),
            "span": Span.ONE if challenge else Span(self.among.data),
            "challenge": challenge,
            "partner": self.partners.get(self.giver.data),
            "number": self.number.data,
            "gift": self.gift.data,
            "position": self.position.data or 0,
        }


class DecisionForm(Form):
    """What each of `rows` receives of a prize, in fields named for the submission's key.

    `seen` stands for the honours that the page showed.
    """

    seen = HiddenField()
    reason = LongText(_l("Why"), required=False, most=2000)
    rows: list[Row]

    def groups(self, panel: Panel) -> list[tuple[Challenge | None, list[Row]]]:
        """Those that it asks for, in the panel's groups and order."""
        of = {row.submission.id: row for row in self.rows}
        return [
            (challenge, rows)
            for challenge, placed in panel.groups
            if (rows := [of[each.key] for each in placed if each.key in of])
        ]

    def choice(self, row: Row) -> Any:
        return self[f"choice_{row.submission.id.hex}"]

    def citation(self, row: Row) -> Any:
        return self[f"citation_{row.submission.id.hex}"]

    @property
    def given(self) -> dict[Submission, Given]:
        return {
            row.submission: Given(None if chosen == "yes" else int(chosen), self.citation(row).data)
            for row in self.rows
            if (chosen := self.choice(row).data)
        }


def said_of(sent: Mapping[str, str]) -> set[UUID]:
    """The projects of which a form that was sent says anything."""
    named = (re.match("(?:choice|citation)_([0-9a-f]{32})", name) for name in sent if sent[name])
    return {UUID(found[1]) for found in named if found}


def decision_form(
    prize: Prize,
    rows: list[Row],
    honours: Iterable[Honour],
    chosen: Mapping[UUID, int | None],
    *,
    reason: str = "",
) -> DecisionForm:
    """The form for these projects: `chosen` are selected, citations and `reason` filled in."""
    present = {honour.submission_id: honour for honour in honours}
    fields: dict[str, Any] = {"rows": rows}
    if prize.kind is PrizeKind.PLACE:
        options = [
            SelectChoice(str(n), with_place(prize.name, n if prize.number > 1 else None))
            for n in range(1, prize.number + 1)
        ]
    else:
        options = [SelectChoice("yes", str(prize.name))]
    for row in rows:
        key, title = row.submission.id, row.version.content["title"]
        fields[f"choice_{key.hex}"] = SelectField(
            _l("Prize for %(title)s", title=title),
            choices=[SelectChoice("", _l("Does not receive it")), *options],
            default=str(chosen[key] or "yes") if key in chosen else "",
        )
        fields[f"citation_{key.hex}"] = LocalizedField(
            _l("Citation for %(title)s", title=title),
            long=True,
            required=False,
            most=1000,
            default=present[key].citation if key in present else None,
        )
    data = {"seen": digest_of(present.values()), "reason": reason}
    return type("Decisions", (DecisionForm,), fields)(data=data)


class ConfirmationAskedForm(Form):
    needed = RadioField(
        _l("Before it can be announced"),
        [InputRequired(_l("Please choose."))],
        choices=[
            SelectChoice("no", _l("One organizer seals the decision")),
            SelectChoice("yes", _l("One organizer seals it, another one confirms it")),
        ],
    )


class ClaimForm(Form):
    """The captain's answer to a prize."""

    reply = RadioField(
        _l("Your answer"),
        [InputRequired(_l("Please choose."))],
        choices=[
            SelectChoice(Reply.ACCEPTED.value, _l("We accept it with pleasure")),
            SelectChoice(Reply.DECLINED.value, _l("We decline it")),
        ],
    )
    contact = LongText(
        _l("Where it should go"),
        required=False,
        most=1000,
        description=_l(
            "Whom to reach and how, such as a name with an address. Only organizers read it, and "
            "it is deleted with the other personal data."
        ),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.reply.data == Reply.ACCEPTED.value and not self.contact.data:
            self.refuse(str(_l("Please fill this in.")), "contact")
            return False
        return valid


class DeliveryForm(Form):
    delivered_at = WallClock(_l("Handed over"))
    note = LongText(
        _l("Note"),
        required=False,
        most=1000,
        description=_l("How and to whom. Only organizers read it."),
    )


class ScopeForm(Form):
    """Of which results: a challenge's, by its number, or with an empty text the others, or all."""

    scope = SelectField(_l("Results of"), default="")

    def __init__(self, competition: Competition, every: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenges = {str(each.number): each for each in competition.challenges}
        self.scope.choices = [
            SelectChoice("", every),
            *(
                SelectChoice(
                    number, _l("Challenge %(number)s: %(title)s", number=number, title=each.title)
                )
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
    seen = HiddenField()


class CommentsForm(Form):
    """For each of `comments` its words and what becomes of it, in fields named for it."""

    comments: list[Comment]

    def words(self, comment: Comment) -> Any:
        return self[f"text_{comment.key}"]

    def fate(self, comment: Comment) -> Any:
        return self[f"fate_{comment.key}"]

    def seen(self, comment: Comment) -> Any:
        return self[f"seen_{comment.key}"]

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
                comment.score,
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
        key, release = comment.key, comment.release
        fields[f"seen_{key}"] = HiddenField(default=fingerprint(comment.original))
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
