"""A file that comes in pieces is whole and there once, however often the server is killed between and in them."""

import base64
import hashlib
import http.client
import socket

import pytest
from sqlalchemy import select

from tests import factories, pictures
from tests.faults.deeds import installed
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import release

HOME = "/library/uploads/tus"
PIECES = 4
BYTES = 12 * 1024**2


def ask(server, desk, method, path, body=b"", **headers):
    """Ask for one thing and return status and headers."""
    own = desk.headers | {"Tus-Resumable": "1.0.0", "X-CSRFToken": desk.token}
    own |= {"Content-Type": "application/offset+octet-stream"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, own | headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()


def begin(server, desk, length):
    name = base64.b64encode(b"large.png").decode()
    told = {"Upload-Length": str(length), "Upload-Metadata": f"filename {name}"}
    status, headers = ask(server, desk, "POST", HOME, **told)
    assert status == 201
    return HOME + "/" + headers["Location"].rpartition("/")[2]


def cut(server, desk, path, content, at):
    """Begin to send all that is left, and kill the server while it comes."""
    own = desk.headers | {"Tus-Resumable": "1.0.0", "X-CSRFToken": desk.token, "Upload-Offset": str(at)}
    own |= {"Content-Type": "application/offset+octet-stream", "Content-Length": str(len(content) - at)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in own.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as wire:
        wire.sendall(f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{lines}\r\n".encode())
        wire.sendall(content[at : at + 1024**2])
        server.kill()
    server.start()


@pytest.mark.kill
@pytest.mark.full
def test_a_file_in_pieces_survives_kills_between_and_in_them(server):
    content = pictures.photo(160, 120, seed=3)
    content += b"\0" * (BYTES - len(content))
    with installed(server, f"sqlite:///{server.home / 'vitrine.db'}", ()) as (desk, _deeds):
        path, offset = begin(server, desk, len(content)), 0
        for nth in range(PIECES):
            piece = content[offset : (nth + 1) * BYTES // PIECES - (nth < PIECES - 1)]
            status, headers = ask(server, desk, "PATCH", path, piece, **{"Upload-Offset": str(offset)})
            assert (status, int(headers["Upload-Offset"])) == (204, offset + len(piece))
            acknowledged = offset + len(piece)
            if acknowledged < BYTES:
                cut(server, desk, path, content, acknowledged)
            status, headers = ask(server, desk, "HEAD", path)
            offset = int(headers["Upload-Offset"])
            assert status == 200
            assert acknowledged <= offset <= BYTES

        release()
        rows = factories.db.session.execute(
            select(Media.original_filename, Blob.sha256).join(Blob, Blob.id == Media.blob_id)
        ).all()
        found = [sha256 for name, sha256 in rows if name == "large.png"]
        assert found == [hashlib.sha256(content).hexdigest()]
