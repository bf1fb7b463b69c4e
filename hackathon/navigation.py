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
        """Is this, or a page below it, the one being shown?"""
        return request.endpoint == self.endpoint


@dataclass(frozen=True)
class Group:
    label: Any
    items: list[Item]


PUBLIC = (
    ("desk.front", _l("Overview")),
    ("competitions.challenges", _l("Challenges")),
    ("competitions.dates", _l("Dates")),
    ("competitions.rules", _l("Rules")),
    ("competitions.partners", _l("Partners")),
    ("competitions.documents", _l("Documents")),
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
            ("manage.competitions.challenges", _l("Challenges"), "compass"),
            ("manage.competitions.criteria", _l("Criteria"), "list-check"),
            ("manage.competitions.partners", _l("Partners"), "building"),
            ("manage.competitions.documents", _l("Documents"), "file-earmark-text"),
            # -- workshops --
            # -- news --
        ),
    ),
    (
        _l("People"),
        (
            ("manage.competitions.organizers", _l("Organizers"), "key"),
            # -- registrations --
            # -- teams --
            # -- mentoring --
        ),
    ),
    (
        _l("The work"),
        (
            # -- submissions --
            # -- judging --
            # -- results --
        ),
    ),
    (
        _l("The record"),
        (
            # -- desk --
            ("manage.desk.letters", _l("Letters"), "envelope"),
            ("manage.desk.journal", _l("Journal"), "journal-text"),
        ),
    ),
)


def public(competition: Any) -> list[Item]:
    return [
        Item(endpoint, label, things={"competition": competition})
        for endpoint, label in PUBLIC
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
        Item("accounts.sign_out", _l("Sign out"), "x-lg", post=True),
    ]
