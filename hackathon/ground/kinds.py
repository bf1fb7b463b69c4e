"""What a file is, told by its content; its name must then fit.

Web pages and pictures in SVG are no kind of ours: they can carry scripts.
"""

import re
import struct
import zipfile
from typing import IO

import filetype

_OFFICE = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
}
_PACKED = {*_OFFICE.values(), *_OPEN_DOCUMENT.values()}
_WRITTEN = {"text", "json", "ipynb"}

# The ending of a name, and the kinds of content that may stand behind it.
ACCEPTED: dict[str, set[str]] = {
    **{kind: {kind} for kind in ("pdf", "png", "jpg", "webp", "mp4", *sorted(_PACKED), "ipynb")},
    "jpeg": {"jpg"},
    "zip": {"zip", *_PACKED},
    "csv": _WRITTEN,
    "txt": _WRITTEN,
    "md": _WRITTEN,
    "json": {"json", "ipynb"},
}

_WEB_PAGE = re.compile(
    rb"\s*<(!doctype|html|head|body|script|style|svg|iframe|object|embed|\?xml)\b", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_HEAD = 8192
_END_OF_DIRECTORY = struct.Struct("<4s8xL")  # signature, then the directory's size in octets
_LONGEST_END = 22 + 65_535  # the end record and its comment
_LARGEST_DIRECTORY = 1024 * 1024  # some ten thousand names: more are not read into memory


def ending_of(name: str) -> str:
    """`pdf` of `Report.PDF`; nothing where there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if stem and dot else ""


def kind_of(stream: IO[bytes]) -> str:
    """What the content is: an ending such as `pdf`, or `text`, `page`, or nothing if unknown.

    `page` is what a browser would run or draw. The stream ends where it began.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"PK"):
        kind = _kind_of_archive(stream)
    elif found := filetype.guess(head):
        kind = str(found.extension)
    else:
        kind = _kind_of_text(stream, head)
    stream.seek(0)
    return kind


def _kind_of_archive(stream: IO[bytes]) -> str:
    """A ZIP, or the document that it packs. Nothing is unpacked but a name of a few letters."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _LONGEST_END))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        return ""
    if _END_OF_DIRECTORY.unpack_from(tail, end)[1] > _LARGEST_DIRECTORY:
        return ""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _OFFICE.items() if part in names), "zip")
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _OPEN_DOCUMENT.get(archive.read("mimetype").strip(), "zip")
            return "zip"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return ""


def _kind_of_text(stream: IO[bytes], head: bytes) -> str:
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _WEB_PAGE.match(head):
        return "page"
    stream.seek(0)
    notebook = False
    while chunk := stream.read(1024 * 1024):
        if _CONTROL.search(chunk):
            return ""
        notebook = notebook or b'"nbformat"' in chunk
    opening = head.lstrip()[:1]
    if opening == b"{" and notebook:
        return "ipynb"
    return "json" if opening in (b"{", b"[") else "text"
