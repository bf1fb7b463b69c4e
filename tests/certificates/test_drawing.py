"""What is drawn: one sheet of tagged PDF, the same octets every time."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest
from typst import TypstError

from hackathon.certificates.drawing import Logo, Press, Sheet, Signatory, Words, as_png
from hackathon.ground.pictures import drawn_anew

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><path d="M0 0h9v3z"/></svg>'


def words(language: str) -> Words:
    return Words(
        title=f"Title {language}",
        certifies=f"certifies {language}",
        deed=f"deed {language}",
        competition=f"Competition {language}",
        details=[f"detail {language}"],
        occasion=f"occasion {language}",
        issued=f"issued {language}",
        check=f"check {language}",
        qr=f"square {language}",
    )


SHEET = Sheet(
    name="Zoé Nguyễn ᓀᐦᐃ",
    number="7KQM-3XWD-PB9R",
    address="https://example.org/c/certificates/7KQM3XWDPB9R",
    words={"en": words("en"), "fr": words("fr")},
    paper="letter",
    accent="#0f5560",
    author="Author",
    edited_at=datetime(2021, 5, 31, tzinfo=UTC),
    logos=[Logo("logo", "Who it is")],
    signatories=[Signatory("Signer", {"en": "Title"}, "logo", "A signature"), Signatory("B", {})],
)


@pytest.fixture
def press() -> Any:
    with Press({"logo": drawn_anew(io.BytesIO(as_png(SVG))).octets}) as press:
        yield press


def tags(reader: Any) -> list[tuple[str, Any, Any]]:
    """(kind, words for it, language) of every tag, in order."""
    found = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((node["/S"], node.get("/Alt"), node.get("/Lang")))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def fonts(reader: Any) -> list[Any]:
    return [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]


def test_it_is_pdf_ua(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(SHEET)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-CA"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata.title == "Title en – Zoé Nguyễn ᓀᐦᐃ"
    assert "/OpenAction" not in root and "/AcroForm" not in root and "/Names" not in root
    seen = tags(reader)
    assert [alt for kind, alt, _ in seen if kind == "/Figure"] == [
        "Who it is",
        "A signature",
        "square en",
    ]
    assert "/H1" in {kind for kind, _, _ in seen}
    assert any(str(lang).startswith("fr") for _, _, lang in seen)


def test_every_typeface_is_embedded(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(SHEET)))
    assert len(fonts(reader)) > 1
    for font in fonts(reader):
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), font["/BaseFont"]


def test_it_fits_one_sheet_and_says_all(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(SHEET)))
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [792, 612]
    text = reader.pages[0].extract_text()
    for said in ("Zoé Nguyễn ᓀᐦᐃ", "7KQM-3XWD-PB9R", "Competition fr", "deed en", "Signer"):
        assert said in text
    link = reader.pages[0]["/Annots"][0].get_object()
    assert link["/A"]["/URI"] == SHEET.address


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("speaks", [("en", "fr"), ("fr",)])
def test_long_names_and_many_signatures_stay_on_the_sheet(
    press: Press, paper: str, speaks: tuple[str, ...]
) -> None:
    full = replace(
        SHEET,
        name="W" * 60 + " " + "W" * 59,
        paper=paper,
        words={
            language: replace(
                words(language), competition="C" * 80, details=["d" * 120] * 3, occasion="o" * 120
            )
            for language in speaks
        },
        logos=SHEET.logos * 5,
        signatories=[Signatory("N" * 60, {language: "T" * 60 for language in speaks}, "logo", "s")]
        * 4,
    )
    assert len(pypdf.PdfReader(io.BytesIO(press.pdf(full))).pages) == 1


def test_the_same_sheet_gives_the_same_octets(press: Press) -> None:
    first = press.pdf(SHEET)
    assert press.pdf(replace(SHEET, name="Another")) != first
    assert press.pdf(SHEET) == first
    with Press({"logo": drawn_anew(io.BytesIO(as_png(SVG))).octets}) as another:
        assert another.pdf(SHEET) == first


def test_what_no_typeface_has_leaves_all_but_the_name(press: Press) -> None:
    odd = replace(words("en"), details=["in the team Owls 🦉 of Nunavut"], competition="Jam 🚀")
    sheet = replace(SHEET, words={"en": odd}, author="🚀")
    text = pypdf.PdfReader(io.BytesIO(press.pdf(sheet))).pages[0].extract_text()
    assert "in the team Owls of Nunavut" in text
    with pytest.raises(TypstError):
        press.pdf(replace(sheet, name="Owl 🦉"))


def test_a_name_is_never_a_command(press: Press) -> None:
    hostile = '#panic("x") $ \\ *bold* @cite <label> `raw` // " \' ${{}}'
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(replace(SHEET, name=hostile))))
    assert '#panic("x")' in reader.pages[0].extract_text()


OPENS = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3">'


def test_an_svg_leaves_its_scripts_behind() -> None:
    scripted = OPENS + b'<script>alert(1)</script><path d="M0 0h9v3z" onclick="x()"/></svg>'
    drawn = as_png(scripted)
    assert drawn.startswith(b"\x89PNG") and b"alert" not in drawn


@pytest.mark.parametrize(
    "hostile",
    [
        b"<svg",
        b"<svg>\x00</svg>",
        OPENS + b'<image href="file:///etc/hostname" width="9" height="3"/></svg>',
        OPENS + b'<image href="../../secret.png" width="9" height="3"/></svg>',
        OPENS + b"<g>" * 100_000 + b"</g>" * 100_000 + b"</svg>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
        + OPENS
        + b"<text>"
        + b"&d;" * 1000
        + b"</text></svg>",
    ],
    ids=["cut", "nul", "absolute", "relative", "deep", "entities"],
)
def test_an_svg_that_reaches_out_or_never_ends_is_refused(hostile: bytes) -> None:
    with pytest.raises(ValueError):
        as_png(hostile)
