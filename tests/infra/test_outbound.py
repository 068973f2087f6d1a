"""The only way out: what may be called, whatever it is called, and what ends an exchange."""

import ast
import contextlib
import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from webapp.infra import outbound
from webapp.infra.outbound import Way, check, is_inside, send
from webapp.infra.outside import Outside, Refused, Unreachable

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HERE = Way(allow=LOOPBACK, seconds=5)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """A server of bytes: answers each connection by a function of the connection and of what was asked."""

    def __init__(self, answer, context=None):
        self.answer, self.context = answer, context
        self.asked, self.over = [], threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection, self.secured(connection) as line:
                self.asked.append(self.read(line))
                self.answer(line, self)

    def secured(self, connection):
        if self.context is None:
            return contextlib.nullcontext(connection)
        return self.context.wrap_socket(connection, server_side=True)

    @staticmethod
    def read(connection):
        asked = b""
        while b"\r\n\r\n" not in asked:
            came = connection.recv(4096)
            if not came:
                raise OSError("nobody is there any more")
            asked += came
        head, _, body = asked.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length[1]):
            body += connection.recv(4096)
        return head + b"\r\n\r\n" + body

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def close(self):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)


@pytest.fixture
def serve():
    """Start servers that end with the test."""
    servers = []

    def start(answer=OK, **options):
        said = answer if callable(answer) else lambda connection, _server: connection.sendall(answer)
        servers.append(Server(said, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def resolving(*addresses):
    """Make a look-up that knows one answer, and counts how often it was asked."""
    asked = []

    def resolve(host, port, **_options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    resolve.asked = asked
    return resolve


def endlessly(piece, first=b""):
    """Answer without end, a piece at a time."""

    def answer(connection, server):
        connection.sendall(first)
        while not server.over.wait(0.01):
            connection.sendall(piece)

    return answer


class TestExchange:
    def test_what_is_asked_arrives_and_what_is_answered_comes_back(self, serve):
        server = serve(b"HTTP/1.1 201 Made\r\nContent-Type: text/x\r\nX-Two: a\r\n\r\nh\xc3\xa9")

        answer = send("POST", server.url("/a?b=c#d"), way=HERE, body=b"body", headers={"Authorization": "Bearer x"})

        assert (answer.status, answer.body, answer.headers["content-type"]) == (201, b"h\xc3\xa9", "text/x")
        head, _, body = server.asked[0].partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0] == b"POST /a?b=c HTTP/1.1"
        assert body == b"body"
        assert sorted(line.partition(b":")[0].lower() for line in lines[1:]) == [
            b"accept-encoding",
            b"authorization",
            b"connection",
            b"content-length",
            b"host",
            b"user-agent",
        ]
        assert f"Host: 127.0.0.1:{server.port}".encode() in lines

    def test_a_chunked_answer_is_put_together(self, serve):
        server = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

        assert send("GET", server.url(), way=HERE).body == b"abcde"

    @pytest.mark.parametrize("status", [200, 204, 404, 429, 500])
    def test_a_status_is_the_callers_to_judge(self, serve, status):
        server = serve(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

        assert send("GET", server.url(), way=HERE).status == status

    def test_a_name_is_looked_up_once_and_what_was_judged_is_called(self, serve):
        server, resolve = serve(), resolving("127.0.0.1")

        send("GET", server.url(host="rebinding.example"), way=Way(allow=LOOPBACK, resolve=resolve))

        assert resolve.asked == ["rebinding.example"]
        assert f"Host: rebinding.example:{server.port}".encode() in server.asked[0]

    def test_a_proxy_of_the_environment_is_not_asked(self, serve, monkeypatch):
        server, proxy = serve(), serve()
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())

        send("GET", server.url(), way=HERE)

        assert (len(server.asked), len(proxy.asked)) == (1, 0)


INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "4000::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


class TestAddress:
    @pytest.mark.parametrize("address", INSIDE)
    def test_an_address_inside_is_refused_before_anything_is_sent(self, address):
        assert is_inside(ip_address(address))
        with pytest.raises(Refused, match="inside this network"):
            check("https://somewhere.example/", way=Way(resolve=resolving(address)))

    @pytest.mark.parametrize("address", OUTSIDE)
    def test_a_public_address_may_be_called(self, address):
        assert not is_inside(ip_address(address))
        check("https://somewhere.example/", way=Way(resolve=resolving(address)))

    @given(st.ip_addresses())
    def test_whatever_wraps_an_address_inside_is_inside(self, address):
        if address.version == 4 and is_inside(address):
            number = int(address)
            wrapped = [(0xFFFF << 32) + number, (0x64FF9B << 96) + number, (0x2002 << 112) + (number << 80)]
            assert all(is_inside(ip_address(each if each > 2**32 else 2**32 + each)) for each in wrapped)
        assert is_inside(address) == is_inside(ip_address(str(address)))

    @pytest.mark.parametrize(
        "host",
        ["127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "localhost",
         "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0", "[::]"],
    )  # fmt: skip
    def test_every_spelling_of_this_machine_is_refused(self, serve, host):
        server = serve()

        with pytest.raises(Outside):
            send("GET", server.url(host=host), way=Way(plain=True))

        assert server.asked == []

    @pytest.mark.parametrize("among", [("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8")])
    def test_one_address_inside_is_enough_to_refuse_a_name(self, among):
        with pytest.raises(Refused, match="inside this network"):
            check("https://both.example/", way=Way(resolve=resolving(*among)))

    @pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
    def test_what_is_allowed_is_allowed_however_it_is_written(self, address):
        check("http://inside.example/", way=Way(allow=LOOPBACK, resolve=resolving(address)))

    def test_what_is_allowed_allows_nothing_beside_it(self):
        with pytest.raises(Refused):
            check("https://inside.example/", way=Way(allow=LOOPBACK, resolve=resolving("10.0.0.1")))
        with pytest.raises(Refused):
            check("https://inside.example/", way=Way(allow=LOOPBACK, resolve=resolving("127.0.0.1", "10.0.0.1")))

    def test_plain_http_is_for_what_is_allowed(self):
        public = resolving("8.8.8.8")

        with pytest.raises(Refused, match="Use https"):
            check("http://somewhere.example/", way=Way(allow=LOOPBACK, resolve=public))
        check("http://somewhere.example/", way=Way(resolve=public, plain=True))
        check("http://inside.example/", way=Way(allow=LOOPBACK, resolve=resolving("127.0.0.1")))

    @pytest.mark.parametrize(
        "url",
        ["", "example.org", "//example.org", "ftp://example.org", "file:///etc/passwd", "gopher://example.org", "https://",
         "https:///path", "https://user@example.org", "https://user:word@example.org", "https://example.org:0",
         "https://example.org:99999", "https://example.org:port", "https://exa mple.org", "https://example.org\\@127.0.0.1",
         "https://example.org/\r\nX: y", "https://example.org/\x00", "https://éxample.org", "https://[::1",
         "https://example.org/" + "a" * 2048],
    )  # fmt: skip
    def test_what_is_no_address_of_the_web_is_refused(self, url):
        resolve = resolving("8.8.8.8")

        with pytest.raises(Refused):
            check(url, way=Way(resolve=resolve))

        assert resolve.asked == []

    @pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), OSError("down"), UnicodeError("label")])
    def test_a_name_that_nobody_knows_ends_there(self, error):
        def fail(*_args, **_options):
            raise error

        with pytest.raises(Unreachable, match="Nobody knows") as unreachable:
            check("https://nowhere.example/", way=Way(resolve=fail))
        assert unreachable.value.later

    def test_a_name_without_an_address_ends_there(self):
        with pytest.raises(Unreachable):
            check("https://nowhere.example/", way=Way(resolve=resolving()))

    def test_a_look_up_that_does_not_end_is_left_behind(self):
        held = threading.Event()
        try:
            with pytest.raises(Unreachable):
                check("https://slow.example/", way=Way(resolve=lambda *_args, **_options: held.wait(60), seconds=0.1))
        finally:
            held.set()


