"""What is said of a category: its name in each language, where it stands, and its uri while it is made."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain.models import Language
from webapp.domain.models.category import NAME, URI
from webapp.web import phrases
from webapp.web.forms import Choice, Form

TOO_LONG = _l("Shorten this to %(max)d characters.")


class AddForm(Form):
    """A name in the default language; the uri is made of it where none is given."""

    name = StringField(_l("Name"), [InputRequired(_l("Write a name.")), Length(max=NAME[1], message=TOO_LONG)])
    parent = SelectField(_l("Stands below"), validate_choice=False)
    uri = StringField(_l("Uri"), [Length(max=URI[1], message=TOO_LONG)])

    def offer(self, parents: Sequence[Choice]) -> "AddForm":
        """Say below what it may stand."""
        self.parent.choices = [Choice("", _l("Nothing: it stands at the top")), *parents]
        return self

    @property
    def parent_id(self) -> UUID | None:
        """Return what it is to stand below."""
        return id_of(self.given("parent"))


class NamesForm(Form):
    """Names by language: `name` in the default one, `name_fr` in another."""

    languages: ClassVar[Sequence[Language]] = ()

    parent = SelectField(_l("Stands below"), validate_choice=False)
    version = IntegerField(widget=widgets.HiddenInput())

    def offer(self, parents: Sequence[Choice]) -> "NamesForm":
        """Say below what it may stand."""
        self.parent.choices = [Choice("", _l("Nothing: it stands at the top")), *parents]
        return self

    def names(self) -> dict[UUID, str | None]:
        """Return what was written, by language id; what was not sent is left alone."""
        sent = [each for each in self.languages if self._fields[field_of(each)].raw_data]
        return {each.id: self.given(field_of(each)) for each in sent}

    def named(self) -> list[tuple[Language, Any]]:
        """Return the languages, each with its field."""
        return [(each, self._fields[field_of(each)]) for each in self.languages]


def names_form(languages: Sequence[Language]) -> type[NamesForm]:
    """Return the form for names in these languages."""
    short, needed = Length(max=NAME[1], message=TOO_LONG), InputRequired(_l("Write a name."))
    fields: dict[str, Any] = {
        field_of(each): StringField(phrases.tongue(each), [needed, short] if each.is_default else [short])
        for each in languages
    }
    return type("NamesInForm", (NamesForm,), {**fields, "languages": languages})


def field_of(language: Language) -> str:
    """Return the name of a language's field."""
    return "name" if language.is_default else f"name_{language.code}"


def id_of(given: str) -> UUID | None:
    """Return the id that was chosen; what is none is that of nothing there is."""
    try:
        return UUID(given) if given else None
    except ValueError:
        return UUID(int=0)
