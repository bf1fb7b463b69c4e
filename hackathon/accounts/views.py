"""Signing up, in and out; one's own profile."""

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import login_user, logout_user

from ..extensions import limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.way import goes_on
from . import actions
from .forms import (
    AddressForm,
    ChangePasswordForm,
    EmptyForm,
    NewPasswordForm,
    ProfileForm,
    SignInForm,
    SignUpForm,
)
from .models import User
from .queries import me

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

few = limiter.shared_limit("10 per minute; 60 per hour", scope="accounts", methods=["POST"])


@blueprint.route("/new", methods=["GET", "POST"])
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
        if first:
            sign_in_as(user)
        flash(_("Your address is confirmed. Welcome!"), "success")
        return redirect(goes_on() or url_for("desk.home"))
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
            sign_in_as(user)
            return redirect(goes_on() or url_for("desk.home"))
    return page("accounts/sign_in.html", form, goes_on=goes_on())


def sign_in_as(user: User) -> None:
    login_user(user, remember=False)


@blueprint.post("/sign-out")
def sign_out() -> Any:
    logout_user()
    flash(_("You are signed out."), "success")
    return redirect(url_for("competitions.index"))


@blueprint.route("/reset", methods=["GET", "POST"])
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
    if user is None:
        return render_template("accounts/link_expired.html", again="accounts.reset_letter")
    form = NewPasswordForm()
    if form.validate_on_submit():
        actions.set_password(user, form.password.data)
        sign_in_as(user)
        flash(_("Your new password is set."), "success")
        return redirect(url_for("desk.home"))
    return page("accounts/reset.html", form)


@blueprint.route("/profile", methods=["GET", "POST"])
def profile() -> Any:
    form = ProfileForm(obj=me())
    if form.validate_on_submit():
        actions.edit_profile(
            me(),
            name=form.name.data,
            organization=form.organization.data or None,
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
            actions.set_password(user, form.password.data)
            sign_in_as(user)
            flash(_("Your new password is set."), "success")
            return redirect(url_for(".profile"))
    return page("accounts/password.html", form)
