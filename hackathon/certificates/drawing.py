"""Drawing certificates: plain values in, the octets of a PDF out.

Typst refuses to write what is not PDF/UA-1: tagged, with its languages, a title, and words beside
every picture. The same values give the same octets.
"""

import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import segno
import typst

from .lettering import SCRIPTS, SERIF, drawable, families

TEMPLATE = Path(__file__).with_name("certificate.typ")
PAPERS = {"letter": "us-letter", "a4": "a4"}


@dataclass(frozen=True)
class Words:
    """All that the sheet says in one language."""

    title: str
    certifies: str
    deed: str
    competition: str
    details: list[str]
    occasion: str
    issued: str
    check: str
    qr: str


@dataclass(frozen=True)
class Logo:
    """`picture` names one of the press's pictures; `alt` is who it stands for."""

    picture: str
    alt: str


@dataclass(frozen=True)
class Signatory:
    """`titles` by language; without a picture there is room to sign by hand."""

    name: str
    titles: Mapping[str, str]
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Sheet:
    """One certificate. `words` by language: one or two, the first of them leads.

    The name is drawn as it is, and what our typefaces lack of it is a fault; anything else is drawn
    without it.

    `paper` is a key of PAPERS; `accent` is a colour as `#0f5560`; `number` as people read it, and
    `address` where it can be checked; `edited_at` is the moment that the file gives as its own.
    """

    name: str
    number: str
    address: str
    words: Mapping[str, Words]
    paper: str
    accent: str
    author: str
    edited_at: datetime
    logos: list[Logo] = field(default_factory=list)
    signatories: list[Signatory] = field(default_factory=list)


class Press:
    """Draws sheets that share their pictures (name → octets). Use it in a `with` statement."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="certificates-")
        self.root = Path(self._directory.name)
        (self.root / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        for name, octets in (pictures or {}).items():
            (self.root / f"{name}.webp").write_bytes(octets)
        self._compiler = typst.Compiler(
            str(self.root / TEMPLATE.name),
            root=str(self.root),
            font_paths=_fonts(),
            ignore_system_fonts=True,
        )

    def __enter__(self) -> "Press":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._directory.cleanup()

    def pdf(self, sheet: Sheet) -> bytes:
        """Raises typst.TypstError when it cannot be drawn as PDF/UA-1."""
        return self._compile(sheet, format="pdf", pdf_standards=["ua-1"])

    def picture(self, sheet: Sheet, *, dots: float = 96) -> bytes:
        """The sheet as a PNG with so many dots an inch, to look at."""
        return self._compile(sheet, format="png", ppi=dots)

    def _compile(self, sheet: Sheet, **how: Any) -> bytes:
        drawn = self._compiler.compile(
            sys_inputs={"told": json.dumps(_told(sheet), ensure_ascii=False)},
            timestamp=int(sheet.edited_at.timestamp()),
            **how,
        )
        assert isinstance(drawn, bytes)  # one sheet, one file
        return drawn


def as_png(svg: bytes) -> bytes:
    """A drawing in SVG as dots, with whatever else was in it left behind. Raises ValueError."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg", width: 400pt)'
    with tempfile.TemporaryDirectory(prefix="certificates-") as root:
        (Path(root) / "drawing.svg").write_bytes(svg)
        (Path(root) / "page.typ").write_bytes(page)
        compiler = typst.Compiler(
            str(Path(root) / "page.typ"), root=root, font_paths=_fonts(), ignore_system_fonts=True
        )
        try:
            drawn = compiler.compile(format="png", ppi=200)
        except typst.TypstError as error:
            raise ValueError(error.message) from error
    assert isinstance(drawn, bytes)
    return drawn


@cache
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(SERIF.parent), str(SCRIPTS)],
    )


def _told(sheet: Sheet) -> dict[str, Any]:
    words = {language: _drawable(asdict(each)) for language, each in sheet.words.items()}
    first = next(iter(words.values()))
    return {
        "accent": sheet.accent,
        "paper": PAPERS[sheet.paper],
        "speaks": list(sheet.words),
        "words": words,
        "document": f"{first['title']} – {sheet.name}",
        "summary": f"{first['certifies']} {sheet.name} {first['deed']} {first['competition']}",
        "author": sheet.author,
        "name": sheet.name,
        "families": families(sheet.name),
        "number": sheet.number,
        "address": sheet.address,
        "qr": _square(sheet.address),
        "logos": [{"file": f"{each.picture}.webp", "alt": each.alt} for each in sheet.logos],
        "signatories": [
            {
                "name": drawable(each.name),
                "titles": [(language, drawable(title)) for language, title in each.titles.items()],
                "file": f"{each.picture}.webp" if each.picture else None,
                "alt": each.alt,
            }
            for each in sheet.signatories
        ],
    }


def _drawable(words: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [drawable(each) for each in said] if isinstance(said, list) else drawable(said)
        for key, said in words.items()
    }


def _square(address: str) -> str:
    """The address as a QR code, in SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, light="#fff")
    return drawn.getvalue().decode()
