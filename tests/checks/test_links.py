"""Asking addresses: what comes of it, when again, and that nobody waits for slow hosts."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine as machine
from flask import Flask
from sqlalchemy import select

from hackathon.checks import links
from hackathon.checks.actions import TRIES, look, look_again
from hackathon.checks.links import visit_links
from hackathon.checks.models import Finding, Kind, Link, LinkState, Purpose
from hackathon.extensions import db
from hackathon.ground.fetching import Fetcher
from tests.checks.samples import DAY, handed_in, next_version
from tests.ground.test_fetching import fetcher, host, says
from tests.world import World


@pytest.fixture
def clock() -> Iterator[Any]:
    with machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def asks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the site ask hosts on the loopback, at this port."""

    def by(asking: Fetcher) -> None:
        monkeypatch.setitem(app.extensions, "fetcher", asking)

    return by


def pages(*kinds: Kind) -> list[Finding]:
    wanted = list(kinds or Kind)
    rows = select(Finding).where(Finding.kind.in_(wanted), Finding.gone_at.is_(None))
    return list(db.session.scalars(rows.order_by(Finding.id)))


def the_link(purpose: Purpose = Purpose.PAGE) -> Link:
    return db.session.scalars(
        select(Link).where(Link.purpose == purpose).execution_options(populate_existing=True)
    ).one()


def work_at(world: World, url: str, **others: Any) -> Any:
    submission = handed_in(world, world.team(world.competition(**others)), demonstration=url)
    look(submission)
    return submission


def test_nobody_is_asked_unless_the_operator_allows_it(app: Flask, world: World) -> None:
    assert app.extensions["fetcher"] is None
    work_at(world, "https://demo.example/")
    assert visit_links() == 0
    assert the_link().asked_at is None


def test_a_page_that_opens(world: World, asks: Any, clock: Any) -> None:
    with host(says("HTTP/1.1 200 OK")) as there:
        asks(fetcher(there.port))
        work_at(world, f"http://team.example:{there.port}/")
        assert (visit_links(), visit_links()) == (1, 0)
        assert (the_link().state, the_link().failures) == (LinkState.REACHED, 0)
        clock.shift(timedelta(hours=25))
        assert (visit_links(), visit_links()) == (1, 0)
    assert pages() == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (404, LinkState.GONE),
        (410, LinkState.GONE),
        (401, LinkState.REFUSES),
        (403, LinkState.REFUSES),
        (503, LinkState.UNREACHED),
    ],
)
def test_it_is_said_after_some_tries_with_growing_pauses(
    world: World, asks: Any, clock: Any, status: int, state: LinkState
) -> None:
    with host(says(f"HTTP/1.1 {status} So")) as there:
        asks(fetcher(there.port))
        url = f"http://team.example:{there.port}/"
        submission = work_at(world, url)
        pauses = []
        for _ in range(TRIES):
            assert pages() == []
            assert visit_links() == 1
            assert visit_links() == 0
            pause = the_link().due_at - the_link().asked_at
            pauses.append(pause)
            clock.shift(pause + timedelta(seconds=5))
    assert pauses == sorted(set(pauses))
    (finding,) = pages()
    assert (finding.kind, finding.submission) == (Kind.LINK, submission)
    assert finding.evidence == {
        "address": url,
        "part": "demonstration",
        "state": state.value,
        "status": status,
        "why": "",
    }


def test_what_comes_back_is_no_finding_any_more(world: World, asks: Any, clock: Any) -> None:
    submission = work_at(world, "http://team.example/")
    link = the_link()
    link.state, link.status, link.failures = LinkState.GONE, 404, TRIES
    look(submission)
    (finding,) = pages()
    with host(says("HTTP/1.1 200 OK")) as there:
        asking = fetcher(there.port)
        asking.ports = frozenset({80})
        asking._connected = lambda name, port, ends_at: Fetcher._connected(  # type: ignore[method-assign]
            asking, name, there.port, ends_at
        )
        asks(asking)
        assert visit_links() == 1
    assert pages() == []
    assert finding.gone_at is not None


def test_an_address_inside_is_said_at_once(world: World, asks: Any) -> None:
    asks(Fetcher("Tests", resolve=lambda name, port: ["192.168.1.7"]))
    work_at(world, "http://printer.example/")
    assert visit_links() == 1
    (finding,) = pages()
    assert (finding.evidence["state"], finding.evidence["why"]) == ("inside", "refused")


def test_after_the_event_three_tries_and_then_peace(world: World, asks: Any, clock: Any) -> None:
    with host(says("HTTP/1.1 404 No")) as there:
        asks(fetcher(there.port))
        competition = world.competition(gates="closed")
        url = f"http://team.example:{there.port}/"
        look(handed_in(world, world.team(competition), 3 * DAY, demonstration=url))
        for _ in range(TRIES):
            assert visit_links() == 1
            clock.shift(timedelta(days=2))
        assert visit_links() == 0
        assert the_link().due_at is None
        assert len(pages()) == 1
        look_again(competition)
        assert visit_links() == 1


