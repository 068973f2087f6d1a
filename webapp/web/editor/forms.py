"""What may be typed in the editor; each form carries what it was typed over, so nothing is overwritten unseen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length, Optional

from webapp.domain.models import translation
from webapp.domain.models.gallery import CATEGORY, LAYOUTS, SLUG, STATUSES, TILE_SHAPES, TILE_SIZES
from webapp.domain.models.item import LINK, LINK_TEXT, NOTE
from webapp.domain.videos import URL
from webapp.web.forms import Choice, Form

STATUS_WORDS: Final = {"draft": _l("Draft"), "published": _l("Published"), "archived": _l("Archived")}
LOOK_WORDS: Final = {
    "justified": _l("Justified: rows of one height"),
    "masonry": _l("Masonry: each under the shortest column"),
    "grid": _l("Grid: tiles of one shape"),
    "columns": _l("Columns: read from top to bottom"),
    "slider": _l("Slider: one long row"),
    "slideshow": _l("Slideshow: one at a time"),
    "small": _l("Small"),
    "medium": _l("Medium"),
    "large": _l("Large"),
    "square": _l("Square"),
    "landscape": _l("Landscape"),
    "portrait": _l("Portrait"),
}


TOO_LONG: Final = _l("Shorten this to %(max)d characters.")
MOMENTS: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How browsers spell a moment, and people where there is no such field; all of them are UTC."""


def one_line_end(text: str | None) -> str | None:
    """Count a line end as one character, as it is kept."""
    return text.replace("\r\n", "\n") if text else text


def words(label: Any, most: int, *, long: bool = False) -> Any:
    """Make a field for a text."""
    made = TextAreaField if long else StringField
    return made(label, [Optional(), Length(max=most, message=TOO_LONG)], filters=[one_line_end])


def looks(label: Any, choices: Iterable[str]) -> Any:
    """Make a field for how visitors see a gallery."""
    return SelectField(label, choices=[Choice(each, LOOK_WORDS[each]) for each in choices])


def token() -> Any:
    """Make a field for the token of what is changed."""
    return IntegerField(validators=[Optional()], widget=widgets.HiddenInput())


def sent() -> MultiDict[str, str]:
    """Return what was sent, the choices of a conflict page made: theirs is left alone, mine is what I had typed."""
    fields: MultiDict[str, str] = MultiDict(request.form.items(multi=True))
    for name, chosen in request.form.items():
        if name.startswith("choice_"):
            field = name.removeprefix("choice_")
            choice = request.form.get("all", chosen)
            if choice == "theirs":
                fields[field] = fields.get(f"base_{field}", "")
            elif choice == "mine":
                fields[field] = fields.get(f"mine_{field}", "")
    return fields


def taking(fields: MultiDict[str, str], offers: Mapping[str, str]) -> MultiDict[str, str]:
    """Put what the file says into the texts that it is asked for: by their names, or "all" that are empty."""
    wanted = fields.poplist("use")
    for name, text in offers.items():
        if name in wanted or ("all" in wanted and not fields.get(name)):
            fields[name] = text
    return fields


