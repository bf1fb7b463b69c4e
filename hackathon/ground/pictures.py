"""Pictures that people send, drawn anew before anyone is shown them.

What a browser gets is our own copy: of bounded size, in one format, without what cameras write
beside the picture (place, device, moment) or anybody hid in it.
"""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import IO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from .obstacle import Obstacle

ENDINGS = ("png", "jpg", "jpeg", "webp")
MIMETYPE = "image/webp"
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
_FORMATS = ("PNG", "JPEG", "WEBP")


class NoPicture(Obstacle):
    sentence = _l("This file is no picture that can be shown: it is damaged or of another kind.")


class TooManyPixels(Obstacle):
    sentence = _l(
        "This picture has more than %(most)s million pixels. Make it smaller, then send it again."
    )


@dataclass(frozen=True)
class Copy:
    octets: bytes
    width: int
    height: int


def drawn_anew(stream: IO[bytes], *, longest: int = LONGEST_SIDE) -> Copy:
    """The picture as it is shown, its longer side at most `longest` dots.

    Raises NoPicture, and TooManyPixels before any are unpacked.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            with Image.open(stream, formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise TooManyPixels(most=MOST_PIXELS // 1_000_000)
                image.draft("RGB", (longest, longest))
                return _copy_of(image, longest)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS // 1_000_000) from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise NoPicture from error


def _copy_of(image: Image.Image, longest: int) -> Copy:
    image.thumbnail((longest, longest))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    drawn = Image.new("RGB", upright.size, "white")
    drawn.paste(upright, mask=upright.getchannel("A"))
    into = io.BytesIO()
    drawn.save(into, "WEBP", quality=82)
    return Copy(into.getvalue(), drawn.width, drawn.height)
