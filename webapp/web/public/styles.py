"""The stylesheets of texts: what they say stands in their address, so that they can be kept for ever."""

from typing import Final

from flask import Response

from webapp.domain.errors import NotFound
from webapp.doors import PUBLIC, allows
from webapp.infra import styles
from webapp.web.public.routes import public

YEAR: Final = 31_536_000


@public.get("/styles/<name>.css")
@allows(PUBLIC)
def stylesheet(name: str) -> Response:
    """Give the stylesheet that an address describes."""
    text = styles.stylesheet(name)
    if text is None:
        raise NotFound("Stylesheet")
    answer = Response(text, mimetype="text/css")
    answer.cache_control.public = answer.cache_control.immutable = True
    answer.cache_control.max_age = YEAR
    return answer
