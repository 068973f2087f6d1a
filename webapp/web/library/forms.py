"""What is said of a file: in each language, and its name."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, StringField, widgets
from wtforms.validators import DataRequired, Length, Optional

from webapp.domain.media import NAME_LENGTH
from webapp.domain.models import translation
from webapp.web.editor.forms import TextForm, words
from webapp.web.forms import Form


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
