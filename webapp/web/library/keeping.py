"""What a file's page says of how the file is kept: what it was before, and the form for another in its place."""

from typing import Any

from webapp.domain import alike, library, replacing
from webapp.domain.library import Folio
from webapp.web.library import drawing
from webapp.web.library.forms import ReplaceForm


def context_of(folio: Folio, form: ReplaceForm | None = None) -> dict[str, Any]:
    """Return what the regions about keeping draw; a form that was refused stands there as it was sent."""
    return {
        "replace_form": form or ReplaceForm(formdata=None, version=folio.media.version),
        "earlier": replacing.earlier(folio.media),
        "alike": drawing.cards(library.entries([each.media_id for each in alike.to(folio.media.id)])),
    }
