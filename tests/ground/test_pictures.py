"""Our own copies: bounded, upright, and with nothing that was hidden in what came."""

import io
import struct
import zlib

import pytest
from PIL import Image

from hackathon.ground.pictures import LONGEST_SIDE, NoPicture, TooManyPixels, drawn_anew
from tests.submissions import samples


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **others: object) -> bytes:
    stream = io.BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, "red").save(stream, kind, **others)
    return stream.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few octets that unpacks to these many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))
        )

    head = chunk(b"IHDR", struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0))
    return samples.PNG[:8] + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew(kind: str) -> None:
    copy = drawn_anew(io.BytesIO(picture(kind)))
    with Image.open(io.BytesIO(copy.octets)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (40, 20))
        assert (copy.width, copy.height) == (40, 20)


def test_what_cameras_write_is_left_out_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (45.5, 30.0, 0.0)  # where it was taken
    sent = picture("JPEG", exif=exif, comment=b"a secret")
    with Image.open(io.BytesIO(sent)) as told:
        assert dict(told.getexif())[0x010F] == "A camera"
    copy = drawn_anew(io.BytesIO(sent + b"<script>alert(1)</script>"))
    with Image.open(io.BytesIO(copy.octets)) as drawn:
        assert (drawn.size, dict(drawn.getexif())) == ((20, 40), {})
    for hidden in (b"camera", b"secret", b"script", b"EXIF"):
        assert hidden not in copy.octets


def test_a_large_picture_becomes_smaller() -> None:
    copy = drawn_anew(io.BytesIO(picture(size=(3200, 400))))
    assert (copy.width, copy.height) == (LONGEST_SIDE, 200)


@pytest.mark.parametrize("size", [(50_001, 1000), (20_000, 20_000), (100_000, 100_000)])
def test_a_bomb_is_refused_before_it_unpacks(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        drawn_anew(io.BytesIO(bomb(*size)))


@pytest.mark.parametrize(
    "content",
    [
        samples.PNG,
        samples.JPEG,
        samples.WEBP,
        samples.SVG,
        samples.PDF,
        b"",
        bomb(100, 100),
        picture()[:60],
        b"GIF89a" + b"\0" * 40,
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        drawn_anew(io.BytesIO(content))
