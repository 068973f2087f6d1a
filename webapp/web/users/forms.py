"""Roles and languages, given to somebody invited or to somebody who is there."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField, widgets
from wtforms.validators import InputRequired

from webapp.domain import languages
from webapp.domain.permissions import ROLES
from webapp.web import phrases
from webapp.web.accounts.forms import email_field
from webapp.web.forms import Choice, Form

WORDS = {
    "admin": _l("Administrator: everything, users and settings too"),
    "editor": _l("Editor: galleries, pictures and all texts"),
    "translator": _l("Translator: texts in the languages chosen below"),
    "viewer": _l("Viewer: looks, changes nothing"),
}


class RoleForm(Form):
    """A role, and the languages that go with a translator's."""

    role = RadioField(
        _l("Role"), [InputRequired(_l("Choose a role."))], choices=[Choice(role, WORDS[role]) for role in ROLES]
    )
    languages = SelectMultipleField(
        _l("Languages of a translator"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = languages.all_languages(active_only=True)
        self.languages.choices = [Choice(each.code, phrases.tongue(each)) for each in known]


class InviteForm(RoleForm):
    """Whom to invite as what."""

    email = email_field()


class AccountForm(RoleForm):
    """What somebody may do, as it was when the form was opened."""

    version = IntegerField(widget=widgets.HiddenInput())


class VersionForm(Form):
    """A change without words."""

    version = IntegerField(widget=widgets.HiddenInput())
