"""htmx's headers, known here and nowhere else.

A browser without htmx gets pages and 303; htmx gets fragments, and is told where to go by a header because its
`fetch` would follow a 303 by itself and put a whole page into a panel. Boosted requests and restored history want
pages. Which of them is answered depends on headers, so every answer says so to caches.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, flash, get_template_attribute, make_response, render_template, request
from flask import redirect as http_redirect

VARY: Final = ("HX-Request", "HX-Request-Type")


def asks() -> bool:
    """Say whether htmx asks, for a fragment or for a page."""
    return request.headers.get("HX-Request") == "true"


def wants_fragment() -> bool:
    """Say whether a fragment is asked for, and not the page it stands in."""
    whole = ("HX-Boosted", "HX-History-Restore-Request")
    if not asks() or any(request.headers.get(name) == "true" for name in whole):
        return False
    return request.headers.get("HX-Request-Type") != "full"


def render(template: str, fragment: str | None = None, *, status: int = 200, **context: Any) -> Response:
    """Answer with the page, or with the fragment of it that htmx asks for."""
    chosen = fragment if fragment and wants_fragment() else template
    return vary(make_response(render_template(chosen, **context), status))


def redirect(url: str) -> Response:
    """Lead on after a change: 303 for browsers, 204 and `HX-Redirect` for htmx."""
    if asks() and request.headers.get("HX-Boosted") != "true":
        return vary(Response(status=204, headers={"HX-Redirect": url}))
    answer = http_redirect(url, 303)
    assert isinstance(answer, Response)  # noqa: S101  Flask answers with its own class
    return vary(answer)


def after(url: str, fragment: str | None = None, *, said: str = "", **context: Any) -> Response:
    """Answer a change: htmx gets the fragment and a toast, browsers are led on and told on the next page."""
    if fragment is None or not wants_fragment():
        if said:
            flash(said)
        return redirect(url)
    answer = render(fragment, fragment, **context)
    if said:
        part(answer, "#toasts", get_template_attribute("ui/toast.html", "toast")(said), swap="beforeend")
    return answer


def part(answer: Response, target: str, html: str, *, swap: str = "outerHTML") -> None:
    """Have htmx put something more of an answer elsewhere on the page."""
    answer.data += f'<hx-partial hx-target="{target}" hx-swap="{swap}">{html}</hx-partial>'.encode()


def ask_to_sign_in(url: str) -> Response:
    """Send the whole page to the sign-in page, whatever panel asked."""
    return vary(Response(status=401, headers={"HX-Redirect": url}))


def page() -> str:
    """Return the path of the page that htmx asks from, with its query."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def done() -> Response:
    """Answer that it is done and that nothing on the page changes."""
    return vary(Response(status=204))


def replace_url(answer: Response, url: str) -> Response:
    """Have htmx write another address into the browser's bar, without a step in its history."""
    answer.headers["HX-Replace-Url"] = url
    return answer


def show_in(answer: Response, target: str, swap: str = "beforeend") -> Response:
    """Have htmx put an answer elsewhere than it was asked for."""
    answer.headers["HX-Retarget"] = target
    answer.headers["HX-Reswap"] = swap
    return answer


def vary(answer: Response) -> Response:
    """Tell caches which request headers decided the answer."""
    answer.vary.update(VARY)
    return answer
