"""Asking other hosts for addresses that anybody wrote, without ever reaching inside the network.

urllib3 speaks HTTP and TLS; where a connection may go is decided here. A name is resolved once, all
its addresses are looked at, and the connection goes to one of them, so that no second answer of a
name server can lead elsewhere. Redirects are followed by hand, each as if it were the first
address. No proxy, cookie or password is used, and nothing is unpacked.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from urllib.parse import urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.exceptions import SSLError as WrappedSSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, parse_url

# What `is_global` of one Python or another lets through, or what is global and yet a machine's own:
# relays, protocol assignments, and the address under which Azure's machines find their host.
_NEVER = [
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"),
        *("198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
    )
]
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


class Why(StrEnum):
    """Why nothing came back."""

    REFUSED = "refused"  # no address for us: not http, another port, inside the network
    NO_NAME = "no_name"  # the name server knows none
    SLOW = "slow"
    TLS = "tls"
    BROKEN = "broken"  # no connection, or no HTTP
    LOOP = "loop"  # too many redirects
    LARGE = "large"


class NotFetched(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Answer:
    """What a host said; `body` is what was asked for of it, never more. Names are in lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """Seconds, octets of a body that is read, and redirects."""

    connect: float = 3
    read: float = 4
    total: float = 10
    octets: int = 256 * 1024
    hops: int = 5


def public(address: str) -> bool:
    """Does the address belong to the open internet, and to no network of somebody's own?"""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:  # IPv4 by way of a translator
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _GLOBAL_UNICAST:  # so neither loopback, mapped, local, nor multicast
            return False
    return ip.is_global and not any(ip in network for network in _NEVER)


def addresses_of(host: str, port: int) -> list[str]:
    """The numeric addresses of a name, or of a number in any of its spellings. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Asks other hosts. `agent` names us; `allowed` and `resolve` are for tests alone."""

    def __init__(
        self,
        agent: str,
        *,
        ports: frozenset[int] = frozenset({80, 443}),
        limits: Limits | None = None,
        context: ssl.SSLContext | None = None,
        allowed: Callable[[str], bool] = public,
        resolve: Callable[[str, int], list[str]] = addresses_of,
    ) -> None:
        self.agent, self.ports = agent, ports
        self.limits = limits or Limits()
        self.context = context or ssl.create_default_context()
        self.allowed, self.resolve = allowed, resolve

    def status_of(self, address: str) -> int:
        """What the host says of the page, without its content. Raises NotFetched.

        Some hosts know no HEAD, or answer it otherwise than a browser, so what is no plain yes is
        asked for once more by GET.
        """
        ends_at = monotonic() + self.limits.total
        status = self._follow("HEAD", address, ends_at, most=0).status
        if status >= 400:
            status = self._follow("GET", address, ends_at, most=0).status
        return status

    def read(self, address: str, **headers: str) -> Answer:
        """The answer with its content, as it came. Raises NotFetched; LARGE past the limit."""
        ends_at = monotonic() + self.limits.total
        return self._follow("GET", address, ends_at, self.limits.octets, headers)

    def _follow(
        self,
        method: str,
        address: str,
        ends_at: float,
        most: int,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        for _ in range(self.limits.hops + 1):
            answer = self._ask(method, self._target(address), ends_at, most, headers or {})
            onward = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not onward:
                return answer
            try:
                address = urljoin(address, onward)
            except ValueError:
                raise NotFetched(Why.BROKEN) from None
        raise NotFetched(Why.LOOP)

    def _target(self, address: str) -> Url:
        """The address in its parts, if we may ask for such a one at all."""
        try:
            url = parse_url(address)
        except LocationParseError:
            raise NotFetched(Why.REFUSED) from None
        port = (
            url.port if url.port is not None else {"http": 80, "https": 443}.get(url.scheme or "")
        )
        if port not in self.ports or url.scheme not in ("http", "https"):
            raise NotFetched(Why.REFUSED)
        if not url.host or url.auth is not None:
            raise NotFetched(Why.REFUSED)
        return url._replace(port=port, fragment=None)

    def _ask(
        self, method: str, url: Url, ends_at: float, most: int, headers: Mapping[str, str]
    ) -> Answer:
        """One question to one host."""
        assert url.host is not None and url.port is not None
        line = self._connected(url.host, url.port, ends_at)
        # A slow drip of octets keeps every single wait short: at the end the line itself is cut,
        # by a second handle, since TLS takes the first one over.
        handle = line.dup()
        cut = Timer(max(0.0, ends_at - monotonic()), _cut, [handle])
        cut.daemon = True
        cut.start()
        connection = self._speaking(url, line)
        try:
            connection.request(
                method,
                url.request_uri,
                headers={
                    "User-Agent": self.agent,
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                    **headers,
                },
                preload_content=False,
                decode_content=False,
            )
            answer = connection.getresponse()
            body = self._body(answer, most)
        except (ssl.SSLError, WrappedSSLError) as error:
            raise NotFetched(Why.SLOW if monotonic() >= ends_at else Why.TLS) from error
        except TimeoutError as error:
            raise NotFetched(Why.SLOW) from error
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise NotFetched(Why.SLOW if monotonic() >= ends_at else Why.BROKEN) from error
        finally:
            cut.cancel()
            connection.close()
            line.close()
            handle.close()
        if monotonic() >= ends_at:
            raise NotFetched(Why.SLOW)
        return Answer(
            answer.status, body, {name.lower(): text for name, text in answer.headers.items()}
        )

    def _body(self, answer: BaseHTTPResponse, most: int) -> bytes:
        try:
            body = answer.read(most + 1, decode_content=False) if most else b""
        finally:
            answer.close()
        if len(body) > most:
            raise NotFetched(Why.LARGE)
        return body

    def _connected(self, host: str, port: int, ends_at: float) -> socket.socket:
        """A line to an address of the host, all of whose addresses are allowed."""
        name = host.strip("[]")
        try:
            addresses = self.resolve(name, port)
        except (OSError, ValueError):  # a name too long, or with a NUL
            raise NotFetched(Why.NO_NAME) from None
        if not addresses:
            raise NotFetched(Why.NO_NAME)
        if not all(self.allowed(address) for address in addresses):
            raise NotFetched(Why.REFUSED)
        why = Why.BROKEN
        for address in addresses[:3]:
            left = min(self.limits.connect, ends_at - monotonic())
            if left <= 0:
                raise NotFetched(Why.SLOW)
            try:
                line = socket.create_connection((address, port), left)
            except TimeoutError:
                why = Why.SLOW
            except OSError:
                why = Why.BROKEN
            else:
                line.settimeout(min(self.limits.read, max(0.1, ends_at - monotonic())))
                return line
        raise NotFetched(why)

    def _speaking(self, url: Url, line: socket.socket) -> HTTPConnection:
        """HTTP on this very line; TLS proves the name, not the address."""
        host, port = (url.host or "").strip("[]"), url.port
        if url.scheme == "http":
            return _Line(host, port, line=line)
        return _SecureLine(host, port, line=line, ssl_context=self.context)


class _Line(HTTPConnection):
    """A connection that opens none of its own."""

    def __init__(self, host: str, port: int | None, *, line: socket.socket) -> None:
        super().__init__(host, port, timeout=line.gettimeout())
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line


class _SecureLine(HTTPSConnection):
    """The same with TLS."""

    def __init__(
        self, host: str, port: int | None, *, line: socket.socket, ssl_context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, timeout=line.gettimeout(), ssl_context=ssl_context)
        self.line = line

    def _new_conn(self) -> socket.socket:
        return self.line


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # over already
        line.shutdown(socket.SHUT_RDWR)
