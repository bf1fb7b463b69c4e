"""Hackathon: a competition from the first announcement to the published results."""

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_security import SQLAlchemyUserDatastore
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from . import access, cli, navigation
from .accounts import presence
from .accounts import security as accounts_security
from .accounts import views as accounts_views
from .accounts.models import User
from .accounts.queries import readers_zone
from .calibration import manage as calibration_manage
from .calibration import views as calibration_views
from .calibration.queries import samples_first
from .certificates import manage as certificates_manage
from .certificates import views as certificates_views
from .checks import manage as checks_manage
from .checks.queries import findings_about
from .comparisons import manage as comparisons_manage
from .comparisons import views as comparisons_views
from .comparisons.queries import answers_in, session_of
from .competitions import manage as competitions_manage
from .competitions import views as competitions_views
from .competitions.actions import let_in_late
from .config import Settings
from .datasets import manage as datasets_manage
from .datasets import views as datasets_views
from .deliberation import manage as deliberation_manage
from .deliberation import views as deliberation_views
from .deliberation.queries import discussed
from .deliberation.revising import revised_in
from .demo import views as demo_views
from .desk import archives_manage as desk_archives_manage
from .desk import manage as desk_manage
from .desk import views as desk_views
from .extensions import babel, csrf, db, limiter, migrate, security
from .followups import manage as followups_manage
from .followups import views as followups_views
from .followups.queries import answers_shown
from .gallery import manage as gallery_manage
from .gallery import views as gallery_views
from .gallery.queries import withheld_in
from .ground import clock, i18n, pieces
from .ground.arriving import whole
from .ground.doors import KeyConverter, asks_for_json
from .ground.drawing import drawn
from .ground.fetching import Fetcher
from .ground.forms import as_drawn, words_typed
from .ground.keeping import Keeper
from .ground.markdown import markdown
from .ground.model import tame_postgresql, tame_sqlite
from .ground.obstacle import Obstacle
from .ground.scanning import Scanner
from .ground.scans import scans_of
from .ground.storage import storage_at
from .ground.transaction import TransactionalFlask
from .journal.deeds import sentence
from .judging import coverage_manage as judging_coverage_manage
from .judging import inviting_manage as judging_inviting_manage
from .judging import inviting_views as judging_inviting_views
from .judging import manage as judging_manage
from .judging import replacing_manage as judging_replacing_manage
from .judging import rounds_manage as judging_rounds_manage
from .judging import stopping_manage as judging_stopping_manage
from .judging import views as judging_views
from .judging.blind import blinded, called, known_to_be_blind, read_blindly
from .judging.conflicts import withheld_from
from .judging.queries import judging_of
from .kept import DRAFTS, FILLINGS, KEPT, SHARED, UNSEEN
from .mentoring import manage as mentoring_manage
from .mentoring import views as mentoring_views
from .mergers import manage as mergers_manage
from .mergers import views as mergers_views
from .news import manage as news_manage
from .news import views as news_views
from .post import delivery
from .press import manage as press_manage
from .press import views as press_views
from .questions import manage as questions_manage
from .redaction import manage as redaction_manage
from .registrations import manage as registrations_manage
from .registrations import views as registrations_views
from .results import deciding_manage as results_deciding_manage
from .results import delivery_manage as results_delivery_manage
from .results import manage as results_manage
from .results import publishing_manage as results_publishing_manage
from .results import views as results_views
from .results.queries import looking_ahead, results_out
from .submissions import manage as submissions_manage
from .submissions import pictures_views as submissions_pictures_views
from .submissions import receipt_views as submissions_receipt_views
from .submissions import translating_manage as submissions_translating_manage
from .submissions import uploads_views as submissions_uploads_views
from .submissions import views as submissions_views
from .teams import completion_manage as teams_completion_manage
from .teams import manage as teams_manage
from .teams import seeking_views as teams_seeking_views
from .teams import views as teams_views
from .voting import manage as voting_manage
from .voting import views as voting_views
from .voting.queries import public_outcome, votes_of
from .workshops import manage as workshops_manage
from .workshops import views as workshops_views

PACKAGE = Path(__file__).parent
UNPREFIXED = ("/static/", "/healthz", "/robots.txt", "/sitemap.xml")

