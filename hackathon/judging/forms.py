"""What judging asks for."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Challenge, Comment, Organizer
from ..ground.by_content import Made
from ..ground.folding import folded
from ..ground.forms import (
    Address,
    Form,
    LocalizedField,
    LongText,
    Text,
    WholeNumber,
    presence,
)
from ..ground.paging import asked
from ..submissions.models import Submission, Version
from .conflicts import Finding, Ground, State
from .models import Judge, Review, Stand, Trouble
from .planning import Manner, Move, Plan, Wish
from .queries import rules_in, version_in
from .record import Method
from .rulebook import Condition, Criterion, Rules, Tie, Told
from .saving import TouchForm, level_field
from .scoring import (
    COMPLETE,
    WORDS,
    answer_to,
    comment_on,
    field_of,
    fields_of,
    lacking,
    reason_of,
    said,
)

TROUBLES = {
    Trouble.FILE: _l("A file or a link does not work"),
    Trouble.LANGUAGE: _l("It is not in a language that I read"),
    Trouble.SAFETY: _l("It worries me: safety, privacy or harm"),
    Trouble.RECOGNIZED: _l("I recognize whose work it is"),
    Trouble.OTHER: _l("Something else"),
}
MOST_REVIEWS = 20
MOST_CAPACITY = 500
MOST_EXTRA = 5000
MOST_MOVES = 40  # made by hand in one proposal: they stand in its address

METHODS = {
    Method.MEAN: _l("Plain weighted mean"),
    Method.CORRECTED: _l("Mean corrected for severe and lenient judges"),
    Method.COMPARISONS: _l("Comparisons at the tables"),
    Method.DELIBERATION: _l("Deliberation of the jury"),
}
TIES = {
    Tie.MEAN: _l("The higher plain mean"),
    Tie.FIRST: _l("The higher chance of coming first"),
    Tie.COMPARISONS: _l("Who is preferred in the comparisons"),
    Tie.SECOND_WAVE: _l("A second wave of reviews"),
    Tie.DELIBERATION: _l("Deliberation of the jury"),
}
TOLD = {
    Told.PLACE: _l("Its place in its challenge"),
    Told.BAND: _l("Whether it is in the upper, middle or lower third of its challenge"),
    Told.PROFILE: _l("Its mean on each criterion, beside that of all submissions"),
    Told.COMMENTS: _l("What judges wrote for the team"),
}


class Whole(WholeNumber):
    """A whole number between two ends."""

    def __init__(self, label: Any, least: int, most: int, **kwargs: Any) -> None:
        between = NumberRange(least, most, _l("A whole number from %(min)s to %(max)s."))
        super().__init__(
            label,
            [*presence(True), between],
            render_kw={"inputmode": "numeric", "min": least, "max": most},
            **kwargs,
        )


class RulesForm(Form):
    """What a draft of the rules says beside its criteria and conditions."""

    name = LocalizedField(_l("Name of the round"), most=80)
    method = RadioField(
        _l("What decides"),
        presence(True),
        choices=[SelectChoice(each.value, label) for each, label in METHODS.items()],
    )
    tie_1 = SelectField(_l("Ties are broken by"), [Optional()])
    tie_2 = SelectField(_l("If that leaves a tie, by"), [Optional()])
    tie_3 = SelectField(_l("Third, by"), [Optional()])
    tie_4 = SelectField(_l("Fourth, by"), [Optional()])
    tie_5 = SelectField(_l("Fifth, by"), [Optional()])
    told = SelectMultipleField(
        _l("What a team sees with the results, beyond whether it is honoured"),
        choices=[SelectChoice(each.value, label) for each, label in TOLD.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Nothing chosen: nothing beyond that."),
    )
    blind = BooleanField(
        _l("Judges do not see whose work they read"),
        description=_l(
            "Names of teams, people, organizations and files are withheld from them. What the work "
            "itself gives away you take out, for each submission, before judges can open it."
        ),
    )

    @property
    def ways(self) -> list[Any]:
        return [self.tie_1, self.tie_2, self.tie_3, self.tie_4, self.tie_5]

    @property
    def ties(self) -> list[str]:
        """In their order, without gaps; what comes twice counts once."""
        return list(dict.fromkeys(way.data for way in self.ways if way.data))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        told = self.told.data or []
        if valid and Told.PLACE in told and Told.BAND in told:
            self.told.errors = [_l("Choose the place or the third: the place tells both.")]
            return False
        if valid and self.method.data == Method.DELIBERATION and {Told.PLACE, Told.BAND} & {*told}:
            self.told.errors = [_l("By deliberation there are honours, but no places to tell.")]
            return False
        return valid


def rules_form(round_: Any, criteria: Sequence[Any]) -> RulesForm:
    """The form of a draft, with what it says so far."""
    said = {f"tie_{number}": tie for number, tie in enumerate(round_.ties, 1)}
    form = RulesForm(
        data={
            **{"name": round_.name, "method": round_.method, "told": round_.told},
            **{"blind": round_.blind, **said},
        }
    )
    for way in form.ways:
        way.choices = [
            SelectChoice("", "–"),
            *(
                SelectChoice(f"criterion:{c.id}", _l("The higher mean on “%(name)s”", name=c.name))
                for c in criteria
            ),
            *(SelectChoice(each.value, label) for each, label in TIES.items()),
        ]
    return form


class PublicationForm(Form):
    seen = HiddenField()
    reason = LocalizedField(
        _l("Why the rules change"),
        long=True,
        required=False,
        most=1000,
        description=_l("Everyone reads it: beside the versions, and in the letter."),
        render_kw={"rows": 3},
    )


class StoppageForm(Form):
    reason = LocalizedField(
        _l("Why"),
        long=True,
        complete=True,
        most=1000,
        description=_l("Judges read it on their pages and in the letter."),
        render_kw={"rows": 3},
    )


class ReplacementForm(Form):
    digest = HiddenField()  # missing or altered, what would change is simply shown anew
    ends = RadioField(
        _l("And then"),
        [InputRequired()],
        choices=[
            SelectChoice("yes", _l("They are no longer a judge")),
            SelectChoice("no", _l("They stay a judge, with what they have completed")),
        ],
        default="yes",
    )


class GoingOnForm(Form):
    seen = HiddenField()
    extended = RadioField(  # whatever is not a yes leaves the deadline
        _l("The time that was lost"),
        validate_choice=False,
        choices=[
            SelectChoice("yes", _l("Add it: judging closes later")),
            SelectChoice("no", _l("Leave the deadline as it is")),
        ],
        default="yes",
    )


class ForChallengesForm(Form):
    """For some of the challenges, or for every one."""

    of_competition: list[Challenge] = []

    def offer(self, challenges: list[Challenge]) -> None:
        self.of_competition = challenges
        self.challenges.choices = [
            SelectChoice(str(c.id), _("%(number)s. %(title)s", number=c.number, title=c.title))
            for c in challenges
        ]

    @property
    def chosen(self) -> list[Challenge]:
        return [c for c in self.of_competition if str(c.id) in (self.challenges.data or ())]


def challenges_field(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        [Optional()],
        choices=[],
        description=_l("None chosen means every challenge."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class JudgeForm(ForChallengesForm):
    languages = SelectMultipleField(
        _l("Languages they read"),
        presence(True),
        choices=[SelectChoice("en", _l("English")), SelectChoice("fr", _l("French"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    challenges = challenges_field(_l("Challenges they read"))
    capacity = Whole(
        _l("Capacity"), 0, MOST_CAPACITY, description=_l("How many submissions they can read.")
    )


class AppointmentForm(JudgeForm):
    email = Address(description=_l("The address of the person’s account on this site."))


class ConflictForm(Form):
    judge = SelectField(_l("Judge"), presence(True))
    team = SelectField(_l("Team"), presence(True))
    reason = Text(
        _l("Reason"), most=500, description=_l("Only the organizers of this competition read it.")
    )

    def offer(self, judges: list[Judge], teams: list[Any]) -> None:
        blank = SelectChoice("", _l("Choose"))
        self.judge.choices = [blank, *(SelectChoice(str(j.id), j.user.name) for j in judges)]
        self.team.choices = [blank, *(SelectChoice(str(t.id), t.name) for t in teams)]


class DeclarationsForm(Form):
    """Whether the judge is in conflict with each of these submissions; `declarations_form` adds an
    answer and a reason for each."""

    versions: list[Version] = []

    def said(self, version: Version) -> RadioField:
        return self[f"said_{version.submission_id.hex}"]

    def reason(self, version: Version) -> Text:
        return self[f"reason_{version.submission_id.hex}"]

    def answers(self, *, rest: bool) -> dict[Submission, str | None]:
        """The reason of each conflict, None where there is none; nothing, with errors, where a
        reason is missing or nobody answered. With `rest`, what has no answer has no conflict."""
        found: dict[Submission, str | None] = {}
        for version in self.versions:
            said, reason = self.said(version).data, self.reason(version)
            if reason.data and said != Stand.NONE.value:
                said = Stand.CONFLICT.value  # who gives a reason means it
            if said == Stand.CONFLICT.value:
                if not reason.data:
                    reason.errors = [_l("Say in a few words what the conflict is.")]
                found[version.submission] = reason.data
            elif said or rest:
                found[version.submission] = None
        if not found:
            self.refuse(str(_l("Answer for at least one submission.")))
        return {} if self.errors else found


def declarations_form(versions: list[Version]) -> DeclarationsForm:
    fields: dict[str, Any] = {"versions": versions}
    for version in versions:
        team = version.submission.team.name
        fields[f"said_{version.submission_id.hex}"] = RadioField(
            _l("Any conflict of interest with %(team)s?", team=team),
            [Optional()],
            choices=[
                SelectChoice(Stand.NONE.value, _l("No")),
                SelectChoice(Stand.CONFLICT.value, _l("Yes")),
            ],
        )
        fields[f"reason_{version.submission_id.hex}"] = Text(
            _l("If yes, what is it?"), required=False, most=500
        )
    kind = type("DeclarationsFormOfJudge", (DeclarationsForm,), fields)
    form: DeclarationsForm = kind()
    return form


class TiesForm(Form):
    """Where judges do not see whose work they read: to which teams they are tied, said of all of
    them at once and by name."""

    teams = SelectMultipleField(
        _l("Teams that you are tied to"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None, if you are tied to none of them."),
    )
    reason = Text(
        _l("What ties you to them?"),
        required=False,
        most=500,
        description=_l("Only the organizers of this competition read it."),
    )
    offered: Sequence[Submission] = ()

    def offer(
        self, submissions: Sequence[Submission], organizations: Mapping[UUID, list[str]]
    ) -> None:
        self.offered = submissions
        self.teams.choices = [
            SelectChoice(
                str(each.team_id), _team_with(each.team.name, organizations.get(each.id, ()))
            )
            for each in submissions
        ]

    def answers(self) -> dict[Submission, str | None]:
        """As of a DeclarationsForm, of all that is offered."""
        tied = set(self.teams.data or ())
        if tied and not self.reason.data:
            self.reason.errors = [_l("Please fill this in.")]
            return {}
        if self.reason.data and not tied:  # who gives a reason means somebody
            self.teams.errors = [_l("Choose the teams that you are tied to.")]
            return {}
        return {
            each: self.reason.data if str(each.team_id) in tied else None for each in self.offered
        }


def _team_with(name: str, organizations: Collection[str]) -> str:
    return f"{name} ({', '.join(organizations)})" if organizations else name


class ObjectionForm(Form):
    """A team says whom it is in conflict with: a judge where it sees them, or in its own words."""

    judge = SelectField(_l("Judge"), [Optional()])
    about = Text(
        _l("Person or organization"),
        required=False,
        most=200,
        description=_l("As the organizers can find them: a full name, or the organization."),
    )
    reason = Text(
        _l("Reason"),
        most=500,
        description=_l("Your team and the organizers read it. The person concerned does not."),
    )

    def offer(self, judges: list[Judge]) -> None:
        self.judge.choices = [
            SelectChoice("", _l("Somebody else")),
            *(SelectChoice(str(judge.id), judge.user.name) for judge in judges),
        ]

    def names_somebody(self) -> bool:
        if not self.judge.data and not self.about.data:
            self.about.errors = [_l("Say who it is.")]
        return not self.errors


class SettlementForm(Form):
    judges = SelectMultipleField(
        _l("Judges whom the team means"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None, when it is nobody of the jury."),
    )

    def offer(self, judges: list[Judge]) -> None:
        self.judges.choices = [SelectChoice(str(judge.id), judge.user.name) for judge in judges]


class ChairsForm(Form):
    chairs = SelectMultipleField(
        _l("Chair of judging"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Without a choice, every organizer decides on conflicts of interest."),
    )

    def offer(self, organizers: list[Organizer]) -> None:
        self.chairs.choices = [SelectChoice(str(each.id), each.user.name) for each in organizers]


class RulingForm(Form):
    """`seen` stands for what the page showed; altered or old, nothing is decided."""

    seen = HiddenField()
    bars = RadioField(
        _l("What do you decide?"),
        presence(True),
        choices=[
            SelectChoice("bars", _l("It bars: this judge does not judge the team")),
            SelectChoice("free", _l("It does not bar: this judge can judge the team")),
        ],
    )
    reason = Text(
        _l("Reason"), most=500, description=_l("Only the organizers of this competition read it.")
    )


STATE_NAMES = {
    State.TO_DECIDE: _l("To decide"),
    State.BARS: _l("Bars"),
    State.FREE: _l("Does not bar"),
}
GROUND_NAMES = {
    Ground.MEMBER: _l("Member of the team"),
    Ground.MENTOR: _l("Mentor of the team"),
    Ground.DECLARED: _l("Declared"),
    Ground.RULED: _l("Decided earlier"),
    Ground.TEAM: _l("Named by the team"),
    Ground.EARLIER_TEAM: _l("In a team together"),
    Ground.MET: _l("Met through mentoring"),
    Ground.SESSION: _l("In a small session together"),
    Ground.REVIEWED: _l("Feedback as a mentor"),
    Ground.MESSAGED: _l("Wrote to each other"),
    Ground.ORGANIZATION: _l("Same organization"),
    Ground.DOMAIN: _l("Same email domain"),
}


class FindingsFilter(Form):
    """Which findings an organizer wants to see; asked in the address."""

    class Meta:
        csrf = False

    state = SelectField(_l("State"), validate_choice=False)
    ground = SelectField(_l("Ground"), validate_choice=False)
    search = Text(_l("Judge or team"), required=False, most=200)

    def __init__(self) -> None:
        super().__init__(formdata=None, data=asked("state", "ground", "search"))
        for field, names, anything in (
            (self.state, STATE_NAMES, _l("Any state")),
            (self.ground, GROUND_NAMES, _l("Any ground")),
        ):
            field.choices = [
                SelectChoice("", anything),
                *(SelectChoice(each.value, name) for each, name in names.items()),
            ]

    def wants(self, judge: Judge, submission: Submission, finding: Finding) -> bool:
        names = folded(f"{judge.user.name} {submission.team.name}")
        return (
            self.state.data in ("", finding.state.value)
            and (
                not self.ground.data
                or any(each.ground.value == self.ground.data for each in finding.interests)
            )
            and folded(self.search.data or "") in names
        )


class RecusalForm(Form):
    reason = Text(
        _l("Reason"), most=500, description=_l("Only the organizers of this competition read it.")
    )


class AbstentionForm(Form):
    reason = LongText(
        _l("Reason"),
        most=1000,
        description=_l("Only the organizers of this competition read it."),
        render_kw={"rows": 4},
    )


class ProblemForm(Form):
    kind = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Please choose."))],
        choices=[SelectChoice(kind.value, name) for kind, name in TROUBLES.items()],
    )
    text = LongText(
        _l("What is wrong?"),
        most=2000,
        description=_l("Only the organizers of this competition read it."),
        render_kw={"rows": 5},
    )

    def offer(self, *, blind: bool) -> None:
        """Whose work it is can be recognized only where that is withheld."""
        if not blind:
            del self.kind.choices[list(TROUBLES).index(Trouble.RECOGNIZED)]


class AnswerForm(Form):
    answer = LongText(
        _l("What came of it"),
        most=2000,
        description=_l("The judge reads it, and gets it by letter."),
        render_kw={"rows": 3},
    )


class WishForm(Form):
    """What is asked of a proposal; asked in the address, so without a token."""

    class Meta:
        csrf = False

    manner = HiddenField(default=Manner.FILL.value)
    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS, default=3)

    @property
    def wish(self) -> Wish | None:
        """None as long as there is nothing that makes sense."""
        if self.wanted.errors or not self.wanted.data:
            return None
        known = {each.value for each in Manner}
        manner = Manner(self.manner.data) if self.manner.data in known else Manner.FILL
        return Wish(self.wanted.data, manner, moves_in(request.values.getlist("move")))


class RepairForm(WishForm):
    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS, id="repair-wanted")


class WaveForm(WishForm):
    """A second wave counts its further reviews in all."""

    wanted = Whole(_l("Further reviews in all"), 1, MOST_EXTRA, id="wave-wanted")


class ProposalForm(WishForm):
    class Meta(Form.Meta):  # with a token again
        pass

    wanted = Whole(_l("Reviews for each submission"), 1, MOST_EXTRA)
    digest = HiddenField()  # missing or altered, the plan is simply shown anew


def moves_in(texts: list[str]) -> tuple[Move, ...]:
    """Read `add.<judge>.<submission>` and `drop.…`; what is something else is left out."""
    found = []
    for text in texts[:MOST_MOVES]:
        match text.split("."):
            case ["add" | "drop" as deed, judge, submission]:
                try:
                    found.append(Move(UUID(judge), UUID(submission), deed == "add"))
                except ValueError:
                    continue
    return tuple(found)


def written(move: Move) -> str:
    return f"{'add' if move.adds else 'drop'}.{move.judge}.{move.submission}"


class AdjustmentForm(Form):
    """A change by hand to a proposal: somebody reads a submission, somebody else does not."""

    class Meta:
        csrf = False

    submission = SelectField(_l("Submission"), presence(True))
    drop = SelectField(_l("No longer read by"), [Optional()])
    add = SelectField(_l("Read by"), [Optional()])

    def offer(self, found: Plan, submissions: Collection[UUID]) -> None:
        """These submissions, and every judge."""
        nobody = SelectChoice("", "–")
        self.submission.choices = [
            SelectChoice("", _l("Choose")),
            *(
                SelectChoice(str(key), found.versions[key].submission.team.name)
                for key in submissions
            ),
        ]
        self.drop.choices = self.add.choices = [
            nobody,
            *(SelectChoice(str(k), judge.user.name) for k, judge in found.judges.items()),
        ]

    def moves_for(self, found: Plan) -> tuple[Move, ...]:
        """The moves this asks for; none, with an error, where they would change nothing."""
        submission, moves = UUID(self.submission.data), []
        for field, adds in ((self.drop, False), (self.add, True)):
            if not field.data:
                continue
            move = Move(UUID(field.data), submission, adds)
            if adds and move.pair in found.proposal.assignments:
                field.errors = [_l("This judge reads it already.")]
            elif not adds and move.pair not in found.proposal.assignments:
                field.errors = [_l("This judge does not read it.")]
            elif adds and move.pair in found.given_back:
                field.errors = [
                    _l("This judge gave it back. Give it again on the page of the submission.")
                ]
            elif adds and move.pair in found.barred:
                field.errors = [_l("This judge has a conflict of interest with the team.")]
            elif not adds and move.pair in found.begun:
                field.errors = [
                    _l("This review has scores. Withdraw it on the page of the submission.")
                ]
            moves.append(move)
        if not moves:
            self.add.errors = [_l("Choose a judge to add, one to leave out, or both.")]
        return () if self.errors else tuple(moves)


class WhatIfForm(Form):
    """What the ranking would be without a judge or with other weights; asked in the address."""

    class Meta:
        csrf = False

    without = SelectField(_l("Without the judge"), [Optional()])
    criteria: Sequence[Criterion] = ()

    def weight(self, criterion: Criterion) -> WholeNumber:
        return self[field_of(criterion.id)]

    @property
    def weights(self) -> dict[UUID, int]:
        """Those that differ from what was announced."""
        return {
            criterion.id: self.weight(criterion).data
            for criterion in self.criteria
            if self.weight(criterion).data not in (None, criterion.weight)
        }

    @property
    def is_asked(self) -> bool:
        return bool(request.args.keys() & self._fields.keys())

    @property
    def judge(self) -> UUID | None:
        return UUID(self.without.data) if self.without.data else None


def what_if_form(judges: list[Judge], criteria: Sequence[Criterion]) -> WhatIfForm:
    fields = {
        field_of(criterion.id): WholeNumber(
            criterion.name,
            [Optional(), NumberRange(0, 1000, _l("A whole number from %(min)s to %(max)s."))],
            default=criterion.weight,
            render_kw={"inputmode": "numeric", "min": 0, "max": 1000},
        )
        for criterion in criteria
    }
    kind = type("WhatIfFormOfCompetition", (WhatIfForm,), {**fields, "criteria": criteria})
    form: WhatIfForm = kind(formdata=request.args or None)
    form.without.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(str(judge.id), judge.user.name) for judge in judges),
    ]
    if (
        form.is_asked
        and form.validate()
        and criteria
        and not any(
            weight if (weight := form[field_of(c.id)].data) is not None else c.weight
            for c in criteria
        )
    ):
        form.refuse(str(_l("At least one criterion must count.")))
    return form


class ReviewForm(TouchForm):
    """The words of a review; `review_form` adds what the rules ask: a choice for each criterion,
    its comment where there is one, and a yes or no with its reason for each condition."""

    comment = LongText(
        _l("Comment for the team"),
        required=False,
        most=5000,
        description=_l("The team reads it after the results are published, without your name."),
        render_kw={"rows": 5},
    )
    note = LongText(
        _l("Note for the organizers"),
        required=False,
        most=5000,
        description=_l("Only the organizers read it."),
        render_kw={"rows": 3},
    )
    own_note = LongText(
        _l("Note for yourself"),
        required=False,
        most=5000,
        description=_l("Nobody but you reads it."),
        render_kw={"rows": 3},
    )
    conditions: Sequence[Condition] = ()

    @property
    def choices(self) -> dict[str, dict[str, str]]:
        yes_no = {"yes": _("Yes"), "no": _("No")}
        return super().choices | {answer_to(each.id): yes_no for each in self.conditions}

    def comment_on(self, criterion: Criterion) -> LongText | None:
        return self[comment_on(criterion.id)] if criterion.comment is not Comment.NO else None

    def verdict(self, condition: Condition) -> RadioField:
        return self[answer_to(condition.id)]

    def reason(self, condition: Condition) -> LongText:
        return self[reason_of(condition.id)]

    @cached_property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        return fields_of(self.criteria, self.conditions)

    def complete(self) -> bool:
        """Is there everything that a completed review needs? Says so beside what lacks."""
        after = {name: self[name].data for name in self.names}
        return self.lacks(lacking(self.criteria, self.conditions, after))


def review_form(review: Review, challenge: UUID | None, *, filled: bool = True) -> ReviewForm:
    """The form of a review by the rules that hold, of a submission to the challenge, `filled` with
    what it says so far."""
    version, rules = version_in(review.round_id), rules_in(review.round_id)
    kind = ReviewForm
    if version and rules:
        kind = _kinds.of((version.digest, challenge), lambda: _asking(rules, challenge))
    saved = said(review) if filled else {}
    form = kind(data=saved)
    form.begin(saved)
    return form


_kinds: Made[type[ReviewForm]] = Made(64)  # making a class takes longer than filling it


def _asking(rules: Rules, challenge: UUID | None) -> type[ReviewForm]:
    """The form by these rules, in words that wait for their reader's language."""
    criteria, conditions = rules.criteria_for(challenge), rules.conditions
    fields: dict[str, Any] = {"criteria": criteria, "conditions": conditions}
    for criterion in criteria:
        fields[field_of(criterion.id)] = level_field(criterion)
        if criterion.comment is not Comment.NO:
            fields[comment_on(criterion.id)] = LongText(
                _l("Comment on “%(name)s”", name=criterion.name),
                required=False,
                most=2000,
                description=_comment_help(criterion),
                render_kw={"rows": 2},
            )
    for condition in conditions:
        fields[answer_to(condition.id)] = RadioField(
            condition.name,
            [Optional()],
            choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
            description=condition.help,
        )
        fields[reason_of(condition.id)] = LongText(
            _l("If not: why? (“%(name)s”)", name=condition.name),
            required=False,
            most=1000,
            description=_l("Only the organizers read it."),
            render_kw={"rows": 2},
        )
    return type("ReviewFormOfCompetition", (ReviewForm,), fields)


def field_names(rules: Rules | None) -> dict[str, Any]:
    """What each field of a review is called, for what a device keeps of it, and for its history."""
    words = {name: getattr(ReviewForm, name).args[0] for name in WORDS}
    names: dict[str, Any] = {}
    for criterion in rules.criteria if rules else ():
        names[field_of(criterion.id)] = criterion.name
        names[comment_on(criterion.id)] = _l("Comment on “%(name)s”", name=criterion.name)
    for condition in rules.conditions if rules else ():
        names[answer_to(condition.id)] = condition.name
        names[reason_of(condition.id)] = _l("If not: why? (“%(name)s”)", name=condition.name)
    return names | words | {COMPLETE: _l("Review complete")}


def _comment_help(criterion: Criterion) -> Any:
    required, shown = criterion.comment is Comment.REQUIRED, criterion.comment_shown
    if required and shown:
        return _l("Required. The team reads it after the results, without your name.")
    if required:
        return _l("Required. Only the organizers read it.")
    if shown:
        return _l("The team reads it after the results, without your name.")
    return _l("Only the organizers read it.")
