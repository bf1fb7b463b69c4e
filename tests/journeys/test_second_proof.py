"""An organizer turns codes on, adds a passkey, and comes in with each; with a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from passlib.totp import TOTP

from hackathon.competitions.models import Organizer
from hackathon.extensions import db
from hackathon.ground import clock
from tests.browser import PHONE, Person, Site
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named_site(site: Site) -> Site:
    """Reached by a name: browsers make no passkeys for a number."""
    site.address = f"http://localhost:{site.server.server_port}"
    site.app.config["BASE_URL"] = site.address
    with site.app.app_context():
        world = World(site.app)
        ana = world.person(email="ana@example.org", name="Ana Té")
        competition = world.competition("the-one", second_factor_required=True)
        world.add(Organizer(competition=competition, user=ana))
        db.session.commit()
    return site


def device_of(person: Person) -> tuple[Any, str]:
    """A device with a finger on it, for this browser."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]


def test_codes_and_a_passkey(named_site: Site, someone: Callable[..., Person]) -> None:
    ana = someone(language="en", viewport=PHONE)
    device, authenticator = device_of(ana)
    ana.signs_in("ana@example.org")

    # The organizers' pages lead to a second proof, and back.
    ana.goes_to("/the-one/manage/")
    ana.follows("Codes from an app")
    secret = "".join(ana.page.locator(".secret span").all_inner_texts())
    assert ana.page.locator(".qr svg").bounding_box()["width"] > 150  # type: ignore[index]
    assert ana.fits()
    ana.fills(code=TOTP(key=secret).generate(time=clock.now()).token)
    ana.presses("Turn codes on")
    codes = ana.page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10 and ana.fits()
    ana.follows("I have kept them: go on")
    assert "/the-one/manage/" in ana.page.url

    ana.goes_to("/account/security/passkeys/new")
    ana.fills(name="My phone")
    ana.presses("Add a passkey")
    ana.sees("From now on you can sign in with this passkey.")
    assert ana.fits()
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert len(kept["credentials"]) == 1

    # With the password a code comes next; here one from paper.
    ana.page.context.clear_cookies()
    ana.goes_to("/account/sign-in")
    ana.fills(email="ana@example.org", password=PASSWORD)
    ana.submits()
    ana.fills(code=codes[0])
    ana.submits()
    ana.page.wait_for_url("**/home")

    # With the passkey nothing is typed at all.
    ana.page.context.clear_cookies()
    ana.goes_to("/the-one/manage/")
    ana.presses("Use a passkey")
    ana.page.wait_for_url("**/the-one/manage/")

    # A finger that is not known does not get in, and the page says so.
    ana.page.context.clear_cookies()
    device.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    ana.goes_to("/account/sign-in")
    ana.presses("Use a passkey")
    ana.page.get_by_text("The passkey was not used.").wait_for()
    assert "/account/sign-in" in ana.page.url


def test_without_scripts_it_says_so(named_site: Site, someone: Callable[..., Person]) -> None:
    ana = someone(language="fr", scripts=False)
    ana.goes_to("/account/sign-in")
    assert ana.page.get_by_text("Ce navigateur ne fonctionne pas ici").is_visible()
    assert not ana.page.get_by_role("button", name="Utiliser une clé d’accès").is_visible()
    ana.goes_to("/account/link")
    ana.fills(email="ana@example.org")
    ana.submits()
    ana.goes_to(named_site.link_for("ana@example.org", "sign_in_link"))
    ana.submits()
    ana.page.wait_for_url("**/home")
