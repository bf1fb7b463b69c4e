"""Draw the pictures in docs/pictures anew, from a demo that is running.

    make run HOST=localhost                     # in one terminal; passkeys want a name
    .venv/bin/python scripts/pictures.py        # in another; or with the names of some pictures

The demo moves through its phases meanwhile and stays in the last one. Wants Chromium. Pictures are
kept small: at most 256 colours, without the demo's banner.
"""

import argparse
import io
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from PIL import Image
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
    follow: tuple[str, ...] = ()  # links from page to page, to the one that is meant
    width: int = DESKTOP
    height: int = 860
    clock: str = "America/Toronto"  # where the reader is
    top: str = ""  # what to begin with, instead of the head of the page
    reasons: tuple[str, str] | None = None  # two more days to look at, in both languages


AMARA = "amara.nwosu@participants.example"
CATHERINE = "catherine.lemieux.pham@participants.example"
ALEXIS = "alexis.moreau.finch@visitors.example"
SOLENE = "solene.baril.achour@organizers.example"
NICOLE = "nicole.sandhu@participants.example"
ANNE_SOPHIE = "anne.sophie.verreault@judges.example"
HALIFAX = "America/Halifax"
CHOICE = ("main a[href$='/challenge']",)
DATA = ("main .card a",)
DRAFT = ("main a[href$='/draft']",)
REVIEW = ("main a:text('Croisements')",)

ALL = [
    Picture("front-en", "en", "registration", "", f"{EVENT}/"),
    Picture("front-fr", "fr", "registration", "", f"{EVENT}/"),
    Picture("agenda-phone", "en", "registration", "", f"{EVENT}/agenda", width=PHONE, height=760),
]
for language, captain, fourth, judge in (
    ("en", AMARA, "jordan.whiteduck@participants.example", ANNE_SOPHIE),
    ("fr", CATHERINE, "fatou.diarra@participants.example", ANNE_SOPHIE),
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
        Picture(
            f"draft-{language}",
            *(language, "building", captain, f"{EVENT}/submission", DRAFT),
            width=PHONE,
            height=1000,
        ),
        Picture(f"gallery-{language}", language, "results", "", f"{EVENT}/projects", height=1160),
        Picture(f"results-{language}", language, "results", "", f"{EVENT}/results", height=1000),
        Picture(
            f"review-{language}",
            *(language, "judging", judge, f"{EVENT}/judging", REVIEW),
            width=PHONE,
            height=1000,
            top="#my-review",
        ),
    ]

MANAGE = f"{EVENT}/manage"
REASONS = (
    "The network of two universities was down on Thursday. Every team gets two more days.",
    "Le réseau de deux universités était en panne jeudi. Chaque équipe reçoit deux jours de plus.",
)
TAKEN = ("main tbody a", "main a[href$='/people']")
for name, phase, path, height, others in (
    ("registration", "registration", "/registration", 1130, {}),
    ("questions", "registration", "/questions", 950, {}),
    ("completing-teams", "registration", "/teams/completion", 1180, {}),
    ("small-teams", "registration", "/teams/small", 940, {}),
    ("challenges", "registration", "/teams/challenges", 930, {}),
    ("extension", "building", "/dates/submission/extension", 850, {"reasons": REASONS}),
    ("reminders", "building", "/reminders", 1060, {}),
    ("data-sets", "building", "/data", 720, {"follow": TAKEN}),
    ("translations", "judging", "/submissions/translations", 800, {}),
    ("checks", "judging", "/checks", 900, {}),
    ("assignment", "judging", "/judging/reviews", 1000, {}),
    ("coverage", "judging", "/judging/judges/coverage", 1000, {}),
    ("ranking", "results", "/judging/ranking", 1100, {}),
    ("decision", "results", "/results", 1000, {}),
    ("peoples-choice", "results", "/vote", 1000, {}),
):
    ALL.append(
        Picture(
            f"organizers-{name}",
            *("en", phase, SOLENE, MANAGE + path),
            height=height,
            top=".manage-bar",
            **others,
        )
    )
ALL.append(Picture("manage-en", "en", "building", SOLENE, f"{MANAGE}/"))


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
    for link in picture.follow:
        with page.expect_navigation():
            page.locator(link).first.click()
    if picture.reasons:
        extend(page, picture)
    page.evaluate("document.querySelector('.demo-banner')?.remove()")
    if picture.top:
        page.evaluate(
            "at => scrollBy(0, document.querySelector(at).getBoundingClientRect().top)", picture.top
        )
    page.wait_for_timeout(500)  # the time left is drawn by the script
    drawn = page.screenshot()
    context.close()
    return drawn


def extend(page: Page, picture: Picture) -> None:
    """Fill the form of an extension in, as far as the page that is looked at before it is done."""
    closes = page.locator(".deadline time").last.get_attribute("datetime") or ""
    later = (datetime.fromisoformat(closes) + timedelta(days=2)).astimezone(ZoneInfo(picture.clock))
    page.fill("[name=closes_at]", later.strftime("%Y-%m-%dT%H:%M"))
    for code, reason in zip(("en", "fr"), picture.reasons or (), strict=True):
        page.fill(f"[name=reason-{code}]", reason)
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn-primary").first.click()


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


def quantized(png: bytes) -> bytes:
    """The same picture with a palette, which is a third of the size."""
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    small = io.BytesIO()
    drawn.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


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
