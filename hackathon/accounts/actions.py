"""The life of an account."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.utils import verify_password
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..ground.transaction import let_go
from ..journal.actions import record
from ..journal.deeds import Deed
from ..post.personal import forget_about
from . import letters, passkeys, second_factor
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
from .queries import CHANGE_LASTS, authenticator_of, codes_left, person_with

LINK_LASTS = timedelta(minutes=15)
LINKS_WAITING = 3


class NoAccount(Obstacle):
    sentence = _l(
        "Nobody has an account with this address yet. Ask the person to sign up on this site "
        "first, then appoint them here."
    )
    field = "email"


class SameAddress(Obstacle):
    sentence = _l("This is the address of your account already.")
    field = "email"


class ChangeOver(Obstacle):
    sentence = _l("This change of address is over: it was done, stopped, or asked for anew.")


class AddressTaken(Obstacle):
    sentence = _l("This address cannot be used any more. Your account stays as it is.")


class AlreadyOn(Obstacle):
    sentence = _l("Codes are already on for your account.")
    field = "code"


class WrongCode(Obstacle):
    sentence = _l(
        "This code is not right, or was used before. Wait for the next one and try again."
    )
    field = "code"


class PasskeyRefused(Obstacle):
    sentence = _l("This passkey did not work here. Please try again.")


def hashed(password: str) -> str:
    """The hash to keep. Making one is slow on purpose, so nothing is held meanwhile: what was read
    before has to be read again."""
    let_go()
    return hash_password(password)


def create_account(*, email: str, name: str, password: str, language: str, goes_on: str) -> None:
    """Open an account and ask for its confirmation by letter.

    An address that has one already gets a letter that helps instead, and the page is the same:
    nobody learns who has an account here, from the page or from how long it takes.
    """
    kept = hashed(password)
    if known := person_with(email):
        letters.account_exists(known)
        return
    user = User(
        email=email.strip().lower(),
        name=name,
        password=kept,
        language=language,
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(user)
    db.session.flush()
    record(Deed.ACCOUNT_CREATED, by=user)
    ask_for_confirmation(user, goes_on=goes_on)


def ask_for_confirmation(user: User, *, goes_on: str = "") -> None:
    letters.confirm_address(user, generate_confirmation_token(user), goes_on)


def person_to_confirm(token: str) -> User | None:
    """Whose address the token confirms; None when it is altered, expired or of an old address."""
    expired, invalid, user = confirm_email_token_status(token)
    return None if expired or invalid else user


def confirm_address(user: User) -> None:
    if user.confirmed_at is None:
        user.confirmed_at = now()
        record(Deed.ACCOUNT_CONFIRMED, by=user)


def with_password(email: str, password: str) -> User | None:
    """The person whose address and password these are.

    A wrong address takes as long as a wrong password, so that the clock tells nothing. Nothing is
    held while the password is looked at; what was read before has to be read again.
    """
    known = person_with(email)
    if known is None:
        hashed(password)
        return None
    kept = known.password
    let_go()
    if not verify_password(password, kept):
        return None
    outdated = current_app.extensions["security"].pwd_context.needs_update(kept)
    renewed = hash_password(password) if outdated else kept
    user = person_with(email)
    if user is None or user.password != kept or not user.active:
        return None
    user.password = renewed
    return user


def ask_for_reset(email: str) -> None:
    """Write a letter with a link when the address has an account; otherwise do nothing."""
    if user := person_with(email):
        letters.password_reset(user, generate_reset_password_token(user))


def person_to_reset(token: str) -> User | None:
    """Whose password the token resets. It dies when the password changes: set_password makes a
    new identifier, and the token names the old one."""
    expired, invalid, user = reset_password_token_status(token)
    return None if expired or invalid else user


def set_password(user: User, kept: str, *, but_for: SignIn | None = None) -> None:
    """Change the password, end every sign-in (but for one), and tell the person.

    `kept` is what hashed() made of the new one.

    Whoever could read the letter with the link owns the address: it counts as confirmed. Links and
    a change of address that were asked for before end too: somebody else may have asked.
    """
    user.password = kept
    end_sign_ins(user, but_for=but_for)
    void_letters(user)
    confirm_address(user)
    record(Deed.PASSWORD_CHANGED, by=user)
    letters.password_changed(user)


def void_letters(user: User) -> None:
    """No link in a letter that was sent until now works any more."""
    user.fs_uniquifier = secrets.token_hex(32)
    _end(SignInLink.used_at, user)
    _end(AddressChange.ended_at, user)


def _end(moment: Any, user: User, *others: Any) -> int:
    """Say of the person's rows, where it is not said yet, that it is over now; how many."""
    kind = moment.class_
    ended = db.session.execute(
        update(kind)
        .where(kind.user_id == user.id, moment.is_(None), *others)
        .values({moment: now()})
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def edit_profile(user: User, **fields: Any) -> None:
    """Change what the profile says. The journal keeps former names: by them it can forget one."""
    if fields.get("name", user.name) != user.name:
        record(Deed.NAME_CHANGED, by=user, before=user.name)
    for name, value in fields.items():
        setattr(user, name, value)


# -- being signed in -------------------------------------------------------------------------


def open_sign_in(
    user: User, manner: Manner, *, browser: str, system: str, device: str, factor: bool
) -> SignIn:
    """Begin a sign-in. A person who signed in before, but not on this device, gets a letter; not of
    a personal link, which is no way into an account.

    `device` is what the browser's cookie says; only a fingerprint of it is kept.
    """
    sign_in = SignIn(
        user=user,
        manner=manner,
        browser=browser,
        system=system,
        device=fingerprint(device),
        seen_at=now(),
        proved_at=now(),
        factor_at=now() if factor else None,
    )
    known = set(db.session.scalars(select(SignIn.device).where(SignIn.user_id == user.id)))
    db.session.add(sign_in)
    db.session.flush()
    if known and sign_in.device not in known and manner is not Manner.PERSONAL:
        letters.new_device(user, sign_in)
    return sign_in


def fingerprint(secret: str) -> str:
    """What is kept of a secret that is long and random itself."""
    return hashlib.sha256(secret.encode()).hexdigest()


def end_sign_in(sign_in: SignIn) -> None:
    sign_in.ended_at = sign_in.ended_at or now()


def end_sign_ins(user: User, *, but_for: SignIn | None = None) -> int:
    """Sign the person out everywhere, or everywhere else; returns of how many places."""
    return _end(SignIn.ended_at, user, *([SignIn.id != but_for.id] if but_for else []))


def sign_out_elsewhere(user: User, *, but_for: SignIn | None) -> None:
    ended = end_sign_ins(user, but_for=but_for)
    record(Deed.SIGNED_OUT_ELSEWHERE, by=user, places=ended)


def prove(sign_in: SignIn, *, factor: bool = False) -> None:
    """The person has proved anew who they are, with a second factor or without."""
    sign_in.proved_at = now()
    if factor:
        sign_in.factor_at = now()


# -- links that sign in ----------------------------------------------------------------------


def ask_for_link(email: str, *, goes_on: str = "") -> None:
    """Write a letter with a link that signs in, when the address has an account.

    An address that nobody has confirmed yet gets the letter for that instead. While several links
    wait to be used no more are sent, so that nobody's mailbox is filled.
    """
    user = person_with(email)
    if user is None or not user.active:
        return
    if user.confirmed_at is None:
        ask_for_confirmation(user, goes_on=goes_on)
        return
    waiting = (
        select(func.count())
        .select_from(SignInLink)
        .where(
            SignInLink.user_id == user.id,
            SignInLink.used_at.is_(None),
            SignInLink.created_at > now() - LINK_LASTS,
        )
    )
    if (db.session.scalar(waiting) or 0) >= LINKS_WAITING:
        return
    token = secrets.token_urlsafe(32)
    db.session.add(SignInLink(user=user, digest=fingerprint(token), goes_on=goes_on[:2000]))
    letters.sign_in_link(user, token)


def link_with(token: str) -> SignInLink | None:
    """The link of a letter; None when it is altered, too old or used."""
    return db.session.scalar(
        select(SignInLink)
        .join(SignInLink.user)
        .where(
            SignInLink.digest == fingerprint(token),
            SignInLink.used_at.is_(None),
            SignInLink.created_at > now() - LINK_LASTS,
            User.active,
        )
    )


def use_link(link: SignInLink) -> bool:
    """Whether it signs in: of two who press at once, one."""
    used = db.session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=now())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