def test_a_round_ends_although_hosts_are_slow(
    world: World, asks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun is said to be slow, what was not begun has its turn again."""
    monkeypatch.setattr(links, "ROUND", 0.3)
    monkeypatch.setattr(links, "_pool", links.ThreadPoolExecutor(1))
    over = threading.Event()

    def resolve(name: str, port: int) -> list[str]:
        over.wait(5)
        return []

    asks(Fetcher("Tests", resolve=resolve))
    submission = work_at(world, "http://one.example/")
    next_version(world, submission, video="http://two.example/")
    look(submission)
    began = time.monotonic()
    assert visit_links() == 2
    assert time.monotonic() - began < 2
    over.set()
    rows = db.session.scalars(select(Link).order_by(Link.id)).all()
    assert [(each.state, each.why, each.failures) for each in rows] == [
        (LinkState.UNREACHED, "slow", 1),
        (LinkState.WAITING, "", 0),
    ]


def test_an_address_that_breaks_us_holds_up_no_other(
    world: World, asks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(name: str, port: int) -> list[str]:
        raise RuntimeError("a fault of ours")

    asks(Fetcher("Tests", resolve=resolve))
    work_at(world, "http://one.example/")
    assert visit_links() == 1
    assert (the_link().state, the_link().why) == (LinkState.UNREACHED, "broken")


def test_two_workers_never_ask_the_same(world: World, asks: Any) -> None:
    """Whoever comes second finds the next time moved ahead."""
    asks(Fetcher("Tests"))
    work_at(world, "http://one.example/")
    assert len(links._claim()) == 1
    assert links._claim() == []


def test_a_link_that_went_meanwhile(world: World, asks: Any) -> None:
    submission = work_at(world, "http://one.example/")
    (claimed,) = links._claim()
    next_version(world, submission, demonstration="")
    look(submission)
    links._note(claimed, links.Outcome(LinkState.GONE, 404))
    assert db.session.scalars(select(Link)).all() == []


# -- repositories -----------------------------------------------------------------------------

CODE = "https://github.com/team/work"


def forge(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """The public interface of a host, on the loopback."""
    monkeypatch.setattr(
        links, "birth_address", lambda url, gitlabs: f"http://api.example:{port}/repos/team/work"
    )


def repository(world: World, **others: Any) -> Any:
    submission = handed_in(world, world.team(world.competition(**others)), repository=CODE)
    look(submission)
    the_link(Purpose.PAGE).due_at = None
    db.session.flush()
    return submission


@pytest.mark.parametrize(("days", "found"), [(100, True), (51, True), (49, False), (0, False)])
def test_a_repository_made_long_before(
    world: World, asks: Any, monkeypatch: pytest.MonkeyPatch, days: int, found: bool
) -> None:
    """Submissions opened 20 days ago, and 30 days before that are left."""
    born = datetime.now(UTC) - timedelta(days=days)
    body = b'{"private": false, "created_at": "%s"}' % born.isoformat().encode()
    with host(says("HTTP/1.1 200 OK", body)) as there:
        asks(fetcher(there.port))
        forge(monkeypatch, there.port)
        repository(world)
        assert (visit_links(), visit_links()) == (1, 0)
    assert the_link(Purpose.BIRTH).born_at == born
    assert [each.kind for each in pages()] == ([Kind.AGE] if found else [])
    if found:
        evidence = {"address": CODE, "born_at": born.isoformat(), "days": days - 20 - 1}
        assert pages()[0].evidence in (evidence, {**evidence, "days": days - 20})


@pytest.mark.parametrize("told", [b"[]", b"no JSON", b"{" * 999])
def test_a_host_that_tells_nothing(
    world: World, asks: Any, monkeypatch: pytest.MonkeyPatch, told: bytes
) -> None:
    with host(says("HTTP/1.1 200 OK", told)) as there:
        asks(fetcher(there.port))
        forge(monkeypatch, there.port)
        repository(world)
        assert (visit_links(), visit_links()) == (1, 0)
    assert (the_link(Purpose.BIRTH).born_at, pages()) == (None, [])


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("HTTP/1.1 429 Too many\nRetry-After: 600", 600),
        ("HTTP/1.1 403 No\nX-RateLimit-Remaining: 0", 3600),
        ("HTTP/1.1 403 No\nRetry-After: 99999999999", 24 * 3600),
        ("HTTP/1.1 429 Too many\nRetry-After: 0", 60),
        ("HTTP/1.1 429 Too many\nRetry-After: Wed, 21 Oct 2015 07:28:00 GMT", 3600),
    ],
)
def test_a_host_that_wants_to_be_left_alone(
    world: World, asks: Any, monkeypatch: pytest.MonkeyPatch, head: str, seconds: int
) -> None:
    with host(says(head)) as there:
        asks(fetcher(there.port))
        forge(monkeypatch, there.port)
        repository(world)
        assert (visit_links(), visit_links()) == (1, 0)
    link = the_link(Purpose.BIRTH)
    assert (link.state, link.failures) == (LinkState.WAITING, 0)
    assert abs((link.due_at - link.asked_at).total_seconds() - seconds) < 5
