"""Full-text search: in every language, on both engines, up to date whoever wrote, and put out by no query."""

import pytest
from sqlalchemy import delete, insert, text, update

from tests import factories
from tests.statements import counted
from webapp.domain import cloning, galleries, indexing, items, media, search, tags, translations, upkeep
from webapp.domain.errors import Invalid
from webapp.domain.models import GallerySlug, GalleryTag, GalleryText, SearchEntry
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.storage import LocalStorage

pytestmark = pytest.mark.both_engines


@pytest.fixture
def ed(domain):
    with transaction():
        for code in ("fr", "de", "ja", "ar", "zh"):
            factories.language(code)
        return factories.actor("Ed", "editor")


@pytest.fixture
def storage(domain, tmp_path):
    return LocalStorage(tmp_path / "store")


def make(ed, title="Summer", code="en", **fields):
    with transaction():
        return factories.gallery(ed, title, source=code, **fields).id


def write(thing, code, ed, **fields):
    with transaction():
        factories.write(thing, code, ed, **fields)


def first_item(gallery_id):
    return items.get(gallery_id, items.ids_in_order(gallery_id)[0])


def found(query, **options):
    db.session.rollback()
    return [(hit.kind, hit.words.text) for hit in search.page(query, **options).rows]


def agrees():
    db.session.rollback()
    return list(indexing.differing()) == []


# ---- what is found by what ----


@pytest.mark.parametrize(
    ("title", "code", "query"),
    [
        ("Été à Évian", "fr", "ete evian"),
        ("Été à Évian", "fr", "EVIAN"),
        ("Lake Geneva", "en", "gen"),
        ("Straße nach Süden", "de", "strasse suden"),
        ("Øresund", "en", "oresund"),
        ("京都の夏", "ja", "京都"),
        ("京都の夏", "ja", "夏"),
        ("京都の夏", "ja", "都の夏"),
        ("夜景 in 東京タワー", "ja", "東京 夜景"),
        ("ガラス", "ja", "ｶﾞﾗｽ"),
        ("北京的冬天", "zh", "北京 冬天"),
        ("صُوَر من القاهرة", "ar", "صور القاهرة"),
        ("L'été indien", "fr", "l'ete"),
        ("Rock & Roll: 1984-2024", "en", "rock 2024"),
    ],
)
def test_a_title_is_found(ed, title, code, query):
    make(ed, "Something else")
    make(ed, title, code)

    assert found(query, kinds=("gallery",)) == [("gallery", title)]


def test_what_is_not_there_is_not_found(ed):
    make(ed, "京都の夏", "ja")
    make(ed, "Lake Geneva")

    for query in ("都京", "京の", "夏京", "eneva", "lake paris", "geneva2"):
        assert found(query) == [], query


def test_a_gallery_is_found_by_slug_title_description_and_tags_in_any_language(ed):
    gallery_id = make(ed)
    gallery = galleries.get(gallery_id)
    with transaction():
        galleries.update(gallery, {"slug": "lake-side"}, actor=ed)
    write(gallery, "fr", ed, title="Été", description="Au bord de l'eau")
    with transaction():
        factories.tag(gallery, "Sailing boats")

    for query in ("lake", "summer", "ete", "bord", "sailing boats", "summer ete sailing"):
        assert [kind for kind, _ in found(query)] == ["gallery"]
    assert found("ete") == [("gallery", "Été")]
    assert found("sailing") == [("gallery", "Summer")]


def test_an_item_is_found_by_its_texts_and_tags_and_says_where_it_is(ed):
    gallery_id = make(ed, pictures=1)
    item = first_item(gallery_id)
    write(item, "fr", ed, caption="Le vieux port", alt="Des bateaux", title="Marseille", description="Au matin")
    with transaction():
        factories.tag(item, "harbour")

    for query in ("port", "bateaux", "marseille", "matin", "harbour"):
        hit = search.page(query).rows[0]
        assert (hit.kind, hit.id, hit.gallery_id, hit.where.text) == ("item", item.id, gallery_id, "Summer")
    assert (hit.picture is not None, search.page("bateaux").rows[0].words.text) == (True, "Des bateaux")


