"""What sealing needs from elsewhere: the key of the site, and the votes of a later room."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, current_app

from ..competitions.models import Competition
from .actions import Means
from .sealing import key_in


def site_key(app: Flask) -> Ed25519PrivateKey | None:
    """Read from its file once; None where the operator has set no key."""
    settings = app.config["SETTINGS"]
    if not settings.record_key:
        return None
    if "record_key" not in app.extensions:
        octets = Path(settings.record_key).read_bytes()
        app.extensions["record_key"] = key_in(octets, settings.record_passphrase)
    key: Ed25519PrivateKey = app.extensions["record_key"]
    return key


def means_for(competition: Competition) -> Means:
    """The roof hands in `votes_of`, since voting is a later room."""
    votes = current_app.extensions["votes_of"](competition)
    return Means(votes=votes, key=site_key(current_app))
