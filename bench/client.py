"""A client of /api/v1 that knows whether its request was answered, and pictures for it to send."""

import http.client
import io
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from PIL import Image

from bench.live import Server

BUSY_TRIES, BUSY_SECONDS = 60, 0.5
EMAIL = "ada@example.org"


class Unanswered(Exception):
    """The connection broke: whether the request was done is not known."""


class Unreadable(Exception):
    """Something that was made is not answered."""


@dataclass
class Client:
    """One connection at a time to one server, as one key."""

    port: int
    key: str = field(repr=False)
    timeout: float = 60

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send JSON and return status and parsed answer. Raises Unanswered."""
        payload = None if body is None else json.dumps(body).encode()
        status, answer = self.exchange(method, path, payload, {"Content-Type": "application/json"})
        return status, json.loads(answer) if answer else None

    def read(self, path: str) -> Any:
        """Read JSON that has to be there. Raises Unreadable."""
        return json.loads(self.fetch(path))

    def fetch(self, path: str) -> bytes:
        """Read what has to be there, coming back for as long as the server is busy. Raises Unreadable."""
        status, answer = self.exchange("GET", path, None, {})
        for _ in range(BUSY_TRIES):
            if status != 503:
                break
            time.sleep(BUSY_SECONDS)
            status, answer = self.exchange("GET", path, None, {})
        if status != 200:
            raise Unreadable(f"GET {path}: {status} {answer[:200]!r}")
        return answer

    def upload(self, picture: bytes, name: str) -> tuple[int, Any]:
        """Send a picture to the library. Raises Unanswered."""
        body, content_type = multipart(picture, name)
        status, answer = self.exchange("POST", "/api/v1/media/upload", body, {"Content-Type": content_type})
        return status, json.loads(answer)

    def exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """Make one request on a connection of its own. Raises Unanswered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.key}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{method} {path}: {error}") from None
        finally:
            connection.close()


def multipart(picture: bytes, name: str) -> tuple[bytes, str]:
    """Wrap a picture as a form with one field, `file`."""
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return (
        head.encode() + picture + f"\r\n--{boundary}--\r\n".encode(),
        f"multipart/form-data; boundary={boundary}",
    )


def admit(server: Server) -> Client:
    """Make an administrator and a key on a server that has none, and return its client."""
    for words, stdin in (
        (("user", "add", EMAIL, "--role", "admin", "--password-stdin"), secrets.token_urlsafe(24)),
        (("key", "add", "--user", EMAIL, "--name", "bench"), ""),
    ):
        done = server.command(*words, stdin=stdin)
        if done.returncode:
            raise RuntimeError(f"vitrine {' '.join(words)} failed: {done.stderr}")
    return Client(server.port, done.stdout.strip())


def picture(width: int, height: int, *, form: str = "PNG") -> bytes:
    """Make a picture of noise, unlike any other and hard to compress."""
    image = Image.frombytes("RGB", (width, height), secrets.token_bytes(width * height * 3))
    written = io.BytesIO()
    image.save(written, form)
    return written.getvalue()
