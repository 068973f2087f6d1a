"""The captions of a video as its page draws them."""

from typing import Any

from webapp.domain import captions
from webapp.domain.library import Folio
from webapp.doors import actor
from webapp.web.library.forms import CaptionsForm


def context_of(folio: Folio, form: CaptionsForm | None) -> dict[str, Any]:
    """Return what a video's page draws of its captions, nothing for a picture."""
    if folio.media.kind != "video":
        return {"captions_form": None}
    there = captions.rows(folio.media.id)
    seen = " ".join(f"{row.language.code}:{row.version}" for row in there)
    form = form or CaptionsForm(formdata=None, seen=seen).offer(folio.tongues.offered, actor())
    return {"captions_form": form, "captions": there, "captions_mine": form.codes}
