"""What is the same for every visitor is drawn once, and kept until something changes.

Every write of what visitors may see counts up one number, the edition, in the transaction that
writes: so whoever reads the number knows whether what they keep is still true, in all processes.
A kept page holds until the first moment that stands in any table it was drawn from, and at the
longest until the minute is over, for what follows from a moment by reckoning.

Some of these pages serve those who are signed in, too: what differs by reader (menus, a word about
their seat) stands in gaps, which are filled for each who asks. Such a page is drawn by asking for
it as a visitor would, so that there is nothing of anybody in it to be given to somebody else.
"""

import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask_sqlalchemy import SQLAlchemy
from jinja2 import pass_context
from markupsafe import Markup, escape
from sqlalchemy import BigInteger, Column, Engine, Table, event, func, select, union_all

from .clock import now
from .doors import asks_for_json
from .i18n import language_of_request
from .model import Model, UTCDateTime
from .transaction import READING, let_go

edition = Table("edition", Model.metadata, Column("number", BigInteger, nullable=False))

NUMBER = select(func.sum(edition.c.number))
MOST_OCTETS = 32 * 1024 * 1024
MOST_ANSWERS = 256
WRITTEN = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)")
WORDS = re.compile(r"\w+")
KEPT_HEADERS = ("Content-Type", "Link", "X-Robots-Tag")
ENVIRON = "hackathon.reader"
SECRET = secrets.token_hex(16)  # so that nothing anybody writes can pass for a gap
GAP = re.compile(rf"<gap {SECRET} ([^>]*)>")


@dataclass(frozen=True)
class Reader:
    """All that a page which many share may know of its reader: the clock that they live by, and
    whether they see what is meant for those who take part."""

    zone: str | None = None
    insider: bool = False


def reader() -> Reader:
    """For whom a page is drawn that many share."""
    found: Reader | None = request.environ.get(ENVIRON) if has_request_context() else None
    return found or VISITOR


VISITOR = Reader()


@dataclass(frozen=True)
class Kept:
    """A page without the moment at which it is asked for, which stands between its halves.

    `pieces` are the same page for any reader: text and gaps in turn.
    """

    number: int
    since: datetime
    until: datetime
    status: int
    headers: dict[str, str]
    halves: tuple[bytes, ...]
    etag: str
    pieces: tuple[str, ...]

    @cached_property
    def size(self) -> int:
        return sum(map(len, (*self.halves, *self.pieces)))

    def holds(self, number: int) -> bool:
        """Was it drawn from no less than what the number stands for?"""
        return self.number >= number and self.since <= now() < self.until

    def answer(self) -> Response:
        answer = Response(_moment().join(self.halves), self.status, self.headers)
        return _marked(answer, self.etag)


@lru_cache(512)
def _written(statement: str) -> frozenset[str]:
    """The tables that it writes to. The same statements come again and again, and are long."""
    return frozenset(WRITTEN.findall(statement))


