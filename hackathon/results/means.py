"""What sealing needs from elsewhere: the key of the site, and the votes of a later room."""

from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, current_app

from ..competitions.models import Competition
from .actions import Means
from .sealing import key_in


class KeyLost(ValueError):
    """The operator's key was there when the site started, and cannot be read any more."""


def site_key(app: Flask) -> Ed25519PrivateKey | None:
    """Read from its file once; None where the operator has set no key. Raises KeyLost, and tells
    the operator in the log."""
    settings = app.config["SETTINGS"]
    if not settings.record_key:
        return None
    if "record_key" not in app.extensions:
        try:
            octets = Path(settings.record_key).read_bytes()
            app.extensions["record_key"] = key_in(octets, settings.record_passphrase)
        except (OSError, ValueError) as error:
            structlog.get_logger().error(
                "record_key_lost", RECORD_KEY=settings.record_key, error=str(error)
            )
            raise KeyLost from error
    key: Ed25519PrivateKey = app.extensions["record_key"]
    return key


def means_for(competition: Competition) -> Means:
    """The roof hands in `votes_of`, since voting is a later room."""
    votes = current_app.extensions["votes_of"](competition)
    try:
        return Means(votes=votes, key=site_key(current_app))
    except KeyLost:
        return Means(votes=votes, key_lost=True)
