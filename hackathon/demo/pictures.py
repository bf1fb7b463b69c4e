"""Pictures of made-up projects, of a few shapes. The same names always give the same picture."""

import io
from functools import cache
from itertools import pairwise
from random import Random

from PIL import Image, ImageDraw

from ..ground.pictures import Copy, drawn_anew

SIZE = (1200, 675)
SENT = (800, 450)  # smaller, which also makes the edges smooth
INKS = {  # ground, then what is drawn on it
    "deep": ("#0c2f36", "#f2a64a", "#86cdd2", "#f1f6f5", "#2b7a82"),
    "paper": ("#f8f7f3", "#0f5560", "#a34a12", "#f2a64a", "#86b8bc"),
    "dusk": ("#3b2a4a", "#f5a09b", "#f2d5a0", "#9fb8e8", "#7a5c91"),
}


@cache
def drawn(motif: str, ink: str) -> tuple[bytes, Copy]:
    """One of the motifs as the PNG that a team sends, and as the copy that is shown of it."""
    ground, *inks = INKS[ink]
    image = Image.new("RGB", SIZE, ground)
    MOTIFS[motif](ImageDraw.Draw(image), inks, Random(f"{motif}/{ink}"))
    octets = io.BytesIO()
    image.resize(SENT).save(octets, "PNG", compress_level=1)
    octets.seek(0)
    return octets.getvalue(), drawn_anew(octets)


def tiles(draw: ImageDraw.ImageDraw, inks: list[str], chance: Random) -> None:
    """A map of squares, many of them empty."""
    for column in range(16):
        for row in range(9):
            x, y = column * 75, row * 75
            box = (x + 6, y + 6, x + 69, y + 69)
            if chance.random() < 0.55:
                draw.rounded_rectangle(box, 8, fill=chance.choice(inks))
            else:
                draw.rounded_rectangle(box, 8, outline=inks[-1], width=2)


def words(draw: ImageDraw.ImageDraw, inks: list[str], chance: Random) -> None:
    """Bubbles of talk that lead to each other."""
    middles = [
        (150 + 225 * column + chance.randint(-45, 45), 130 + 205 * row + chance.randint(-40, 40))
        for column in range(5)
        for row in range(3)
    ]
    for first, second in pairwise(middles):
        draw.line((*first, *second), fill=inks[-1], width=4)
    for x, y in middles:
        across, down = chance.randint(55, 100), chance.randint(30, 48)
        box = (x - across, y - down, x + across, y + down)
        draw.rounded_rectangle(box, down, fill=chance.choice(inks[:3]))


def roads(draw: ImageDraw.ImageDraw, inks: list[str], chance: Random) -> None:
    """Ways from left to right, with stops."""
    for number in range(6):
        y = 70 + number * 105
        stops = [(-20, y)]
        for step in range(1, 9):
            stops.append((step * 160, y + chance.randint(-60, 60)))
        ink = inks[number % len(inks)]
        draw.line(stops, fill=ink, width=12, joint="curve")
        for x, height in stops[1:]:
            draw.ellipse((x - 15, height - 15, x + 15, height + 15), fill=ink)


def screens(draw: ImageDraw.ImageDraw, inks: list[str], chance: Random) -> None:
    """Three screens of a telephone."""
    for number in range(3):
        x = 170 + number * 310
        draw.rounded_rectangle((x, 60, x + 250, 620), 28, fill="white", outline=inks[0], width=4)
        draw.rounded_rectangle((x + 22, 90, x + 228, 210), 14, fill=inks[number % 3])
        for line in range(6):
            y = 245 + line * 48
            draw.rounded_rectangle(
                (x + 22, y, x + 90 + chance.randint(20, 130), y + 18), 9, "#cfd8d8"
            )
        draw.rounded_rectangle((x + 22, 550, x + 228, 592), 20, fill=inks[1])


def bars(draw: ImageDraw.ImageDraw, inks: list[str], chance: Random) -> None:
    """Columns of a count, and a line over them."""
    tops = []
    for number in range(20):
        x, height = 70 + number * 55, 120 + chance.randint(0, 260) + number * 6
        draw.rectangle((x, 600 - height, x + 36, 600), fill=inks[-1])
        tops.append((x + 18, 560 - height))
    draw.line(tops, fill=inks[0], width=8, joint="curve")
    draw.line((50, 602, 1160, 602), fill=inks[2], width=4)


MOTIFS = {"tiles": tiles, "words": words, "roads": roads, "screens": screens, "bars": bars}
