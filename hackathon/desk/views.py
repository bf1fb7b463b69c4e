"""Pages that show many rooms at once: the front page of a competition, and one's own home."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import next_deadline, opening_of, published_competitions
from ..news.queries import published_news
from ..registrations.queries import entry_of
from ..results.queries import honours_of
from ..results.rules import announced
from ..workshops.queries import next_sessions
from .queries import places_of
from .steps import steps_of

blueprint = Blueprint("desk", __name__)


@blueprint.get("/<key:competition>/")
def front(competition: Competition) -> Any:
    """The competition at a glance, for everyone."""
    return render_template(
        "desk/front.html",
        competition=competition,
        deadline=next_deadline(competition),
        registration=opening_of(competition, Gate.REGISTRATION),
        event=opening_of(competition, Gate.SUBMISSION),
        entry=entry_of(me(), competition) if current_user.is_authenticated else None,
        sessions=next_sessions(competition, current_user, 3),
        news=published_news(competition, 3),
        honours=honours_of(competition) if announced(current_user, competition=competition) else [],
    )


@blueprint.get("/home")
def home() -> Any:
    """Where the signed-in person stands in every competition."""
    places = places_of(me())
    return render_template(
        "desk/home.html",
        places=[(place, steps_of(place)) for place in places],
        competitions=[] if places else published_competitions(),
    )
