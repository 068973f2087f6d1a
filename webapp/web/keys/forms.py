"""What a key is for, what it may do, and until when."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, Length, Optional

from webapp.domain.keys import PRESETS
from webapp.domain.models.account import KEY_NAME
from webapp.domain.permissions import PERMISSIONS, Actor
from webapp.infra.clock import now
from webapp.web.forms import Choice, Form

WORDS: Final = {
    "galleries:read": _l("Read galleries, drafts too"),
    "galleries:create": _l("Make galleries"),
    "galleries:update": _l("Change galleries: their items, order and texts; publish them"),
    "galleries:delete": _l("Put galleries into the trash"),
    "media:read": _l("Read the library, and the files as they were uploaded"),
    "media:upload": _l("Upload files"),
    "media:create": _l("Add pictures by their address"),
    "media:update": _l("Change the texts of pictures"),
    "media:delete": _l("Delete pictures that nothing uses"),
    "translations:update": _l("Write translations"),
    "backgrounds:read": _l("Read backgrounds of zones and places"),
    "backgrounds:create": _l("Add backgrounds"),
    "backgrounds:update": _l("Change backgrounds"),
    "backgrounds:delete": _l("Remove backgrounds"),
    "languages:read": _l("Read which languages there are"),
    "languages:create": _l("Add languages"),
    "languages:update": _l("Change languages"),
    "languages:delete": _l("Take languages away"),
    "users:read": _l("Read who has an account"),
    "users:create": _l("Invite people"),
    "users:update": _l("Change what people may do"),
    "users:delete": _l("Delete accounts"),
    "audit:read": _l("Read who did what"),
    "webhooks:read": _l("Read webhooks and what was sent to them"),
    "webhooks:create": _l("Add webhooks"),
    "webhooks:update": _l("Change webhooks and send again"),
    "webhooks:delete": _l("Remove webhooks"),
    "settings:update": _l("Change the settings of the site"),
}
GROUPS: Final = {
    "galleries": _l("Galleries"),
    "media": _l("Pictures and files"),
    "backgrounds": _l("Backgrounds"),
    "translations": _l("Translations"),
    "languages": _l("Languages"),
    "users": _l("People"),
    "audit": _l("History"),
    "webhooks": _l("Webhooks"),
    "settings": _l("Site"),
}
PRESET_WORDS: Final = {
    "read": _l("Read only"),
    "manage": _l("Manage galleries"),
    "backgrounds": _l("Manage galleries and backgrounds"),
}
LIVES: Final = {
    "": _l("Never"),
    "30": _l("After 30 days"),
    "90": _l("After 90 days"),
    "365": _l("After a year"),
}


class KeyForm(Form):
    """A key as it is asked for; offers what its maker may do, and nothing else."""

    name = StringField(_l("Name"), [InputRequired(_l("Say what the key is for.")), Length(*KEY_NAME)])
    permissions = SelectMultipleField(
        _l("What it may do"),
        [InputRequired(_l("Choose at least one thing that it may do."))],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    life = SelectField(_l("It ends"), choices=[Choice(*each) for each in LIVES.items()], default="90")
    expires_at = DateField(_l("Or its last day"), [Optional()])

    def offer(self, actor: Actor) -> None:
        """Offer what the actor may do."""
        held = [permission for permission in PERMISSIONS if permission in actor.permissions]
        self.permissions.choices = [Choice(permission, WORDS[permission]) for permission in held]

    def groups(self) -> Iterator[tuple[Any, list[Any]]]:
        """Give the choices by what they are about: the group's name and its boxes."""
        boxes = list(self.permissions)
        for group, label in GROUPS.items():
            found = [box for box in boxes if str(box.data).startswith(f"{group}:")]
            if found:
                yield label, found

    def ends(self) -> datetime | None:
        """Return when the key ends: with the end of a day, or after so many days."""
        if self.expires_at.data:
            return datetime.combine(self.expires_at.data, time(23, 59, 59), UTC)
        return now() + timedelta(days=int(self.life.data)) if self.life.data else None


def presets(actor: Actor) -> dict[str, Any]:
    """Return the presets of which the actor may do all, by name."""
    return {name: PRESET_WORDS[name] for name in PRESETS if PRESETS[name] <= actor.permissions}
