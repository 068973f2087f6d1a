"""What visitors see, and the preview of what they would see."""

from webapp.web.public import feeds, index, sitemaps, styles  # noqa: F401  they hold routes
from webapp.web.public.previews import preview
from webapp.web.public.routes import public

__all__ = ["preview", "public"]
