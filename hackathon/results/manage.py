"""Where organizers decide, publish and hand over: see deciding_manage.py and the others."""

from flask import Blueprint

blueprint = Blueprint("results", __name__)
