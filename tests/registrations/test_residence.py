"""Names of places, as each language sorts them."""

from typing import Any

from flask_babel import force_locale

from hackathon.registrations.residence import OUTSIDE, residences


def test_codes_are_the_official_ones(context: None) -> None:
    codes = {code for code, _ in residences()}
    assert codes == {
        *("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"),
        OUTSIDE,
    }


def test_sorted_for_readers_of_each_language(app: Any, context: None) -> None:
    with app.test_request_context(), force_locale("en_CA"):
        english = [code for code, _ in residences()]
    with app.test_request_context(), force_locale("fr_CA"):
        french = [code for code, _ in residences()]
    assert " ".join(english) == "AB BC MB NB NL NT NS NU ON PE QC SK YT outside"
    # Alberta, Colombie-Britannique, Île-du-Prince-Édouard, Manitoba, Nouveau-Brunswick, …
    assert " ".join(french) == "AB BC PE MB NB NS NU ON QC SK NL NT YT outside"
