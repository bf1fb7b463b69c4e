"""Copies of files without what programs and devices write into them: authors, places, devices,
earlier states.

Pure: octets in, octets out. What is not understood whole is not cleaned in part: then there is no
copy. What a file says on its pages is untouched.
"""

import io
import re
import zipfile
from collections.abc import Callable
from typing import IO, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from ..ground.kinds import kind_of
from ..ground.pictures import drawn_anew

MOST_OCTETS = 100 * 1024 * 1024
"""Of a file, packed or unpacked, that is taken apart."""
MOST_ENTRIES = 5000
LONGEST_SIDE = 4000  # of a picture
_PICTURES = {"png", "jpg", "webp"}
_PLAIN = {"text", "json"}  # hold nothing beside what they say
_NOT_COPIED = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EmbeddedFiles", "/EmbeddedFile"),
    *("/JavaScript", "/OpenAction", "/AA", "/Perms", "/DSS", "/Thumb"),
)
_OF_WRITERS = ("/T", "/M", "/CreationDate", "/NM", "/RC")  # of a note in the margin


class NotClean(Exception):
    """The metadata of this file cannot be taken out."""


def cleaned(stream: IO[bytes]) -> tuple[bytes, str]:
    """The copy, and the ending of its name. Raises NotClean."""
    kind = kind_of(stream)
    if stream.seek(0, io.SEEK_END) > MOST_OCTETS:
        raise NotClean
    stream.seek(0)
    try:
        if kind in _PICTURES:
            return drawn_anew(stream, longest=LONGEST_SIDE).octets, "webp"
        if kind == "pdf":
            return _pdf(stream), kind
        if kind in _PLAIN:
            return stream.read(), {"text": "txt"}.get(kind, kind)
        if kind in _PACKED:
            return _repacked(stream, _PACKED[kind]), kind
    except Exception as error:  # whatever in it breaks the library that reads it
        raise NotClean from error
    raise NotClean


# -- PDF -------------------------------------------------------------------------------------


def _pdf(stream: IO[bytes]) -> bytes:
    """Only what the pages need, written anew: no earlier state of the file, no attachments."""
    reader = PdfReader(stream)
    if reader.is_encrypted:
        raise NotClean
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for each in list(writer._objects):
        thing = each.get_object() if each is not None else None
        if isinstance(thing, DictionaryObject):
            _strip(thing)
    writer.metadata = None
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def _strip(thing: DictionaryObject, depth: int = 0) -> None:
    note = "/Rect" in thing and "/Subtype" in thing  # an annotation
    for name in (*_NOT_COPIED, *(_OF_WRITERS if note else ())):
        thing.pop(name, None)
    if isinstance(thing, StreamObject) and thing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        thing._data = without_segments(thing._data)
    for value in list(thing.values()) if depth < 20 else ():
        for inner in value if isinstance(value, ArrayObject) else (value,):
            if isinstance(inner, DictionaryObject):
                _strip(inner, depth + 1)


def without_segments(picture: bytes) -> bytes:
    """A JPEG without what cameras and programs note in it. Colour profiles stay.

    Raises NotClean when it is none.
    """
    if not picture.startswith(b"\xff\xd8"):
        raise NotClean
    kept, at = [picture[:2]], 2
    while picture[at : at + 1] == b"\xff":
        mark = picture[at + 1]
        if mark == 0xDA:  # the picture itself, up to its end
            return b"".join([*kept, picture[at:]])
        size = int.from_bytes(picture[at + 2 : at + 4]) + 2
        segment = picture[at : at + size]
        profile = mark == 0xE2 and segment[4:].startswith(b"ICC_PROFILE")
        if not (0xE1 <= mark <= 0xEF or mark == 0xFE) or profile or mark == 0xEE:
            kept.append(segment)
        at += max(size, 4)
    raise NotClean