class Keeper:
    """Keeps what the `endpoints` answer to visitors: who sends no cookie of a session.

    Changes of the `unseen` tables do not count, and a page that reads one is not kept. Those of
    `drafts` do not either, of which pages read keys alone.

    `shared` says of some endpoints as what `Reader` the person who asks reads the page, or None
    where it has to be drawn for them alone. `fillings` are what stands in gaps, by name.
    """

    def __init__(
        self,
        endpoints: Collection[str],
        *,
        unseen: Collection[str],
        drafts: Collection[str],
        shared: Mapping[str, Callable[..., Reader | None]],
        fillings: Mapping[str, Callable[..., str]],
    ) -> None:
        self.endpoints = frozenset(endpoints)
        self.shared = shared
        self.fillings = fillings
        self.unseen = frozenset(unseen)
        self.told = frozenset(Model.metadata.tables) - {*unseen, *drafts}
        self.pages: OrderedDict[Any, Kept] = OrderedDict()
        self.answers: OrderedDict[Any, Any] = OrderedDict()
        self.lock = threading.Lock()

    def init_app(self, app: Flask, database: SQLAlchemy) -> None:
        """Before all that looks at a request but its language. `share` comes behind the door."""
        app.extensions["keeper"] = self
        app.jinja_env.globals["gap"] = gap
        self.database = database
        app.before_request(self.find)
        app.after_request(self.keep)
        with app.app_context():
            self.watch(database.engine, app)

    def watch(self, engine: Engine, app: Flask) -> None:
        """Count what is written. Below the ORM, so that nothing goes past it."""

        @event.listens_for(engine, "before_cursor_execute")
        def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not self.told.isdisjoint(_written(statement)):
                connection.info["told"] = True
            if has_request_context() and "drawn_from" in g:
                g.drawn_from.update(WORDS.findall(statement))

        # The last statement of all, so that writers wait for each other's commit alone.
        @event.listens_for(engine, "commit")
        def count(connection: Any) -> None:
            if not connection.info.pop("told", False) or not app.config["KEEP_PAGES"]:
                return
            cursor = connection.connection.cursor()
            cursor.execute("UPDATE edition SET number = number + 1")
            if cursor.rowcount == 0:  # the first of all; two at once make two rows, hence the sum
                cursor.execute(f"INSERT INTO edition (number) VALUES ({time.time_ns() // 1000})")
            cursor.close()

        @event.listens_for(engine, "rollback")
        def forget(connection: Any) -> None:
            if not connection.invalidated:  # else it is gone with the line
                connection.info.pop("told", None)

    def find(self) -> Response | None:
        """The kept page, or note from here on what a new one is drawn from."""
        if not current_app.config["KEEP_PAGES"] or not self.concerns():
            return None
        # Before anything that is drawn, so that a page is never older than its number says.
        with self.database.engine.connect() as connection:
            number = int(connection.scalar(NUMBER) or 0)
        kept = self.page(reader(), number)
        if kept is not None:
            return kept.answer()
        g.edition, g.drawn_from = number, set()
        g.leaves_gaps = request.endpoint in self.shared
        return None

    def page(self, reader: Reader, number: int) -> Kept | None:
        """What is kept of the page that is asked for, if that holds."""
        key = _key(reader)
        with self.lock:
            kept = self.pages.get(key)
            if kept is not None:
                self.pages.move_to_end(key)
        return kept if kept is not None and kept.holds(number) else None

    def share(self) -> Response | None:
        """The page that others have too, with the gaps filled for who came through the door."""
        reads_as = self.shared.get(request.endpoint or "")
        number = self.number() if reads_as and not asks_for_json() else None
        if reads_as is None or number is None:
            return None
        reads = reads_as(**g.things)
        if reads is None:
            return None
        kept = self.page(reads, number) or self.drawn_for(reads, number)
        if kept is None or kept.status != 200:
            return None
        return Response(self.filled(kept.pieces), headers=kept.headers)

    def drawn_for(self, reads: Reader, number: int) -> Kept | None:
        """Have the page drawn anew, in a request that brings nothing of the person who asks."""
        let_go()
        environ = {
            name: value
            for name, value in request.environ.items()
            if name != "HTTP_COOKIE" and not name.startswith("HTTP_IF_")
        }
        environ |= {"REQUEST_METHOD": "GET", ENVIRON: reads}
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        with app.app_context(), app.request_context(environ):
            app.full_dispatch_request()
            return self.page(reads, number)

    def filled(self, pieces: Iterable[str]) -> str:
        """The page for who asks."""
        competition = g.get("things", {}).get("competition")
        return "".join(
            self.filling(piece, competition) if number % 2 else piece
            for number, piece in enumerate(pieces)
        )

    def filling(self, gap: str, competition: Any) -> str:
        name, *about = gap.split()
        return escape(self.fillings[name](competition, *about))

    def concerns(self) -> bool:
        return (
            request.endpoint in self.endpoints
            and request.method in ("GET", "HEAD")
            and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
            and not asks_for_json()
        )

    def keep(self, answer: Response) -> Response:
        pieces: tuple[str, ...] = ()
        if g.pop("leaves_gaps", False):
            pieces = tuple(GAP.split(answer.get_data(as_text=True)))
            answer.set_data(self.filled(pieces))
        words = g.pop("drawn_from", None)
        if words is None or answer.status_code not in (200, 404) or answer.is_streamed:
            return answer
        if session.modified or "Set-Cookie" in answer.headers or not self.unseen.isdisjoint(words):
            return answer
        halves = tuple(answer.get_data().split(_moment()))
        kept = Kept(
            number=g.edition,
            since=now(),
            until=self.next_moment(words),
            status=answer.status_code,
            headers={k: v for k, v in answer.headers if k in KEPT_HEADERS},
            halves=halves,
            etag=hashlib.sha256(b"".join(halves)).hexdigest(),
            pieces=pieces,
        )
        key = _key(reader())
        with self.lock:
            self.pages[key] = kept
            self.pages.move_to_end(key)
            while sum(page.size for page in self.pages.values()) > MOST_OCTETS:
                self.pages.popitem(last=False)
        return _marked(answer, kept.etag)

    def answer_to(self, question: Callable[..., Any], things: tuple[Any, ...]) -> Any:
        """See `kept_by_edition`."""
        number = self.number()
        if number is None:
            return question(*things)
        minute = now().replace(second=0, microsecond=0)
        key = (question, number, minute, *(getattr(thing, "id", thing) for thing in things))
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
                return self.answers[key]
        answer = question(*things)
        with self.lock:
            self.answers[key] = answer
            while len(self.answers) > MOST_ANSWERS:
                self.answers.popitem(last=False)
        return answer

    def number(self) -> int | None:
        """The edition, once per request; None where nothing may be kept: while something is
        written, and while a page is drawn to be kept, which has to see what it is drawn from."""
        reads = has_request_context() and request.method in READING and "drawn_from" not in g
        if not reads or not current_app.config["KEEP_PAGES"]:
            return None
        if "edition" not in g:
            g.edition = int(self.database.session.scalar(NUMBER) or 0)
        return int(g.edition)

    def next_moment(self, words: Collection[str]) -> datetime:
        """Until when what was drawn from these tables stays as it is."""
        at = now()
        minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        moments = [
            select(func.min(column)).where(column > at, column < minute)
            for name in self.told & {*words}
            for column in Model.metadata.tables[name].columns
            if isinstance(column.type, UTCDateTime) and column.name != "created_at"
        ]
        found: list[datetime | None] = [minute]
        if moments:
            found += self.database.session.scalars(union_all(*moments))
        return min(moment for moment in found if moment is not None)