def test_what_a_text_item_says_is_found_without_its_markup(ed):
    gallery_id = make(ed, pictures=1)
    write(first_item(gallery_id), "en", ed, html="<h2>Opening <em>night</em></h2><p>Wine &amp; caf&eacute;</p>")

    assert [kind for kind, _ in found("opening night cafe")] == ["item"]
    assert found("h2") == found("eacute") == []


def test_a_file_is_found_by_its_name_and_texts(ed):
    with transaction():
        entry = factories.picture()
        media.change(entry, {"original_filename": "IMG_2041 Zürich.jpg"}, actor=ed)
        factories.write(entry, "de", ed, alt="Ein Steg", credit="Nadia Koch", title="See", caption="Morgens")
        factories.tag(entry, "pier")

    for query in ("img 2041", "zurich", "steg", "nadia", "see", "morgens", "pier"):
        assert found(query) == [("media", "IMG_2041 Zürich.jpg")]


def test_drafts_are_not_found_and_values_are(ed):
    gallery_id = make(ed)
    with transaction():
        translations.draft(galleries.get(gallery_id), factories.language("en").id, {"title": "Winter"}, actor=ed)

    assert found("winter") == []
    assert found("summer") == [("gallery", "Summer")]


def test_only_the_kinds_that_are_asked_for_are_found(ed):
    gallery_id = make(ed, "Lake", pictures=1)
    write(first_item(gallery_id), "en", ed, caption="Lake")

    assert {kind for kind, _ in found("lake")} == {"gallery", "item"}
    assert found("lake", kinds=("item",)) == [("item", "Lake")]
    assert found("lake", kinds=()) == []


# ---- hostile queries ----

HOSTILE = [
    "",
    " ",
    '"',
    "'",
    "''''\"\"\"\"",
    "a NEAR b",
    "NEAR(a b, 5)",
    "a OR b NOT c",
    "*",
    "a*",
    "^a",
    "words:a",
    "search_index:a",
    "-a",
    "(",
    "a & b | !c <-> d:*",
    "\\",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfff",
    "x" * 10_000,
    "京" * 10_000,
    "a " * 5_000,
    "\u202e\u200d\ufeff",
    "💩",
    "%_",
    "\u0301",
    "'); DROP TABLE galleries; --",
]


def test_no_query_is_an_error(ed):
    make(ed, "a b c words near or not")

    for query in HOSTILE:
        rows = search.page(query).rows

        assert all(hit.kind == "gallery" for hit in rows), query[:20]
        assert search.page("summer").rows == (), query[:20]


def test_a_very_long_text_is_found_by_its_beginning_and_kept_within_bounds(ed):
    gallery_id = make(ed)
    words = " ".join(f"word{number:06}" for number in range(1_700))
    write(galleries.get(gallery_id), "en", ed, description=words)
    write(galleries.get(gallery_id), "ja", ed, description="".join(chr(0x4E00 + n) for n in range(19_000)))
    write(galleries.get(gallery_id), "fr", ed, description="é" * 20_000)

    entry = db.session.query(SearchEntry).filter_by(gallery_id=gallery_id).one()
    assert len(entry.words.split(" ")) <= indexing.TERMS
    assert len(entry.words.encode()) <= indexing.BYTES
    assert found("word000001") == [("gallery", "Summer")]
    assert agrees()


# ---- pages ----


def test_the_newest_is_found_first_and_pages_meet_each_once(ed):
    with transaction():
        for number in range(65):
            factories.gallery(ed, f"Lake {number:02}")
    seen, after = [], None
    while True:
        page = search.page("lake", after=after, size=20)
        seen += [hit.words.text for hit in page.rows]
        after = page.after
        if after is None:
            break

    assert seen == [f"Lake {number:02}" for number in range(64, -1, -1)]


def test_few_hits_have_those_first_that_begin_with_the_query(ed):
    make(ed, "Lake")
    make(ed, "By the lake")

    assert [text for _, text in found("lake")] == ["Lake", "By the lake"]


def test_a_cursor_of_another_list_is_refused(ed):
    make(ed)

    with pytest.raises(Invalid):
        search.page("summer", after="W10")


