"""What accounts hold about a person."""

import secrets
from functools import cache

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from sqlalchemy import delete, select

from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import NAMES
from ..ground.personal import Fact, Holding, Share
from ..post.personal import forget_about
from .models import (
    AddressChange,
    Authenticator,
    Manner,
    Passkey,
    RecoveryCode,
    SignIn,
    SignInLink,
    User,
)

WAYS_IN = (SignIn, SignInLink, AddressChange, Authenticator, RecoveryCode, Passkey)
MANNERS = {
    Manner.PASSWORD: _l("With the password"),
    Manner.LETTER: _l("With a link in an email"),
    Manner.PASSKEY: _l("With a passkey"),
    Manner.PERSONAL: _l("With a personal link"),
    Manner.DEMO: _l("With a button of the demo"),
}


@cache
def nobodys_password() -> str:
    """The hash of a password that nobody ever knew, made once: making one is slow on purpose."""
    return hash_password(secrets.token_urlsafe(32))


def forget(person: User) -> None:
    """Empty the row: nobody signs in with it any more, and its address is free again.

    Every device is signed out, and what else opened the account is gone.
    """
    db.session.flush()
    forget_about(select(AddressChange.id).where(AddressChange.user_id == person.id))
    for kind in WAYS_IN:
        db.session.execute(delete(kind).where(kind.user_id == person.id))
    person.email = f"{person.id}@deleted.invalid"  # a domain that can never receive letters
    person.written_name = ""
    person.password = nobodys_password()
    person.fs_uniquifier = secrets.token_hex(32)  # ends every session, and links in letters
    person.organization = person.zone = person.administrator_since = None
    person.pronouns = person.accessibility = None
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
                Fact("language", _l("Language of your emails"), words=NAMES.get),
                Fact("zone", _l("Time zone")),
                Fact("organization", _l("Organization")),
                Fact("pronouns", _l("Pronouns")),
                Fact("accessibility", _l("What you need in order to take part")),
                Fact("created_at", _l("Opened")),
                Fact("confirmed_at", _l("Address confirmed")),
                Fact("administrator_since", _l("Administrator since")),
            ),
            stays=_l(
                "A row without name, address or password, so that teams, reviews and the journal "
                "still add up. It is shown as “Deleted account”."
            ),
        ),
        Holding(
            "sign_ins",
            _l("Where you signed in"),
            SignIn,
            lambda person: (
                select(SignIn).where(SignIn.user_id == person.id).order_by(SignIn.created_at)
            ),
            (
                Fact("created_at", _l("Signed in")),
                Fact("manner", _l("How"), words=MANNERS.get),
                Fact("browser", _l("Browser")),
                Fact("system", _l("System")),
                Fact("seen_at", _l("Last seen")),
                Fact("proved_at", _l("Last proved who you are")),
                Fact("factor_at", _l("Last used a second factor")),
                Fact("ended_at", _l("Signed out")),
            ),
        ),
        Holding(
            "sign_in_links",
            _l("Links in emails that sign you in"),
            SignInLink,
            lambda person: select(SignInLink).where(SignInLink.user_id == person.id),
            (
                Fact("created_at", _l("Written")),
                Fact("goes_on", _l("Leads to")),
                Fact("used_at", _l("Used")),
            ),
        ),
        Holding(
            "address_changes",
            _l("Changes of your address"),
            AddressChange,
            lambda person: select(AddressChange).where(AddressChange.user_id == person.id),
            (
                Fact("address", _l("New address")),
                Fact("created_at", _l("Asked on")),
                Fact("old_confirmed_at", _l("Confirmed from the old address")),
                Fact("new_confirmed_at", _l("Confirmed from the new address")),
                Fact("ended_at", _l("Done or stopped")),
            ),
        ),
        Holding(
            "authenticators",
            _l("The app that makes your codes"),
            Authenticator,
            lambda person: select(Authenticator).where(Authenticator.user_id == person.id),
            (Fact("created_at", _l("Since")),),
        ),
        Holding(
            "recovery_codes",
            _l("Your recovery codes"),
            RecoveryCode,
            lambda person: select(RecoveryCode).where(RecoveryCode.user_id == person.id),
            (Fact("created_at", _l("Made")), Fact("used_at", _l("Used"))),
        ),
        Holding(
            "passkeys",
            _l("Your passkeys"),
            Passkey,
            lambda person: select(Passkey).where(Passkey.user_id == person.id),
            (
                Fact("name", _l("Name")),
                Fact("created_at", _l("Added")),
                Fact("used_at", _l("Last used")),
                Fact("sign_count", _l("Times used, as the device counts")),
            ),
        ),
    ),
    forget=forget,
)
