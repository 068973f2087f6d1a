"""A machine that translates, as the contract says, for tests: a real server in a thread."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Machine:
    """Answers each request by `answer(asked)`: a status and what is sent, as JSON where it is no bytes."""

    def __init__(self):
        self.asked, self.headers = [], []
        self.answer = translated
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                machine.asked.append(asked)
                machine.headers.append(dict(self.headers))
                status, said = machine.answer(asked)
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}/translate"

    @property
    def texts(self):
        """What it was asked for, in order."""
        return [text["text"] for asked in self.asked for text in asked["texts"]]

    def close(self):
        """End it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def translated(asked):
    """Translate each text into itself with the language before it."""
    rows = [{"id": text["id"], "text": f"{asked['target']}:{text['text']}"} for text in asked["texts"]]
    return 200, {"translations": rows}


def saying(*texts):
    """Make an answer of these texts, one after the other."""

    def answer(asked):
        pairs = zip(asked["texts"], texts, strict=False)
        return 200, {"translations": [{"id": text["id"], "text": said} for text, said in pairs]}

    return answer
