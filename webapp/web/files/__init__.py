"""The files of the library over HTTP: what was made of pictures, and the originals without their metadata."""

from webapp.web.files.routes import blueprint

__all__ = ["blueprint"]
