"""The menus. An item shows when its door would open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from .access import doors


@dataclass(frozen=True)
class Item:
    endpoint: str
    label: Any
    icon: str = ""
    post: bool = False  # a deed, drawn as a button
    things: dict[str, Any] = field(default_factory=dict)
    leads_here: bool = False  # the page being shown is reached through this one

    @property
    def url(self) -> str:
        return url_for(self.endpoint, **self.things)

    @property
    def current(self) -> bool:
        """Is this the page being shown?"""
        return request.endpoint == self.endpoint


@dataclass(frozen=True)
class Group:
    label: Any
    icon: str
    items: list[Item]

    @property
    def current(self) -> bool:
        return any(item.current or item.leads_here for item in self.items)


PUBLIC = (
    ("desk.front", _l("Overview")),
    ("results.index", _l("Results")),
    ("gallery.index", _l("Projects")),
    ("voting.show", _l("People’s choice")),
    ("competitions.challenges", _l("Challenges")),
    ("workshops.index", _l("Agenda")),
    ("competitions.dates", _l("Dates")),
    ("competitions.rules", _l("Rules")),
    ("competitions.partners", _l("Partners")),
    ("competitions.documents", _l("Documents")),
    ("news.index", _l("News")),
    ("press.show", _l("For the press")),
    ("mentoring.index", _l("Mentors")),
)

# What concerns the person in this competition, under what concerns everyone.
OWN = (
    # -- registrations --
    ("registrations.show", _l("My registration")),
    # -- teams --
    ("teams.index", _l("Teams")),
    ("teams.board", _l("Team board")),
    ("teams.own", _l("My team")),
    # -- datasets --
    ("datasets.index", _l("Data")),
    ("submissions.own", _l("Our submission")),
    # -- mentoring --
    ("mentoring.profile", _l("My mentor profile")),
    ("mentoring.teams", _l("Teams I mentor")),
    ("submissions.mentored", _l("Submissions to review")),
    # -- judging --
    ("judging.index", _l("Judging")),
    ("calibration.index", _l("Samples")),
    ("deliberation.own", _l("Discussions")),
    # -- comparisons --
    ("comparisons.show", _l("Comparisons")),
    # -- desk --
    ("manage.desk.overview", _l("Organize")),
)

# Groups of (label, icon, [(endpoint, label)]), in the order of the event.
MANAGE: tuple[tuple[Any, str, tuple[tuple[str, Any], ...]], ...] = (
    ("", "grid", (("manage.desk.overview", _l("At a glance")),)),
    (
        _l("The event"),
        "pencil",
        (
            ("manage.competitions.edit", _l("Texts and settings")),
            ("manage.competitions.dates", _l("Dates and deadlines")),
            ("manage.desk.reminders", _l("Reminders")),
            ("manage.competitions.partners", _l("Partners")),
            ("manage.competitions.documents", _l("Documents")),
            ("manage.competitions.organizers", _l("Organizers")),
        ),
    ),
    (
        _l("Registration"),
        "person-check",
        (
            ("manage.registrations.entry", _l("How people register")),
            ("manage.questions.index", _l("Questions to people")),
            ("manage.registrations.consents", _l("Consent texts")),
            ("manage.registrations.applications", _l("Applications")),
            ("manage.teams.people", _l("Participants")),
        ),
    ),
    (
        _l("Challenges and data"),
        "compass",
        (
            ("manage.competitions.challenges", _l("Challenges")),
            ("manage.competitions.inquiries", _l("Questions about challenges")),
            ("manage.datasets.index", _l("Data sets")),
        ),
    ),
    (
        _l("Teams"),
        "people",
        (
            ("manage.teams.index", _l("Teams")),
            ("manage.teams.small", _l("Teams that are too small")),
            ("manage.teams.completion", _l("Complete teams")),
            ("manage.teams.challenges", _l("Teams by challenge")),
        ),
    ),
    (
        _l("Agenda"),
        "calendar-event",
        (
            ("manage.workshops.index", _l("Agenda")),
            ("manage.workshops.speakers", _l("Speakers")),
            ("manage.workshops.places", _l("Places")),
        ),
    ),
    (
        _l("Mentors"),
        "chat-left-text",
        (
            ("manage.mentoring.index", _l("Mentors")),
            ("manage.mentoring.expertise", _l("Expertise")),
            ("manage.mentoring.pairings", _l("Teams and their mentors")),
        ),
    ),
    (
        _l("Submissions and judging"),
        "clipboard-check",
        (
            ("manage.judging.rounds", _l("Rounds of judging")),
            ("manage.judging.rules", _l("Rules of judging")),
            ("manage.competitions.criteria", _l("Criteria")),
            ("manage.competitions.conditions", _l("Conditions")),
            ("manage.submissions.index", _l("Submissions")),
            ("manage.submissions.translations", _l("Translations")),
            ("manage.checks.index", _l("Checks")),
            ("manage.redaction.index", _l("Blind judging")),
            ("manage.judging.index", _l("Judges")),
            ("manage.judging.problems", _l("Reported by judges")),
            ("manage.judging.conflicts", _l("Conflicts of interest")),
            ("manage.calibration.index", _l("Samples for judges")),
            ("manage.judging.assignment", _l("Who reviews what")),
            ("manage.judging.ranking", _l("Ranking")),
            ("manage.deliberation.index", _l("Discussions")),
            ("manage.comparisons.index", _l("Comparisons")),
        ),
    ),
    (
        _l("Results and news"),
        "trophy",
        (
            ("manage.results.index", _l("Results")),
            ("manage.results.prizes", _l("Prizes")),
            ("manage.results.announcement", _l("Announcement")),
            ("manage.results.deliveries", _l("Handing over")),
            ("manage.gallery.index", _l("Gallery")),
            ("manage.voting.index", _l("People’s choice")),
            ("manage.certificates.index", _l("Certificates")),
            ("manage.followups.index", _l("What became of the projects")),
            ("manage.news.index", _l("News")),
            ("manage.press.index", _l("Press pack")),
        ),
    ),
    (
        _l("The record"),
        "journal-text",
        (
            ("manage.desk.letters", _l("Letters")),
            ("manage.desk.journal", _l("Journal")),
            ("manage.desk.archives", _l("Archive")),
        ),
    ),
)


def public(competition: Any) -> list[Item]:
    return _open(PUBLIC, competition)


def own(competition: Any) -> list[Item]:
    return _open(OWN, competition) if current_user.is_authenticated else []


def _open(menu: tuple[tuple[str, Any], ...], competition: Any) -> list[Item]:
    return [
        Item(endpoint, label, things={"competition": competition})
        for endpoint, label in menu
        if doors.can(endpoint, competition=competition)
    ]


def manage(competition: Any, trail: Sequence[tuple[Any, str]] = ()) -> list[Group]:
    """The organizers' menu. A page without an item begins its trail at the one it is under."""
    groups = [
        Group(
            label,
            icon,
            [
                Item(
                    endpoint,
                    name,
                    things={"competition": competition},
                    leads_here=bool(trail)
                    and trail[0][1].partition("?")[0] == url_for(endpoint, competition=competition),
                )
                for endpoint, name in items
                if doors.can(endpoint, competition=competition)
            ],
        )
        for label, icon, items in MANAGE
    ]
    return [group for group in groups if group.items]


def account() -> list[Item]:
    if not current_user.is_authenticated:
        return [
            Item("accounts.sign_in", _l("Sign in")),
            Item("accounts.sign_up", _l("Create an account")),
        ]
    items = [
        Item("desk.home", _l("My home"), "house"),
        Item("accounts.profile", _l("My profile"), "person"),
        Item("desk.my_data", _l("My data"), "shield-check"),
        Item("security.index", _l("Sign-in and security"), "key"),
        Item("accounts.sign_out", _l("Sign out"), "x-lg", post=True),
    ]
    return [item for item in items if doors.can(item.endpoint)]