def test_thirty_hits_take_as_many_statements_as_one(ed):
    def statements():
        db.session.rollback()
        with counted() as sent:
            search.page("summer")
        return len(sent)

    make(ed, pictures=1)
    one = statements()
    for number in range(30):
        write(first_item(make(ed, f"Summer {number}", pictures=1)), "en", ed, caption="Summer too")

    assert statements() <= one + 1


# ---- kept up to date, whoever writes ----


def test_a_changed_text_is_found_by_what_it_is_now(ed):
    gallery_id = make(ed)
    write(galleries.get(gallery_id), "en", ed, title="Autumn")

    assert (found("autumn"), galleries.title_of(galleries.get(gallery_id))) == ([("gallery", "Autumn")], "Autumn")
    with transaction():
        galleries.update(galleries.get(gallery_id), {"slug": "fall"}, actor=ed)
    assert found("summer") == []
    assert found("fall") == [("gallery", "Autumn")]


def test_a_removed_text_or_tag_is_found_no_more(ed):
    gallery_id = make(ed)
    gallery = galleries.get(gallery_id)
    write(gallery, "fr", ed, title="Été")
    with transaction():
        tags.put(gallery, ["boats"])
    with transaction():
        translations.remove(galleries.get(gallery_id), factories.language("fr").id, actor=ed)
        tags.put(galleries.get(gallery_id), [])

    assert found("ete") == found("boats") == []
    assert agrees()


def test_the_trash_is_not_found_and_what_comes_back_is(ed):
    gallery_id = make(ed, pictures=1)
    item_id = first_item(gallery_id).id
    write(first_item(gallery_id), "en", ed, caption="Pier")
    with transaction():
        items.trash(gallery_id, [item_id], actor=ed)
    assert found("pier") == []
    with transaction():
        items.restore(gallery_id, [item_id], actor=ed)
        galleries.trash(galleries.get(gallery_id), actor=ed)
    assert found("summer") == found("pier") == []
    with transaction():
        galleries.restore(galleries.find_trashed(gallery_id), actor=ed)
    assert {kind for kind, _ in found("summer") + found("pier")} == {"gallery", "item"}
    assert agrees()


def test_what_is_deleted_for_good_leaves_no_entry(ed):
    gallery_id = make(ed, pictures=2)
    write(first_item(gallery_id), "en", ed, caption="Pier")
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=ed)
        galleries.purge(galleries.find_trashed(gallery_id), actor=ed)

    assert db.session.query(SearchEntry).filter(SearchEntry.media_id.is_(None)).count() == 0
    with transaction():
        assert indexing.is_whole()


def test_a_copy_is_found_with_all_its_items(ed):
    gallery_id = make(ed, pictures=2)
    write(first_item(gallery_id), "en", ed, caption="Pier")
    with transaction():
        factories.tag(galleries.get(gallery_id), "boats")
        copy_id = cloning.clone(galleries.get(gallery_id), actor=ed).id

    assert {hit.gallery_id for hit in search.page("pier").rows} == {gallery_id, copy_id}
    assert {hit.id for hit in search.page("boats").rows} == {gallery_id, copy_id}
    assert agrees()


def test_statements_for_many_rows_are_noted_too(ed):
    one, two = make(ed, "One"), make(ed, "Two")
    with transaction():
        db.session.execute(update(GalleryText).values(title="Same", title_key="same"))
        tag_id = tags._find_or_make("boats", "boats")
        db.session.execute(insert(GalleryTag), [{"gallery_id": each, "tag_id": tag_id} for each in (one, two)])
    with transaction():
        db.session.execute(update(GallerySlug).where(GallerySlug.slug == "one").values(slug="uno"))

    assert [text for _, text in found("same boats")] == ["Same", "Same"]
    assert [hit.id for hit in search.page("uno").rows] == [one]
    assert agrees()


def test_a_change_that_is_taken_back_is_not_found(ed):
    gallery_id = make(ed)

    def change_and_fail():
        with transaction():
            factories.write(galleries.get(gallery_id), "en", ed, title="Autumn")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()

    assert found("autumn") == []
    make(ed, "Another")
    assert agrees()


