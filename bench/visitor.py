"""A person's browser without the pictures: keeps cookies, counts what goes over it."""

import contextlib
import http.client
import http.cookies
import re
import urllib.parse
from dataclasses import dataclass, field
from html import unescape

FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:([^<]*)</textarea>)?", re.S)
ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')


@dataclass
class Visitor:
    """One browser at one server; `sent` and `received` count the bytes of bodies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    received: int = 0

    def get(self, path: str, **headers: str) -> str:
        """Read a page. Raises RuntimeError where it is no success."""
        return self.send("GET", path, None, headers)

    def post(self, path: str, fields: object, **headers: str) -> str:
        """Send a form. Raises RuntimeError where it is no success or redirect."""
        body = urllib.parse.urlencode(fields)  # type: ignore[arg-type]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://127.0.0.1:{self.port}/",
        } | headers
        return self.send("POST", path, body.encode(), headers)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
        """Make a request on a connection of its own. Raises RuntimeError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        own = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html"}
        with contextlib.closing(connection):
            connection.request(method, path, body, own | headers)
            answer = connection.getresponse()
            text = answer.read()
        self.sent += len(body or b"")
        self.received += len(text)
        for line in answer.headers.get_all("Set-Cookie") or []:
            with contextlib.suppress(http.cookies.CookieError):
                for name, morsel in http.cookies.SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:300]!r}")
        return text.decode()


def fields_of(page: str, form: str) -> dict[str, str]:
    """Give the fields of the form whose opening tag has `form` in it, as a browser would send them."""
    start = page.index(form)
    inside = page[start : page.index("</form>", start)]
    found = {}
    for element, attributes, text in FIELD.findall(inside):
        has = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        unticked = has.get("type") in ("checkbox", "radio") and "checked" not in has
        if "name" in has and has.get("type") not in ("submit", "button", "file") and not unticked:
            found[has["name"]] = unescape(text.removeprefix("\n")) if element == "textarea" else has.get("value", "")
    return found
