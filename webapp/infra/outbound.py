"""The only way out: HTTP to addresses that somebody typed, none of which leads back inside.

A name is looked up once, every address that it has is judged, and the connection goes to an address that was judged:
there is no second look-up that could answer otherwise. What is not an address of the public internet is refused,
however it is spelt, unless `VITRINE_OUTBOUND_ALLOW` names it; plain http is for those only, where the caller wants
it so. Redirects are not followed, proxies of the environment not used, nothing is unpacked, and time and size end the
exchange wherever it is.
"""

import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from webapp.config import Network
from webapp.infra.outside import Refused, Unreachable

SECONDS: Final = 10.0
MOST_BYTES: Final = 5 * 1024**2
HEAD_BYTES: Final = 64 * 1024
"""What status and headers may add to the body."""

LONGEST_URL: Final = 2048
INSIDE: Final = ("localhost", "local", "internal", "lan", "arpa")
"""The last parts of names that lead nowhere but inside; where something inside is allowed, they are looked up."""

PORTS: Final = {"http": 80, "https": 443}
TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that a gateway makes IPv4 ones of: the last four bytes (RFC 6052), or somewhere within."""

PACE_SECONDS: Final = 60.0

Address = IPv4Address | IPv6Address
Resolve = Callable[..., Sequence[Any]]


@dataclass(frozen=True)
class Answer:
    """What came back: names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How far one may go: the networks inside that are allowed, how long it may take, how much may come.

    `silence` is how many seconds the other side may keep one waiting, where that is less than all the time there is.
    """

    allow: tuple[Network, ...] = ()
    seconds: float = SECONDS
    most: int = MOST_BYTES
    silence: float | None = None
    pace: int = 0
    """Bytes a second that an answer which is read while it comes must come at, over `PACE_SECONDS` of waiting."""
    plain: bool = False
    """Whether http will do for public addresses too; it always does for those that are allowed."""
    resolve: Resolve = socket.getaddrinfo
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context


@dataclass(frozen=True)
class _Asked:
    method: str
    parts: SplitResult
    body: bytes
    headers: dict[str, str]


def send(method: str, url: str, *, way: Way, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """Send one request and return its whole answer, whatever its status but a redirect.

    Raises Refused, Unreachable.
    """
    parts = _checked(url)
    asked = _Asked(method, parts, body, dict(headers or {}))
    with _told(parts, way), _asking(asked, way) as response:
        return _answer(response, str(parts.hostname), way)


@contextlib.contextmanager
def opened(url: str, *, way: Way, headers: Mapping[str, str] | None = None) -> Iterator["Incoming"]:
    """Ask for what stands at an address and give its bytes while they come, for as long as the block lasts.

    Raises Refused, Unreachable; so does reading.
    """
    parts = _checked(url)
    with contextlib.ExitStack() as line:
        with _told(parts, way):
            asked = _Asked("GET", parts, b"", dict(headers or {}))
            response = line.enter_context(_asking(asked, way))
            _judge(response, str(parts.hostname), way)
        yield Incoming(response, parts, way)


class Incoming:
    """The bytes of an answer while they come, no more of them than the way allows; `status` is the answer's."""

    def __init__(self, response: http.client.HTTPResponse, parts: SplitResult, way: Way) -> None:
        self.status = response.status
        self._response, self._parts, self._way, self._count = response, parts, way, 0
        self._waited, self._came = 0.0, 0

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, none at the end. Raises Refused, Unreachable."""
        host = str(self._parts.hostname)
        with _told(self._parts, self._way):
            piece = self._waited_for(size)
        self._count += len(piece)
        if self._count > self._way.most:
            raise _too_much(host, self._way)
        if size and not piece and self._response.length:
            raise Unreachable("broken", "%(host)s stopped in the middle of its answer.", host=host)
        return piece

    def _waited_for(self, size: int) -> bytes:
        """Give what is there as soon as anything is. Raises TimeoutError where it has come too slowly for long."""
        began = time.monotonic()
        piece = self._response.read1(size)
        self._waited += time.monotonic() - began
        self._came += len(piece)
        if self._waited >= PACE_SECONDS:
            if self._came < self._way.pace * self._waited:
                raise TimeoutError
            self._waited, self._came = 0.0, 0
        return piece


@contextlib.contextmanager
def _told(parts: SplitResult, way: Way) -> Iterator[None]:
    """Say in our words what went wrong on the way."""
    host = str(parts.hostname)
    try:
        yield
    except TimeoutError:
        raise Unreachable(
            "slow", "%(host)s took longer than %(n)s seconds.", host=host, n=f"{way.seconds:g}"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            "proof", "%(host)s does not prove who it is: %(why)s.", host=host, why=error.verify_message
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(
            "odd", "%(host)s did not answer as it should: %(why)s.", host=host, why=_said(error)
        ) from None


def check(url: str, *, way: Way) -> None:
    """Raise Refused or Unreachable unless this address may be called now; nothing is sent."""
    _address(_checked(url), way, time.monotonic() + way.seconds)


def check_spelling(url: str, *, way: Way) -> None:
    """Raise Refused for an address that plainly leads inside, however it is spelt; no name is looked up.

    Names are judged when they are called: until then they may lead anywhere.
    """
    parts = _checked(url)
    host = str(parts.hostname).rstrip(".").lower()
    address = _spelt(host)
    allowed = address is not None and _is_allowed(address, way.allow)
    named_inside = host.rpartition(".")[2] in INSIDE and not way.allow
    leads_inside = named_inside if address is None else is_inside(address)
    if leads_inside and not allowed:
        raise Refused("inside", "%(host)s is an address inside this network, which may not be called.", host=host)
    if parts.scheme == "http" and not (way.plain or allowed):
        raise Refused("plain", "Use https: what is sent could be read on its way otherwise.")


def is_inside(address: Address) -> bool:
    """Say whether an address is none of the public internet, looked at through every wrapping that IPv6 has."""
    return any(_is_private(each) for each in _unwrapped(address))


def _spelt(host: str) -> Address | None:
    """Return the address that a host is, in any of the spellings that systems take, or None for a name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _checked(url: str) -> SplitResult:
    """Split an address that could be called at all. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("address", "This is no address of the web.") from None
    odd = any(ord(letter) <= 32 or ord(letter) >= 127 or letter == "\\" for letter in url)
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or odd or len(url) > LONGEST_URL:
        raise Refused("address", "This is no address of the web: write https:// and a host.")
    if parts.username is not None or parts.password is not None:
        raise Refused("address", "A name or password has no place in an address.")
    return parts


def _address(parts: SplitResult, way: Way, deadline: float) -> Address:
    """Look a host up once and return an address of it that may be called. Raises Refused, Unreachable.

    One address inside is enough to refuse all: nobody who may be called has both.
    """
    host = str(parts.hostname)
    found = [ip_address(each[4][0].partition("%")[0]) for each in _looked_up(host, parts, way, deadline)]
    if not found:
        raise Unreachable("unknown", "Nobody knows where %(host)s is.", host=host)
    allowed = [_is_allowed(each, way.allow) for each in found]
    inside = [each for each, may in zip(found, allowed, strict=True) if not may and is_inside(each)]
    if inside:
        raise Refused("inside", "%(host)s is an address inside this network, which may not be called.", host=host)
    if parts.scheme == "http" and not way.plain and not all(allowed):
        raise Refused("plain", "Use https: what is sent could be read on its way otherwise.")
    return found[0]


def _looked_up(host: str, parts: SplitResult, way: Way, deadline: float) -> Sequence[Any]:
    """Ask for a host's addresses, for no longer than there is time: the system's own look-up cannot be stopped."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(way.resolve(host, parts.port or PORTS[parts.scheme], type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.append(error)

    asking = threading.Thread(target=ask, daemon=True, name="look-up")
    asking.start()
    asking.join(max(0.0, deadline - time.monotonic()))
    if not answers or isinstance(answers[0], Exception):
        raise Unreachable("unknown", "Nobody knows where %(host)s is.", host=host)
    found: Sequence[Any] = answers[0]
    return found


