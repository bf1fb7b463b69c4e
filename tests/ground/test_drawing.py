"""A part of a page is drawn once for the same content, in each language."""

from flask import Flask
from flask_babel import force_locale, gettext
from markupsafe import Markup

from hackathon.ground.drawing import drawn
from hackathon.ground.localized import Localized


class Part:
    """As a macro of a template."""

    name = "a part that only this test draws"

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, title: Localized, codes: list[str]) -> Markup:
        self.times += 1
        return Markup("{} {} {}").format(gettext("Closed"), title, ", ".join(codes))


def test_the_same_content_is_drawn_once_in_each_language(app: Flask) -> None:
    part = Part()
    with app.test_request_context("/"):
        for locale, said in (("en_CA", "Closed One en"), ("fr_CA", "Fermé Un en")):
            with force_locale(locale):
                for _ in range(2):
                    assert drawn(part, Localized(en="One", fr="Un"), ["en"]) == said
    assert part.times == 2
    with app.test_request_context("/"), force_locale("en_CA"):
        assert drawn(part, Localized(en="One", fr="Un"), ["fr"]) == "Closed One fr"
        assert drawn(part, Localized(en="One", fr="Une"), ["en"]) == "Closed One en"
    assert part.times == 4
