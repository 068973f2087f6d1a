"""What is said of a webhook."""

from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain.models import Webhook
from webapp.domain.models.webhook import ADDRESS, NAME
from webapp.domain.webhooks import KINDS, Address, WebhookFields
from webapp.web.forms import Choice, Form

FORMAT_WORDS: Final = {"plain": _l("Plain JSON"), "wix": _l("Wix: a signed token")}
GROUPS: Final = {
    "gallery": _l("Galleries"),
    "item": _l("Items"),
    "media": _l("Library"),
    "translation": _l("Translations"),
    "background": _l("Backgrounds"),
}


class WebhookForm(Form):
    """A webhook."""

    name = StringField(_l("Name"), [InputRequired(_l("Say what the address is for.")), Length(*NAME)])
    url = StringField(_l("Address"), [InputRequired(_l("Write an address.")), Length(*ADDRESS)])
    format = SelectField(_l("Format"), choices=[Choice(*each) for each in FORMAT_WORDS.items()])
    kinds = SelectMultipleField(
        _l("Events"),
        [InputRequired(_l("Choose at least one event."))],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    own_key = SelectField(_l("Leave out what this key does"))
    version = IntegerField(widget=widgets.HiddenInput())

    def offer(self, keys: list[tuple[UUID, str, str]]) -> "WebhookForm":
        """Offer these keys, and the events that can be told."""
        named = [Choice(str(key_id), _("%(key)s of %(name)s", key=key, name=name)) for key_id, key, name in keys]
        self.own_key.choices = [Choice("", _("No key: all is told")), *named]
        self.kinds.choices = [Choice(kind, kind) for kind in KINDS["plain"]]
        return self

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """Give the events by what they are about: the group's name and its boxes."""
        boxes = [(str(box.data).partition(".")[0], box) for box in self.kinds]
        made = [(label, [box for thing, box in boxes if thing == group]) for group, label in GROUPS.items()]
        return [(label, found) for label, found in made if found]

    def fields(self, address: Address) -> WebhookFields:
        """Return what the domain is told."""
        return {
            "name": self.given("name"),
            "address": address,
            "kinds": self.kinds.data or [],
            "own_key_id": UUID(self.own_key.data) if self.own_key.data else None,
        }


def of(found: Webhook, keys: list[tuple[UUID, str, str]]) -> WebhookForm:
    """Return the form that says what is kept of a webhook."""
    key_id = str(found.own_key_id) if found.own_key_id else ""
    told = {"name": found.name, "url": found.url, "format": found.format, "kinds": found.kinds}
    return WebhookForm(formdata=None, own_key=key_id, version=found.version, **told).offer(keys)
