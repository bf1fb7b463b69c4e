"""Completing teams, as organizers see, adjust and confirm it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import Form, page
from . import completing as actions
from .completing import Completion, completion_of
from .completion import Key, New
from .manage import blueprint
from .queries import balance_of

MORE_NEW_TEAMS = 2  # that can be chosen by hand, beside those proposed


class CompletionForm(Form):
    """The places stand beside it, one menu for each person."""

    everyone = BooleanField(
        _l("Also people who did not say that they look for a team"),
        description=_l("Of them only the language of their letters is known."),
    )
    any_team = BooleanField(_l("Also free places in teams that do not look for people"))


@blueprint.route("/teams/completion", methods=["GET", "POST"])
def completion(competition: Competition) -> Any:
    """A proposal that can be changed by hand. What is confirmed is what was sent; the digest says
    whether the world is still the one that the organizer saw."""
    form = CompletionForm(request.values)
    asked = {"everyone": form.everyone.data, "any_team": form.any_team.data}
    digest = request.form.get("digest", "")
    found = completion_of(competition, **asked)
    places = found.proposal.places
    if form.is_submitted() and form.validate():
        if digest != found.digest:
            form.refuse(str(actions.CompletionChanged.sentence))
        else:
            places = chosen(request.form, found)
            if request.form.get("deed") == "confirm" and (
                teams := form.attempt(
                    actions.complete, competition, places, digest=digest, by=me(), **asked
                )
            ):
                told = ngettext(
                    "One team is completed, and everyone concerned gets a letter.",
                    "%(num)s teams are completed, and everyone concerned gets a letter.",
                    len(teams),
                )
                flash(told, "success")
                return redirect(url_for(".index", competition=competition))
    filled = found.filled(places)
    touched = {each.team.key for each in filled}
    numbers = range(1, 1 + MORE_NEW_TEAMS + sum(each.new for each in filled))
    return page(
        "teams/manage/completion.html",
        form,
        competition=competition,
        completion=found,
        places=places,
        filled=filled,
        still_small=[t for t in found.teams if t.too_small and t.id not in touched],
        fresh=[New(number) for number in numbers],
        balance=balance_of(competition),
    )


def chosen(sent: Mapping[str, str], found: Completion) -> dict[Key, Key]:
    """The place that was sent for each person; one that is none means to leave them out."""
    teams: dict[str, Key] = {str(team.id): team.id for team in found.teams}
    places: dict[Key, Key] = {}
    for row in found.people:
        place = sent.get(f"place-{row.id}", "")
        if place in teams:
            places[row.id] = teams[place]
        elif place.startswith("new-") and place[4:].isascii() and place[4:].isdigit():
            places[row.id] = New(int(place[4:8]))
    return places
