"""Someone opens an account, forgets the password, and comes back, in both languages."""

from collections.abc import Callable

import pytest

from tests.browser import PHONE, Person, Site

pytestmark = pytest.mark.browser

WORDS = {
    "en": {
        "open": "Create an account",
        "confirm": "Confirm my address",
        "welcome": "Your address is confirmed. Welcome!",
        "send": "Send the email",
        "set": "Set this password",
        "done": "Your new password is set.",
    },
    "fr": {
        "open": "Créer un compte",
        "confirm": "Confirmer mon adresse",
        "welcome": "Votre adresse est confirmée. Bienvenue\u00a0!",
        "send": "Envoyer le courriel",
        "set": "Enregistrer ce mot de passe",
        "done": "Votre nouveau mot de passe est enregistré.",
    },
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_account(site: Site, someone: Callable[..., Person], language: str, scripts: bool) -> None:
    words = WORDS[language]
    ana = someone(language=language, viewport=PHONE, scripts=scripts)
    ana.goes_to("/account/new")
    ana.fills(name="Ana Té", email="Ana@Example.org", password="trop court")
    ana.fills(password="court")
    ana.presses(words["open"])
    assert ana.page.locator("[name=name]").input_value() == "Ana Té"  # what was typed is kept
    assert ana.page.locator("[name=password][aria-invalid=true]").count() == 1
    ana.fills(password="quatre mots pour entrer")
    ana.presses(words["open"])

    ana.goes_to(site.link_for("ana@example.org", "confirm_address"))
    ana.presses(words["confirm"])
    assert ana.sees(words["welcome"])
    assert ana.fits() or not scripts

    later = someone(language=language)
    later.goes_to("/account/reset")
    later.fills(email="ana@example.org")
    later.presses(words["send"])
    link = site.link_for("ana@example.org", "password_reset")
    later.goes_to(link)
    later.fills(password="une autre phrase secrète")
    later.presses(words["set"])
    assert later.sees(words["done"])

    later.goes_to(link)  # a link works once
    assert later.page.locator("[name=password]").count() == 0
    ana.goes_to("/home")  # the phone was signed out when the password changed
    assert "/account/sign-in" in ana.page.url
