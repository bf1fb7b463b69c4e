"""The organizers' desk: everything at a glance, the journal and the letters."""

from typing import Any

from flask import Blueprint, render_template

from ..competitions.models import Competition
from ..competitions.queries import timetable_of

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def overview(competition: Competition) -> Any:
    return render_template(
        "desk/manage/overview.html", competition=competition, timetable=timetable_of(competition)
    )
