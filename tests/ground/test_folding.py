"""Text as it is compared."""

import pytest

from hackathon.ground.folding import folded


@pytest.mark.parametrize(
    "one, other",
    [
        ("Élan", "ELAN"),
        ("ÇA", "ca"),
        ("ﬁn", "FIN"),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("İstanbul", "istanbul"),
    ],
)
def test_case_accents_and_forms_do_not_count(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_letters_do() -> None:
    assert folded("lamp") != folded("lump")
