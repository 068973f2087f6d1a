"""Galleries on other people's pages: the element and what it reads, a page for frames, oEmbed, and how to do it.

`embed` is for anybody, of any origin, and knows no cookie; `embedding` tells people with an account how it is done.
"""

from flask import Blueprint

embed = Blueprint("embed", __name__)
embedding = Blueprint("embedding", __name__, url_prefix="/galleries/<uuid:gallery_id>/embed")

from webapp.web.embed import oembed, pages, routes  # noqa: E402, F401  they hold the routes
