"""What keeps one's account safe: where one is signed in, the address, codes and passkeys."""

from typing import Any

import segno
from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask_babel import gettext as _
from markupsafe import Markup

from ..ground.forms import page
from ..ground.way import goes_on
from . import actions, passkeys, presence, second_factor
from .forms import (
    CodeForm,
    EmptyForm,
    FirstCodeForm,
    NewAddressForm,
    NewPasskeyForm,
    PasskeyForm,
    PasswordForm,
)
from .models import Passkey, SignIn
from .queries import (
    authenticator_of,
    codes_left,
    has_second_factor,
    me,
    open_change_of,
    passkeys_of,
    sign_ins_of,
)
from .views import few, few_codes, onward, person_who_answered

blueprint = Blueprint("security", __name__, url_prefix="/account/security")


@blueprint.get("")
def index() -> Any:
    user = me()
    return render_template(
        "accounts/security.html",
        change=open_change_of(user),
        authenticator=authenticator_of(user),
        codes_left=codes_left(user),
        passkeys=passkeys_of(user),
        sign_ins=sign_ins_of(user),
        site=actions.site(),
        zone=user.zone or "UTC",
    )


# -- proving who one is ----------------------------------------------------------------------


@blueprint.route("/proof", methods=["GET", "POST"])
@few
def proof() -> Any:
    """The password or a passkey again, before something that matters."""
    form = PasswordForm()
    if form.validate_on_submit():
        if actions.with_password(me().email, form.password.data):
            actions.prove(me().here)
            return redirect(goes_on() or url_for(".index"))
        form.refuse(_("This is not your password."), "password")
    return page("accounts/proof.html", form, **for_passkeys())


@blueprint.route("/factor", methods=["GET", "POST"])
@few
@few_codes
def factor() -> Any:
    """A code or a passkey, for what asks for a second factor; or the way to have one."""
    form = CodeForm()
    if form.validate_on_submit() and form.attempt(actions.take_code, me(), form.code.data):
        actions.prove(me().here, factor=True)
        return redirect(onward())
    return page(
        "accounts/factor.html",
        form,
        authenticator=authenticator_of(me()),
        has_factor=has_second_factor(me()),
        **for_passkeys(),
    )


def for_passkeys() -> dict[str, Any]:
    """What a page needs to offer passkeys."""
    return {
        "passkeys": passkeys_of(me()),
        "passkey_form": PasskeyForm(formdata=None),
        "site": actions.site(),
        "goes_on": goes_on(),
    }


@blueprint.post("/proof/passkey")
@few
def passkey_proof() -> Any:
    """The answer of a passkey, for both pages."""
    form = PasskeyForm()
    if form.validate_on_submit() and person_who_answered(form) == me():
        actions.prove(me().here, factor=True)
        return redirect(goes_on() or url_for(".index"))
    flash(str(actions.PasskeyRefused.sentence), "danger")
    return redirect(url_for(".proof", next=goes_on() or None))


# -- where one is signed in ------------------------------------------------------------------


