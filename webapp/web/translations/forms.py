"""What may be typed into a row of the table: the texts of a gallery or an item in one language."""

from flask_babel import lazy_gettext as _l

from webapp.domain.models import translation
from webapp.web.editor.forms import TextForm, words


class RowForm(TextForm):
    """The texts of a row, those that were sent."""

    PREFIX = "row"
    TEXTS = FIELDS = ("title", "description", "meta_title", "meta_description", "caption", "alt", "html")

    title = words(_l("Title"), translation.TITLE[1])
    description = words(_l("Description"), translation.DESCRIPTION[1], long=True)
    meta_title = words(_l("Title for search engines"), translation.META_TITLE[1])
    meta_description = words(_l("Description for search engines"), translation.META_DESCRIPTION[1], long=True)
    caption = words(_l("Caption"), translation.CAPTION[1], long=True)
    alt = words(_l("Alt text"), translation.ALT[1], long=True)
    html = words(_l("Text"), translation.HTML[1], long=True)
