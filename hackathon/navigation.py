"""The menus. An item shows when its door would open."""

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
    items: list[Item]


PUBLIC = (
    ("desk.front", _l("Overview")),
    ("results.index", _l("Results")),
    ("competitions.challenges", _l("Challenges")),
    ("workshops.index", _l("Agenda")),
    ("competitions.dates", _l("Dates")),
    ("competitions.rules", _l("Rules")),
    ("competitions.partners", _l("Partners")),
    ("competitions.documents", _l("Documents")),
    ("news.index", _l("News")),
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
    # -- desk --
    ("manage.desk.overview", _l("Organize")),
)

# Groups of (label, [(endpoint, label, icon)]).
MANAGE: tuple[tuple[Any, tuple[tuple[str, Any, str], ...]], ...] = (
    ("", (("manage.desk.overview", _l("At a glance"), "grid"),)),
    (
        _l("The event"),
        (
            # -- competitions --
            ("manage.competitions.edit", _l("Texts and settings"), "pencil"),
            ("manage.competitions.dates", _l("Dates and deadlines"), "clock-history"),
            ("manage.registrations.entry", _l("Places and registration"), "sliders"),
            ("manage.competitions.challenges", _l("Challenges"), "compass"),
            ("manage.competitions.criteria", _l("Criteria"), "list-check"),
            ("manage.competitions.partners", _l("Partners"), "building"),
            ("manage.competitions.documents", _l("Documents"), "file-earmark-text"),
            ("manage.competitions.inquiries", _l("Questions about challenges"), "question-circle"),
            # -- datasets --
            ("manage.datasets.index", _l("Data sets"), "database"),
            # -- workshops --
            ("manage.workshops.index", _l("Agenda"), "calendar-event"),
            ("manage.workshops.speakers", _l("Speakers"), "mic"),
            ("manage.workshops.places", _l("Places"), "building"),
            # -- news --
            ("manage.news.index", _l("News"), "megaphone"),
            # -- desk --
            ("manage.desk.reminders", _l("Reminders"), "bell"),
        ),
    ),
    (
        _l("People"),
        (
            ("manage.competitions.organizers", _l("Organizers"), "key"),
            # -- questions --
            ("manage.questions.index", _l("Questions to people"), "card-checklist"),
            # -- registrations --
            ("manage.registrations.applications", _l("Applications"), "inbox"),
            # -- teams --
            ("manage.teams.people", _l("Participants"), "person-check"),
            ("manage.teams.index", _l("Teams"), "people"),
            ("manage.teams.challenges", _l("Teams by challenge"), "compass"),
            # -- mentoring --
            ("manage.mentoring.index", _l("Mentors"), "chat-left-text"),
            ("manage.mentoring.pairings", _l("Teams and their mentors"), "shuffle"),
        ),
    ),
    (
        _l("The work"),
        (
            # -- submissions --
            ("manage.submissions.index", _l("Submissions"), "upload"),
            # -- judging --
            ("manage.judging.index", _l("Judges"), "clipboard-check"),
            ("manage.judging.conflicts", _l("Conflicts of interest"), "shield-check"),
            ("manage.judging.assignment", _l("Who reviews what"), "shuffle"),
            ("manage.judging.ranking", _l("Ranking"), "list-check"),
            # -- results --
            ("manage.results.index", _l("Results"), "trophy"),
            ("manage.results.announcement", _l("Announcement"), "megaphone"),
        ),
    ),
    (
        _l("The record"),
        (
            # -- registrations --
            ("manage.registrations.consents", _l("Consent texts"), "shield-check"),
            # -- desk --
            ("manage.desk.letters", _l("Letters"), "envelope"),
            ("manage.desk.journal", _l("Journal"), "journal-text"),
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


def manage(competition: Any) -> list[Group]:
    groups = [
        Group(
            label,
            [
                Item(endpoint, name, icon, things={"competition": competition})
                for endpoint, name, icon in items
                if doors.can(endpoint, competition=competition)
            ],
        )
        for label, items in MANAGE
    ]
    return [group for group in groups if group.items]


def account() -> list[Item]:
    if not current_user.is_authenticated:
        return [
            Item("accounts.sign_in", _l("Sign in")),
            Item("accounts.sign_up", _l("Create an account")),
        ]
    return [
        Item("desk.home", _l("My home"), "house"),
        Item("accounts.profile", _l("My profile"), "person"),
        Item("desk.my_data", _l("My data"), "shield-check"),
        Item("security.index", _l("Sign-in and security"), "key"),
        Item("accounts.sign_out", _l("Sign out"), "x-lg", post=True),
    ]
