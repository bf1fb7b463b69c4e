"""Pages for visitors and participants."""

from flask import Blueprint

blueprint = Blueprint("news", __name__, url_prefix="/<key:competition>")
