"""What files say of themselves: offered beside empty texts, taken where the site wants it, the place for editors."""

import io
import json
import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests import factories, pictures
from tests.clips import clip
from tests.fixtures.app import on_sqlite
from tests.tellers import jpeg, packet, records
from webapp import jobs
from webapp.domain import items, keys, media, metadata, site, tags, translations
from webapp.domain.models import AuditEntry, Blob, Gallery, Media, OutboxEvent, User
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key

BOATS = packet(
    dc_title={"x-default": "Boats", "fr": "Bateaux"},
    dc_description={"en-GB": "Three boats at a pier"},
    iptc_AltTextAccessibility={"x-default": "Boats <b>& sails</b>"},
    keywords=("lake", "dawn"),
    given='photoshop:Credit="Lake Press" photoshop:City="Annecy" exif:GPSLatitude="45.9N" exif:GPSLongitude="6.125E"',
)
NORTH = "45.90000"


@pytest.fixture
def bring(app, cast):
    """Brings a file into the library and returns its id."""

    def bringing(content=None, name="boats.jpg", actor=None):
        with app.app_context():
            intake = media.take_in(io.BytesIO(content or jpeg(xmp=BOATS)), name, storage=storage_of(app))
            with transaction():
                return media.add(intake, actor=actor or cast.ed).id

    return bringing


@pytest.fixture
def french(app, cast):
    """The site is read in French too."""
    with app.app_context(), transaction():
        factories.language("fr")


def storage_of(app):
    return app.extensions["vitrine-storage"]


def allow(app, cast, **settings):
    with app.app_context(), transaction():
        site.update(settings, actor=cast.ada)


def texts_of(app, file_id, code="en"):
    with app.app_context():
        row = translations.find(db.session.get(Media, file_id), factories.language(code).id)
        return {name: getattr(row, name) for name in row.fields if getattr(row, name)} if row else {}


def offers(page, prefix="file"):
    found = [each for each in page.all("p") if re.fullmatch(rf"{prefix}-\w+-offer", each.get("id") or "")]
    return {each["id"].split("-")[1]: each.one("q").words for each in found}


def use(browser, file_id, name, *, lang="", htmx=False, **typed):
    query = f"?lang={lang}" if lang else ""
    action = f"/library/{file_id}/texts/{lang or 'en'}"
    return browser.send(browser.page(f"/library/{file_id}{query}"), action, use=name, htmx=htmx, **typed)


# ---- offered ----


@on_sqlite
def test_what_a_file_says_is_offered_beside_each_empty_text_and_put_into_none(ed, bring):
    page = ed.page(f"/library/{(file_id := bring())}")

    assert offers(page) == {
        "title": "Boats",
        "caption": "Three boats at a pier",
        "alt": "Boats <b>& sails</b>",
        "credit": "Lake Press",
    }
    fields = page.values(f"/library/{file_id}/texts/en")
    assert {fields[name][0] for name in metadata.TEXTS} == {""}
    assert [tag.words for tag in page.one("section", id="library-told").all("bdi", class_="tag")] == ["lake", "dawn"]


@on_sqlite
@pytest.mark.parametrize("htmx", [False, True])
def test_using_an_offer_saves_that_text_and_what_was_typed_and_no_other(ed, app, bring, htmx):
    file_id = bring()

    answer = use(ed, file_id, "alt", title="My boats", htmx=htmx)

    assert answer.status == (200 if htmx else 303)
    assert texts_of(app, file_id) == {"alt": "Boats <b>& sails</b>", "title": "My boats"}
    assert set(offers(ed.page(f"/library/{file_id}"))) == {"caption", "credit"}


@on_sqlite
def test_all_offers_can_be_used_at_once_and_what_is_typed_stays(ed, app, bring):
    file_id = bring()

    use(ed, file_id, "all", title="My boats")

    assert texts_of(app, file_id) == {
        "title": "My boats",
        "caption": "Three boats at a pier",
        "alt": "Boats <b>& sails</b>",
        "credit": "Lake Press",
    }
    page = ed.page(f"/library/{file_id}")
    assert offers(page) == {}
    assert not page.all("button", id="file-texts-use")


