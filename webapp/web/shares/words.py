"""The parts of what was approved, in words."""

from typing import Final

from flask_babel import lazy_gettext as _l

from webapp.web.shares import blueprint

PARTS: Final = {
    "texts": _l("texts"),
    "order": _l("the order"),
    "pictures": _l("pictures"),
    "rest": _l("links, layout or author"),
}


@blueprint.app_template_filter()
def part_words(part: str) -> str:
    """Name a part of what was approved."""
    return str(PARTS[part])
