import io
import struct

import pytest

from hackathon.ground.kinds import ACCEPTED, ending_of, kind_of
from tests.submissions import samples


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.PDF, "pdf"),
        (samples.PNG, "png"),
        (samples.JPEG, "jpg"),
        (samples.WEBP, "webp"),
        (samples.MP4, "mp4"),
        (samples.ZIP, "zip"),
        (samples.packed({}), "zip"),
        (samples.DOCX, "docx"),
        (samples.XLSX, "xlsx"),
        (samples.PPTX, "pptx"),
        (samples.ODT, "odt"),
        (samples.ODS, "ods"),
        (samples.ODP, "odp"),
        (b"a,b\n1,2\n", "text"),
        ("équipe".encode("cp1252"), "text"),
        (b"# Title\n\n<p align=center>read me</p>\n", "text"),
        (b'\xef\xbb\xbf{"a": 1}', "json"),
        (b"[1]", "json"),
        (samples.NOTEBOOK, "ipynb"),
        (samples.HTML, "page"),
        (samples.SVG, "page"),
        (b"\xef\xbb\xbf \n<HTML>", "page"),
        (b'<?xml version="1.0"?><svg/>', "page"),
        (b"<html>%PDF-1.7", "page"),
        (b"text\x00more", ""),
        (b"\n%PDF-1.7", "text"),
        (b"PK\x03\x04 not really an archive", ""),
        (samples.ZIP[:-4], ""),
        (b"MZ\x90\x00" + b"\0" * 80, "exe"),
    ],
)
def test_content_says_what_a_file_is(content: bytes, kind: str) -> None:
    stream = io.BytesIO(content)
    assert kind_of(stream) == kind
    assert stream.read() == content


def test_an_archive_with_a_page_before_it_is_a_page() -> None:
    assert kind_of(io.BytesIO(samples.HTML + samples.ZIP)) == "page"


def test_a_pdf_with_an_archive_behind_it_is_a_pdf() -> None:
    assert kind_of(io.BytesIO(samples.PDF + samples.ZIP)) == "pdf"


def test_an_archive_with_a_huge_directory_is_not_read() -> None:
    end = samples.ZIP.rfind(b"PK\x05\x06")
    swollen = bytearray(samples.ZIP)
    struct.pack_into("<L", swollen, end + 12, 1024 * 1024 + 1)
    assert kind_of(io.BytesIO(bytes(swollen))) == ""


@pytest.mark.parametrize(
    ("name", "ending"),
    [("Report.PDF", "pdf"), ("a.tar.gz", "gz"), ("report", ""), (".pdf", ""), ("a.", "")],
)
def test_ending(name: str, ending: str) -> None:
    assert ending_of(name) == ending


def test_no_page_and_no_program_is_accepted() -> None:
    assert {"html", "htm", "svg", "xml", "js", "exe"}.isdisjoint(ACCEPTED)
    assert all("page" not in kinds for kinds in ACCEPTED.values())