# -- another address -------------------------------------------------------------------------


def ask_for_address(user: User, address: str) -> AddressChange:
    """Ask both mailboxes whether the account may move; an earlier wish ends.

    Where the address has an account, that one gets a letter that helps, and all else is the same:
    nobody learns who has an account here.
    """
    address = address.strip().lower()
    if address == user.email:
        raise SameAddress
    lock(user)
    _end(AddressChange.ended_at, user)
    old, new = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    change = AddressChange(
        user=user, address=address, old_digest=fingerprint(old), new_digest=fingerprint(new)
    )
    db.session.add(change)
    db.session.flush()
    record(Deed.ADDRESS_CHANGE_ASKED, by=user)
    letters.address_change_asked(user, change, old)
    if known := person_with(address):
        letters.address_in_use(known)
    else:
        letters.address_change_confirm(user, change, new)
    return change


def lock(user: User) -> None:
    """One deed at a time for this person."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


def change_with(token: str) -> AddressChange | None:
    """The change that a letter's link is about; None when it is altered, too old or over."""
    digest = fingerprint(token)
    return db.session.scalar(
        select(AddressChange).where(
            or_(AddressChange.old_digest == digest, AddressChange.new_digest == digest),
            AddressChange.ended_at.is_(None),
            AddressChange.created_at > now() - CHANGE_LASTS,
        )
    )


