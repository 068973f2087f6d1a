"""What is imported: an archive, or addresses."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from webapp.domain.imports.addresses import LONGEST
from webapp.web.forms import Form


class ArchiveForm(Form):
    """A zip archive."""

    file = FileField(_l("Zip archive"), [FileRequired(_l("Choose a file."))], id="archive-file")
    reuse = BooleanField(_l("Use what the library has already"), id="archive-reuse", default=True)


class AddressesForm(Form):
    """Addresses, a line each."""

    addresses = TextAreaField(_l("Addresses"), [Length(max=LONGEST)])
    reuse = BooleanField(_l("Use what the library has already"), id="addresses-reuse", default=True)
