"""Why something failed was kept in English, and is said in the language of whoever reads it."""

import pytest
from sqlalchemy import update

from tests import factories
from tests.fixtures.app import on_sqlite
from webapp.domain import sentences
from webapp.domain.models import Fetch, Media, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.image_process.rules import Refused
from webapp.infra.outside import Unreachable

pytestmark = on_sqlite


def kept(refusal):
    return sentences.packed(sentences.of(refusal), 500)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "a.example answers with 404."), ("fr", "a.example répond 404."), ("ar", "يردّ a.example بالرمز 404.")],
)
def test_why_a_file_was_not_fetched_is_told_on_the_jobs_page(inside, ed, language, words):
    refusal = Unreachable("status", "%(host)s answers with %(status)s.", host="a.example", status="404")
    with transaction():
        made = Media(filename="x.jpg", original_filename="far.jpg", state="missing", source_url="https://a.example/x")
        db.session.add(made)
        db.session.flush()
        db.session.add(Fetch(media_id=made.id, state="failed", attempts=5, error=kept(refusal)))
    page = ed.seen(ed.get("/jobs/", headers={"Accept-Language": language}), 200)

    assert words in page.one("li", id=f"failed-{made.id}").words
    assert '["' not in page.words


def test_why_a_picture_was_not_made_is_told_beside_the_file(inside, ed):
    refusal = Refused("too_many_frames", "This animation has more than %(most)s frames.", most=1500)
    with transaction():
        media = factories.picture("broken.gif", state="failed")
        mine = update(Rendition).where(Rendition.blob_id == media.blob_id)
        db.session.execute(mine.values(error=kept(refusal)))

    assert "This animation has more than 1,500 frames." in ed.page(f"/library/{media.id}").words
