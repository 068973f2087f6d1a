"""The editor's page: three panes in one language, for each role, in a fixed number of statements."""

import pytest

from tests import factories
from webapp.domain.transaction import transaction


@pytest.fixture
def gallery_id(app, cast):
    """Ed's gallery of three pictures."""
    with app.app_context(), transaction():
        return factories.gallery(cast.ed, "Summer", pictures=3, description="An evening walk").id


def test_the_editor_shows_texts_items_and_settings(ed, gallery_id):
    page = ed.page(f"/galleries/{gallery_id}/")

    assert page.heading.startswith("Summer")
    assert page.one("input", id="text-title")["value"] == "Summer"
    assert len(page.one("ol", id="items").all("li")) == 3
    assert page.one("form", id="gallery-settings")
