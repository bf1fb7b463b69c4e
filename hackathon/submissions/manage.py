"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("submissions", __name__)