class TestEnds:
    @pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
    def test_a_redirect_is_not_followed(self, serve, status):
        inside = serve()
        said = f"HTTP/1.1 {status} Moved\r\nLocation: {inside.url()}\r\nContent-Length: 0\r\n\r\n"
        server = serve(said.encode())

        with pytest.raises(Refused, match="not followed"):
            send("GET", server.url(), way=HERE)

        assert inside.asked == []

    def test_what_comes_is_given_as_it_comes(self, serve):
        def begun(connection, server):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegun")
            server.over.wait(60)

        with outbound.opened(serve(begun).url(), way=Way(allow=LOOPBACK, seconds=20)) as incoming:
            assert incoming.read(65536) == b"begun"

    @pytest.mark.parametrize("pace", [0, 100_000])
    def test_whoever_answers_too_slowly_for_long_is_left(self, serve, monkeypatch, pace):
        monkeypatch.setattr(outbound, "PACE_SECONDS", 0.1)
        server = serve(endlessly(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n"))

        with outbound.opened(server.url(), way=Way(allow=LOOPBACK, seconds=20, pace=pace)) as incoming:
            if pace:
                with pytest.raises(Unreachable, match="took longer"):
                    b"".join(iter(lambda: incoming.read(65536), b""))
            else:
                assert b"".join(iter(lambda: incoming.read(65536), b"")) == b"x" * 60

    def test_nobody_there_is_unreachable(self, serve):
        server = serve()
        server.close()

        with pytest.raises(Unreachable):
            send("GET", server.url(), way=HERE)

    @pytest.mark.parametrize(
        "answer",
        [
            lambda _connection, server: server.over.wait(60),
            endlessly(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
            endlessly(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"),
            endlessly(b"H"),
            endlessly(b"HTTP/1.1 100 Continue\r\n\r\n"),
            endlessly(b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ],
        ids=["silence", "slow body", "slow headers", "slow status", "endless promises", "slow chunks"],
    )
    def test_whoever_answers_slowly_is_left(self, serve, answer):
        server = serve(answer)

        with pytest.raises(Outside):
            send("GET", server.url(), way=Way(allow=LOOPBACK, seconds=0.4))

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
            b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n",
        ],
        ids=["said", "unsaid", "chunked"],
    )
    def test_an_answer_that_is_too_large_is_refused(self, serve, answer):
        server = serve(answer)

        with pytest.raises(Refused, match="more than 1,000 bytes"):
            send("GET", server.url(), way=Way(allow=LOOPBACK, most=1000))

    def test_an_answer_of_just_the_size_is_taken(self, serve):
        server = serve(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000)

        assert len(send("GET", server.url(), way=Way(allow=LOOPBACK, most=1000)).body) == 1000

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
            b"HTTP/1.1 200 " + b"O" * 200_000,
            b"HTTP/1.1 100 Go on\r\n\r\n" * 50_000,
        ],
        ids=["a long one", "many", "a long status", "many promises"],
    )
    def test_huge_headers_end_the_exchange(self, serve, answer):
        server = serve(answer)

        with pytest.raises(Outside):
            send("GET", server.url(), way=Way(allow=LOOPBACK, most=1000))

    @pytest.mark.parametrize("packed", ["gzip", "br", "deflate, gzip"])
    def test_a_packed_answer_is_not_unpacked(self, serve, packed):
        server = serve(f"HTTP/1.1 200 OK\r\nContent-Encoding: {packed}\r\nContent-Length: 2\r\n\r\nok".encode())

        with pytest.raises(Refused, match="packed"):
            send("GET", server.url(), way=HERE)

    @pytest.mark.parametrize(
        "answer",
        [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"],
    )
    def test_what_is_no_whole_answer_is_none(self, serve, answer):
        server = serve(answer)

        with pytest.raises(Unreachable):
            send("GET", server.url(), way=HERE)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    (folder / "certificate").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder


@pytest.fixture
def secured(serve, certificate):
    """A server that speaks TLS as localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate", certificate / "key")
    return serve(context=context)


class TestSecured:
    def way(self, certificate, **options):
        return Way(
            allow=LOOPBACK,
            context=lambda: ssl.create_default_context(cafile=str(certificate / "certificate")),
            **options,
        )

    def test_whoever_proves_who_it_is_is_spoken_to(self, secured, certificate):
        way = self.way(certificate, resolve=resolving("127.0.0.1"))

        assert send("GET", f"https://localhost:{secured.port}/", way=way).body == b"ok"

    def test_another_name_than_the_certificates_is_refused(self, secured, certificate):
        way = self.way(certificate, resolve=resolving("127.0.0.1"))

        with pytest.raises(Refused, match="prove"):
            send("GET", f"https://other.example:{secured.port}/", way=way)

        assert secured.asked == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, secured):
        with pytest.raises(Refused, match="prove"):
            send("GET", f"https://localhost:{secured.port}/", way=Way(allow=LOOPBACK, resolve=resolving("127.0.0.1")))

        assert secured.asked == []

    def test_a_server_without_tls_is_no_secured_one(self, serve, certificate):
        server = serve()
        way = self.way(certificate, resolve=resolving("127.0.0.1"), seconds=1)

        with pytest.raises(Unreachable):
            send("GET", f"https://localhost:{server.port}/", way=way)


def imported(path):
    """Give the names of the modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_there_is_no_other_way_out():
    ways = re.compile(r"(http\.client|urllib\.request|urllib3|requests|httpx|httpx2|aiohttp|ftplib|telnetlib)(\.|$)")
    paths = (ROOT / "webapp").rglob("*.py")
    using = {path.relative_to(ROOT).as_posix() for path in paths if any(map(ways.match, imported(path)))}

    assert using == {"webapp/infra/outbound.py"}


def test_what_is_sent_is_not_shown_where_an_answer_is_printed():
    assert "secret" not in repr(outbound.Answer(200, {"set-cookie": "secret"}, b"secret"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
    ],
)
def test_spellings_that_lead_inside_are_refused_without_a_look_up(host: str) -> None:
    def resolve(*_asked, **_more):
        raise AssertionError("nobody is asked")

    with pytest.raises(Refused, match="inside this network"):
        outbound.check_spelling(f"https://{host}/hook", way=Way(resolve=resolve))


@pytest.mark.parametrize(
    "url", ["https://example.org/a", "https://93.184.215.14/a", "https://xn--bcher-kva.example/"]
)
def test_spellings_that_lead_outside_or_are_names_are_let_through(url: str) -> None:
    outbound.check_spelling(url, way=Way())

    with pytest.raises(Refused, match="Use https"):
        outbound.check_spelling(url.replace("https", "http"), way=Way())
    outbound.check_spelling(url.replace("https", "http"), way=Way(plain=True))
