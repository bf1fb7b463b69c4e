"""No address that a stranger writes leads inside, and no host can hold us for long."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hackathon.ground.fetching import Fetcher, Limits, NotFetched, Why, public

QUICK = Limits(connect=1, read=1, total=1.5, octets=1000, hops=3)

CONTEXT = ssl.create_default_context()

Talk = Callable[[socket.socket, bytes], None]


@contextmanager
def host(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[Any]:
    """A server on the loopback that answers each request by `talk`; it remembers the requests."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    over = threading.Event()

    class Host:
        port = listening.getsockname()[1]
        requests: list[bytes] = []

    def answer(line: socket.socket) -> None:
        with suppress(OSError), line:
            line.settimeout(5)
            if context is not None:
                line = context.wrap_socket(line, server_side=True)
            with line:
                asked = b""
                while not asked.endswith(b"\r\n\r\n"):
                    if not (more := line.recv(4096)):
                        return
                    asked += more
                Host.requests.append(asked)
                talk(line, asked)
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):  # so that what was sent is not lost by a reset
                    pass

    def serve() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                line, _ = listening.accept()
                threading.Thread(target=answer, args=(line,), daemon=True).start()

    Host.requests = []
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Host
    finally:
        over.set()
        thread.join()
        listening.close()


def says(text: str, body: bytes = b"") -> Talk:
    """The same answer to everyone; no body to HEAD."""
    head = text.replace("\n", "\r\n").encode() + b"\r\nConnection: close\r\n\r\n"
    return lambda line, asked: line.sendall(head + (b"" if asked.startswith(b"HEAD") else body))


def fetcher(port: int, *, limits: Limits = QUICK, **others: Any) -> Fetcher:
    """One that may go to this port of the loopback, under any name."""
    given: dict[str, Any] = {
        "context": CONTEXT,
        "allowed": lambda address: address == "127.0.0.1",
        "resolve": lambda name, _: ["127.0.0.1"],
    }
    return Fetcher("Tests", ports=frozenset({port}), limits=limits, **{**given, **others})


def refusal(asked: Callable[[], Any]) -> Why:
    with pytest.raises(NotFetched) as caught:
        asked()
    return caught.value.why


# -- addresses -------------------------------------------------------------------------------

INSIDE = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"),
    *("168.63.129.16", "192.88.99.1", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fe80::1%lo"),
    *("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "3fff::1"),
    *("2002:7f00:1::", "2002:808:808::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::7f00:1", "100::1", "5f00::1", "localhost", "127.1", "0x7f.1", "2130706433", ""),
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "140.82.112.3", "2606:4700::1111", "64:ff9b::808:808")


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_outside(address: str) -> None:
    assert public(address)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_outside(address: Any) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not public(str(address)) or address in HOSTS_OF_NAT64
    mapped = getattr(address, "ipv4_mapped", None)
    assert mapped is None or not public(str(address))


class _Nat64:
    """Python knows these as not global, we look at the address inside."""

    def __contains__(self, address: Any) -> bool:
        return address.version == 6 and int(address) >> 32 == int(ip_address("64:ff9b::")) >> 32


HOSTS_OF_NAT64 = _Nat64()

HOSTILE = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://2130706433/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1%25lo]/",
    "http://[::]/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "http://①②⑦.0.0.1/",
)
NO_ADDRESS = (
    "",
    "//example.org/",
    "example.org",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "http://",
    "http:///path",
    "http://name:word@example.org/",
    "http://@example.org/",
    "http://example.org:22/",
    "http://example.org:0/",
    "http://example.org:65536/",
    "http://[::1",
    "http://exa mple.org/",
    "http://example.org\r\nX: y/",
    "http://example.org\x00/",
    "http://" + "a" * 70 + ".example/",
    "http://" + "a." * 5000 + "example/",
)


