"""Draw the pictures in docs/pictures anew, from a demo that is running.

    make run HOST=localhost                     # in one terminal; passkeys want a name
    .venv/bin/python scripts/pictures.py        # in another; or with the names of some pictures

The demo moves through its phases meanwhile and stays in the last one. Wants Chromium. Pictures are
kept small: at most 256 colours, without the demo's banner.
"""

import argparse
import shutil
import struct
import zlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PASSWORD = "datajam-demo"  # as hackathon/demo lays it
EVENT = "/datajam-2021"
DESKTOP, PHONE = 1280, 390
COLOURS = 256


class Picture(NamedTuple):
    """One picture: as whom, in which phase, of which page, and how much of it."""

    name: str
    language: str
    phase: str
    address: str  # of the person who is signed in; empty for a visitor
    path: str
    follow: str = ""  # a link on that page, to the page that is meant
    width: int = DESKTOP
    height: int = 860
    clock: str = "America/Toronto"  # where the reader is
    top: str = ""  # what to begin with, instead of the head of the page


AMARA = "amara.nwosu@participants.example"
CATHERINE = "catherine.lemieux.pham@participants.example"
ALEXIS = "alexis.moreau.finch@visitors.example"
NICOLE = "nicole.sandhu@participants.example"
HALIFAX = "America/Halifax"
CHOICE = "main a[href$='/challenge']"
DATA = "main .card a"

ALL = [
    Picture("front-en", "en", "registration", "", f"{EVENT}/"),
    Picture("front-fr", "fr", "registration", "", f"{EVENT}/"),
    Picture("agenda-phone", "en", "registration", "", f"{EVENT}/agenda", width=PHONE, height=760),
]
for language, captain, fourth in (
    ("en", AMARA, "jordan.whiteduck@participants.example"),
    ("fr", CATHERINE, "fatou.diarra@participants.example"),
):
    ALL += [
        Picture(
            f"registration-{language}",
            *(language, "registration", ALEXIS, f"{EVENT}/registration/new"),
            height=1100,
        ),
        Picture(
            f"board-{language}",
            *(language, "registration", NICOLE, f"{EVENT}/teams/board?show=teams"),
            height=1230,
        ),
        Picture(
            f"choice-{language}",
            *(language, "registration", captain, f"{EVENT}/team", CHOICE),
            height=800,
            clock=HALIFAX,
        ),
        Picture(
            f"security-{language}",
            *(language, "registration", captain, "/account/security"),
            width=PHONE,
            height=1080,
        ),
        Picture(
            f"my-data-{language}",
            *(language, "registration", captain, "/my-data"),
            width=PHONE,
            height=1000,
        ),
        Picture(
            f"data-set-{language}",
            *(language, "building", fourth, f"{EVENT}/data/", DATA),
            height=690,
            top="main section:nth-of-type(2)",
        ),
    ]


def draw(browser: Browser, site: str, picture: Picture) -> bytes:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        timezone_id=picture.clock,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    move_to(page, site, picture.phase)
    if picture.address:
        sign_in(page, site, picture.address)
    page.goto(f"{site}/{picture.language}{picture.path}")
    if picture.follow:
        page.locator(picture.follow).first.click()
        page.wait_for_load_state()
    page.evaluate("document.querySelector('.demo-banner')?.remove()")
    if picture.top:
        page.evaluate("at => document.querySelector(at).scrollIntoView()", picture.top)
    page.wait_for_timeout(500)  # the time left is drawn by the script
    drawn = page.screenshot()
    context.close()
    return drawn


def move_to(page: Page, site: str, phase: str) -> None:
    """Press the banner's button, unless the demo is there already."""
    page.goto(f"{site}/en/demo/mailbox")
    button = page.locator(f".demo-banner button[value={phase}]")
    if button.get_attribute("aria-current") is None:
        with page.expect_navigation():
            button.evaluate("button => button.form.requestSubmit(button)")


def sign_in(page: Page, site: str, address: str) -> None:
    page.goto(f"{site}/en/account/sign-in")
    page.fill("[name=email]", address)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


# -- fewer colours --


def quantized(png: bytes) -> bytes:
    """The same picture with a palette: of similar colours the most frequent stay."""
    width, height, pixels = decoded(png)
    colours = Counter(pixels)
    near: dict[tuple[int, ...], Counter[tuple[int, int, int]]] = {}
    for colour, times in colours.items():
        near.setdefault(tuple(part >> 3 for part in colour), Counter())[colour] = times
    kept = Counter({box.most_common(1)[0][0]: box.total() for box in near.values()})
    palette = [colour for colour, _ in kept.most_common(COLOURS)]
    index = {
        colour: min(
            range(len(palette)),
            key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)),
        )
        for colour in colours
    }
    lines = (pixels[at : at + width] for at in range(0, width * height, width))
    body = b"".join(b"\0" + bytes(index[colour] for colour in line) for line in lines)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", bytes(part for colour in palette for part in colour)),
            (b"IDAT", zlib.compress(body, 9)),
            (b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decoded(png: bytes) -> tuple[int, int, list[tuple[int, int, int]]]:
    """The pixels of what Chromium writes: eight bits a channel, not interlaced."""
    at, data, width, height, size = 8, b"", 0, 0, 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        part = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", part[:10])
            assert depth == 8 and colours in (2, 6)
            size = 3 if colours == 2 else 4
        elif kind == b"IDAT":
            data += part
        at += length + 12
    raw, stride = zlib.decompress(data), width * size
    before, pixels = bytearray(stride), []
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        unfiltered(raw[start], line, before, size)
        pixels += zip(line[0::size], line[1::size], line[2::size], strict=True)
        before = line
    return width, height, pixels


def unfiltered(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    """Undo a line's filter (PNG, section 9.2) in place."""
    for at in range(len(line)) if kind else ():
        left, up = line[at - size] if at >= size else 0, above[at]
        corner = above[at - size] if at >= size else 0
        if kind == 4:
            guess = left + up - corner
            guess = min((left, up, corner), key=lambda each: abs(guess - each))
        else:
            guess = (0, left, up, (left + up) // 2)[kind]
        line[at] = (line[at] + guess) & 255


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these, such as front-en")
    parser.add_argument("--site", default="http://localhost:8000", help="where the demo runs")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in sorted(ALL, key=lambda each: each.phase):
            if not asked.names or picture.name in asked.names:
                file = PICTURES / f"{picture.name}.png"
                file.write_bytes(quantized(draw(browser, asked.site.rstrip("/"), picture)))
                print(f"{file.name}: {file.stat().st_size // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main()
