"""What is said of a gallery as a whole."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from webapp.domain import languages
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.galleries import GalleryFields
from webapp.domain.models.gallery import SLUG
from webapp.domain.models.translation import TITLE
from webapp.web import phrases
from webapp.web.forms import Form


class NewForm(Form):
    """What a gallery begins with; without an address, one is made of the title."""

    title = StringField(
        _l("Title"),
        [DataRequired(_l("Write a title.")), Length(max=TITLE[1], message=_l("Shorten this to %(max)d characters."))],
    )
    slug = StringField(_l("Address"), [Length(max=SLUG[1], message=_l("Shorten this to %(max)d characters."))])
    source_language = SelectField(_l("Language it is written in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = languages.all_languages(active_only=True)
        self.source_language.choices = [(str(each.id), phrases.tongue(each)) for each in known]

    def fields(self) -> GalleryFields:
        """Return what the domain takes."""
        fields = GalleryFields(source_language_id=UUID(self.source_language.data))
        if slug := self.given("slug").strip():
            fields["slug"] = slug
        return fields

    def texts(self) -> dict[UUID, dict[str, str | None]]:
        """Return the title in its language."""
        return {UUID(self.source_language.data): {"title": " ".join(self.given("title").split())}}

    def attempt(self, change: Callable[[], Any]) -> bool:
        """Do it; what the domain refuses is written beside the field it is about, a taken address too."""
        return super().attempt(lambda: _naming_the_slug(change))


def _naming_the_slug(change: Callable[[], Any]) -> None:
    try:
        change()
    except Conflict as conflict:
        if conflict.code != "slug_taken":
            raise
        raise Invalid("slug", _("Another gallery has this address. Choose another one."), code="taken") from None