def _is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address inside is one that may be called, by what it leads to and not by how it is written."""
    return any(each in network for each in _unwrapped(address)[-1:] for network in networks)


def _unwrapped(address: Address) -> list[Address]:
    """Return an address and the one that is wrapped in it."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address, address.ipv4_mapped]
    if address.sixtofour:
        return [address, address.sixtofour]
    if address.teredo:
        return [address, address.teredo[1]]
    if address in TRANSLATED[0] or (int(address) >> 32 == 0 and int(address) > 1):
        return [address, IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def _is_private(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address in TRANSLATED[0]:
            return False
        if address.is_site_local or any(address in network for network in TRANSLATED[1:]):
            return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


@contextlib.contextmanager
def _asking(asked: _Asked, way: Way) -> Iterator[http.client.HTTPResponse]:
    """Send a request to an address that may be called and give the answer while it comes."""
    deadline = time.monotonic() + way.seconds
    address = _address(asked.parts, way, deadline)
    host = str(asked.parts.hostname)
    with _Line(asked.parts, address, way, deadline) as line:
        connection = http.client.HTTPConnection(host)
        connection.sock = line
        path = asked.parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection.putrequest(asked.method, path, skip_host=True, skip_accept_encoding=True)
        fixed = {"Host": asked.parts.netloc, "Connection": "close", "Accept-Encoding": "identity"}
        if asked.body or asked.method not in ("GET", "HEAD"):
            fixed["Content-Length"] = str(len(asked.body))
        for name, value in ({"User-Agent": "Vitrine"} | asked.headers | fixed).items():
            connection.putheader(name, value)
        connection.endheaders(asked.body or None)
        yield connection.getresponse()


def _judge(response: http.client.HTTPResponse, host: str, way: Way) -> None:
    """Raise Refused for an answer that is seen to be none from its head."""
    if 300 <= response.status < 400:
        raise Refused(
            "elsewhere",
            "%(host)s sends elsewhere (%(status)s), which is not followed: use the final address.",
            host=host,
            status=str(response.status),
        )
    if response.getheader("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refused("packed", "%(host)s sends a packed answer, which was not asked for.", host=host)
    if (response.length or 0) > way.most:
        raise _too_much(host, way)


def _answer(response: http.client.HTTPResponse, host: str, way: Way) -> Answer:
    _judge(response, host, way)
    body = response.read(way.most + 1)
    if len(body) > way.most:
        raise _too_much(host, way)
    if response.length:
        raise Unreachable("broken", "%(host)s stopped in the middle of its answer.", host=host)
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _too_much(host: str, way: Way) -> Refused:
    return Refused("too_much", "%(host)s sends more than %(n)s bytes.", host=host, n=way.most)


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]


class _Line:
    """A connection to one address that ends with its time, and after so many bytes."""

    def __init__(self, parts: SplitResult, address: Address, way: Way, deadline: float) -> None:
        self.deadline, self.silence = deadline, way.silence
        self.room = way.most + HEAD_BYTES
        self.host = str(parts.hostname)
        port = parts.port or PORTS[parts.scheme]
        self.socket = socket.create_connection((str(address), port), timeout=self._left())
        if parts.scheme == "https":
            self.socket = self._secured(way)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.socket.close()

    def sendall(self, sent: bytes) -> None:
        """Send all, as long as there is time."""
        self.socket.settimeout(self._left())
        self.socket.sendall(sent)

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        """Return what is read from."""
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Leave the socket to whoever opened it: http.client closes it before the answer is read."""

    def receive(self, into: memoryview) -> int:
        """Read some bytes. Raises TimeoutError, Refused where they are too many."""
        self.socket.settimeout(self._left())
        count = self.socket.recv_into(into)
        self.room -= count
        if self.room < 0:
            raise Refused("too_much", "%(host)s sends more than it was asked for.", host=self.host)
        return count

    def _secured(self, way: Way) -> ssl.SSLSocket:
        try:
            return way.context().wrap_socket(self.socket, server_hostname=self.host)
        except BaseException:
            self.socket.close()
            raise

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if self.silence is None else min(left, self.silence)


class _Reading(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self.line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.line.receive(memoryview(buffer))