class EditorForm(Form):
    """A form that knows what it was typed over: `base_<field>` for each field of `FIELDS`."""

    FIELDS: ClassVar[tuple[str, ...]]
    PREFIX: ClassVar[str]
    """What the ids of its fields begin with: several forms stand on one page."""

    def __init__(self, formdata: MultiDict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(formdata=formdata, **kwargs)
        for field in self:
            field.id = f"{self.PREFIX}-{field.name}"
        self.sent = formdata if formdata is not None else MultiDict[str, str]()

    def typed(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """Return what the fields that were sent say, as text."""
        return {name: _plain(self._fields[name]) for name in names or self.FIELDS if self.was_sent(name)}

    def base(self) -> dict[str, str]:
        """Return what the fields were typed over, where that was sent."""
        based = {name: self.sent.get(f"base_{name}") for name in self.FIELDS}
        return {name: one_line_end(text) or "" for name, text in based.items() if text is not None}

    def was_sent(self, name: str) -> bool:
        """Whether a field stood in the form; an empty box is not sent, but what it was before is."""
        return name in self.sent or (self._fields[name].type == "BooleanField" and f"base_{name}" in self.sent)


class TextForm(EditorForm):
    """Texts in one language; `version` is the token of their row."""

    TEXTS: ClassVar[tuple[str, ...]]
    """Those of its fields that are texts in a language."""

    version = token()

    def seen(self) -> dict[str, str | None]:
        """Return which drafts were shown in the fields."""
        return {name: self.sent.get(f"seen_{name}") for name in self.TEXTS}


class GalleryTextForm(TextForm):
    """A gallery's texts in one language."""

    PREFIX = "text"
    TEXTS = FIELDS = ("title", "description", "meta_title", "meta_description")

    title = words(_l("Title"), translation.TITLE[1])
    description = words(_l("Description"), translation.DESCRIPTION[1], long=True)
    meta_title = words(_l("Title for search engines"), translation.META_TITLE[1])
    meta_description = words(_l("Description for search engines"), translation.META_DESCRIPTION[1], long=True)

    def __init__(self, formdata: MultiDict[str, str] | None = None, *, named: bool = False, **kwargs: Any) -> None:
        """`named` demands a title: in the source language there has to be one."""
        super().__init__(formdata, **kwargs)
        if named and self.was_sent("title"):
            self.title.validators = [InputRequired(_l("Give the gallery a title.")), *self.title.validators[1:]]


class ItemForm(TextForm):
    """An item: its texts in one language, and its own fields with a token of their own."""

    PREFIX = "item"
    TEXTS = ("html", "title", "caption", "alt", "description")
    OWN: ClassVar = (
        *("decorative", "link_url", "link_text", "tags", "focal_x", "focal_y", "note", "video_url", "video_duration"),
        *("shape", "padding", "background", "alignment"),
    )
    FIELDS = (*TEXTS, *OWN)

    title = words(_l("Title"), translation.TITLE[1])
    caption = words(_l("Caption"), translation.CAPTION[1], long=True)
    alt = words(_l("Alt text"), translation.ALT[1], long=True)
    description = words(_l("Description"), translation.DESCRIPTION[1], long=True)
    html = words(_l("Text"), translation.HTML[1], long=True)
    decorative = BooleanField(_l("Decorative"))
    link_url = words(_l("Link"), LINK[1])
    link_text = words(_l("Link text"), LINK_TEXT[1])
    tags = StringField(_l("Tags"))
    focal_x = StringField(_l("From the left"))
    focal_y = StringField(_l("From the top"))
    note = words(_l("Note for translators"), NOTE[1], long=True)
    video_url = words(_l("Address of the video"), URL[1])
    video_duration = StringField(_l("Duration"))
    shape = SelectField(_l("Shape"), validate_choice=False)
    padding = StringField(_l("Padding in pixels"))
    background = SelectField(_l("Background"), validate_choice=False)
    alignment = SelectField(_l("Text stands at the"), validate_choice=False)
    item_version = token()

    @property
    def touches_own(self) -> bool:
        """Whether it holds more than texts."""
        return any(self.was_sent(name) for name in self.OWN)


class SettingsForm(EditorForm):
    """A gallery's own fields."""

    PREFIX = "gallery"
    LOOKS: ClassVar[tuple[str, ...]] = ("layout", "tile_size", "tile_shape")
    FIELDS = ("slug", "standing", "publish_at", "unpublish_at", "author", "source_language", "category_uri", *LOOKS)

    slug = StringField(_l("Address"), [InputRequired(_l("Write an address.")), Length(max=SLUG[1])])
    standing = SelectField(_l("Status"), choices=[Choice(status, STATUS_WORDS[status]) for status in STATUSES])
    publish_at = DateTimeLocalField(_l("Public from"), [Optional()], format=MOMENTS)
    unpublish_at = DateTimeLocalField(_l("Public until"), [Optional()], format=MOMENTS)
    category_uri = SelectField(_l("Category"), [Length(max=CATEGORY[1], message=TOO_LONG)], validate_choice=False)
    category_other = words(_l("Another uri"), CATEGORY[1])
    layout = looks(_l("Layout"), LAYOUTS)
    tile_size = looks(_l("Size"), TILE_SIZES)
    tile_shape = looks(_l("Shape of the tiles"), TILE_SHAPES)
    author = SelectField(_l("Author"))
    source_language = SelectField(_l("Written first in"))
    version = token()

    def __init__(self, formdata: MultiDict[str, str] | None = None, **kwargs: Any) -> None:
        """Take another category that is written for the one that is chosen."""
        other = formdata.get("category_other", "").strip() if formdata is not None else ""
        if formdata is not None and other:
            formdata["category_uri"] = other
            formdata.pop("category_other")
        super().__init__(formdata, **kwargs)

    def offer(
        self,
        *,
        authors: Iterable[tuple[UUID, str]],
        languages: Iterable[tuple[str, str]],
        categories: Sequence[Any],
    ) -> "SettingsForm":
        """Say between whom and what there is to choose; what the gallery names stays among it, category or not."""
        named = str(self.category_uri.data or "")
        other = [Choice(named, named)] if named and named not in [each.value for each in categories] else []
        self.category_uri.choices = [Choice("", _l("No category")), *categories, *other]
        self.author.choices = [Choice("", _l("Nobody")), *(Choice(str(one), name) for one, name in authors)]
        self.source_language.choices = [Choice(value, name) for value, name in languages]
        return self


def _plain(field: Field) -> str:
    if field.type == "DateTimeLocalField":
        return field.data.strftime(MOMENTS[0]) if field.data else ""
    if field.type == "BooleanField":
        return "yes" if field.data else ""
    return str(field.data or "")
