"""Codes that prove a second time who one is: those of an app, and those kept on paper.

Pure functions. An app and the site share a secret, and make the same six figures from it and from
the number of the half minute (RFC 6238). The site keeps the secret encrypted, and of a code on
paper only a keyed digest.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from passlib.exc import TokenError
from passlib.totp import TOTP

STEP = 30  # seconds that a code is shown for
CODES = 10
# Without the letters and figures that are taken for one another. 32 of them: 10 make 50 bits.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 10


def new_secret() -> str:
    """160 bits at random, in base 32, as apps take them."""
    return str(TOTP(new=True).base32_key)


def address(secret: str, *, person: str, site: str) -> str:
    """The `otpauth:` address that an app reads from the picture."""
    return str(TOTP(key=secret).to_uri(label=person.replace(":", ""), issuer=site.replace(":", "")))


def step_of(secret: str, code: str, at: datetime, after: int | None = None) -> int | None:
    """The number of the half minute that the code belongs to; None when it is wrong or used.

    A clock may be one step ahead or behind. Codes up to step `after` are used.
    """
    try:
        match = TOTP(key=secret).match(code, time=at, window=STEP, last_counter=after)
    except TokenError:
        return None
    return int(match.counter)


def new_codes() -> list[str]:
    """Ten recovery codes, in two halves as people read them: `k7mwp-3xq9a`."""
    drawn = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES))
    return [f"{code[:5]}-{code[5:]}" for code in drawn]


def digest_of(code: str, key: str) -> str:
    """What is kept of a recovery code. Blanks, hyphens and capitals do not matter."""
    plain = "".join(code.lower().split()).replace("-", "")
    return hmac.new(_derived(key, "recovery codes"), plain.encode(), "sha256").hexdigest()


def seal(secret: str, key: str) -> str:
    """The secret, encrypted with a key derived from the site's."""
    return _box(key).encrypt(secret.encode()).decode()


def unseal(sealed: str, key: str) -> str | None:
    """The secret again; None when it was sealed with another key or is altered."""
    try:
        return _box(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, "authenticator secrets")))


def _derived(key: str, purpose: str) -> bytes:
    """A key for one purpose. The site's own is random and long, so one round is enough."""
    return hmac.digest(key.encode(), b"hackathon: " + purpose.encode(), hashlib.sha256)
