"""One's own certificates, and the page on which anyone checks one."""

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.forms import page
from . import actions
from .forms import CheckForm, WishForm
from .models import Certificate, Speaks
from .numbers import typed
from .queries import Check, certificates_of, wish_of

blueprint = Blueprint("certificates", __name__)

# Nobody finds a number by trying; this keeps machines from trying.
some = limiter.shared_limit("30 per minute; 300 per hour", scope="certificates")


@blueprint.get("/my-certificates")
def own() -> Any:
    """Everything the person has, in every competition."""
    return render_template("certificates/own.html", certificates=certificates_of(me()))


@blueprint.route("/<key:competition>/certificates/name", methods=["GET", "POST"])
def wish(competition: Competition) -> Any:
    """How the person is called on their certificates, before they are issued and after."""
    person = me()
    present = wish_of(person, competition)
    form = WishForm(obj=present, data={} if present else {"name": person.name})
    if form.validate_on_submit() and form.attempt(
        actions.wish,
        competition,
        name=form.name.data,
        speaks=Speaks(form.speaks.data),
        by=person,
    ):
        flash(
            _("Saved. Certificates that you have are drawn anew, which takes a minute."), "success"
        )
        return redirect(url_for(".own"))
    return page("certificates/wish.html", form, competition=competition)


@blueprint.get("/<key:competition>/certificates/<key:certificate>/file")
def file(competition: Competition, certificate: Certificate) -> Any:
    """The PDF, for its holder and the organizers."""
    return _download(certificate)


@blueprint.get("/<key:competition>/certificates/link/<key:certificate_link>")
@some
def link(competition: Competition, certificate_link: Certificate) -> Any:
    """The PDF, for whoever got the link to it: people without an account."""
    return _download(certificate_link)


def _download(certificate: Certificate) -> Any:
    if not certificate.digest:
        abort(404)
    storage = current_app.extensions["storage"]
    return storage.download(certificate.digest, certificate.file_name)


@blueprint.get("/<key:competition>/certificates")
@some
def index(competition: Competition) -> Any:
    """Type the number of a certificate."""
    form = CheckForm()
    if form.number.data and (number := typed(form.number.data)):
        return redirect(url_for(".check", competition=competition, certificate_number=number))
    return unlisted(render_template("certificates/index.html", form=form, competition=competition))


@blueprint.get("/<key:competition>/certificates/<key:certificate_number>")
@some
def check(competition: Competition, certificate_number: Check) -> Any:
    """What is confirmed of a number, to whoever holds the paper."""
    answer = render_template(
        "certificates/check.html",
        competition=competition,
        check=certificate_number,
        certificate=certificate_number.certificate,
    )
    return unlisted(answer, 200 if certificate_number.certificate else 404)


def unlisted(answer: str, status: int = 200) -> Any:
    """A page that search engines keep out of their lists."""
    response = make_response(answer, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