@pytest.mark.parametrize("address", HOSTILE)
def test_nothing_inside_is_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the resolver of the machine, which knows every spelling of a number."""
    monkeypatch.setattr(socket, "create_connection", None)
    assert refusal(lambda: Fetcher("Tests", context=CONTEXT).status_of(address)) in (
        Why.REFUSED,
        Why.NO_NAME,
    )


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_web_address_opens_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    asking = Fetcher("Tests", context=CONTEXT, resolve=lambda name, port: ["10.0.0.1"])
    assert refusal(lambda: asking.status_of(address)) in (Why.REFUSED, Why.NO_NAME)


def test_one_address_inside_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", None)
    asking = Fetcher("Tests", context=CONTEXT, resolve=lambda name, port: ["8.8.8.8", "10.0.0.1"])
    assert refusal(lambda: asking.status_of("http://example.org/")) is Why.REFUSED


@given(st.text(max_size=60))
def test_any_text_is_refused_or_asked_for_kindly(text: str) -> None:
    asking = Fetcher("Tests", context=CONTEXT, resolve=lambda name, port: ["10.0.0.1"])
    for address in (text, f"http://{text}", f"http://example.org/{text}"):
        assert refusal(lambda address=address: asking.status_of(address)) is Why.REFUSED


# -- asking ----------------------------------------------------------------------------------


def test_a_page_that_is_there() -> None:
    with host(says("HTTP/1.1 200 OK")) as there:
        assert fetcher(there.port).status_of(f"http://team.example:{there.port}/a?b=c#d") == 200
    (asked,) = there.requests
    lines = asked.decode().split("\r\n")
    assert lines[0] == "HEAD /a?b=c HTTP/1.1"
    sent = dict(line.split(": ", 1) for line in lines[1:] if line)
    assert sent == {
        "Host": f"team.example:{there.port}",
        "User-Agent": "Tests",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def test_a_host_that_knows_no_head_is_asked_again() -> None:
    def talk(line: socket.socket, asked: bytes) -> None:
        says("HTTP/1.1 405 No" if asked.startswith(b"HEAD") else "HTTP/1.1 200 OK")(line, asked)

    with host(talk) as there:
        assert fetcher(there.port).status_of(f"http://team.example:{there.port}/") == 200
    assert [asked.split()[0] for asked in there.requests] == [b"HEAD", b"GET"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500])
def test_what_a_host_says_twice(status: int) -> None:
    with host(says(f"HTTP/1.1 {status} So")) as there:
        assert fetcher(there.port).status_of(f"http://team.example:{there.port}/") == status


def test_the_environment_names_no_proxy_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with host(says("HTTP/1.1 200 OK\nSet-Cookie: a=b")) as there:
        asking = fetcher(there.port)
        for _ in range(2):
            assert asking.status_of(f"http://team.example:{there.port}/") == 200
    assert all(b"ookie" not in asked for asked in there.requests)


def test_redirects_are_followed_each_with_its_own_look() -> None:
    def talk(line: socket.socket, asked: bytes) -> None:
        ways = {b"/": "/two", b"/two": f"http://other.example:{there.port}/three"}
        way = ways.get(asked.split()[1])
        says(f"HTTP/1.1 302 Found\nLocation: {way}" if way else "HTTP/1.1 204 No")(line, asked)

    resolved = []

    def resolve(name: str, port: int) -> list[str]:
        resolved.append(name)
        return ["127.0.0.1"]

    with host(talk) as there:
        asking = fetcher(there.port, resolve=resolve)
        assert asking.status_of(f"http://team.example:{there.port}/") == 204
    assert resolved == ["team.example", "team.example", "other.example"]


@pytest.mark.parametrize(
    "way",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://metadata.internal/",
        "file:///etc/passwd",
        "//10.0.0.1/",
        "http://team.example:22/",
    ],
)
def test_a_redirect_inside_is_refused(way: str) -> None:
    def resolve(name: str, port: int) -> list[str]:
        return ["127.0.0.1"] if name == "team.example" else ["169.254.169.254"]

    with host(says(f"HTTP/1.1 301 Moved\nLocation: {way}")) as there:
        asking = fetcher(there.port, resolve=resolve)
        asking.ports = frozenset({there.port, 80})
        assert refusal(lambda: asking.status_of(f"http://team.example:{there.port}/")) is (
            Why.REFUSED
        )
    assert len(there.requests) == 1


def test_redirects_without_end() -> None:
    with host(says("HTTP/1.1 302 Found\nLocation: /again")) as there:
        asking = fetcher(there.port)
        assert refusal(lambda: asking.status_of(f"http://team.example:{there.port}/")) is Why.LOOP
    assert len(there.requests) == QUICK.hops + 1


def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    """DNS rebinding: the second answer would lead inside, and is never asked for."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with host(says("HTTP/1.1 200 OK")) as there:
        asking = fetcher(there.port, resolve=lambda name, port: next(answers))
        assert asking.status_of(f"http://team.example:{there.port}/") == 200
    assert next(answers) == ["10.0.0.1"]