PUBLIC = (
    accounts_views,
    accounts_security,
    competitions_views,
    registrations_views,
    teams_views,
    teams_seeking_views,
    datasets_views,
    workshops_views,
    mentoring_views,
    submissions_views,
    submissions_receipt_views,
    submissions_pictures_views,
    submissions_uploads_views,
    mergers_views,
    judging_views,
    judging_inviting_views,
    calibration_views,
    deliberation_views,
    comparisons_views,
    results_views,
    gallery_views,
    voting_views,
    certificates_views,
    followups_views,
    news_views,
    press_views,
    desk_views,
)
MANAGE = (
    competitions_manage,
    questions_manage,
    registrations_manage,
    teams_manage,
    teams_completion_manage,
    datasets_manage,
    workshops_manage,
    mentoring_manage,
    submissions_manage,
    submissions_translating_manage,
    mergers_manage,
    checks_manage,
    redaction_manage,
    judging_manage,
    judging_inviting_manage,
    judging_coverage_manage,
    judging_replacing_manage,
    judging_stopping_manage,
    judging_rounds_manage,
    calibration_manage,
    deliberation_manage,
    comparisons_manage,
    results_manage,
    results_publishing_manage,
    results_deciding_manage,
    results_delivery_manage,
    gallery_manage,
    voting_manage,
    certificates_manage,
    followups_manage,
    news_manage,
    press_manage,
    desk_manage,
    desk_archives_manage,
)


def place_of(directory: str) -> Path:
    """A directory that a wheel carries inside the package and a checkout has beside it."""
    inside = PACKAGE / directory
    return inside if inside.is_dir() else PACKAGE.parent / directory


def create_app(settings: Settings | None = None) -> Flask:
    """The site. Raises SettingsError when the environment cannot run it."""
    settings = settings or Settings.from_environment()
    app = TransactionalFlask(__name__, template_folder=str(place_of("templates")))
    app.config.from_mapping(flask_settings(settings))
    app.config["SETTINGS"] = settings
    app.url_map.converters["key"] = KeyConverter
    app.extensions["storage"] = storage_at(settings.storage, settings.data_dir / "files")
    app.extensions["scanner"] = (
        Scanner(settings.clamav, required=settings.clamav_required) if settings.clamav else None
    )
    app.extensions["fetcher"] = fetcher_for(settings)
    app.extensions["comparisons_of"] = answers_in
    app.extensions["votes_of"] = votes_of
    app.extensions["results_out"] = results_out
    app.extensions["discussed"] = discussed
    app.extensions["judging_of"] = judging_of
    app.extensions["read_blindly"] = read_blindly
    app.extensions["mailer"] = delivery.mailer_for(settings.mail_url)

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    app.database = db
    migrate.init_app(app, db, directory=str(place_of("migrations")))
    tame = tame_sqlite if settings.database_url.startswith("sqlite") else tame_postgresql
    with app.app_context():
        tame(db.engine)
    i18n.init_app(app, babel, str(place_of("translations")))
    security.init_app(app, SQLAlchemyUserDatastore(db, User, None))
    limiter.init_app(app)

    # In this order a request is met: language, a page that is kept, then the form's token, what it
    # brings, the door, a page that all readers share.
    app.before_request(lambda: i18n.to_language(UNPREFIXED))
    # In the demo every page has a form on top, that a visitor's session goes with.
    shared = {} if settings.demo else SHARED
    keeper = Keeper(KEPT, unseen=UNSEEN, drafts=DRAFTS, shared=shared, fillings=FILLINGS)
    keeper.init_app(app, db)
    csrf.init_app(app)
    pieces.init_app(app)
    doors = access.demo_doors if settings.demo else access.doors
    doors.init_app(app, sign_in="accounts.sign_in", let_in_late=let_in_late)
    presence.init_app(app)
    app.before_request(keeper.share)

    # Several files may put their pages on one blueprint.
    for blueprint in dict.fromkeys(views.blueprint for views in PUBLIC):
        app.register_blueprint(blueprint)
    manage = Blueprint("manage", __name__, url_prefix="/<key:competition>/manage")
    for blueprint in dict.fromkeys(views.blueprint for views in MANAGE):
        manage.register_blueprint(blueprint)
    app.register_blueprint(manage)
    app.add_url_rule("/healthz", "healthz", healthz)
    if settings.demo:
        app.register_blueprint(demo_views.blueprint)
        app.jinja_env.globals["demo_banner"] = demo_views.banner
    doors.hang(app)

    dress(app)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(CSRFError, old_form)
    app.register_error_handler(Obstacle, obstructed)
    app.register_error_handler(IntegrityError, overtaken)
    app.register_error_handler(StaleDataError, overtaken)
    app.register_error_handler(ObjectDeletedError, overtaken)
    app.after_request(harden)
    for command in (
        *(cli.serve, cli.worker, cli.post, cli.administrator, cli.demo),
        *(cli.codes_off, cli.forget, cli.purge, cli.move_files, cli.judging, cli.archive),
        cli.results,
    ):
        app.cli.add_command(command)

    app.wsgi_app = i18n.LanguagePrefix(
        in_one_moment(whole(app.wsgi_app), stamped=settings.arrival_stamps)
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    return app


def fetcher_for(settings: Settings) -> Fetcher | None:
    """Who asks other hosts; nobody, where the operator has not allowed it."""
    if not settings.link_checks:
        return None
    return Fetcher(f"Hackathon (+{settings.base_url})", ports=settings.link_ports)


def flask_settings(settings: Settings) -> dict[str, Any]:
    test = settings.mode == "test"
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": test,
        "KEEP_PAGES": not test,
        "BASE_URL": settings.base_url,
        "MAIL_FROM": settings.mail_from,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "MAX_CONTENT_LENGTH": settings.upload_limit + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,  # static addresses carry their content's hash
        # The prefix makes browsers refuse the cookie from anyone but this very host, over TLS.
        "SESSION_COOKIE_NAME": "__Host-session" if settings.secure_cookies else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: slow writers lose nothing
        "WTF_CSRF_SSL_STRICT": settings.production,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_ENABLED": not test,
        "SECURITY_PASSWORD_SALT": settings.secret_key,
        "SECURITY_PASSWORD_HASH": "plaintext" if test else "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["plaintext"] if test else ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        # The letters say how long their links work.
        "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=5),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=5),
    }