@blueprint.post("/sign-ins/<key:sign_in>/end")
def sign_in_end(sign_in: SignIn) -> Any:
    actions.end_sign_in(sign_in)
    flash(_("That device is signed out."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/sign-ins/end-others")
def end_others() -> Any:
    actions.sign_out_elsewhere(me(), but_for=me().here)
    flash(_("Every other device is signed out."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/sign-ins/end-all")
def end_all() -> Any:
    actions.sign_out_elsewhere(me(), but_for=None)
    presence.leave()
    flash(_("You are signed out everywhere."), "success")
    return redirect(url_for("competitions.index"))


# -- the address -----------------------------------------------------------------------------


@blueprint.route("/address", methods=["GET", "POST"])
@few
def address() -> Any:
    form = NewAddressForm()
    if form.validate_on_submit() and form.attempt(actions.ask_for_address, me(), form.email.data):
        flash(_("Two letters are on their way: one to each address. Open both."), "success")
        return redirect(url_for(".index"))
    return page("accounts/address.html", form)


@blueprint.post("/address/stop")
def address_stop() -> Any:
    if change := open_change_of(me()):
        actions.stop_change(change)
    flash(_("Your address stays as it is."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/address/<token>", methods=["GET", "POST"])
@few
def address_confirmation(token: str) -> Any:
    """The page of the link in both letters: yes, or stop."""
    change = actions.change_with(token)
    if change is None:
        return render_template("accounts/link_expired.html", again="security.address")
    form = EmptyForm()
    if form.validate_on_submit() and form.attempt(actions.confirm_change, change, token):
        return render_template("accounts/address_confirmed.html", change=change)
    return page("accounts/address_confirmation.html", form, change=change, token=token)


@blueprint.post("/address/<token>/stop")
@few
def address_refusal(token: str) -> Any:
    """Somebody asked who should not have."""
    change = actions.change_with(token)
    if change is None:
        return render_template("accounts/link_expired.html", again="security.address")
    actions.stop_change(change)
    return render_template("accounts/address_stopped.html")


# -- codes -----------------------------------------------------------------------------------


@blueprint.route("/codes/on", methods=["GET", "POST"])
@few
@few_codes
def codes_on() -> Any:
    """Set an app up: the secret waits in the cookie until a code proves that the app has it."""
    if authenticator_of(me()):
        return redirect(url_for(".index"))
    key = actions.site_key()
    secret = second_factor.unseal(session.get("new_secret", ""), key) or second_factor.new_secret()
    session["new_secret"] = second_factor.seal(secret, key)
    form = FirstCodeForm()
    if form.validate_on_submit() and (
        codes := form.attempt(actions.turn_on_codes, me(), secret, form.code.data, here=me().here)
    ):
        del session["new_secret"]
        return not_kept(page("accounts/recovery_codes.html", codes=codes, goes_on=goes_on()))
    otpauth = second_factor.address(secret, person=me().email, site=actions.site().name)
    return not_kept(
        page(
            "accounts/codes_on.html",
            form,
            secret=[secret[i : i + 4] for i in range(0, len(secret), 4)],
            otpauth=otpauth,
            picture=picture_of(otpauth),
            goes_on=goes_on(),
        )
    )


def not_kept(shown: Any) -> Response:
    """A page with secrets, that the browser does not keep."""
    response = make_response(shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def picture_of(text: str) -> Markup:
    """A QR code, drawn in the page."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))


@blueprint.route("/codes/off", methods=["GET", "POST"])
@few
@few_codes
def codes_off() -> Any:
    if authenticator_of(me()) is None:
        return redirect(url_for(".index"))
    form = CodeForm()
    if form.validate_on_submit() and form.attempt(actions.turn_off_codes, me(), form.code.data):
        flash(_("Signing in asks for no code any more."), "success")
        return redirect(url_for(".index"))
    return page("accounts/codes_off.html", form)


@blueprint.route("/codes/recovery", methods=["GET", "POST"])
@few
def recovery_codes() -> Any:
    """New recovery codes, shown in the answer alone."""
    if authenticator_of(me()) is None:
        return redirect(url_for(".index"))
    form = EmptyForm()
    if form.validate_on_submit():
        codes = actions.make_recovery_codes(me())
        return not_kept(page("accounts/recovery_codes.html", codes=codes, goes_on=""))
    return page("accounts/new_recovery_codes.html", form, left=codes_left(me()))


# -- passkeys --------------------------------------------------------------------------------


@blueprint.post("/passkeys/invitation")
@few
def passkey_invitation() -> Any:
    """What the browser needs to make a passkey, as JSON."""
    user = me()
    options = passkeys.invitation(
        actions.site(),
        person=user.id.bytes,
        address=user.email,
        name=user.name,
        known=[passkey.credential for passkey in passkeys_of(user)],
    )
    presence.challenge(options["challenge"])
    return options


@blueprint.route("/passkeys/new", methods=["GET", "POST"])
@few
def passkey_new() -> Any:
    form = NewPasskeyForm()
    if form.validate_on_submit() and form.attempt(
        actions.add_passkey,
        me(),
        form.credential.data or "",
        challenge=presence.challenged()[0],
        name=form.name.data or _("Passkey"),
        here=me().here,
    ):
        flash(_("From now on you can sign in with this passkey."), "success")
        return redirect(goes_on() or url_for(".index"))
    return page("accounts/passkey_new.html", form, site=actions.site(), goes_on=goes_on())


@blueprint.post("/passkeys/<key:passkey>/removal")
def passkey_removal(passkey: Passkey) -> Any:
    actions.remove_passkey(passkey, by=me())
    flash(_("This passkey does not sign in any more. Remove it from your device too."), "success")
    return redirect(url_for(".index"))