Answer = TypeVar("Answer")


def kept_by_edition(question: Callable[..., Answer]) -> Callable[..., Answer]:
    """Keep the answer in the process while the edition, the minute and the things are the same.

    For what is dear and follows from tables that count. It is read after the number, so that it is
    never older than that says: in columns, since an object may have been read before. Everyone is
    given the same answer, so nobody changes it.
    """

    @wraps(question)
    def asked(*things: Any) -> Answer:
        answer: Answer = current_app.extensions["keeper"].answer_to(question, things)
        return answer

    return asked


@pass_context
def gap(context: Any, name: str, about: object = "") -> Markup:
    """What differs by reader on a page that is otherwise the same for many: see `Keeper.fillings`.

    Where the page is drawn to be shared a mark, to be filled for each; else what stands there.
    """
    mark = f"{name} {about}"
    if g.get("leaves_gaps"):
        return Markup(f"<gap {SECRET} {mark}>")
    keeper: Keeper = current_app.extensions["keeper"]
    return Markup(keeper.filling(mark, context.get("competition")))


def _key(reader: Reader) -> tuple[Any, ...]:
    return (
        reader,
        language_of_request(),
        request.host_url,
        request.path,
        request.query_string.decode("latin-1"),
    )


def _moment() -> bytes:
    """When the request came, as a page tells it to its script."""
    return f'data-now="{now().isoformat()}"'.encode()


def _marked(answer: Response, etag: str) -> Response:
    """So that a browser that has the page is told so. The script still learns when it asked."""
    answer.set_etag(etag)
    answer.headers["Server-Timing"] = f'now;desc="{now().isoformat()}"'
    answer.vary.add("Cookie")
    if answer.status_code == 200:
        answer.make_conditional(request)
    return answer
