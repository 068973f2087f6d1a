"""What is said of the site."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain.models import Language
from webapp.domain.models.account import NAME
from webapp.domain.site import SiteFields
from webapp.web import phrases
from webapp.web.forms import Choice, Form


class SiteForm(Form):
    """Its name, what a gallery needs to be public, whether translations are reviewed, and what files may tell."""

    name = StringField(_l("Name of the site"), [InputRequired(_l("Write a name.")), Length(*NAME)])
    gate = SelectField(
        _l("Before a gallery is public"),
        choices=[
            Choice("off", _l("Ask for nothing")),
            Choice("warn", _l("Warn where texts are missing")),
            Choice("refuse", _l("Refuse where texts are missing")),
        ],
    )
    gate_languages = SelectMultipleField(
        _l("Languages that are asked for"), option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget()
    )
    reviews = BooleanField(_l("An editor looks at what translators have saved"))
    takes_texts = BooleanField(_l("Take titles, captions and credits from files when uploading"))
    shows_places = BooleanField(_l("Show editors where a picture was taken"))
    version = IntegerField(widget=widgets.HiddenInput())

    def fields(self) -> SiteFields:
        """Return what the domain takes."""
        said = SiteFields(name=self.given("name"))
        if self.gate.raw_data:
            said |= SiteFields(
                gate=self.gate.data,
                gate_languages=self.gate_languages.data or [],
                reviews=self.reviews.data,
                takes_texts=self.takes_texts.data,
                shows_places=self.shows_places.data,
            )
        return said

    def offer(self, known: Iterable[Language]) -> "SiteForm":
        """Say between which languages there is to choose."""
        self.gate_languages.choices = [Choice(each.code, phrases.tongue(each)) for each in known]
        return self
