"""Which texts to send out in which format, and the file that comes back."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, widgets
from wtforms.validators import InputRequired

from webapp.domain.exchange.formats import FORMATS
from webapp.domain.exchange.gathering import Scope
from webapp.domain.exchange.units import STATES
from webapp.domain.models import Language
from webapp.web import phrases
from webapp.web.forms import Choice, Form

STATE_WORDS: Final = {
    "missing": _l("Missing"),
    "machine": _l("By machine"),
    "stale": _l("Stale: the source has changed"),
    "done": _l("Done"),
}
UNFINISHED: Final = ("missing", "machine", "stale")
"""What is sent out unless something else is chosen."""


class ExportForm(Form):
    """What to send out; `gallery` narrows it to one."""

    gallery = HiddenField()
    language = SelectField(_l("Language"), [InputRequired(_l("Choose a language."))])
    source = SelectField(_l("Written first in"), [InputRequired(_l("Choose a language."))])
    state = SelectMultipleField(
        _l("Texts that are"),
        [InputRequired(_l("Choose which texts."))],
        choices=[Choice(state, STATE_WORDS[state]) for state in STATES],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    format = SelectField(_l("Format"), choices=[Choice(each.name, each.label) for each in FORMATS.values()])

    def __init__(self, into: Sequence[Language], out_of: Sequence[Language], **options: Any) -> None:
        super().__init__(**options)
        self.language.choices = [Choice(each.code, phrases.tongue(each)) for each in into]
        self.source.choices = [Choice(each.code, phrases.tongue(each)) for each in out_of]
        self.codes = {each.code: each.id for each in (*into, *out_of)}

    def scope(self) -> Scope:
        """Return what the domain is asked for."""
        return Scope(
            language_id=self.codes[self.given("language")],
            source_id=self.codes[self.given("source")],
            gallery_ids=[UUID(self.given("gallery"))] if self.given("gallery") else None,
            states=frozenset(self.state.data or ()),
        )


class UploadForm(Form):
    """A file that comes back, and whether it may write over what people have written."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    replace = BooleanField(_l("Replace texts written by people"))
