"""What the journal holds about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from .deeds import FORGOTTEN, PEOPLE, Deed, masked_sentence
from .models import Entry

DASH = " – "  # between a person and what it was about, in a subject


def forget(person: Any) -> None:
    """Take the names the person had out of every entry. The entries stay.

    Entries name people in words, so a namesake's go too: the journal cannot tell them apart.
    """
    db.session.flush()
    renamed = db.session.scalars(
        select(Entry).where(Entry.actor_id == person.id, Entry.deed == Deed.NAME_CHANGED.value)
    )
    for name in {person.name} | {entry.details["before"] for entry in renamed} - {FORGOTTEN}:
        _take_out(name)


def _take_out(name: str) -> None:
    named = [Entry.details[key].as_string() == name for key in PEOPLE]
    with_more = Entry.subject.startswith(name + DASH, autoescape=True)
    for entry in db.session.scalars(
        select(Entry).where(or_(Entry.subject == name, with_more, *named))
    ):
        if entry.subject == name or entry.subject.startswith(name + DASH):
            entry.subject = FORGOTTEN + entry.subject[len(name) :]
        if any(entry.details.get(key) == name for key in PEOPLE):
            # A reason beside a name was written about that person.
            entry.details = {
                key: FORGOTTEN if value == name or key == "reason" else value
                for key, value in entry.details.items()
            }
    db.session.flush()


def _former_name(entry: Entry) -> str | None:
    return entry.details["before"] if entry.deed == Deed.NAME_CHANGED.value else None


SHARE = Share(
    holdings=(
        Holding(
            "deeds",
            _l("What you did, in the journal"),
            Entry,
            lambda person: (
                select(Entry).where(Entry.actor_id == person.id).order_by(Entry.created_at)
            ),
            (
                Fact("created_at", _l("When")),
                Fact("deed", _l("Kind")),
                Fact("sentence", _l("What"), masked_sentence),
                Fact("former_name", _l("Former name"), _former_name),
            ),
            stays=_l(
                "The journal of each competition, in which you appear as “Deleted account”: it "
                "shows that deadlines and results came about fairly."
            ),
        ),
    ),
    forget=forget,
)
