"""What browser and site say to each other about passkeys (WebAuthn). Pure functions.

A passkey lives on a device of the person, for this site's host name alone, and the device asks for
a finger, a face or a PIN before it answers: so it proves twice who one is, without a password.
"""

import ipaddress
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

MOST = 20_000  # characters of an answer


@dataclass(frozen=True)
class Site:
    """The site as passkeys know it, from the address people type."""

    base_url: str
    name: str

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def has_name(self) -> bool:
        """Browsers make no passkeys for a site that is only a number."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return True
        return False


@dataclass(frozen=True)
class Key:
    """What is kept of a passkey."""

    credential: str
    public_key: bytes
    sign_count: int


def invitation(
    site: Site, *, person: bytes, address: str, name: str, known: list[str]
) -> dict[str, Any]:
    """What the browser needs to make a passkey; none on a device that holds one of `known`."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=person,
        user_name=address,
        user_display_name=name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def question(site: Site) -> dict[str, Any]:
    """What the browser needs to answer with whichever passkey the person has."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def made(site: Site, answer: str, challenge: str) -> Key | None:
    """The passkey that the browser has made; None when the answer is not one to this challenge."""
    try:
        verified = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.base_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Key(
        bytes_to_base64url(verified.credential_id),
        verified.credential_public_key,
        verified.sign_count,
    )


def named_in(answer: str) -> str:
    """The credential that an answer says it comes from; not yet proved."""
    try:
        named = _read(answer).get("id")
    except ValueError:
        return ""
    return named if isinstance(named, str) and named.isascii() and named.isprintable() else ""


def answered(site: Site, answer: str, challenge: str, key: Key) -> int | None:
    """The passkey's new count of uses; None when it did not answer this challenge."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.base_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return None
    return verified.new_sign_count


def _read(answer: str) -> dict[str, Any]:
    """Raises ValueError for what is no object."""
    if len(answer) > MOST:
        raise ValueError("too long")
    try:
        read = json.loads(answer)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read
