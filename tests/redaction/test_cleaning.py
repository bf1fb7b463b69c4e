"""Copies of files do not hold what programs and devices wrote into them."""

import io
import zipfile

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import NameObject, StreamObject

from hackathon.redaction.cleaning import NotClean, cleaned, without_segments

SECRET = "Quillon Aster"


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET})
    writer.add_attachment("note.txt", SECRET.encode())
    note = Text(text="look", rect=(10, 10, 30, 30), title_bar=SECRET)
    writer.add_annotation(0, note)
    told = StreamObject()
    told._data = SECRET.encode()
    writer.root_object[NameObject("/Metadata")] = writer._add_object(told)
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def jpeg() -> bytes:
    image = Image.new("RGB", (30, 20), "teal")
    exif = image.getexif()
    exif[0x013B] = SECRET  # artist
    into = io.BytesIO()
    image.save(into, "JPEG", exif=exif, comment=SECRET.encode())
    return into.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = SECRET.encode()
        for name, octets in parts.items():
            archive.writestr(name, octets)
    return into.getvalue()


WORD = {
    "[Content_Types].xml": b"<Types/>",
    "_rels/.rels": b'<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/"/>'
    b'<Relationship Id="b" Type="x/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'
    b"</Relationships>",
    "docProps/core.xml": f"<c><creator>{SECRET}</creator></c>".encode(),
    "docProps/thumbnail.jpeg": jpeg(),
    "word/document.xml": f'<w:ins w:author="{SECRET}" w:rsidR="00A1">kept</w:ins>'.encode(),
    "word/comments.xml": f'<w:comment w:author="{SECRET}" w:initials="QA">why</w:comment>'.encode(),
    "word/people.xml": f'<w15:person w15:author="{SECRET}" w15:userId="{SECRET}"/>'.encode(),
    "word/settings.xml": b'<w:rsids><w:rsid w:val="00A1"/></w:rsids>',
    "word/_rels/settings.xml.rels": f'<R Target="file:///C:/{SECRET}/a.dotx"/>'.encode(),
    "word/media/image1.jpeg": jpeg(),
}
SHEETS = {
    "[Content_Types].xml": b"<Types/>",
    "xl/workbook.xml": f'<x15ac:absPath url="C:\\Users\\{SECRET}\\"/>'.encode(),
    "xl/comments1.xml": f"<authors><author>{SECRET}</author></authors>".encode(),
    "xl/persons/person.xml": f'<person displayName="{SECRET}" userId="{SECRET}"/>'.encode(),
    "xl/printerSettings/printerSettings1.bin": SECRET.encode(),
}
SLIDES = {
    "[Content_Types].xml": b"<Types/>",
    "ppt/presentation.xml": b"<p/>",
    "ppt/commentAuthors.xml": f'<p:cmAuthor id="0" name="{SECRET}" initials="QA"/>'.encode(),
}
OPEN_TEXT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "meta.xml": f"<m><dc:creator>{SECRET}</dc:creator></m>".encode(),
    "settings.xml": f"<s>{SECRET}</s>".encode(),
    "content.xml": f"<t><dc:creator>{SECRET}</dc:creator><text:p>kept</text:p></t>".encode(),
    "Thumbnails/thumbnail.png": SECRET.encode(),
    "META-INF/manifest.xml": b'<m><manifest:file-entry manifest:full-path="Thumbnails/t.png"/></m>',
}


def everything_in(octets: bytes) -> bytes:
    """What a ZIP holds, names and comments included, unpacked."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        names = "".join(archive.namelist()).encode()
        return b"".join([archive.comment, names, *(archive.read(n) for n in archive.namelist())])


@pytest.mark.parametrize(
    ("parts", "kind"), [(WORD, "docx"), (SHEETS, "xlsx"), (SLIDES, "pptx"), (OPEN_TEXT, "odt")]
)
def test_documents_lose_their_authors_and_keep_their_words(
    parts: dict[str, bytes], kind: str
) -> None:
    before = packed(parts)
    assert SECRET.encode() in everything_in(before)
    octets, ending = cleaned(io.BytesIO(before))
    told = everything_in(octets)
    assert ending == kind
    assert SECRET.encode() not in told
    assert b"humbnail" not in told
    assert (b"kept" in told) == (b"kept" in everything_in(before))
    assert cleaned(io.BytesIO(octets))[1] == kind  # still what it was


def test_a_pdf_loses_all_that_its_pages_do_not_need() -> None:
    before = pdf()
    assert SECRET.encode() in before
    octets, ending = cleaned(io.BytesIO(before))
    assert (ending, SECRET.encode() in octets, b"Producer" in octets) == ("pdf", False, False)
    assert len(PdfReader(io.BytesIO(octets)).pages) == 1


def test_pictures_are_drawn_anew() -> None:
    octets, ending = cleaned(io.BytesIO(jpeg()))
    assert (ending, SECRET.encode() in octets) == ("webp", False)
    assert Image.open(io.BytesIO(octets)).size == (30, 20)


def test_a_jpeg_in_a_document_stays_the_same_picture() -> None:
    before = jpeg()
    after = without_segments(before)
    assert SECRET.encode() in before
    assert SECRET.encode() not in after
    one, other = (Image.open(io.BytesIO(octets)).tobytes() for octets in (before, after))
    assert one == other


def test_text_has_no_metadata() -> None:
    assert cleaned(io.BytesIO(b"a,b\n1,2\n")) == (b"a,b\n1,2\n", "txt")


@pytest.mark.parametrize(
    "octets",
    [
        b"%PDF-1.4 broken",
        b"\x00\x01\x02",
        packed({"a.txt": b"a ZIP of files"}),
        packed({**WORD, "word/embeddings/sheet.xlsx": b"PK"}),
        packed({**WORD, "word/vbaProject.bin": b"program"}),
        packed({**WORD, "word/media/a.svg": b"<svg/>"}),
        packed({**WORD, "word/media/a.jpg": b"\xff\xd8\xff\xe1\x00\x00"}),
        packed({**WORD, "word/a.xml": b'<?xml version="1.0" encoding="UTF-16"?>'}),
        packed({**WORD, "word/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>'}),
        packed({**WORD, "word/a.xml": b"\xff\xfe"}),
        packed({**OPEN_TEXT, "Object 1/content.xml": b"<a/>"}),
    ],
    ids=range(11),
)
def test_what_is_not_understood_whole_is_not_cleaned(octets: bytes) -> None:
    with pytest.raises(NotClean):
        cleaned(io.BytesIO(octets))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hackathon.redaction.cleaning.MOST_OCTETS", 100_000)
    with pytest.raises(NotClean):
        cleaned(io.BytesIO(packed({**WORD, "word/a.xml": b" " * 200_000})))
