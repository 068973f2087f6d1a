"""What is said of a language."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain import languages
from webapp.domain.languages import LanguageFields
from webapp.domain.models import Language
from webapp.domain.models.language import CODE, NAME
from webapp.web import phrases
from webapp.web.forms import Choice, Form


class AddForm(Form):
    """A code; the rest is known."""

    code = StringField(_l("Language code"), [InputRequired(_l("Write a language code.")), Length(max=CODE[1])])


class LanguageForm(Form):
    """Names, direction, and where to look for a text that is missing."""

    name = StringField(_l("Name in English"), [InputRequired(_l("Write a name.")), Length(*NAME)])
    native_name = StringField(_l("Name in the language itself"), [InputRequired(_l("Write a name.")), Length(*NAME)])
    direction = RadioField(
        _l("Direction"), choices=[Choice("ltr", _l("Left to right")), Choice("rtl", _l("Right to left"))]
    )
    fallback_id = SelectField(_l("Where a text is missing, show"), [Length(max=36)])
    version = IntegerField(widget=widgets.HiddenInput())

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [each for each in languages.all_languages() if each.id != language.id]
        default = _("the default language")
        default = Choice("", _("the default language"))
        self.fallback_id.choices = [default, *(Choice(str(each.id), phrases.tongue(each)) for each in others)]

    def fields(self) -> LanguageFields:
        """Return what the domain takes."""
        return LanguageFields(
            name=self.given("name"),
            native_name=self.given("native_name"),
            direction=self.direction.data,
            fallback_id=UUID(self.fallback_id.data) if self.fallback_id.data else None,
        )


class VersionForm(Form):
    """A change without words."""

    version = IntegerField(widget=widgets.HiddenInput())
