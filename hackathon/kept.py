"""Which pages are kept for visitors, and which writes cannot change them; which of these pages all
readers share, and what stands in their gaps: see ground/keeping.py."""

from collections.abc import Callable
from typing import Any

from flask import current_app, get_flashed_messages, request
from flask_login import current_user

from . import navigation
from .access import doors
from .accounts.queries import me, readers_zone
from .competitions.models import Competition, Gate
from .competitions.queries import opening_of
from .desk.rules import involved
from .ground.clock import now
from .ground.keeping import Reader
from .registrations.queries import entry_of
from .teams.queries import team_of
from .workshops.queries import hides_sessions, signed_up_sessions

KEPT = (
    "competitions.index",
    "competitions.dates",
    "competitions.challenges",
    "competitions.challenge",
    "competitions.rules",
    "competitions.partners",
    "competitions.documents",
    "desk.front",
    "desk.privacy",
    "desk.sitemap",
    "mentoring.index",
    "registrations.conditions",
    "workshops.index",
    "workshops.show",
    "results.index",
    "gallery.index",
    "gallery.project",
    "news.index",
    "news.show",
    "news.feed",
    "press.show",
)

# What is written all the time and shown on none of these pages. A page that reads one of them all
# the same is not kept; a table that is new counts as shown.
UNSEEN = (
    "sign_in",
    "sign_in_link",
    "letter",
    "journal_entry",
    "upload",
    "scan",
    "submission_answer",
    "review",
    "score",
    "condition_answer",
    "review_change",
    "comparison_visit",
    "comparison_call",
    "voter",
    "ballot",
    "ballot_link",
    "vote",
    "check_look",
    "check_text_mark",
    "check_file_mark",
    "check_link",
    "daily_chore",
    "reminder_round",
    "reminded",
)
DRAFTS = ("submission",)  # what is shown of it are its versions

# -- shared pages ------------------------------------------------------------------------------


def as_visitors(*endpoints: str) -> Callable[..., Reader | None]:
    """Shared by those to whom the page's own door, and these to which it leads, are what they are
    to visitors."""

    def reads_as(**_: Any) -> Reader | None:
        return Reader(readers_zone()) if doors.alike(request.endpoint or "", *endpoints) else None

    return reads_as


def with_sessions(*endpoints: str) -> Callable[..., Reader | None]:
    """The same; those who take part share one on which every session stands."""

    def reads_as(competition: Competition, **_: Any) -> Reader | None:
        if not doors.alike(request.endpoint or "", *endpoints):
            return None
        insider = hides_sessions(competition) and involved(current_user, competition=competition)
        return Reader(readers_zone(), bool(insider))

    return reads_as


SHARED: dict[str, Callable[..., Reader | None]] = {
    "desk.front": with_sessions("results.index", "gallery.index"),
    "results.index": as_visitors("gallery.index"),
    "gallery.index": as_visitors("results.index"),
    "workshops.index": with_sessions(),
}


# -- what stands in gaps -----------------------------------------------------------------------


def _draw(macro: str, *given: Any) -> str:
    template = current_app.jinja_env.get_template("layouts/gaps.html")
    drawn: str = getattr(template.module, macro)(*given)
    return drawn


def _moment(_: Competition | None) -> str:
    return now().isoformat()


def _account(_: Competition | None) -> str:
    return _draw("account", navigation.account(), current_user)


def _bar(competition: Competition) -> str:
    return _draw("bar", competition, navigation.public(competition), navigation.own(competition))


def _flashes(_: Competition | None) -> str:
    messages = get_flashed_messages(with_categories=True)
    return _draw("flashed", messages) if messages else ""


def _first_steps(competition: Competition) -> str:
    entry = entry_of(me(), competition) if current_user.is_authenticated else None
    return _draw("first_steps", competition, entry, opening_of(competition, Gate.REGISTRATION))


def _results_of_own_team(competition: Competition) -> str:
    team = team_of(me(), competition) if current_user.is_authenticated else None
    return _draw("results_of_team", competition, team) if team else ""


def _seat(competition: Competition, session: str) -> str:
    return _draw("seat") if session in signed_up_sessions(me(), competition) else ""


FILLINGS: dict[str, Callable[..., str]] = {
    "now": _moment,
    "account": _account,
    "bar": _bar,
    "flashes": _flashes,
    "first_steps": _first_steps,
    "results_of_own_team": _results_of_own_team,
    "seat": _seat,
}