def test_a_name_that_nobody_knows() -> None:
    def resolve(name: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert refusal(lambda: fetcher(80, resolve=resolve).status_of("http://a.example/")) is (
        Why.NO_NAME
    )


def test_a_host_that_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert refusal(lambda: fetcher(port).status_of(f"http://a.example:{port}/")) is Why.BROKEN


# -- hosts that would hold us ----------------------------------------------------------------


def silent(line: socket.socket, asked: bytes) -> None:
    time.sleep(3)


def dripping_head(line: socket.socket, asked: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def dripping_body(line: socket.socket, asked: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def wait_on_wait(line: socket.socket, asked: bytes) -> None:
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


@pytest.mark.parametrize("talk", [silent, dripping_head, dripping_body, wait_on_wait])
def test_slow_hosts_are_left_in_time(talk: Talk) -> None:
    with host(talk) as there:
        began = time.monotonic()
        asking = fetcher(there.port)
        assert refusal(lambda: asking.read(f"http://a.example:{there.port}/")) is Why.SLOW
        assert time.monotonic() - began < QUICK.total + 1


def endless_headers(line: socket.socket, asked: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X: y\r\n" * 100)


def endless_line(line: socket.socket, asked: bytes) -> None:
    while True:
        line.sendall(b"x" * 1000)


def no_http(line: socket.socket, asked: bytes) -> None:
    line.sendall(b"SSH-2.0-OpenSSH\r\n")


@pytest.mark.parametrize("talk", [endless_headers, endless_line, no_http])
def test_what_is_no_http_is_left(talk: Talk) -> None:
    with host(talk) as there:
        asking = fetcher(there.port)
        assert refusal(lambda: asking.status_of(f"http://a.example:{there.port}/")) is Why.BROKEN


def test_a_huge_body_is_not_read() -> None:
    def talk(line: socket.socket, asked: bytes) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with host(talk) as there:
        asking, address = fetcher(there.port), f"http://a.example:{there.port}/"
        assert refusal(lambda: asking.read(address)) is Why.LARGE
        assert asking.status_of(address) == 200  # nothing of it is asked for


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 500_000)
    with host(says("HTTP/1.1 200 OK\nContent-Encoding: gzip", bomb)) as there:
        answer = fetcher(there.port).read(f"http://a.example:{there.port}/")
    assert answer.body == bomb


def test_a_body_up_to_the_limit() -> None:
    with host(says("HTTP/1.1 200 OK\nX-Told: yes", b"x" * QUICK.octets)) as there:
        answer = fetcher(there.port).read(f"http://a.example:{there.port}/", Accept="text/plain")
    assert (answer.status, len(answer.body), answer.headers["x-told"]) == (200, 1000, "yes")
    assert b"\r\nAccept: text/plain\r\n" in there.requests[0]


# -- TLS -------------------------------------------------------------------------------------


def certificate(directory: Path, name: str, days: int) -> Path:
    """A certificate of its own making for the name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    began = datetime.now(UTC) - timedelta(days=10)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    formats = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = directory / f"{name}.pem"
    path.write_bytes(made.public_bytes(formats[0]) + key.private_bytes(*formats, plain))
    return path


@pytest.mark.parametrize(
    ("asked", "named", "days", "trusted", "why"),
    [
        ("team.example", "team.example", 100, True, None),
        ("other.example", "team.example", 100, True, Why.TLS),
        ("team.example", "team.example", 5, True, Why.TLS),
        ("team.example", "team.example", 100, False, Why.TLS),
    ],
)
def test_tls_proves_the_name_not_the_address(
    tmp_path: Path, asked: str, named: str, days: int, trusted: bool, why: Why | None
) -> None:
    path = certificate(tmp_path, named, days)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    context = ssl.create_default_context(cafile=str(path) if trusted else None)
    with host(says("HTTP/1.1 200 OK"), serving) as there:
        asking = fetcher(there.port, context=context)
        address = f"https://{asked}:{there.port}/"
        if why is None:
            assert asking.status_of(address) == 200
        else:
            assert refusal(lambda: asking.status_of(address)) is why


def test_a_handshake_that_drips(tmp_path: Path) -> None:
    """Whoever speaks no TLS at all is left in time too."""
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        port = listening.getsockname()[1]
        began = time.monotonic()
        asking = fetcher(port)
        assert refusal(lambda: asking.status_of(f"https://a.example:{port}/")) is Why.SLOW
        assert time.monotonic() - began < QUICK.total + 1
