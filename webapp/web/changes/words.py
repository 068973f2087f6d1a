"""What fields and their values are called, and what is said of many changes at once."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import format_percent, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.comparing import Comparison
from webapp.domain.reinstating import Reinstated
from webapp.domain.videos import Video, clock
from webapp.web.categories.drawing import name_of
from webapp.web.editor.drawing import FIELD_WORDS
from webapp.web.editor.forms import LOOK_WORDS, SettingsForm

WORDS: Final = {
    **FIELD_WORDS,
    "status": _l("Status"),
    "cover_media_id": _l("Cover"),
    "author_id": _l("Author"),
    "source_language_id": _l("Written first in"),
    "category_uri": _l("Category"),
    "focal": _l("Focal point"),
    "media_id": _l("File"),
    "poster_id": _l("Picture of the video"),
    "style": _l("Look"),
    "video": _l("Video"),
    "given": _l("Kept for apps"),
    "publish_at": _l("Public from"),
    "unpublish_at": _l("Public until"),
}
STATUS_WORDS: Final = {"draft": _l("Draft"), "published": _l("Published"), "archived": _l("Archived")}
CHOICES: Final = {"status": STATUS_WORDS, **dict.fromkeys(SettingsForm.LOOKS, LOOK_WORDS)}
REFERENCES: Final = ("cover_media_id", "author_id", "source_language_id", "media_id", "poster_id")


def label(field: str) -> Any:
    """Return what a field is called."""
    return WORDS.get(field) or field.replace("_", " ").capitalize()


def value(field: str, given: Any, names: Mapping[str, str]) -> str:
    """Write a field's value for people, nothing for none; `names` are those of things by id."""
    if given in (None, "", []):
        return ""
    if field in REFERENCES:
        return names.get(str(given)) or str(_("something that has been deleted"))
    if field in CHOICES:
        return str(CHOICES[field].get(given, given))
    if field == "category_uri":
        return name_of(given)
    return _spelt(field, given)


def sums(found: Comparison) -> list[str]:
    """Say in words what differs, kind by kind."""
    added = sum(each.added for each in found.items)
    removed, moved = len(found.items) - added, len(found.order.moves) if found.order else 0
    texts, details, settings = len(found.texts), len(found.details), len(found.settings)
    said = (
        (moved, ngettext("%(num)s item moved", "%(num)s items moved", moved)),
        (texts, ngettext("%(num)s text", "%(num)s texts", texts)),
        (added, ngettext("%(num)s item added", "%(num)s items added", added)),
        (removed, ngettext("%(num)s item removed", "%(num)s items removed", removed)),
        (details, ngettext("%(num)s detail of an item", "%(num)s details of items", details)),
        (settings, ngettext("%(num)s setting", "%(num)s settings", settings)),
    )
    return [str(words) for number, words in said if number]


def said_of(done: Reinstated, words: str) -> str:
    """Say that a gallery is what it was, and what of it could not be had back."""
    if not done.lost:
        return words
    lost = ngettext(
        "%(num)s item was left out: its file is no longer in the library.",
        "%(num)s items were left out: their files are no longer in the library.",
        len(done.lost),
    )
    return f"{words} {lost}"


def _spelt(field: str, given: Any) -> str:
    if field == "video":
        video = Video(**given)
        return ", ".join(filter(None, (video.url or video.page_url, clock(video.duration))))
    if field == "focal":
        return str(
            _("%(x)s from the left, %(y)s from the top", x=format_percent(given[0]), y=format_percent(given[1]))
        )
    return str(format_percent(given)) if field in ("focal_x", "focal_y") else _plain(given)


def _plain(given: Any) -> str:
    if isinstance(given, bool):
        return str(_("Yes") if given else _("No"))
    if isinstance(given, dict):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in given.items() if each not in (None, ""))
    return ", ".join(str(each) for each in given) if isinstance(given, list) else str(given)
