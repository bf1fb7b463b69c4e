"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("mentoring", __name__)
