"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("judging", __name__)