def in_one_moment(wsgi_app: Any, *, stamped: bool) -> Any:
    """One request has one "now": the moment it reached the door.

    In a crowd it waits until a thread is free; a proxy that is trusted says when it came.
    """

    def serve(environ: Any, start_response: Any) -> Any:
        stamp = environ.get("HTTP_X_REQUEST_START", "") if stamped else ""
        with clock.standing_still(clock.arrival(stamp)):
            return wsgi_app(environ, start_response)

    return serve


def healthz() -> Any:
    return {"status": "ok"}


def dress(app: Flask) -> None:
    """What templates may use besides their own context."""
    settings: Settings = app.config["SETTINGS"]
    static = Path(app.static_folder or "") / "build"

    @cache
    def fingerprint(name: str) -> str:
        return hashlib.sha256((static / name).read_bytes()).hexdigest()[:12]

    def asset(name: str) -> str:
        """The address of a built file. It has no language, and changes with its content."""
        return f"/static/build/{name}?v={fingerprint(name)}"

    app.jinja_env.globals |= {
        "asset": asset,
        "comparisons_set_up": session_of,
        "blinded": blinded,
        "called": called,
        "deed_sentence": sentence,
        "findings_about": findings_about,
        "known_to_be_blind": known_to_be_blind,
        "follow_ups_shown": answers_shown,
        "demo": settings.demo,
        "drawn": drawn,
        "looking_ahead": looking_ahead,
        "navigation": navigation,
        "now": clock.now,
        "public_outcome": public_outcome,
        "revised_in": revised_in,
        "readers_zone": readers_zone,
        "samples_first": samples_first,
        "scans_of": scans_of,
        "site_name": settings.site_name,
        "withheld_from": withheld_from,
        "withheld_in": withheld_in,
        "words_typed": words_typed,
    }
    app.jinja_env.filters |= {"as_drawn": as_drawn, "markdown": markdown}
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def error_page(status: int, **context: Any) -> Any:
    known = {403, 404, 408, 409, 410, 413, 429, 500}
    name = status if status in known else (404 if status < 500 else 500)
    return render_template(f"errors/{name}.html", **context), status


def refused(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    return error_page(error.code or 500)


def old_form(error: CSRFError) -> Any:
    """A form older than the session, as of another tab: back to a fresh one, with a word of why."""
    if asks_for_json():
        return {"refusal": "old_form"}, 409
    return error_page(
        409,
        title=_("This form is too old"),
        reason=_("You signed in or out since this page was opened, so nothing was saved."),
    )


def obstructed(obstacle: Obstacle) -> Any:
    """A button met an obstacle: back to where it was pressed, with the reason."""
    db.session.rollback()
    return render_template("errors/409.html", reason=str(obstacle)), 409


def overtaken(error: Exception) -> Any:
    """Somebody else did something at the same moment, and the database took theirs."""
    db.session.rollback()
    # Not the address, which may hold a secret; nor what the database was given.
    said = str(error.orig) if isinstance(error, IntegrityError) else str(error)
    structlog.get_logger().warning("overtaken", endpoint=request.endpoint, error=said)
    return error_page(409)


PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
DOWNLOAD_POLICY = "sandbox; default-src 'none'"


def harden(response: Response) -> Response:
    download = response.headers.get("Content-Disposition", "").startswith("attachment")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY if download else PAGE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
