"""What to ask the machine for, words to use, and where the machine is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, SelectField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain.errors import NotFound
from webapp.domain.models import Language
from webapp.domain.models.machine import ADDRESS, HEADER, SECRET, TERM
from webapp.web import phrases
from webapp.web.forms import Choice, Form


class OrderForm(Form):
    """Which texts; `gallery` narrows it to one."""

    gallery = HiddenField()
    language = SelectField(_l("Language"), [InputRequired(_l("Choose a language."))])
    again = BooleanField(_l("Also texts whose source has changed"))

    def __init__(self, into: Sequence[Language], **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = [Choice(each.code, phrases.tongue(each)) for each in into]
        self.codes = {each.code: each.id for each in into}

    @property
    def gallery_id(self) -> UUID | None:
        """Return the gallery that it is about. Raises NotFound."""
        try:
            return UUID(self.given("gallery")) if self.given("gallery") else None
        except ValueError:
            raise NotFound("Gallery") from None


class TermForm(Form):
    """A word, and what it is in the language; nothing where it stays as it is."""

    term = StringField(_l("Word of the source"), [InputRequired(_l("Write a word.")), Length(*TERM)])
    translation = StringField(_l("Translation"), [Length(max=TERM[1])])


class MachineForm(Form):
    """Where the machine is; an empty secret leaves the one that is kept."""

    address = StringField(_l("Address"), [Length(*ADDRESS)])
    header = StringField(_l("Header"), [InputRequired(_l("Write the name of a header.")), Length(*HEADER)])
    secret = PasswordField(_l("Secret"), [Length(*SECRET)])
    forget = BooleanField(_l("Forget the secret"))
    version = IntegerField(widget=widgets.HiddenInput())
