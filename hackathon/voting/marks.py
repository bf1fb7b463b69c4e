"""Keyed fingerprints: the same thing has the same one in a poll, and nobody can go back from it.

The key is made of the site's secret and the poll's, so a copy of the database alone does not let
anyone try out addresses or networks, and two polls have nothing in common.
"""

import hashlib
import hmac

from flask import current_app

from .likeness import network_of
from .models import Poll


def address_mark(poll: Poll, address: str) -> str:
    return _mark(poll, "address", address.strip().lower())


def network_mark(poll: Poll, ip_address: str | None) -> str | None:
    network = network_of(ip_address)
    return _mark(poll, "network", network) if network else None


def token_digest(token: str) -> str:
    """What the database keeps of a link's secret, which is too long to be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


def _mark(poll: Poll, kind: str, text: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{poll.seed}/{kind}/{text}".encode(), "sha256").hexdigest()