# -- documents that are a ZIP ------------------------------------------------------------------

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN_XML = "http://schemas.openxmlformats.org"
_OFFICE_PARTS = {
    "docProps/core.xml": _XML
    + f'<cp:coreProperties xmlns:cp="{_OPEN_XML}/package/2006/metadata/core-properties"/>'.encode(),
    "docProps/app.xml": _XML
    + f'<Properties xmlns="{_OPEN_XML}/officeDocument/2006/extended-properties"/>'.encode(),
    "docProps/custom.xml": _XML
    + f'<Properties xmlns="{_OPEN_XML}/officeDocument/2006/custom-properties"/>'.encode(),
}
_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_OPEN_DOCUMENT_PARTS = {
    "meta.xml": _XML
    + f'<office:document-meta xmlns:office="{_OPEN_DOCUMENT}" office:version="1.3"/>'.encode(),
    "settings.xml": _XML
    + f'<office:document-settings xmlns:office="{_OPEN_DOCUMENT}" office:version="1.3"/>'.encode(),
}
_AUTHORS = re.compile(
    rb"""(\s(?:\w+:)?(?:author|initials|userId|providerId|name|displayName|lastClr|user|userName)="""
    rb""")(?:"[^"<]*"|'[^'<]*')""",
)
_ATTRIBUTES = re.compile(
    rb"""(\s(?:w:author|w:initials|w15:author|w15:userId|w15:providerId|w:rsid\w*)=)"""
    rb"""(?:"[^"<]*"|'[^'<]*')"""
)
_PATHS = re.compile(rb"""(absPath\s[^<>]{0,2000}?url=|Target=)"(?:file:|[A-Za-z]:\\)[^"<]*\"""")
_RSIDS = re.compile(rb"<w:rsids>.*?</w:rsids>", re.DOTALL)
_SHEET_AUTHORS = re.compile(rb"(<author>)[^<]*(</author>)")
_CREATORS = re.compile(
    rb"(<(dc:creator|meta:creator-initials|meta:initial-creator|loext:sender-initials"
    rb"|text:author-name|text:author-initials|text:initial-creator|text:creator"
    rb"|text:sender-[a-z-]+)(?:\s[^<>]*)?>)[^<]*(</)"
)
_PREVIEW = re.compile(rb"<Relationship\s[^<>]*/metadata/thumbnail[^<>]*/>")
_PREVIEW_ENTRY = re.compile(rb"<manifest:file-entry\s[^<>]*Thumbnails/[^<>]*/>")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding=["']([^"']+)["']""")


def _office(name: str, octets: bytes) -> bytes | None:
    """A part of a Word, Excel or PowerPoint file; None where it is left out."""
    if name in _OFFICE_PARTS:
        return _OFFICE_PARTS[name]
    if name.startswith("docProps/thumbnail"):
        return None
    if name.startswith(("customXml/", "word/embeddings/", "xl/embeddings/", "ppt/embeddings/")):
        raise NotClean  # whatever it is, it is a file in the file
    if name.endswith("vbaProject.bin"):
        raise NotClean
    if "/printerSettings/" in name:
        return b""  # printers are called after people and places
    if not name.endswith((".xml", ".rels")):
        return _picture(name, octets)
    _readable(octets)
    octets = _PATHS.sub(rb'\1"about:blank"', octets)
    if name == "_rels/.rels":
        return _PREVIEW.sub(b"", octets)
    if re.search(r"(people|persons/person\d*|[aA]uthors?\d*|revisions/userNames)\.xml$", name):
        return _AUTHORS.sub(rb'\1""', octets)
    octets = _SHEET_AUTHORS.sub(rb"\1\2", _RSIDS.sub(b"", octets))
    return _ATTRIBUTES.sub(_emptied, octets)


def _emptied(match: re.Match[bytes]) -> bytes:
    """An author without a name; a number of a sitting goes with its name."""
    return b"" if b"rsid" in match[1] else match[1] + b'""'


def _open_document(name: str, octets: bytes) -> bytes | None:
    """A part of an OpenDocument file; None where it is left out."""
    if name in _OPEN_DOCUMENT_PARTS:
        return _OPEN_DOCUMENT_PARTS[name]
    if name.startswith(("Thumbnails/", "Configurations2/", "layout-cache")):
        return None
    if name.startswith(("Object ", "Versions/", "Basic/", "Scripts/")):
        raise NotClean  # a document in the document, or a program
    if name.endswith(".xml"):
        _readable(octets)
        octets = _CREATORS.sub(rb"\1\3", octets)
        return _PREVIEW_ENTRY.sub(b"", octets) if name == "META-INF/manifest.xml" else octets
    if name in ("mimetype", "manifest.rdf"):
        return octets
    return _picture(name, octets)


def _readable(octets: bytes) -> None:
    """Only what is plainly UTF-8 can be searched as octets."""
    declared = _DECLARED.search(octets[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise NotClean
    if b"<!DOCTYPE" in octets or b"<!ENTITY" in octets:
        raise NotClean
    octets.decode("utf-8")


def _picture(name: str, octets: bytes) -> bytes:
    """A picture in a document, or a typeface."""
    if octets.startswith(b"\xff\xd8"):
        return without_segments(octets)
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(octets)
    if name.lower().endswith((".fntdata", ".ttf", ".otf", ".odttf")):
        return octets
    raise NotClean


def _png(octets: bytes) -> bytes:
    """A PNG without its texts, times and EXIF."""
    kept, at = [octets[:8]], 8
    while at + 12 <= len(octets):
        size = int.from_bytes(octets[at : at + 4]) + 12
        if octets[at + 4 : at + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"):
            kept.append(octets[at : at + size])
        if octets[at + 4 : at + 8] == b"IEND":
            return b"".join(kept)
        at += size
    raise NotClean


_PACKED: dict[str, Callable[[str, bytes], bytes | None]] = {
    **dict.fromkeys(("docx", "xlsx", "pptx"), _office),
    **dict.fromkeys(("odt", "ods", "odp", "odg"), _open_document),
}


def _repacked(stream: IO[bytes], cleaned_part: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same entries in their order, each cleaned, without times, comments and extra fields."""
    into = io.BytesIO()
    left = MOST_OCTETS
    with zipfile.ZipFile(stream) as archive, zipfile.ZipFile(into, "w") as copy:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_ENTRIES or len({e.filename for e in entries}) < len(entries):
            raise NotClean
        for entry in entries:
            octets = _unpacked(archive, entry, left)
            left -= len(octets)
            part = cleaned_part(entry.filename, octets)
            if part is not None:
                plain: Any = zipfile.ZipInfo(entry.filename)
                stored = entry.filename == "mimetype"  # first and not packed, as readers want it
                plain.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                copy.writestr(plain, part)
    return into.getvalue()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """What is in it, whatever size it says it has."""
    if entry.flag_bits & 1:
        raise NotClean
    with archive.open(entry) as file:
        octets = file.read(most + 1)
    if len(octets) > most:
        raise NotClean
    return octets
