"""Room for everybody: stalled clients can fill the places of uploads and of large downloads, and no others.

A thread waits for each body that is being received, and for each answer that is too large for the buffers on the
way. A third of the threads may wait for the one, a third for the other; the rest serve pages and programs, however
many clients stall. Who finds no place is told to come back, below a door's path in the words that it left here.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

from webapp.config import Settings

BUFFERED = 64 * 1024
"""Bytes of an answer that the server takes from a thread at once."""
RETRY_SECONDS = 3
CROWDED = "vitrine.crowded"
WORDS = "vitrine-crowded-words"
PLAIN = ("text/plain; charset=utf-8", b"Too many downloads at once. Try again in a moment.\n")

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Words = Mapping[str, tuple[str, bytes]]


def init(app: Flask, settings: Settings) -> None:
    """Give uploads and downloads a third of the threads each; to be called before anything else reads a request."""
    app.before_request(refuse_crowded)
    words = app.extensions.setdefault(WORDS, {})
    app.wsgi_app = Places(app.wsgi_app, settings.blocking_threads // 3, words)  # type: ignore[method-assign]


def speak_below(app: Flask, prefix: str, mimetype: str, body: bytes) -> None:
    """Leave the words in which a door tells its clients to come back, where no request of it can be answered."""
    app.extensions.setdefault(WORDS, {})[prefix] = (mimetype, body)


def refuse_crowded() -> None:
    """Send away, in the manner of its door, who brings a body when too many are being received."""
    if request.environ.get(CROWDED):
        raise ServiceUnavailable("Too many uploads at once. Try again in a moment.", retry_after=RETRY_SECONDS)


class Places:
    """Counts who is sending us something and who is being sent something large."""

    def __init__(self, application: Application, places: int, words: Words | None = None) -> None:
        self.application = application
        self.words: Words = {} if words is None else words
        self.receiving = threading.Semaphore(places)
        self.sending = threading.Semaphore(places)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not has_body(environ):
            return self.send(environ, start_response)
        if not self.receiving.acquire(blocking=False):
            return self.send(environ | {CROWDED: True}, start_response)
        try:
            return self.send(environ, start_response)
        finally:
            self.receiving.release()

    def send(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer; a large body takes a place until it is sent, or is not sent."""
        begun: list[tuple[str, Headers]] = []

        def begin(status: str, headers: Headers, _exc_info: Any = None) -> None:
            begun[:] = [(status, headers)]

        body = self.application(environ, begin)
        status, headers = begun[0]
        if is_large(body, headers):
            if not self.sending.acquire(blocking=False):
                close(body)
                return self.send_away(environ, start_response)
            body = Sent(body, self.sending.release)
        start_response(status, headers)
        return body

    def send_away(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Tell a client to come back, in the words of its door."""
        path = environ.get("PATH_INFO", "")
        mimetype, words = next((said for prefix, said in self.words.items() if path.startswith(prefix)), PLAIN)
        told = [
            ("Content-Type", mimetype),
            ("Content-Length", str(len(words))),
            ("Retry-After", str(RETRY_SECONDS)),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable", told)
        return [words]


class Sent:
    """A body on its way; its place is free once, when it has been sent, closed or forgotten."""

    def __init__(self, body: Iterable[bytes], release: Callable[[], None]) -> None:
        self.body = body
        self.release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        yield from self.body
        self.leave()

    def close(self) -> None:
        """Close the body, as a server does at the end or when its client has gone."""
        try:
            close(self.body)
        finally:
            self.leave()

    def leave(self) -> None:
        """Free the place."""
        release, self.release = self.release, None
        if release:
            release()

    def __del__(self) -> None:
        self.leave()


def has_body(environ: Environ) -> bool:
    """Say whether the client announces a body, whole or in chunks."""
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def is_large(body: Iterable[bytes], headers: Headers) -> bool:
    """Say whether a thread may have to wait for the client; a stream of unknown length may be."""
    if isinstance(body, list):
        return False
    length = next((value for name, value in headers if name.lower() == "content-length"), "")
    return not length.isdecimal() or int(length) > BUFFERED


def close(body: Iterable[bytes]) -> None:
    """Close a body that can be closed."""
    ending = getattr(body, "close", None)
    if ending is not None:
        ending()
