"""Files on their way out: exact types, ranges, and nothing held but the file itself."""

from typing import Final

from flask import Response, request
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import FileWrapper

from webapp.domain.transaction import release
from webapp.infra.storage import Storage

CHUNK: Final = 64 * 1024
POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def send(storage: Storage, key: str, *, mime_type: str, tag: str, name: str, keep: str, public: bool) -> AnyResponse:
    """Send a stored file, or the range of it that is asked for, streaming; the database is let go before.

    Raises Missing, StorageFailed, RequestedRangeNotSatisfiable.
    """
    release()
    size, stream = storage.size(key), storage.open(key)
    answer = Response(FileWrapper(stream, CHUNK), mimetype=mime_type, direct_passthrough=True)
    answer.call_on_close(stream.close)
    answer.content_length = size
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = keep
    answer.headers["Content-Disposition"] = dump_options_header("inline", {"filename": name})
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if public else "same-origin"
    try:
        return answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except BaseException:
        answer.close()
        raise
