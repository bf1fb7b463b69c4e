"""Tables to take away: CSV that a spreadsheet opens and cannot be tricked by."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> str:
    """The value as text; what a spreadsheet would take for a formula gets an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Response:
    """A download `name`.csv in UTF-8, with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(cell) for cell in head])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer
