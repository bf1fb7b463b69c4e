"""Small files of every kind."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 32 + b"\xff\xd9"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 32
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\0" * 32
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
NOTEBOOK = b'{"cells": [], "nbformat": 4, "nbformat_minor": 5}'


def packed(parts: dict[str, str]) -> bytes:
    """A ZIP of these names and texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


TYPES = {"[Content_Types].xml": "<x/>"}
ZIP = packed({"data.csv": "a,b"})
DOCX = packed({**TYPES, "word/document.xml": "<x/>"})
XLSX = packed({"_rels/.rels": "<x/>", "xl/workbook.xml": "<x/>", **TYPES})
PPTX = packed({**TYPES, "ppt/presentation.xml": "<x/>"})
ODT = packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
ODS = packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
ODP = packed({"mimetype": "application/vnd.oasis.opendocument.presentation"})
