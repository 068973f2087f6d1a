"""What is said of a file: in each language, and its name."""

import re
from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, StringField, widgets
from wtforms.validators import DataRequired, Length, Optional

from webapp.domain.media import NAME_LENGTH
from webapp.domain.models import Language, translation
from webapp.domain.permissions import Actor, allow_language
from webapp.web import phrases
from webapp.web.editor.forms import TextForm, words
from webapp.web.forms import Choice, Form

DIGITS: Final = re.compile(r"\d{1,9}", re.ASCII)


class MediaTextForm(TextForm):
    """A file's texts in one language, shown wherever an item has none of its own."""

    FIELDS = ("title", "caption", "alt", "credit")
    PREFIX = "file"

    title = words(_l("Title"), translation.TITLE[1])
    caption = words(_l("Caption"), translation.CAPTION[1], long=True)
    alt = words(_l("Alt text"), translation.ALT[1], long=True)
    credit = words(_l("Credit"), translation.CREDIT[1])


class NameForm(Form):
    """A file's name, as people see it."""

    name = StringField(
        _l("File name"),
        [
            DataRequired(_l("Write a name.")),
            Length(max=NAME_LENGTH, message=_l("Shorten this to %(max)d characters.")),
        ],
    )
    version = IntegerField(validators=[Optional()], widget=widgets.HiddenInput())


class TagsForm(Form):
    """A file's tags, with commas between them."""

    tags = StringField(_l("Tags"))
    version = IntegerField(validators=[Optional()], widget=widgets.HiddenInput())


class ReplaceForm(Form):
    """Another file in the place of one, and the version of the entry that was looked at."""

    file = FileField(_l("Another file"))
    version = IntegerField(validators=[Optional()], widget=widgets.HiddenInput())


class CaptionsForm(Form):
    """Captions of a video in one language: what stands in the place of those it has there."""

    language = SelectField(_l("Language"))
    kind = SelectField(
        _l("They tell"),
        choices=[
            Choice("captions", _l("Speech and sounds (captions)")),
            Choice("subtitles", _l("Speech (subtitles)")),
        ],
    )
    file = FileField(_l("File (.vtt or .srt)"))
    seen = StringField(widget=widgets.HiddenInput())
    """The captions that were there when the form was opened, such as `en:1 fr:3`."""

    def __init__(self, *words: Any, **fields: Any) -> None:
        super().__init__(*words, **fields)
        self.codes: set[str] = set()
        """The languages that there is to choose between."""
        for each in self:
            each.id = f"captions-{each.name}"

    @property
    def version(self) -> int:
        """The token of the captions that are replaced, 0 for none."""
        known = dict(each.partition(":")[::2] for each in (self.seen.data or "").split())
        told = known.get(self.language.data, "")
        return int(told) if DIGITS.fullmatch(told) else 0

    def offer(self, known: Iterable[Language], actor: Actor) -> "CaptionsForm":
        """Say between which languages there is to choose: those that this person may write texts of files in."""
        mine = [each for each in known if allow_language(actor, each.id, of="media")]
        self.codes = {each.code for each in mine}
        self.language.choices = [Choice(each.code, phrases.tongue(each)) for each in mine]
        return self
