"""What the people's choice asks for."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import Address, Form, LongText
from .models import MOST_VOTES, Ballot, Electorate, SetAside

ELECTORATES = {
    Electorate.REGISTERED: _l("People who take part in this competition"),
    Electorate.ACCOUNTS: _l("Everyone with an account on this site"),
    Electorate.ADDRESSES: _l("Everyone who confirms an email address, also without an account"),
}


class PollForm(Form):
    electorate = RadioField(
        _l("Who votes"),
        choices=[SelectChoice(each.value, name) for each, name in ELECTORATES.items()],
        default=Electorate.ADDRESSES.value,
    )
    votes = SelectField(
        _l("Votes for each voter"),
        choices=[SelectChoice(number, str(number)) for number in range(1, MOST_VOTES + 1)],
        coerce=int,
        default=3,
        description=_l("A project gets at most one vote of each voter."),
    )
    teams_vote = BooleanField(
        _l("People in a team vote too"),
        default=True,
        description=_l("Never for the project of their own team."),
    )
    crew_votes = BooleanField(_l("Organizers and mentors vote too"), default=True)
    judges_vote = BooleanField(
        _l("Judges vote too"),
        description=_l("Better not: they judge the same projects already."),
    )


class LinkForm(Form):
    email = Address(
        description=_l(
            "We write to it once, with a link to your ballot. The organizers do not see it."
        ),
        render_kw={"autocomplete": "email"},
    )


class NoteForm(Form):
    text = LongText(_l("Note"), most=2000)


class AsideForm(Form):
    """`offered` are the ballots that can be set aside."""

    ballots = SelectMultipleField(
        _l("Ballots"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    reason = LongText(
        _l("Why they do not count"),
        most=2000,
        description=_l("Organizers read it here and in the journal. Name nobody."),
    )
    offered: dict[str, Ballot]

    @classmethod
    def among(
        cls, ballots: Iterable[Ballot], asides: Mapping[UUID, SetAside], said: Any
    ) -> "AsideForm":
        """The form for those of the ballots that count; `said(ballot)` is how one is shown."""
        form = cls()
        form.offered = {str(b.id): b for b in ballots if b.id not in asides}
        form.ballots.choices = [
            SelectChoice(key, said(ballot)) for key, ballot in form.offered.items()
        ]
        return form

    @property
    def chosen(self) -> list[Ballot]:
        return [self.offered[key] for key in self.ballots.data or ()]
