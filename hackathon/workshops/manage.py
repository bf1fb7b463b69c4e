"""Pages for organizers."""

from flask import Blueprint

blueprint = Blueprint("workshops", __name__)