def from_old_mailbox(change: AddressChange, token: str) -> bool:
    """Did this link go to the address that the account has now?"""
    return change.old_digest == fingerprint(token)


def confirm_change(change: AddressChange, token: str) -> AddressChange:
    """One mailbox says yes; when both have, the account moves, and every older letter is void.

    Both get a letter. Whoever is signed in stays so.
    """
    user = change.user
    lock(user)
    db.session.refresh(change)
    if change.ended_at is not None:
        raise ChangeOver
    if from_old_mailbox(change, token):
        change.old_confirmed_at = change.old_confirmed_at or now()
    else:
        change.new_confirmed_at = change.new_confirmed_at or now()
    if change.old_confirmed_at and change.new_confirmed_at:
        before, user.email = user.email, change.address
        try:
            with db.session.begin_nested():
                db.session.flush()
        except IntegrityError:
            raise AddressTaken from None
        change.ended_at = now()
        void_letters(user)
        record(Deed.ADDRESS_CHANGED, by=user)
        letters.address_changed(user, before)
    return change


def stop_change(change: AddressChange) -> None:
    """Raises ChangeOver: of a yes and a stop at the same moment, the first counts."""
    lock(change.user)
    if not _end(AddressChange.ended_at, change.user, AddressChange.id == change.id):
        raise ChangeOver
    record(Deed.ADDRESS_CHANGE_STOPPED, by=change.user)


# -- codes -----------------------------------------------------------------------------------


def turn_on_codes(user: User, secret: str, code: str, *, here: SignIn | None) -> list[str]:
    """From now on signing in asks for a code of the app. Returns the recovery codes.

    Whoever is signed in elsewhere did so without a code, and is signed out.
    """
    lock(user)
    if authenticator_of(user):
        raise AlreadyOn
    step = second_factor.step_of(secret, code, now())
    if step is None:
        raise WrongCode
    sealed = second_factor.seal(secret, site_key())
    db.session.add(Authenticator(user=user, secret=sealed, counter=step))
    db.session.flush()
    end_sign_ins(user, but_for=here)
    if here:
        prove(here, factor=True)
    record(Deed.SECOND_FACTOR_ON, by=user)
    letters.second_factor_on(user)
    return _codes_for(user)


