"""Signing up, in and out; one's own profile. What keeps an account safe is in `security`."""

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _

from ..extensions import limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.pace import unhurried
from ..ground.way import goes_on
from . import actions, passkeys, presence
from .forms import (
    AddressForm,
    ChangePasswordForm,
    CodeForm,
    EmptyForm,
    NewPasswordForm,
    PasskeyForm,
    ProfileForm,
    SignInForm,
    SignUpForm,
)
from .models import Manner, User
from .queries import caller, me

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

few = limiter.shared_limit(
    "10 per minute; 60 per hour", scope="accounts", key_func=caller, methods=["POST"]
)


def whose_codes() -> str:
    """Codes are short: tries are counted for the person, from wherever they come."""
    half = session.get("half")
    return str(half[0]) if half else caller()


few_codes = limiter.shared_limit(
    "5 per minute; 20 per hour", scope="codes", key_func=whose_codes, methods=["POST"]
)


@blueprint.route("/new", methods=["GET", "POST"])
@unhurried
@few
def sign_up() -> Any:
    form = SignUpForm()
    if form.validate_on_submit():
        actions.create_account(
            email=form.email.data,
            name=form.name.data,
            password=form.password.data,
            language=language(),
            goes_on=goes_on(),
        )
        return redirect(url_for(".letter_sent"))
    return page("accounts/sign_up.html", form, goes_on=goes_on())


@blueprint.get("/letter-sent")
def letter_sent() -> Any:
    return render_template("accounts/letter_sent.html")


@blueprint.route("/confirmation", methods=["GET", "POST"])
@unhurried
@few
def confirmation_letter() -> Any:
    """Ask for the confirmation letter again; the answer is the same for any address."""
    form = AddressForm()
    if form.validate_on_submit():
        user = actions.person_with(form.email.data)
        if user and user.confirmed_at is None:
            actions.ask_for_confirmation(user)
        return redirect(url_for(".letter_sent"))
    return page("accounts/confirmation_letter.html", form)


@blueprint.route("/confirmation/<token>", methods=["GET", "POST"])
@few
def confirmation(token: str) -> Any:
    """A letter's link opens this page; its button confirms, so that mail scanners do not."""
    user = actions.person_to_confirm(token)
    if user is None:
        return render_template("accounts/link_expired.html", again="accounts.confirmation_letter")
    form = EmptyForm()
    if form.validate_on_submit():
        first = user.confirmed_at is None
        actions.confirm_address(user)
        way = come_in(user, Manner.LETTER) if first else redirect(onward())
        flash(_("Your address is confirmed. Welcome!"), "success")
        return way
    return page("accounts/confirmation.html", form, goes_on=goes_on())


@blueprint.route("/sign-in", methods=["GET", "POST"])
@few
def sign_in() -> Any:
    form = SignInForm()
    if form.validate_on_submit():
        user = actions.with_password(form.email.data, form.password.data)
        if user is None:
            form.refuse(_("This address and password do not go together."))
        elif user.confirmed_at is None:
            actions.ask_for_confirmation(user, goes_on=goes_on())
            return redirect(url_for(".letter_sent"))
        else:
            return come_in(user, Manner.PASSWORD)
    return sign_in_page(form)


def sign_in_page(form: SignInForm) -> Any:
    return page(
        "accounts/sign_in.html",
        form,
        passkey_form=PasskeyForm(formdata=None),
        site=actions.site(),
        goes_on=goes_on(),
        by_personal_link=session.get("personal", False),
    )


def come_in(user: User, manner: Manner) -> Any:
    """Who has proved once who they are goes on, or is asked for a code first."""
    if presence.arrive(user, manner):
        return redirect(onward())
    return redirect(url_for("accounts.code", next=goes_on() or None))


def onward() -> str:
    return goes_on() or url_for("desk.home")


@blueprint.route("/code", methods=["GET", "POST"])
@few
@few_codes
def code() -> Any:
    """The second step of signing in, for who has an authenticator."""
    half = presence.half_way()
    if half is None:
        return redirect(url_for(".sign_in", next=goes_on() or None))
    form = CodeForm()
    if form.validate_on_submit() and form.attempt(actions.take_code, half.user, form.code.data):
        presence.enter(half.user, half.manner, factor=True)
        return redirect(onward())
    return page(
        "accounts/code.html",
        form,
        passkey_form=PasskeyForm(formdata=None),
        site=actions.site(),
        goes_on=goes_on(),
    )


