"""The doors that files come in by, each as one function: what was sent, and what was answered.

A door takes a desk (somebody's browser and key at a real server), bytes and the name they are sent under. It says
with which status it answered, with which code where it tells one, and all that it said.
"""

import base64
import contextlib
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tests.faults.deeds import Desk

TUS = "/library/uploads/tus"
PIECES = 3
BOUNDARY = "----vitrine-hostile"
JSON = {"Accept": "application/json"}


class Answer(NamedTuple):
    """What a door said; `code` is empty where it speaks to people."""

    status: int
    code: str
    said: str


class Door(NamedTuple):
    """A way in, and the statuses that mean taken and refused."""

    name: str
    bring: Callable[[Desk, bytes, bytes], Answer]
    taken: int
    refused: int

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Reply:
    """One answer over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(desk: Desk, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
    """Send one request as the browser, or as the program where the headers name a key."""
    own = {} if "Authorization" in headers else desk.headers | {"X-CSRFToken": desk.token}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=90)) as connection:
        connection.request(method, path, body, own | {name.replace("_", "-"): said for name, said in headers.items()})
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def form(desk: Desk, content: bytes, name: bytes) -> Answer:
    """The library's own form, without a script."""
    body, headers = wrapped(content, name)
    said = ask(desk, "POST", "/library/", body, **headers)
    return Answer(said.status, "", said.body.decode())


def script(desk: Desk, content: bytes, name: bytes) -> Answer:
    """The library's form as the page's script sends it, one file at a time."""
    body, headers = wrapped(content, name, again=b"1")
    return told(ask(desk, "POST", "/library/", body, **headers, **JSON))


def cms(desk: Desk, content: bytes, name: bytes) -> Answer:
    """The upload of /api/v1."""
    body, headers = wrapped(content, name)
    own = {"Authorization": f"Bearer {desk.key}"}
    said = ask(desk, "POST", "/api/v1/media/upload", body, **own, **headers)
    return Answer(said.status, "", said.body.decode())


def tus(desk: Desk, content: bytes, name: bytes) -> Answer:
    """An upload in pieces; where one is refused, the row that remembers why is taken away again."""
    speaks = {"Tus-Resumable": "1.0.0"} | JSON
    told_name = base64.b64encode(name).decode()
    metadata = f"filename {told_name},again MQ==" if name else "again MQ=="
    begun = ask(desk, "POST", TUS, Upload_Length=str(len(content)), Upload_Metadata=metadata, **speaks)
    if begun.status != 201:
        return told(begun)
    path = TUS + "/" + begun.headers["Location"].rpartition("/")[2]
    step = -(-len(content) // PIECES)
    for at in range(0, len(content), step):
        headers = speaks | {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        sent = ask(desk, "PATCH", path, content[at : at + step], **headers)
        if sent.status != 204:
            break
    if sent.status != 204:
        ask(desk, "DELETE", path, **speaks)
    return told(sent)


DOORS = (
    Door("form", form, 303, 422),
    Door("script", script, 201, 422),
    Door("cms", cms, 201, 400),
    Door("tus", tus, 204, 422),
)


def told(reply: Reply) -> Answer:
    """Read the code of an answer to a script."""
    said = json.loads(reply.body) if reply.body else {}
    return Answer(reply.status, said.get("code", ""), reply.body.decode())


def wrapped(content: bytes, name: bytes, **fields: bytes) -> tuple[bytes, dict[str, str]]:
    """Write a form with one file, under whatever bytes for a name, and the header that goes with it."""
    parts = [part(f'form-data; name="{key}"'.encode(), value) for key, value in fields.items()]
    parts.append(part(b'form-data; name="file"; filename="' + name + b'"', content, b"image/jpeg"))
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(disposition: bytes, content: bytes, kind: bytes = b"text/plain") -> bytes:
    """Write one part of a form."""
    return (
        f"--{BOUNDARY}\r\n".encode()
        + b"Content-Disposition: " + disposition + b"\r\nContent-Type: " + kind + b"\r\n\r\n"
        + content + b"\r\n"
    )  # fmt: skip