@on_sqlite
def test_a_text_is_offered_in_the_language_it_is_told_in(ed, app, bring, french):
    file_id = bring()

    assert offers(ed.page(f"/library/{file_id}?lang=fr")) == {"title": "Bateaux", "credit": "Lake Press"}

    use(ed, file_id, "title", lang="fr")
    assert texts_of(app, file_id, "fr") == {"title": "Bateaux"}
    assert texts_of(app, file_id) == {}


@on_sqlite
def test_what_is_sent_as_an_offer_is_not_believed(ed, app, bring):
    file_id = bring(pictures.photo(160, 120), "plain.jpg")

    use(ed, file_id, "title")
    use(ed, file_id, "all")

    assert texts_of(app, file_id) == {}


@on_sqlite
def test_a_text_that_is_too_long_is_offered_up_to_its_last_word_that_fits(ed, bring):
    found = offers(ed.page(f"/library/{bring(jpeg(iptc=records((5, b'very ' * 80), (120, b'x' * 2_000))))}"))

    assert found["title"] == "very " * 49 + "very…"
    assert found["caption"] == "x" * 499 + "…"


@on_sqlite
def test_who_may_not_write_in_a_language_is_offered_nothing_there(tessa, bring, french):
    file_id = bring()

    assert offers(tessa.page(f"/library/{file_id}")) == {}
    assert offers(tessa.page(f"/library/{file_id}?lang=fr")) == {"title": "Bateaux", "credit": "Lake Press"}


@on_sqlite
def test_enter_in_a_field_saves_and_uses_nothing(ed, bring):
    form = ed.page(f"/library/{bring()}").one("form", id="file-texts")

    assert form.all("button")[0].get("name") is None


# ---- in the editor ----


@pytest.fixture
def shown(ground, bring):
    """An item of the gallery whose file says something."""
    file_id = bring()
    with ground.app.app_context(), transaction():
        return items.add(ground.id, [file_id], actor=ground.cast.ed)[0].id


@on_sqlite
def test_the_panel_offers_what_the_file_says_and_saves_it_as_the_items(ed, ground, shown):
    here = f"{ground.url}items/{shown}?lang=en&item={shown}"
    page = ed.page(f"{ground.url}?lang=en&item={shown}")
    assert offers(page, "item") == {
        "title": "Boats",
        "caption": "Three boats at a pier",
        "alt": "Boats <b>& sails</b>",
    }

    ed.send(page, here, use="caption", status=303)

    after = ed.page(f"{ground.url}?lang=en&item={shown}")
    assert after.values(here)["caption"] == ["Three boats at a pier"]
    assert set(offers(after, "item")) == {"title", "alt"}


@on_sqlite
def test_the_panel_offers_nothing_where_the_library_has_a_text_or_none_is_wanted(ed, ground, shown):
    with ground.app.app_context(), transaction():
        item = items.get(ground.id, shown)
        factories.write(db.session.get(Media, item.media_id), "en", ground.cast.ed, caption="Of the library")
        items.change(item, {"decorative": True}, actor=ground.cast.ed)

    assert set(offers(ed.page(f"{ground.url}?item={shown}"), "item")) == {"title"}
    assert offers(ed.page(f"{ground.url}?item={shown}&lang=fr"), "item") == {"title": "Bateaux"}


@on_sqlite
def test_a_draft_is_no_empty_text(ed, ground, shown):
    with ground.app.app_context(), transaction():
        item = items.get(ground.id, shown)
        translations.draft(item, factories.language("en").id, {"title": "Half a ti"}, actor=ground.cast.ed)

    assert "title" not in offers(ed.page(f"{ground.url}?item={shown}"), "item")


# ---- taken ----


