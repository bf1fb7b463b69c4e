"""What accounts hold about a person."""

import secrets

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import select

from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Holding, Share
from .models import User


def forget(person: User) -> None:
    """Empty the row: nobody signs in with it any more, and its address is free again."""
    person.email = f"{person.id}@deleted.invalid"  # a domain that can never receive letters
    person.written_name = ""
    person.password = hash_password(secrets.token_urlsafe(32))
    person.fs_uniquifier = secrets.token_hex(32)  # ends every session, and links in letters
    person.organization = person.zone = person.administrator_since = None
    person.active = False
    person.deleted_at = now()
    db.session.flush()


SHARE = Share(
    holdings=(
        Holding(
            "account",
            _l("Your account"),
            User,
            lambda person: select(User).where(User.id == person.id),
            (
                Fact("name", _l("Name"), "written_name"),
                Fact("email", _l("Email")),
                Fact("language", _l("Language of your letters"), words=NAMES.get),
                Fact("zone", _l("Time zone")),
                Fact("organization", _l("Organization")),
                Fact("created_at", _l("Opened")),
                Fact("confirmed_at", _l("Address confirmed")),
                Fact("administrator_since", _l("Administrator since")),
            ),
            stays=_l(
                "A row without name, address or password, so that teams, reviews and the journal "
                "still add up. It is shown as “Deleted account”."
            ),
        ),
    ),
    forget=forget,
)
