"""Pages that show many rooms at once: the front page of a competition, and one's own home."""

from typing import Any

from flask import Blueprint, render_template

from ..accounts.queries import me
from ..competitions.models import Competition
from ..competitions.queries import next_deadline, published_competitions, timetable_of
from ..news.queries import published_news
from .queries import places_of

blueprint = Blueprint("desk", __name__)


@blueprint.get("/<key:competition>/")
def front(competition: Competition) -> Any:
    """The competition at a glance, for everyone."""
    return render_template(
        "desk/front.html",
        competition=competition,
        deadline=next_deadline(competition),
        timetable=timetable_of(competition),
        news=published_news(competition, 3),
    )


@blueprint.get("/home")
def home() -> Any:
    """Where the signed-in person stands in every competition."""
    return render_template(
        "desk/home.html", places=places_of(me()), competitions=published_competitions()
    )
