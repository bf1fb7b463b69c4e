"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("results", __name__)
