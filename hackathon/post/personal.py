"""What letters hold about a person."""

import re
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update

from ..extensions import db
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Holding, Share
from .models import Letter

EMPTY = {"subject": "", "text": "", "html": ""}


def _to(person: Any) -> Any:
    return or_(Letter.recipient_id == person.id, Letter.address == person.email)


def without_links(letter: Letter) -> str:
    """The text, but of an address alone on its line only the site: some open the account."""
    return re.sub(r"^(https?://[^/\s]+/)\S+", r"\1…", letter.text, flags=re.MULTILINE)


def forget(person: Any) -> None:
    _forget(_to(person))


def forget_about(occasions: Any) -> None:
    """The letters that tell of the rows with these keys."""
    _forget(Letter.occasion_id.in_(occasions))


def _forget(which: Any) -> None:
    """What waits is not sent; of what was sent, only that it was stays."""
    db.session.flush()
    db.session.execute(delete(Letter).where(which, Letter.sent_at.is_(None)))
    db.session.execute(update(Letter).where(which).values(**EMPTY, address="", last_error=None))


def expire(competition: Any) -> dict[str, int]:
    """The text of the competition's letters, and the addresses of readers without an account.

    What could not be sent in all that time is deleted.
    """
    of_it = Letter.competition_id == competition.id
    db.session.execute(delete(Letter).where(of_it, Letter.sent_at.is_(None)))
    db.session.execute(
        update(Letter).where(of_it, Letter.recipient_id.is_(None)).values(address="")
    )
    emptied = db.session.execute(update(Letter).where(of_it, Letter.text != "").values(**EMPTY))
    return {"letters": emptied.rowcount}


def empty_written_before(moment: datetime) -> int:
    """Empty the letters sent that were written before the moment; returns how many."""
    old = (Letter.created_at < moment, Letter.sent_at.is_not(None), Letter.text != "")
    guest = update(Letter).where(*old, Letter.recipient_id.is_(None))
    db.session.execute(guest.values(address=""))
    emptied = db.session.execute(update(Letter).where(*old).values(**EMPTY))
    return emptied.rowcount


SHARE = Share(
    holdings=(
        Holding(
            "letters",
            _l("Letters to you"),
            Letter,
            lambda person: select(Letter).where(_to(person)).order_by(Letter.created_at),
            (
                Fact("created_at", _l("Written")),
                Fact("sent_at", _l("Sent")),
                Fact("address", _l("To")),
                Fact("language", _l("Language"), words=NAMES.get),
                Fact("subject", _l("Subject")),
                Fact("text", _l("Text"), without_links),
            ),
            stays=_l(
                "That a letter was sent, and when: without its subject, its text and your address. "
                "Letters to others that name you are emptied when their time has come."
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
