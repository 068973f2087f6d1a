"""Somebody who is told of events: a real server in threads, which answers as badly as it is told to."""

import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Got:
    """A message that came in."""

    path: str
    headers: dict[str, str]
    body: str
    at: float

    @property
    def id(self) -> str:
        """Its id."""
        return self.headers["webhook-id"]


class Receiver:
    """Takes messages into `got`; `answer(got)` is a status, or (status, headers, body), or a deed on the socket.

    What breaks off half-way, because its sender was killed, is no message.
    """

    def __init__(self, answer=lambda got: 200):
        self.got, self.answer = [], answer
        self.lock, self.ended = threading.Lock(), threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                named = {name.lower(): value for name, value in self.headers.items()}
                content = self.rfile.read(length)
                if len(content) < length:
                    return
                got = Got(self.path, named, content.decode(), time.monotonic())
                with receiver.lock:
                    receiver.got.append(got)
                receiver.reply(self, receiver.answer(got))

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def ids(self):
        """The ids of what came in, in order."""
        return [each.id for each in self.got]

    def reply(self, handler, said):
        """Answer as told."""
        if callable(said):
            said(handler, self.ended)
            return
        status, headers, body = said if isinstance(said, tuple) else (said, {}, b"")
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        """End it."""
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def hang(_handler, ended):
    """Say nothing until the end."""
    ended.wait(60)


def drip(handler, ended):
    """Send a byte now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not ended.wait(0.05):
        try:
            handler.wfile.write(b"a")
        except OSError:
            return


def shut(handler, _ended):
    """Close half-way through the answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def flood(handler, _ended):
    """Send headers without end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            handler.wfile.write(f"X-{number}: {'a' * 90}\r\n".encode())
    except OSError:
        return