def test_where_the_site_wants_it_what_files_say_becomes_their_texts(app, cast, bring, french):
    before = bring()
    allow(app, cast, takes_texts=True)
    file_id = bring(jpeg(xmp=BOATS, seed=2))

    assert texts_of(app, before) == {}
    assert texts_of(app, file_id) == {
        "title": "Boats",
        "caption": "Three boats at a pier",
        "alt": "Boats <b>& sails</b>",
        "credit": "Lake Press",
    }
    assert texts_of(app, file_id, "fr") == {"title": "Bateaux", "credit": "Lake Press"}
    assert (tags_of(app, before), tags_of(app, file_id)) == ([], ["dawn", "lake"])
    with app.app_context():
        said = select(AuditEntry).where(AuditEntry.verb == "translation.update", AuditEntry.thing_id == str(file_id))
        assert {entry.user_id for entry in db.session.scalars(said)} == {cast.ed.id}


@on_sqlite
def test_keywords_are_added_as_tags_where_somebody_asks_for_it(ed, app, bring):
    odd = jpeg(xmp=packet(keywords=("lake", "Lake", "a, b", "x" * 90)))
    url = f"/library/{(file_id := bring(odd))}"
    page = ed.page(url)
    fields = page.one("section", id="library-told").one("form").all("input")
    sent = {each["name"]: each["value"] for each in fields}
    assert sent["tags"] == "lake, a b"

    assert ed.post(f"{url}/tags", data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303

    assert tags_of(app, file_id) == ["a b", "lake"]
    assert not ed.page(url).all("button", id="told-tags")


def tags_of(app, file_id):
    with app.app_context():
        return tags.of(db.session.get(Media, file_id))


def test_a_program_that_may_upload_alone_brings_texts_too(app, cast, bring):
    allow(app, cast, takes_texts=True)

    file_id = bring(actor=replace(cast.ed, permissions=frozenset({"media:upload"}), door="cms"))

    assert texts_of(app, file_id)["title"] == "Boats"


@on_sqlite
def test_the_switches_stand_in_the_settings_and_are_off(ada, app):
    page = ada.page("/site/")
    assert "takes_texts" not in page.values("/site/")
    assert "shows_places" not in page.values("/site/")

    ada.send(page, "/site/", takes_texts="y", shows_places="y", status=303)
    assert {"takes_texts", "shows_places"} <= ada.page("/site/").values("/site/").keys()

    ada.send(ada.page("/site/"), "/site/", takes_texts=None, status=303)
    with app.app_context():
        assert (site.get().takes_texts, site.get().shows_places) == (False, True)


# ---- the place ----


@on_sqlite
def test_the_place_is_shown_to_editors_alone_and_only_where_the_site_allows_it(ed, tessa, app, cast, bring):
    url = f"/library/{bring()}"
    assert "Annecy" not in ed.page(url).html
    assert NORTH not in ed.page(url).html

    allow(app, cast, shows_places=True)

    place = ed.page(url).one("dd", id="told-place")
    assert [each.words for each in place.all("bdi")] == ["Annecy", f"{NORTH}, 6.12500"]
    assert "Annecy" not in tessa.page(url).html


@on_sqlite
def test_the_place_is_in_no_event_no_record_no_dialect_and_no_page_of_others(ada, client, ground, shown, bring):
    app = ground.app
    allow(app, ground.cast, shows_places=True, takes_texts=True)
    bring(jpeg(xmp=BOATS, seed=3))
    ground.update(status="published")

    with app.app_context():
        told = [json.dumps(each.payload) for each in db.session.scalars(select(OutboxEvent))]
        told += [json.dumps(each.changes) for each in db.session.scalars(select(AuditEntry))]
    told += [ada.page(ground.url).html, client.get("/g/summer").text, ada.page("/library/").html]
    answers = list(answers_of_dialects(app, ground.cast))

    assert sum("Boats" in said for said in answers) >= 2
    assert not [said for said in told + answers if "45.9" in said or "6.125" in said or "Annecy" in said]


def paths_of_dialects(app):
    """Where programs read lists, and the gallery and the files one by one."""
    with app.app_context():
        ids = [*db.session.scalars(select(Media.id)), *db.session.scalars(select(Gallery.id))]
    rules = [rule for rule in app.url_map.iter_rules() if "/api/" in rule.rule and "GET" in rule.methods]
    lists = [rule.rule for rule in rules if not rule.arguments]
    return lists + [
        re.sub("<[^>]+>", str(each), rule.rule) for rule in rules if len(rule.arguments) == 1 for each in ids
    ]


def answers_of_dialects(app, cast):
    with app.app_context(), transaction():
        key = keys.add(db.session.get(User, cast.ada.id), name="a program", permissions=None, actor=cast.ada)[1]
    program = app.test_client(use_cookies=False)
    return (program.get(path, headers={"Authorization": f"Bearer {key}"}).text for path in paths_of_dialects(app))


# ---- what came before ----


def test_files_that_came_before_are_read_by_the_worker_once(ed, app, bring):
    file_id = bring()
    forget(app)
    assert offers(ed.page(f"/library/{file_id}")) == {}

    jobs.of(app)._sweep()

    assert set(offers(ed.page(f"/library/{file_id}"))) == set(metadata.TEXTS)
    assert read_again(app) == 0


def test_a_file_that_cannot_be_read_holds_nobody_up(app, bring):
    gone, whole = bring(), bring(jpeg(xmp=BOATS, seed=2))
    forget(app)
    with app.app_context():
        storage_of(app).delete(blob_key(sha_of(gone)))

    assert read_again(app) == 1

    with app.app_context():
        assert (said_of(gone), said_of(whole)["title"]) == (None, {"": "Boats", "fr": "Bateaux"})
    bring()
    assert read_again(app) == 1
    with app.app_context():
        assert said_of(gone)["title"] == {"": "Boats", "fr": "Bateaux"}
    assert read_again(app) == 0


@pytest.mark.at_the_disk
@on_sqlite
def test_a_disk_that_fails_for_one_file_holds_no_older_one_up(app, bring):
    older = bring()
    broken = bring(jpeg(xmp=BOATS, seed=2))
    forget(app)
    with app.app_context():
        path = storage_of(app).path(blob_key(sha_of(broken)))
        path.unlink()
        path.symlink_to(path.name)

        assert metadata.work_off(storage_of(app)) == 1
        assert (said_of(broken), said_of(older)["title"]) == (None, {"": "Boats", "fr": "Bateaux"})


@on_sqlite
def test_bytes_that_are_found_again_are_asked_again_what_they_say(app, bring):
    file_id = bring()
    with app.app_context():
        with transaction():
            db.session.execute(update(Blob).values(said={}, missing_since=now()))
        with transaction():
            media.found_again(db.session.scalars(select(Blob)).one())

        assert metadata.work_off(storage_of(app)) == 1
        assert said_of(file_id)["title"] == {"": "Boats", "fr": "Bateaux"}


def test_the_worker_stops_between_two_files(app, bring):
    bring()
    bring(jpeg(seed=2))
    forget(app)
    turns = iter((True, False))

    with app.app_context():
        assert metadata.work_off(storage_of(app), go_on=lambda: next(turns)) == 1


def forget(app):
    with app.app_context(), transaction():
        db.session.execute(update(Blob).values(said=None))


def read_again(app):
    with app.app_context():
        return metadata.work_off(storage_of(app))


def sha_of(file_id: UUID) -> str:
    return db.session.scalars(select(Blob.sha256).join(Media).where(Media.id == file_id)).one()


def said_of(file_id: UUID) -> dict[str, object]:
    release()
    return db.session.scalars(select(Blob.said).join(Media).where(Media.id == file_id)).one()


# ---- videos ----


@on_sqlite
def test_a_video_says_its_title_and_its_place(ed, app, cast, bring):
    allow(app, cast, shows_places=True)
    page = ed.page(f"/library/{bring(clip(place=True), 'clip.mp4')}")

    assert offers(page) == {"title": "Where we live"}
    assert page.one("dd", id="told-place").words == "48.85820, 2.29450"
