"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("competitions", __name__)
