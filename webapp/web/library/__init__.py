"""The media library: files, their default texts in each language, and where they are used."""

from flask import Blueprint

blueprint = Blueprint("library", __name__, url_prefix="/library")

from webapp.web.library import (  # noqa: E402  they hold the routes
    captions,  # noqa: F401
    files,  # noqa: F401
    posters,  # noqa: F401
    removal,  # noqa: F401
    replacing,  # noqa: F401
    resumable,  # noqa: F401
    routes,  # noqa: F401
    selection,  # noqa: F401
    texts,  # noqa: F401
    uploads,  # noqa: F401
)
