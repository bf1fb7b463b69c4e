"""Letters leave once, in good shape, and come back after a failure."""

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.post import delivery
from hackathon.post.delivery import LEASE, PAUSES, Mailbox, Smtp, as_message, claim, deliver_due
from hackathon.post.models import Letter
from tests.apps import own_app
from tests.world import World

SENDER = "Hackathon <hackathon@example.org>"


class Memory:
    """A mail sender that remembers, and fails as told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        self.sent.append(message)


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


@pytest.fixture
def letter(world: World, competition: Competition) -> Letter:
    return world.letter(competition, subject="Échéance : demain", text="Là\n\nhttps://x.example")


def test_a_due_letter_leaves_once(letter: Letter) -> None:
    mailer = Memory()
    assert (deliver_due(mailer, SENDER), deliver_due(mailer, SENDER)) == (1, 0)
    assert len(mailer.sent) == 1
    db.session.refresh(letter)
    assert (letter.attempts, letter.claimed_until, letter.last_error) == (1, None, None)
    assert letter.sent_at is not None


def test_the_oldest_due_goes_first_and_the_future_waits(world: World) -> None:
    competition = world.competition("c")
    for subject, hours in (("second", -1), ("later", 1), ("first", -2)):
        due = clock.now() + timedelta(hours=hours)
        world.letter(competition, subject=subject, due_at=due)
    mailer = Memory()
    assert deliver_due(mailer, SENDER) == 2
    assert [message["Subject"] for message in mailer.sent] == ["first", "second"]
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
        assert deliver_due(mailer, SENDER) == 1


def test_no_more_than_the_limit_in_a_round(world: World) -> None:
    competition = world.competition("c")
    for _ in range(3):
        world.letter(competition)
    mailer = Memory()
    assert (deliver_due(mailer, SENDER, limit=2), deliver_due(mailer, SENDER, limit=2)) == (2, 1)


def test_a_claim_is_a_lease(letter: Letter) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        assert claim() is letter
        assert (letter.attempts, letter.claimed_until) == (1, start + LEASE)
        assert claim() is None
        traveller.shift(LEASE)
        assert claim() is None  # the lease lasts up to and with its last moment
        traveller.shift(timedelta(seconds=1))
        assert claim() is letter
        assert letter.attempts == 2


def test_pauses_grow_and_the_last_error_is_kept(letter: Letter) -> None:
    mailer = Memory(*[smtplib.SMTPServerDisconnected(f"failure {n}") for n in range(1, 10)])
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for attempt in range(1, 10):
            assert deliver_due(mailer, SENDER) == 0
            db.session.refresh(letter)
            pause = PAUSES[min(attempt, len(PAUSES)) - 1]
            assert (letter.attempts, letter.last_error) == (attempt, f"failure {attempt}")
            assert (letter.due_at, letter.claimed_until) == (clock.now() + pause, None)
            traveller.shift(pause - timedelta(seconds=1))
            assert deliver_due(mailer, SENDER) == 0
            traveller.shift(timedelta(seconds=1))
        assert deliver_due(mailer, SENDER) == 1
        db.session.refresh(letter)
        assert (letter.attempts, letter.last_error) == (10, None)
    assert sorted(PAUSES) == PAUSES


@pytest.mark.parametrize(
    "failure, error",
    [
        (ConnectionRefusedError(111, "Connection refused"), "[Errno 111] Connection refused"),
        (
            smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}),
            "{'a': (550, b'no such user')}",
        ),
        (TimeoutError(), "TimeoutError"),
        (UnicodeError("odd"), "odd"),
        (ValueError("x" * 1000), "x" * 500),
    ],
)
def test_one_letters_trouble_is_its_own(
    world: World, competition: Competition, letter: Letter, failure: Exception, error: str
) -> None:
    other = world.letter(competition)
    mailer = Memory(failure)
    assert deliver_due(mailer, SENDER) == 1
    db.session.refresh(letter)
    db.session.refresh(other)
    troubled, fine = (letter, other) if letter.sent_at is None else (other, letter)
    assert (troubled.last_error, fine.last_error) == (error, None)
    assert fine.sent_at is not None


@pytest.mark.parametrize(
    "broken",
    [
        {"address": "no address at all"},
        {"address": "a@b@c"},
        {"subject": "a\nBcc: evil@example.org"},
    ],
)
def test_a_letter_that_cannot_be_made_harms_no_other(world: World, broken: Any) -> None:
    competition = world.competition("c")
    bad = world.letter(competition, due_at=clock.now() - timedelta(hours=1), **broken)
    good = world.letter(competition)
    mailer = Memory()
    assert deliver_due(mailer, SENDER) == 1
    assert [message["To"] for message in mailer.sent] == [good.address]
    db.session.refresh(bad)
    assert (bad.sent_at, bad.claimed_until) == (None, None)
    assert bad.last_error


def test_two_workers_claim_different_letters(tmp_path: Path) -> None:
    """Many at once, on a file database: every letter leaves exactly once."""
    with own_app(tmp_path) as app:
        world = World(app)
        competition = world.competition("c")
        for number in range(12):
            world.letter(competition, subject=f"letter {number}")
        db.session.commit()
        mailers = [Memory() for _ in range(4)]
        faults: list[BaseException] = []

        def work(mailer: Memory) -> None:
            try:
                with app.app_context():
                    deliver_due(mailer, SENDER)
            except BaseException as fault:
                faults.append(fault)

        workers = [threading.Thread(target=work, args=(mailer,)) for mailer in mailers]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert faults == []
        subjects = [message["Subject"] for mailer in mailers for message in mailer.sent]
        assert sorted(subjects) == sorted(f"letter {number}" for number in range(12))


def test_a_slow_mail_server_does_not_hold_the_database(tmp_path: Path) -> None:
    with own_app(tmp_path) as app:
        world = World(app)
        world.letter(world.competition("c"))
        db.session.commit()

        class Slow:
            def send(self, message: EmailMessage) -> None:
                with db.engine.connect() as other:
                    other.execute(text("PRAGMA busy_timeout=0"))
                    other.execute(text("UPDATE competition SET capacity = 7"))
                    other.commit()

        assert deliver_due(Slow(), SENDER) == 1


def test_a_letter_that_went_away_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    with own_app(tmp_path) as app:
        world = World(app)
        world.letter(world.competition("c"))
        db.session.commit()

        class Slow:
            def send(self, message: EmailMessage) -> None:
                with db.engine.begin() as other:
                    other.execute(text("DELETE FROM letter"))

        assert deliver_due(Slow(), SENDER) == 1


# -- the message -----------------------------------------------------------------------------


def test_the_message(letter: Letter) -> None:
    letter.language = "fr"
    message = as_message(letter, SENDER)
    assert (message["Subject"], message["From"], message["To"]) == (
        "Échéance : demain",
        SENDER,
        "someone@example.org",
    )
    assert message["Message-ID"] == f"<{letter.id}@example.org>"
    assert message["Message-ID"] == as_message(letter, SENDER)["Message-ID"]
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("fr", "auto-generated")
    plain, html = message.iter_parts()
    assert plain.get_content() == "Là\n\nhttps://x.example\n"
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")


def test_names_of_hosts_travel_in_ascii(letter: Letter) -> None:
    letter.address = "ana@bücher.example"
    assert as_message(letter, SENDER)["To"] == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize("name", ["subject", "address"])
def test_a_line_end_cannot_add_a_header(letter: Letter, name: str) -> None:
    setattr(letter, name, "a@b.example\r\nBcc: evil@example.org")
    with pytest.raises(ValueError):
        as_message(letter, SENDER)


# -- a real server ---------------------------------------------------------------------------


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP (RFC 5321) to receive letters, and refuses one person's."""

    daemon_threads = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailSession)
        self.received: list[tuple[str, list[str], bytes]] = []
        self.credentials: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class MailSession(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 ready")
        sender, readers = "", []
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    self.say("250-here")
                    self.say("250 AUTH PLAIN")
                case "AUTH":
                    self.server.credentials.append(rest)
                    self.say("235 welcome")
                case "MAIL":
                    sender, readers = rest, []
                    self.say("250 ok")
                case "RCPT":
                    refused = "nobody@" in rest
                    readers += [] if refused else [rest]
                    self.say("550 no such person" if refused else "250 ok")
                case "DATA":
                    self.say("354 go on")
                    lines = []
                    while (data := self.rfile.readline()) != b".\r\n":
                        lines.append(data)
                    self.server.received.append((sender, readers, b"".join(lines)))
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_delivery_through_a_real_server(
    world: World, competition: Competition, letter: Letter, server: MailServer
) -> None:
    lost = world.letter(competition, address="nobody@example.org")
    assert deliver_due(Smtp(f"smtp://127.0.0.1:{server.port}"), SENDER) == 1
    (sender, readers, content) = server.received[0]
    assert len(server.received) == 1
    assert sender.startswith("FROM:<hackathon@example.org>")
    assert readers == ["TO:<someone@example.org>"]
    arrived = message_from_bytes(content, policy=policy.default)
    assert arrived["Subject"] == "Échéance : demain"
    assert arrived["Message-ID"] == f"<{letter.id}@example.org>"
    assert arrived["Content-Language"] == "en"
    assert next(arrived.iter_parts()).get_content().split() == ["Là", "https://x.example"]
    db.session.refresh(lost)
    assert "no such person" in (lost.last_error or "")


def test_credentials_of_the_address_are_used(letter: Letter, server: MailServer) -> None:
    mailer = delivery.mailer_for(f"smtp://an%40a:p%3Ass@127.0.0.1:{server.port}")
    assert deliver_due(mailer, SENDER) == 1
    assert server.credentials == ["PLAIN AGFuQGEAcDpzcw=="]  # \0 an@a \0 p:ss


def test_a_server_that_is_away_is_tried_again(letter: Letter) -> None:
    with MailServer() as closed:
        port = closed.port
    assert deliver_due(Smtp(f"smtp://127.0.0.1:{port}"), SENDER) == 0
    db.session.refresh(letter)
    assert (letter.attempts, letter.sent_at) == (1, None)
    assert "refused" in (letter.last_error or "")


def test_which_mailer() -> None:
    assert isinstance(delivery.mailer_for("mailbox:"), Mailbox)
    assert isinstance(delivery.mailer_for("smtps://mail.example.org"), Smtp)
