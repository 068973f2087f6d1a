"""Galleries on other people's pages: the element and what it reads, a page for frames, oEmbed, and how to do it.

`embed` is for anybody, of any origin, and knows no cookie.
"""

from flask import Blueprint

embed = Blueprint("embed", __name__)

from webapp.web.embed import oembed, routes  # noqa: E402, F401  they hold the routes
