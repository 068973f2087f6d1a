"""A form with a file, read as it comes: the file's bytes go where they are kept and nowhere else on the way.

Flask's own form reader would first write the whole file into a folder for temporary ones, which may be smaller than
the library's and is never swept.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio.multipart import NEED_DATA, Data, Epilogue, Event, Field, File, MultipartDecoder

CHUNK: Final = 64 * 1024
PARTS: Final = 100
HEAD_BYTES: Final = 1024**2
"""Of a part's headers, or of what is no part at all."""
REST_BYTES: Final = 64 * 1024**2
"""Of all that is sent beside the file, and is read to be given up."""
QUOTED: Final = 200
ANY_LENGTH: Final = 2**62
"""The file's own limit is held while it is received."""


class Decoder(MultipartDecoder):
    """Werkzeug's decoder, for which a file name in another encoding than UTF-8 is no reason to refuse the file."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        return super()._parse_headers(data.decode("utf-8", "replace").encode())


@dataclass(frozen=True)
class Part:
    """A part of the form that is no file, but was asked for as one; `text` is how it begins."""

    text: str


class FilePart:
    """The file, to be read once; `filename` is what the client calls it."""

    def __init__(self, filename: str, form: "Form") -> None:
        self.filename = filename
        self._form = form
        self._rest = b""
        self._more = True

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end. Raises BadRequest where the form breaks off."""
        while self._more and not self._rest:
            event = self._form.next_event()
            if not isinstance(event, Data):
                raise BadRequest("The form cannot be read.")
            self._rest, self._more = event.data, event.more_data
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class Form:
    """A multipart body, event by event."""

    def __init__(self) -> None:
        boundary = request.mimetype_params.get("boundary", "")
        if request.mimetype != "multipart/form-data" or not boundary:
            raise UnsupportedMediaType("Send the file as multipart/form-data.")
        request.max_content_length = ANY_LENGTH
        self._stream = request.stream
        self._decoder = Decoder(boundary.encode("latin-1", "replace"), HEAD_BYTES, max_parts=PARTS)
        self._left = REST_BYTES

    def next_event(self) -> Event:
        """Return what comes next. Raises BadRequest where the form is none or breaks off."""
        try:
            while (event := self._decoder.next_event()) is NEED_DATA:
                self._decoder.receive_data(self._stream.read(CHUNK) or None)
        except ValueError:
            raise BadRequest("The form cannot be read: it breaks off, or is none.") from None
        return event

    def find(self, name: str) -> FilePart | Part | None:
        """Return the first part of a name, or None where there is none."""
        while not isinstance(event := self._given_up(), Epilogue):
            if isinstance(event, File) and event.name == name and event.filename:
                return FilePart(event.filename, self)
            if isinstance(event, Field | File) and event.name == name:
                begin = self._given_up()
                return Part(begin.data[:QUOTED].decode("utf-8", "replace") if isinstance(begin, Data) else "")
        return None

    def skip(self) -> None:
        """Read to the end."""
        while not isinstance(self._given_up(), Epilogue):
            pass

    def _given_up(self) -> Event:
        """Return what comes next and keep none of it. Raises RequestEntityTooLarge where that is too much."""
        event = self.next_event()
        self._left -= len(event.data) if isinstance(event, Data) else 0
        if self._left < 0:
            raise RequestEntityTooLarge
        return event


@contextmanager
def part(name: str) -> Iterator[FilePart | Part | None]:
    """Open the part of a name in the request's form; what follows it is read, and given up, at the end.

    Raises UnsupportedMediaType, BadRequest, RequestEntityTooLarge.
    """
    form = Form()
    found = form.find(name)
    yield found
    if found is not None:
        form.skip()
