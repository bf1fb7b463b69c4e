"""One page of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """Rows `items` of page `page` out of `pages`; `total` counts the whole list."""

    items: list[Any]
    page: int
    pages: int
    total: int

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def url(self, page: int) -> str:
        """This list at another page, everything else in the address kept."""
        return address(page=page)


def address(**changes: Any) -> str:
    """Of this page, with something else asked of it; None leaves out. All else is kept."""
    # Not through url_for, which would obey an argument named _scheme or endpoint.
    kept = [(name, text) for name, text in request.args.items(multi=True) if name not in changes]
    asked = [*kept, *((name, text) for name, text in changes.items() if text is not None)]
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{urlencode(asked)}" if asked else path


def turns() -> bool:
    """Was the form around a list sent for another page of it, and for nothing else?"""
    return "turn" in request.form


def asked(*names: str) -> dict[str, str]:
    """What the address asks a list to show: one text for each name, empty when it asks nothing.

    A text ends after 200 characters, which SQLite can still look for.
    """
    return {name: request.args.get(name, "").replace("\x00", "").strip()[:200] for name in names}


def paginate(session: Session, query: Select[Any], per_page: int = PER_PAGE) -> Page:
    """The page that the address asks for; an odd number means the first, a late one the last."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page, pages = _place(total, per_page)
    rows = session.scalars(query.limit(per_page).offset((page - 1) * per_page)).unique().all()
    return Page(list(rows), page, pages, total)


def paginate_rows(rows: Sequence[Any], per_page: int = PER_PAGE) -> Page:
    """The same of rows that are at hand already, in an order that no database knows."""
    page, pages = _place(len(rows), per_page)
    return Page(list(rows[(page - 1) * per_page : page * per_page]), page, pages, len(rows))


def _place(total: int, per_page: int) -> tuple[int, int]:
    """The page that the address asks for, and how many there are."""
    pages = max(1, -(-total // per_page))
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1
    return min(max(1, number), pages), pages
