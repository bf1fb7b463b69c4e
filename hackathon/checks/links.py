"""The worker's chore of asking the addresses that teams handed in.

Whoever asks moves the address's next time ahead, commits, and asks while nothing is held. A round
asks a few at once and waits only so long, so that slow hosts never hold the letters up.
"""

import uuid
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from ..competitions.models import Competition, Window
from ..competitions.queries import over
from ..extensions import db
from ..ground.clock import now
from ..ground.fetching import Answer, Fetcher, NotFetched, Why
from ..submissions.models import Submission
from .actions import TRIES, settle_links
from .forges import birth_address, born_at
from .models import Link, LinkState, Look, Purpose
from .queries import settings_of

AT_ONCE = 4
ROUND = 12.0
"""Seconds after which a round ends, whatever has come back."""
LEASE = timedelta(minutes=2)
PAUSES = [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1)]
"""Until the next try, by how many failed in a row."""
AGAIN = timedelta(days=1)
"""Until an address that was reached is asked again, while the competition lasts."""
LONGEST_WAIT = timedelta(days=1)

log = structlog.get_logger()

_pool = ThreadPoolExecutor(AT_ONCE, "links")


@dataclass(frozen=True)
class Outcome:
    """What came of asking. With `wait`, the host wants to be left alone for that long."""

    state: LinkState
    status: int | None = None
    why: str = ""
    born_at: datetime | None = None
    wait: timedelta | None = None


@dataclass(frozen=True)
class Claimed:
    key: uuid.UUID
    submission: uuid.UUID
    purpose: Purpose
    address: str
    lease: datetime


def visit_links() -> int:
    """Ask a few addresses whose time it is, if the operator allows it; returns how many."""
    fetcher: Fetcher | None = current_app.extensions["fetcher"]
    if fetcher is None:
        return 0
    claimed = _claim()
    if not claimed:
        return 0
    db.session.commit()  # a slow host must not hold the database
    gitlabs = current_app.config["SETTINGS"].gitlab_hosts
    asked = {
        each: _pool.submit(ask, fetcher, each.purpose, each.address, gitlabs) for each in claimed
    }
    wait(asked.values(), timeout=ROUND)
    for each, future in asked.items():
        _note(each, _outcome(future))
    for key in {each.submission for each in claimed}:
        _settle(key)
    return len(claimed)


def ask(fetcher: Fetcher, purpose: Purpose, address: str, gitlabs: Any) -> Outcome:
    """Ask for one address. Touches no database: it runs in a thread of its own."""
    try:
        if purpose is Purpose.PAGE:
            return _of_page(fetcher.status_of(address))
        where = birth_address(address, gitlabs)
        if where is None:
            return Outcome(LinkState.REACHED)
        return _of_birth(fetcher.read(where, Accept="application/json"))
    except NotFetched as error:
        state = LinkState.INSIDE if error.why is Why.REFUSED else LinkState.UNREACHED
        return Outcome(state, why=error.why.value)
    except Exception:  # whatever is wrong with one address, the next ones are asked
        log.exception("link_failed", url=address)
        return Outcome(LinkState.UNREACHED, why=Why.BROKEN.value)


def _of_page(status: int) -> Outcome:
    if status < 400:
        return Outcome(LinkState.REACHED, status)
    if status in (404, 410):
        return Outcome(LinkState.GONE, status)
    if status in (401, 403):
        return Outcome(LinkState.REFUSES, status)
    if status in (405, 406, 429):  # it is there, and does not want to be asked by us
        return Outcome(LinkState.REACHED, status)
    return Outcome(LinkState.UNREACHED, status)


def _of_birth(answer: Answer) -> Outcome:
    limited = answer.status == 429 or (
        answer.status == 403
        and (answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers)
    )
    if limited:
        return Outcome(LinkState.WAITING, answer.status, wait=_wait(answer))
    if answer.status != 200:
        return replace(_of_page(answer.status), born_at=None)
    return Outcome(LinkState.REACHED, 200, born_at=born_at(answer.body))


def _wait(answer: Answer) -> timedelta:
    """For how long the host wants to be left alone, in the bounds of reason."""
    seconds = _number(answer.headers.get("retry-after"))
    if seconds is None:
        until = _number(answer.headers.get("x-ratelimit-reset"))
        seconds = 3600 if until is None else until - int(datetime.now(UTC).timestamp())
    return min(max(timedelta(seconds=min(seconds, 10**6)), timedelta(minutes=1)), LONGEST_WAIT)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _outcome(future: "Future[Outcome]") -> Outcome | None:
    """None when it was never begun: others were slow, and its turn comes again."""
    if future.done():
        return future.result()
    return None if future.cancel() else Outcome(LinkState.UNREACHED, why=Why.SLOW.value)


def _claim() -> list[Claimed]:
    moment = now()
    lease = moment + LEASE
    due = db.session.scalars(
        select(Link).where(Link.due_at <= moment).order_by(Link.due_at, Link.id).limit(AT_ONCE)
    ).all()
    claimed = []
    for link in due:
        taken = db.session.execute(
            update(Link)
            .where(Link.id == link.id, Link.due_at == link.due_at)
            .values(due_at=lease)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            claimed.append(Claimed(link.id, link.submission_id, link.purpose, link.url, lease))
    return claimed


def _note(each: Claimed, outcome: Outcome | None) -> None:
    """Write down what came of it, unless the address went or another worker has it meanwhile."""
    link = db.session.scalar(
        select(Link)
        .where(Link.id == each.key, Link.due_at == each.lease)
        .options(
            joinedload(Link.submission)
            .joinedload(Submission.competition)
            .selectinload(Competition.windows)
            .selectinload(Window.extensions)
        )
        .with_for_update(of=Link)
        .execution_options(populate_existing=True)
    )
    if link is None:
        return
    moment = now()
    if outcome is None:
        link.due_at = moment
        return
    if outcome.wait is not None:
        _leave_alone(link, moment + outcome.wait)
        return
    link.asked_at, link.state, link.status = moment, outcome.state, outcome.status
    link.why, link.born_at = outcome.why, outcome.born_at or link.born_at
    if outcome.state is LinkState.REACHED:
        link.failures, pause = 0, AGAIN
    else:
        link.failures += 1
        pause = PAUSES[min(link.failures, len(PAUSES)) - 1]
    known = not link.failures or link.failures >= TRIES
    done = link.purpose is Purpose.BIRTH and outcome.state is not LinkState.UNREACHED
    done = done or (known and over(link.submission.competition))
    link.due_at = None if done else moment + pause
    db.session.flush()


def _leave_alone(link: Link, until: datetime) -> None:
    """Whoever is asked too often is asked for no repository until then."""
    link.asked_at, link.due_at = now(), until
    db.session.flush()
    db.session.execute(
        update(Link)
        .where(Link.purpose == Purpose.BIRTH, Link.due_at < until)
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )


def _settle(key: uuid.UUID) -> None:
    """Write the findings down, held as a look holds them."""
    submission = db.session.scalar(
        select(Submission)
        .where(Submission.id == key)
        .options(joinedload(Submission.competition))
        .with_for_update(of=Submission, key_share=True)
    )
    version = db.session.scalar(select(Look.version).where(Look.submission_id == key))
    if submission is not None and version is not None:
        settle_links(submission, version, settings_of(submission.competition))