def test_moving_items_costs_the_index_nothing(ed):
    gallery_id = make(ed, pictures=3)
    order = items.ids_in_order(gallery_id)
    with counted() as sent, transaction():
        items.move(gallery_id, [order[2]], place="top", actor=ed)

    assert not [statement for statement in sent if "search_entries" in statement]


# ---- put right by `check` ----


def test_check_tells_of_entries_that_disagree_and_puts_them_right(ed, storage):
    gallery_id = make(ed, pictures=1)
    write(first_item(gallery_id), "en", ed, caption="Pier")
    with transaction():
        db.session.execute(text("UPDATE search_entries SET words = 'wrong' WHERE item_id IS NOT NULL"))
        db.session.execute(text("DELETE FROM search_entries WHERE item_id IS NULL AND gallery_id IS NOT NULL"))
    assert found("summer") == found("pier") == []

    told = [finding.repaired for finding in upkeep.check(storage) if finding.kind == "search"]
    mended = [finding.repaired for finding in upkeep.check(storage, repair=True) if finding.kind == "search"]

    assert (told, mended) == ([False], [True])
    assert found("summer") == [("gallery", "Summer")]
    assert found("pier") == [("item", "Pier")]
    assert [finding for finding in upkeep.check(storage) if finding.kind == "search"] == []


def entries():
    """Return the words of each thing as they are kept."""
    db.session.rollback()
    rows = db.session.query(SearchEntry).all()
    return {(each.gallery_id, each.item_id, each.media_id): each.words for each in rows}


def rebuilt():
    """Return the words as they are when all of them are made anew."""
    with transaction():
        db.session.execute(delete(SearchEntry))
    with transaction():
        indexing.refresh(list(indexing.differing()))
        indexing.rebuild()
    return entries()


def fill(ed):
    """Write something of every kind, and put some of it into the trash."""
    lake, sea = make(ed, "Lake", pictures=3), make(ed, "海", "ja", pictures=2)
    write(galleries.get(lake), "fr", ed, title="Été", description="Au bord de l'eau")
    for place, item_id in enumerate(items.ids_in_order(lake)):
        write(items.get(lake, item_id), "ar", ed, caption=f"صورة {place}", html=f"<p>Pier {place}</p>")
    with transaction():
        factories.tag(galleries.get(sea), "Boats")
        factories.tag(items.get(lake, items.ids_in_order(lake)[0]), "Boats", "Reeds")
        items.trash(lake, items.ids_in_order(lake)[:1], actor=ed)
        galleries.trash(galleries.get(sea), actor=ed)


def test_what_check_puts_right_equals_a_rebuild(ed, storage):
    fill(ed)
    kept = entries()
    with transaction():
        db.session.execute(text("UPDATE search_entries SET words = 'wrong' WHERE item_id IS NOT NULL"))
        db.session.execute(text("DELETE FROM search_entries WHERE media_id IS NOT NULL"))
        bare = factories.gallery(ed, pictures=1)
        db.session.flush()
        stray = {"gallery_id": bare.id, "item_id": items.ids_in_order(bare.id)[0], "words": "stray"}
        db.session.execute(insert(SearchEntry), [stray])
    assert entries() != kept

    upkeep.check(storage, repair=True)

    assert kept.items() <= entries().items()
    assert entries() == rebuilt()
    assert (found("stray"), found("wrong"), agrees()) == ([], [], True)


def test_an_empty_index_is_filled_by_check(ed, storage):
    fill(ed)
    kept = entries()
    with transaction():
        db.session.execute(delete(SearchEntry))
    assert found("lake") == []

    upkeep.check(storage, repair=True)

    assert entries() == kept
    assert found("lake") == [("gallery", "Lake")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_check_rebuilds_an_index_that_has_lost_what_it_searches(ed, storage):
    make(ed)
    with transaction():
        db.session.execute(text("INSERT INTO search_index(search_index) VALUES ('delete-all')"))
    assert found("summer") == []

    assert "search" in [finding.kind for finding in upkeep.check(storage)]
    upkeep.check(storage, repair=True)

    assert found("summer") == [("gallery", "Summer")]
    assert [finding for finding in upkeep.check(storage) if finding.kind in ("search", "database")] == []