@blueprint.post("/passkey/question")
@few
def passkey_question() -> Any:
    """What the browser needs to ask for a passkey, as JSON."""
    options = passkeys.question(actions.site())
    presence.challenge(options["challenge"])
    return options


@blueprint.post("/passkey")
@few
def passkey() -> Any:
    """Sign in with the passkey that answered."""
    form = PasskeyForm()
    if form.validate_on_submit() and (user := person_who_answered(form)):
        presence.enter(user, Manner.PASSKEY, factor=True)
        return redirect(onward())
    instead = SignInForm(formdata=None)
    instead.refuse(str(actions.PasskeyRefused.sentence))
    return sign_in_page(instead)


def person_who_answered(form: PasskeyForm) -> User | None:
    """Whose passkey answered the last question put to this browser; else the form says why not."""
    challenge, asked_at = presence.challenged()
    return form.attempt(
        actions.with_passkey, form.credential.data or "", challenge=challenge, asked_at=asked_at
    )


@blueprint.route("/link", methods=["GET", "POST"])
@unhurried
@few
def link_letter() -> Any:
    """Ask for a link that signs in; the answer is the same for any address."""
    form = AddressForm()
    if form.validate_on_submit():
        actions.ask_for_link(form.email.data, goes_on=goes_on())
        return redirect(url_for(".letter_sent"))
    return page("accounts/link_letter.html", form, goes_on=goes_on())


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@few
def link(token: str) -> Any:
    """A letter's link opens this page; its button signs in, so that mail scanners do not."""
    link = actions.link_with(token)
    form = EmptyForm()
    if link and form.validate_on_submit() and actions.use_link(link):
        return come_in(link.user, Manner.LETTER)
    if link is None or form.is_submitted():
        return render_template("accounts/link_expired.html", again="accounts.link_letter")
    return page("accounts/link.html", form, goes_on=link.goes_on)


@blueprint.post("/sign-out")
def sign_out() -> Any:
    presence.leave()
    flash(_("You are signed out."), "success")
    return redirect(url_for("competitions.index"))


@blueprint.route("/reset", methods=["GET", "POST"])
@unhurried
@few
def reset_letter() -> Any:
    form = AddressForm()
    if form.validate_on_submit():
        actions.ask_for_reset(form.email.data)
        return redirect(url_for(".letter_sent"))
    return page("accounts/reset_letter.html", form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@few
def reset(token: str) -> Any:
    user = actions.person_to_reset(token)
    form = NewPasswordForm()
    if user and form.validate_on_submit():
        kept = actions.hashed(form.password.data)
        user = actions.person_to_reset(token)  # it may have been used meanwhile
        if user:
            actions.set_password(user, kept)
            way = come_in(user, Manner.LETTER)
            flash(_("Your new password is set."), "success")
            return way
    if user is None:
        return render_template("accounts/link_expired.html", again="accounts.reset_letter")
    return page("accounts/reset.html", form)


@blueprint.route("/profile", methods=["GET", "POST"])
def profile() -> Any:
    form = ProfileForm(obj=me())
    if form.validate_on_submit():
        actions.edit_profile(
            me(),
            name=form.name.data,
            pronouns=form.pronouns.data or None,
            organization=form.organization.data or None,
            accessibility=form.accessibility.data or None,
            language=form.language.data,
            zone=form.zone.data or None,
        )
        flash(_("Your profile is saved."), "success")
        return redirect(url_for(".profile"))
    return page("accounts/profile.html", form, zones=sorted(available_timezones()))


@blueprint.route("/password", methods=["GET", "POST"])
@few
def password() -> Any:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        user = me()
        if actions.with_password(user.email, form.current.data) is None:
            form.refuse(_("This is not your password now."), "current")
        else:
            actions.set_password(user, actions.hashed(form.password.data), but_for=user.here)
            flash(_("Your new password is set."), "success")
            return redirect(url_for(".profile"))
    return page("accounts/password.html", form)
