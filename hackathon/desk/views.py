"""Pages that show many rooms at once: the front page of a competition, and one's own home."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import logout_user

from ..accounts.actions import with_password
from ..accounts.queries import caller, me
from ..competitions.models import Competition, Gate
from ..competitions.queries import next_deadline, opening_of, published_competitions
from ..extensions import limiter
from ..ground.clock import now
from ..ground.forms import page
from ..news.queries import published_news
from ..registrations.queries import ledger_of, texts_to_agree
from ..results.queries import public_honours_of
from ..voting.queries import open_vote
from ..workshops.queries import next_sessions
from . import forgetting
from .archive import archive_of
from .forms import DeletionForm
from .personal import held, hindrances
from .queries import places_of
from .sitemap import pages
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
        vote=open_vote(competition),
        sessions=next_sessions(competition, current_user, 3),
        news=published_news(competition, 3),
        honours=public_honours_of(competition),
    )


@blueprint.get("/sitemap.xml")
def sitemap() -> Any:
    """Without dates or counts, which could hint at what is not public yet."""
    return Response(render_template("desk/sitemap.xml", pages=pages()), mimetype="application/xml")


@blueprint.get("/robots.txt")
def robots() -> Any:
    return Response(render_template("desk/robots.txt"), mimetype="text/plain")


@blueprint.get("/home")
def home() -> Any:
    """Where the signed-in person stands in every competition."""
    places = places_of(me())
    return render_template(
        "desk/home.html",
        to_agree=texts_to_agree(me()),
        places=[(place, steps_of(place)) for place in places],
        competitions=[] if places else published_competitions(),
    )


# -- one's own data --------------------------------------------------------------------------

seldom = limiter.limit("10 per hour", key_func=caller)
few = limiter.shared_limit(
    "10 per minute; 60 per hour", scope="accounts", key_func=caller, methods=["POST"]
)


@blueprint.get("/my-data")
def my_data() -> Any:
    """What the site holds about the person, and what they can do about it."""
    return render_template("desk/my_data.html", held=held(me()), kept=forgetting.kept_for(me()))


@blueprint.get("/my-data/agreements")
def agreements() -> Any:
    return render_template("desk/agreements.html", ledger=ledger_of(me()))


@blueprint.get("/my-data/download")
@seldom
def download() -> Any:
    answer = send_file(
        archive_of(me(), current_app.extensions["storage"]),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"my-data-{now():%Y-%m-%d}.zip",
        max_age=0,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.route("/my-data/deletion", methods=["GET", "POST"])
@few
def deletion() -> Any:
    """Say what is deleted and what stays, and delete the account when the person confirms."""
    form, person = DeletionForm(), me()
    if form.validate_on_submit():
        if with_password(person.email, form.password.data) is None:
            form.refuse(_("This is not your password now."), "password")
        elif form.attempt(forgetting.delete_account, person):
            logout_user()
            flash(_("Your account is deleted. One last email confirms it."), "success")
            return redirect(url_for("competitions.index"))
    return page("desk/deletion.html", form, held=held(person), hindrances=hindrances(person))


@blueprint.get("/<key:competition>/privacy")
def privacy(competition: Competition) -> Any:
    """What this competition knows of people, who sees it, and until when."""
    return render_template(
        "desk/privacy.html", competition=competition, kept_until=forgetting.kept_until(competition)
    )
