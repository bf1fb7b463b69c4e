"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("news", __name__)
