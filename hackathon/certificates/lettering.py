"""The typefaces of certificates, and the characters they have.

Latin, Greek and Cyrillic are drawn in Source Serif; the letters that Indigenous languages of Canada
have beyond it in BC Sans; what else people write their names in, in the Noto Sans of its script.
"""

import struct
import unicodedata
from functools import cache
from pathlib import Path

from fontpkg_source_serif_4 import ROOT

SERIF = ROOT / "files" / "SourceSerif4[opsz,wght].ttf"
SCRIPTS = Path(__file__).parent.parent / "static" / "build" / "print"
BC_SANS = SCRIPTS / "bc-sans.ttf"
# Chinese in either writing, Japanese and Korean share characters that each draws in its own way.
EAST_ASIA = ("Noto Sans SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR")
JAPANESE = range(0x3040, 0x3100)
KOREAN = range(0xAC00, 0xD7B0)


def files() -> list[Path]:
    """Every typeface there is."""
    return [SERIF, *sorted(SCRIPTS.glob("*.ttf"))]


def missing(text: str) -> str:
    """The characters, each once, that no typeface has."""
    lost = _codes(text) - _characters()
    return "".join(sorted(map(chr, lost)))


def drawable(text: str) -> str:
    """The text without what no typeface has, such as the emoji in a team's name."""
    lost = missing(text)
    return " ".join("".join(c for c in text if c not in lost).split()) if lost else text


def families(name: str) -> list[str]:
    """In which order typefaces are asked, so that one draws as much of the name as can be."""
    codes = _codes(name)
    first = []
    if codes - _characters_in(SERIF) and not codes - _characters_in(BC_SANS):
        first = ["BC Sans"]
    elif codes & set(JAPANESE):
        first = ["Noto Sans JP"]
    elif codes & set(KOREAN):
        first = ["Noto Sans KR"]
    others = ("Source Serif 4", "BC Sans", *EAST_ASIA)
    return [*first, *(family for family in others if family not in first)]


def _codes(text: str) -> set[int]:
    """Of the characters that leave ink."""
    composed = unicodedata.normalize("NFC", text)
    return {ord(c) for c in composed if unicodedata.category(c) not in ("Cf", "Zs")}


@cache
def _characters() -> frozenset[int]:
    """What all typefaces together can draw."""
    return frozenset().union(*map(_characters_in, files()))


@cache
def _characters_in(path: Path) -> frozenset[int]:
    """The codes that the font has a drawing for, by its `cmap` in format 4 or 12."""
    font = path.read_bytes()
    (count,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4s4xLL", font, 12 + 16 * each) for each in range(count))
    start = next(offset for tag, offset, _ in entries if tag == b"cmap")
    (tables,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for each in range(tables):
        (offset,) = struct.unpack_from(">L", font, start + 8 + 8 * each)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 12:
            (groups,) = struct.unpack_from(">L", font, start + offset + 12)
            for group in range(groups):
                first, last = struct.unpack_from(">LL", font, start + offset + 16 + 12 * group)
                found.update(range(first, last + 1))
        elif kind == 4:
            (twice,) = struct.unpack_from(">H", font, start + offset + 6)
            ends = struct.unpack_from(f">{twice // 2}H", font, start + offset + 14)
            starts = struct.unpack_from(f">{twice // 2}H", font, start + offset + 16 + twice)
            for first, last in zip(starts, ends, strict=True):
                found.update(range(first, last + 1))
    return frozenset(found - {0xFFFF})
