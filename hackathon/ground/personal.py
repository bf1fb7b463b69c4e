"""Personal data: the shape in which every room says what it holds about a person.

A room's share stands in its own `personal.py`, as `SHARE`; the desk joins the shares into a
download, a deletion and a purge. So a table added later is one holding more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select

from .model import Model


@dataclass(frozen=True)
class Fact:
    """One thing held in a row: `key` in the file for machines, `label` for people.

    `read` is how to get it from the row: attributes in a row, as "team.name", or a function of it.
    `words` says a value that is a code as people do; `told` does where that takes the whole row.
    """

    key: str
    label: Any
    read: str | Callable[[Any], Any] = ""
    words: Callable[[Any], Any] = lambda value: value
    told: Callable[[Any], Any] | None = None

    def of(self, row: Any) -> Any:
        if callable(self.read):
            return self.read(row)
        value = row
        for name in (self.read or self.key).split("."):
            value = getattr(value, name) if value is not None else None
        return value

    def in_words(self, row: Any) -> Any:
        return self.told(row) if self.told else self.words(self.of(row))

    @property
    def attribute(self) -> str:
        """The attribute of the row that it reads; its key when a function reads it."""
        return self.key if callable(self.read) else (self.read or self.key).split(".")[0]


@dataclass(frozen=True)
class Holding:
    """The rows of one table that are about a person.

    `rows(person)` selects them. `stays` says what remains when the account is deleted, and why;
    None when nothing does. `file` gives the (name, digest) of a row whose file belongs in the
    download; None where a row has no file.
    """

    key: str
    title: Any
    model: type[Model]
    rows: Callable[[Any], Select[Any]]
    facts: tuple[Fact, ...]
    stays: Any = None
    file: Callable[[Any], tuple[str, str] | None] | None = None

    def count_of(self, person: Any) -> Select[Any]:
        """How many rows, without reading them."""
        rows = self.rows(person).order_by(None).with_only_columns(self.model.id)
        return select(func.count()).select_from(rows.subquery())


@dataclass(frozen=True)
class Hindrance:
    """What a person should know before their account is deleted, and the page that helps.

    With `stops`, the deletion has to wait for it.
    """

    sentence: Any
    endpoint: str
    things: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = True


@dataclass(frozen=True)
class Share:
    """What one room holds about people, and how it forgets.

    `hindrances(person)` stand before a deletion; `forget(person)` is the room's part of it;
    `expire(competition)` forgets what the competition kept for long enough, and returns how much
    of what (a key of journal.deeds.PURGED → a number).
    """

    holdings: tuple[Holding, ...]
    hindrances: Callable[[Any], list[Hindrance]] = lambda person: []
    forget: Callable[[Any], None] = lambda person: None
    expire: Callable[[Any], dict[str, int]] = lambda competition: {}
