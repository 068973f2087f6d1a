"""What is said of the site."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, widgets
from wtforms.validators import InputRequired, Length

from webapp.domain.models.account import NAME
from webapp.domain.site import SiteFields
from webapp.web.forms import Form


class SiteForm(Form):
    """Its name."""

    name = StringField(_l("Name of the site"), [InputRequired(_l("Write a name.")), Length(*NAME)])
    version = IntegerField(widget=widgets.HiddenInput())

    def fields(self) -> SiteFields:
        """Return what the domain takes."""
        return SiteFields(name=self.given("name"))
