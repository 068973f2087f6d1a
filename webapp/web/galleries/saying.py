"""What is said after something was done to galleries."""

from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

LONGEST: Final = 60
"""Characters of a title in a message."""


def named(title: str) -> str:
    """Return a title as it stands in a sentence: cut short, and apart from the direction of the words around it."""
    short = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
    return f"\u2068{short}\u2069"


def cloned(title: str) -> str:
    """Say what the page of the copy is."""
    return str(_("This is the copy of “%(title)s”. It is a draft.", title=named(title)))


def discarded(title: str) -> str:
    """Say where a gallery went."""
    return str(_("“%(title)s” is in the trash.", title=named(title)))


def restored(title: str, slug: str, *, changed: bool) -> str:
    """Say that a gallery is back, and at which address where that is a new one."""
    if changed:
        words = _("“%(title)s” is back, as a draft, at the address %(slug)s.", title=named(title), slug=slug)
        return str(words)
    return str(_("“%(title)s” is back, as a draft.", title=named(title)))


def purged(title: str) -> str:
    """Say what is gone and what is not."""
    return str(_("“%(title)s” is deleted for good. Its pictures are still in the library.", title=named(title)))


def set_to(status: str, title: str) -> str:
    """Say what a gallery is now."""
    words = {
        "published": _("“%(title)s” is published.", title=named(title)),
        "draft": _("“%(title)s” is a draft. Visitors do not see it.", title=named(title)),
        "archived": _("“%(title)s” is archived. Visitors do not see it.", title=named(title)),
    }
    return str(words[status])


def done(deed: str, number: int) -> str:
    """Say to how many galleries something was done."""
    if not number:
        return str(_("Those galleries have gone meanwhile. Nothing was changed."))
    words = {
        "publish": ngettext("%(num)s gallery is published.", "%(num)s galleries are published.", number),
        "unpublish": ngettext("%(num)s gallery is a draft.", "%(num)s galleries are drafts.", number),
        "archive": ngettext("%(num)s gallery is archived.", "%(num)s galleries are archived.", number),
        "tag": ngettext("%(num)s gallery has the tags.", "%(num)s galleries have the tags.", number),
        "untag": ngettext("%(num)s gallery lost the tags.", "%(num)s galleries lost the tags.", number),
        "category": ngettext("%(num)s gallery has the category.", "%(num)s galleries have the category.", number),
        "undo": ngettext("%(num)s gallery is as it was.", "%(num)s galleries are as they were.", number),
        "unclone": ngettext("%(num)s copy is in the trash.", "%(num)s copies are in the trash.", number),
        "clone": ngettext("%(num)s gallery was cloned.", "%(num)s galleries were cloned.", number),
        "trash": ngettext("%(num)s gallery is in the trash.", "%(num)s galleries are in the trash.", number),
        "restore": ngettext("%(num)s gallery is back, as a draft.", "%(num)s galleries are back, as drafts.", number),
    }
    return str(words[deed])
