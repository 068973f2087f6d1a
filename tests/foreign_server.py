"""A server of somebody else, on this machine: what it answers is said by path."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ForeignServer:
    """A server of somebody else's pictures and videos; `says` maps a path to a status and a body.

    `cut` is how many bytes of a body it keeps back, `meanwhile` what happens before the body.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: dict[str, tuple[int, bytes]] = {}
        self.cut = 0
        self.meanwhile: Callable[[], object] | None = None
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                here.asked.append(self.path)
                status, body = here.says.get(self.path, (404, b"no"))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/b.jpg")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if here.meanwhile:
                    here.meanwhile()
                self.wfile.write(body[: len(body) - here.cut])

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """End it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