def site_key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _codes_for(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = second_factor.new_codes()
    db.session.add_all(
        RecoveryCode(user_id=user.id, digest=second_factor.digest_of(code, site_key()))
        for code in codes
    )
    db.session.flush()
    return codes


def make_recovery_codes(user: User) -> list[str]:
    """Ten new ones; the old ones do not work any more."""
    lock(user)
    record(Deed.RECOVERY_CODES_MADE, by=user)
    return _codes_for(user)


def take_code(user: User, code: str) -> User:
    """Accept a code of the app, or a recovery code; each once."""
    if not (_take_code_of_app(user, code) or _take_recovery_code(user, code)):
        raise WrongCode
    return user


def _take_code_of_app(user: User, code: str) -> bool:
    authenticator = authenticator_of(user)
    secret = authenticator and second_factor.unseal(authenticator.secret, site_key())
    if not authenticator or not secret:
        return False
    step = second_factor.step_of(secret, code, now(), authenticator.counter)
    if step is None:
        return False
    # Of two who send the same code at once, one is let in.
    taken = db.session.execute(
        update(Authenticator)
        .where(Authenticator.id == authenticator.id, Authenticator.counter < step)
        .values(counter=step)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _take_recovery_code(user: User, code: str) -> bool:
    digest = second_factor.digest_of(code, site_key())
    used = _end(RecoveryCode.used_at, user, RecoveryCode.digest == digest)
    if used:
        record(Deed.RECOVERY_CODE_USED, by=user)
        letters.recovery_code_used(user, codes_left(user))
    return bool(used)


def turn_off_codes(user: User, code: str) -> User:
    take_code(user, code)
    forget_codes(user)
    record(Deed.SECOND_FACTOR_OFF, by=user, subject=user.name)
    return user


def forget_codes(user: User) -> None:
    """Signing in asks for no code any more; the person is told."""
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    letters.second_factor_off(user)


# -- passkeys --------------------------------------------------------------------------------


def site() -> passkeys.Site:
    """This site, as passkeys know it."""
    return passkeys.Site(current_app.config["BASE_URL"], current_app.config["SETTINGS"].site_name)


def add_passkey(
    user: User, answer: str, *, challenge: str, name: str, here: SignIn | None
) -> Passkey:
    key = passkeys.made(site(), answer, challenge) if challenge else None
    if key is None:
        raise PasskeyRefused
    passkey = Passkey(
        user=user,
        name=name,
        credential=key.credential,
        public_key=key.public_key,
        sign_count=key.sign_count,
    )
    try:
        with db.session.begin_nested():
            db.session.add(passkey)
    except IntegrityError:  # known already, to this person or another
        raise PasskeyRefused from None
    if here:
        prove(here, factor=True)
    record(Deed.PASSKEY_ADDED, by=user)
    letters.passkey_added(user, passkey)
    return passkey


def remove_passkey(passkey: Passkey, *, by: User | None) -> None:
    record(Deed.PASSKEY_REMOVED, by=by, subject=passkey.user.name)
    letters.passkey_removed(passkey.user, passkey.name)
    db.session.delete(passkey)


def with_passkey(answer: str, *, challenge: str, asked_at: datetime) -> User:
    """The person whose passkey answers the challenge.

    The cookie that holds the challenge could be sent again with the same answer, so a passkey only
    answers what was asked after its last use.
    """
    passkey = db.session.scalar(
        select(Passkey).where(Passkey.credential == passkeys.named_in(answer))
    )
    if passkey is None or not passkey.user.active or passkey.user.confirmed_at is None:
        raise PasskeyRefused
    key = passkeys.Key(passkey.credential, passkey.public_key, passkey.sign_count)
    count = passkeys.answered(site(), answer, challenge, key) if challenge else None
    if count is None:
        raise PasskeyRefused
    used = db.session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, or_(Passkey.used_at.is_(None), Passkey.used_at < asked_at))
        .values(used_at=now(), sign_count=count)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise PasskeyRefused
    return passkey.user


# -- forgetting ------------------------------------------------------------------------------

# How long after its birth a row of each kind is of no more use.
KEPT = {
    SignIn: timedelta(days=365),
    SignInLink: timedelta(days=1),
    AddressChange: timedelta(days=30),
}


def forget_what_is_over() -> int:
    """Delete old sign-ins, links and changes of address, with their letters; returns how many."""
    forgotten = 0
    for kind, kept in KEPT.items():
        old = select(kind.id).where(kind.created_at < now() - kept).limit(100)
        if keys := db.session.scalars(old).all():
            forget_about(keys)
            db.session.execute(delete(kind).where(kind.id.in_(keys)))
            forgotten += len(keys)
    return forgotten
