"""What the library is filtered by is counted when files are written: after each deed it is what counting all says."""

import random
import threading
from collections import Counter
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import delete, select, update

from tests import factories
from tests.statements import counted as statements
from webapp.domain import (
    batches,
    cloning,
    galleries,
    item_kinds,
    items,
    languages,
    library,
    media,
    removal,
    shelving,
    swapping,
    tallies,
    translations,
)
from webapp.domain.models import Gallery, Item, Language, Mark, Media, MediaTag, MediaText, Shelved, Tag, Tally
from webapp.domain.sieve import EVERYTHING, sifting
from webapp.domain.tallies import ENOUGH
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db

pytestmark = pytest.mark.both_engines

LINK = "https://vimeo.com/76979871"
SHAPES = ((1600, 1200), (1200, 1600), (900, 900))
SIZES = (400_000, 2_100_000, 12_000_000)


class Model:
    """Every living file with its choices, read from the tables themselves, row by row."""

    def __init__(self):
        release()
        db.session.expire_all()
        self.spoken = {each.code.lower(): each.id for each in db.session.scalars(select(Language))}
        self.shown = set(self._shown())
        tags = {each.id: each.key for each in db.session.scalars(select(Tag))}
        self.tags = [(each.media_id, tags[each.tag_id]) for each in db.session.scalars(select(MediaTag))]
        said = select(MediaText.media_id, MediaText.language_id).where(MediaText.alt != "")
        self.said = {tuple(row) for row in db.session.execute(said)}
        living = select(Media).where(Media.deleted_at.is_(None)).order_by(Media.created_at.desc(), Media.id.desc())
        self.files = {file.id: set(self._choices(file)) for file in db.session.scalars(living)}

    def _shown(self):
        living = {each.id: each for each in db.session.scalars(select(Gallery).where(Gallery.deleted_at.is_(None)))}
        yield from (each.cover_media_id for each in living.values())
        for item in db.session.scalars(select(Item).where(Item.deleted_at.is_(None))):
            if item.gallery_id in living:
                yield from (item.media_id, item.poster_id)

    def _choices(self, file):
        yield "kind", file.kind
        yield "used", "yes" if file.id in self.shown else "no"
        yield from (("lacking", code) for code, each in self.spoken.items() if (file.id, each) not in self.said)
        yield from (("tag", key) for media_id, key in self.tags if media_id == file.id)
        if file.uploaded_by_id:
            yield "by", str(file.uploaded_by_id)
        if file.state == "missing":
            yield "file", "missing"
        blob = db.session.get(type(file).blob.property.entity.class_, file.blob_id) if file.blob_id else None
        if blob:
            ratio = (blob.width > blob.height) - (blob.width < blob.height)
            yield "shape", {1: "landscape", 0: "square", -1: "portrait"}[ratio]
            yield "size", "small" if blob.size < 10**6 else "medium" if blob.size < 10**7 else "large"
        midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
        yield from (("added", f"{days}d") for days in (7, 30) if file.created_at >= midnight - timedelta(days=days))

    def behind(self, *choices):
        return [file for file, has in self.files.items() if has.issuperset(choices)]


def agree(*, said=""):
    """Hold the counts, and the lists behind some choices, to what counting everything says."""
    model, counts = Model(), tallies.counted(EVERYTHING)
    expected = Counter(choice for has in model.files.values() for choice in has)
    spoken = {each.code.lower() for each in languages.all_languages(active_only=True)}
    expected = {each: number for each, number in expected.items() if each[0] != "lacking" or each[1] in spoken}

    assert counts.all == len(model.files), said
    assert {each: number for each, number in counts.of.items() if number} == expected, said
    assert (list(shelving.differing()), shelving.miscounted()) == ([], set()), said
    for choice in random.Random(said).sample(sorted(expected), min(len(expected), 4)):
        assert pages(sifting("", dict([choice]))) == model.behind(choice), (said, choice)
    return model


def pages(through, size=4):
    found, after = [], None
    while not found or after:
        page = library.sifted(through, after=after, size=size)
        found += [entry.id for entry in page.rows]
        after = page.after
        if not page.rows:
            break
    return found


@pytest.fixture
def ed(domain):
    with transaction():
        factories.language("fr")
        return factories.actor("Ed", "admin")


class House:
    """A library and galleries that things are done to, chosen by chance."""

    def __init__(self, ed, seed=0):
        self.ed, self.chance = ed, random.Random(seed)
        with transaction():
            self.galleries = [factories.gallery(ed, f"Gallery {number}").id for number in range(3)]
            for _ in range(8):
                self.upload()

    def some(self, **like):
        living = select(Media.id).where(Media.deleted_at.is_(None)).order_by(Media.original_filename)
        return self.chance.choice(db.session.scalars(living.filter_by(**like)).all())

    def gallery(self):
        return self.chance.choice(self.galleries)

    def item(self, *, trashed=False):
        here = Item.deleted_at.is_not(None) if trashed else Item.deleted_at.is_(None)
        living = Item.gallery_id.in_(select(Gallery.id).where(Gallery.deleted_at.is_(None)))
        rows = db.session.scalars(select(Item).where(here, living).order_by(Item.sort_order, Item.id)).all()
        return self.chance.choice(rows) if rows else None

    def living_gallery(self):
        found = db.session.get(Gallery, self.gallery())
        if found.deleted_at is not None:
            galleries.restore(galleries.find_trashed(found.id), actor=self.ed)
        return found

    def upload(self):
        width, height = self.chance.choice(SHAPES)
        file = factories.picture(width=width, height=height)
        file.kind, file.blob.size = self.chance.choice(("image", "video")), self.chance.choice(SIZES)
        file.uploaded_by_id = self.chance.choice((None, self.ed.id))
        file.created_at = now() - timedelta(days=self.chance.choice((0, 6, 8, 29, 31)))

    def tag(self):
        factories.tag(db.session.get(Media, self.some()), *self.chance.sample(("Lake", "dusk", "quay"), 2))

    def untag(self):
        factories.tag(db.session.get(Media, self.some()))

    def tag_many(self):
        ids = {self.some(), self.some()}
        batches.label(list(ids), ["Harbour"], off=self.chance.random() < 0.5, actor=self.ed)

    def write_alt(self):
        file = db.session.get(Media, self.some())
        factories.write(file, self.chance.choice(("en", "fr")), self.ed, alt=self.chance.choice(("A lake", "")))

    def add(self):
        items.add(self.living_gallery().id, [self.some(), self.some()], actor=self.ed)

    def add_film(self):
        item_kinds.add_video(self.living_gallery().id, LINK, poster_id=self.some(kind="image"), actor=self.ed)

    def remove(self):
        if item := self.item():
            items.trash(item.gallery_id, [item.id], actor=self.ed)

    def bring_back(self):
        if item := self.item(trashed=True):
            items.restore(item.gallery_id, [item.id], actor=self.ed)

    def purge_item(self):
        if item := self.item(trashed=True):
            items.purge(item.gallery_id, [item.id], actor=self.ed)

    def cover(self):
        galleries.update(
            self.living_gallery(), {"cover_media_id": self.chance.choice((None, self.some()))}, actor=self.ed
        )

    def trash_gallery(self):
        galleries.trash(self.living_gallery(), actor=self.ed)

    def clone(self):
        cloning.clone(self.living_gallery(), actor=self.ed)

    def swap(self):
        old, new = self.some(kind="image"), self.some(kind="image")
        if old != new:
            swapping.everywhere(old, new, actor=self.ed)

    def discard(self):
        file = media.locked(self.some())
        if not media.uses(file.id):
            media.trash(file, actor=self.ed)

    def restore(self):
        gone = select(Media.id).where(Media.deleted_at.is_not(None)).order_by(Media.original_filename)
        if ids := db.session.scalars(gone).all():
            media.restore(media.find_trashed(self.chance.choice(ids)), actor=self.ed)

    def miss(self):
        state = self.chance.choice(("missing", "ready"))
        db.session.execute(update(Media).where(Media.id == self.some()).values(state=state))

    def replace(self):
        file = db.session.get(Media, self.some())
        file.blob = factories.picture(width=10, height=20).blob


CHOOSING = ("some", "gallery", "item", "living_gallery")
DEEDS = [name for name in vars(House) if name not in CHOOSING and not name.startswith("__")]
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 6))]


def do(house, *deeds):
    with transaction():
        for deed in deeds:
            getattr(house, deed)()


def test_after_each_deed_the_counts_and_lists_are_those_of_all_files(ed):
    house = House(ed)
    do(house, "add", "add_film", "tag", "write_alt", "cover", "remove", "discard")

    for deed in DEEDS:
        do(house, deed)
        agree(said=deed)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_many_deeds_together_the_lists_behind_several_choices_are_right(ed, seed):
    house = House(ed, seed)
    for _ in range(4):
        do(house, *house.chance.choices(DEEDS, k=8))
        model = agree(said=seed)
    common = [choice for choice, _ in Counter(each for has in model.files.values() for each in has).most_common(7)]

    for one, two in combinations(common, 2):
        if one[0] != two[0]:
            assert pages(sifting("", dict([one, two]))) == model.behind(one, two), (one, two)


def test_a_file_that_is_deleted_for_good_leaves_nothing_behind(ed):
    with transaction():
        made = factories.picture("gone.jpg").id
    with transaction():
        media.trash(media.locked(made), actor=ed)
    with transaction():
        removal.purge(made, actor=ed)

    agree()
    assert db.session.scalars(select(Shelved)).all() == db.session.scalars(select(Mark)).all() == []


def test_a_gallery_deleted_for_good_and_its_files_are_told_apart(ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=2)
    with transaction():
        galleries.trash(galleries.get(gallery.id), actor=ed)
    with transaction():
        galleries.purge(galleries.find_trashed(gallery.id), actor=ed)

    agree()


def test_a_new_language_lacks_all_alt_texts_and_one_that_is_off_is_not_offered(ed):
    with transaction():
        file = factories.picture()
        factories.write(file, "fr", ed, alt="Un lac")
    with transaction():
        german = languages.add("de", actor=ed)
    assert tallies.counted(EVERYTHING).of["lacking", "de"] == 1
    agree()
    with transaction():
        languages.remove(german.id, actor=ed)
    assert ("lacking", "de") not in tallies.counted(EVERYTHING).of
    with transaction():
        languages.delete(german.id, actor=ed)

    assert tallies.counted(sifting("", {"lacking": "de"})).all == 0


def test_a_text_that_is_removed_is_lacking_again(ed):
    with transaction():
        file = factories.picture()
        factories.write(file, "en", ed, alt="A lake")
    with transaction():
        translations.remove(db.session.get(Media, file.id), factories.language("en").id, actor=ed)

    agree()


@pytest.mark.parametrize(("text", "counts_again"), [("Another lake", False), (None, True)])
def test_another_alt_text_in_the_place_of_one_changes_no_count(ed, text, counts_again):
    with transaction():
        file = factories.picture()
        factories.write(file, "en", ed, alt="A lake")
    with transaction(), statements() as sent:
        factories.write(db.session.get(Media, file.id), "en", ed, alt=text)
        db.session.commit()

    assert any("shelved" in each for each in sent) is counts_again
    agree()


def test_what_is_rolled_back_is_not_counted(ed):
    with transaction():
        factories.picture()
        db.session.rollback()

    assert (agree().files, db.session.scalars(select(Tally)).all()) == ({}, [])


def test_behind_a_filter_a_thousand_are_counted_and_of_the_whole_library_all(ed):
    with transaction():
        for number in range(2):
            db.session.add(Media(filename=f"{number}.mp4", original_filename=f"film {number}", kind="video"))
        rows = [Media(filename=f"{number}.jpg", original_filename=f"lake {number}") for number in range(ENOUGH + 5)]
        db.session.add_all(rows)
    everything, lakes = tallies.counted(EVERYTHING), tallies.counted(sifting("lake", {}))
    pictures = tallies.counted(sifting("", {"kind": "image", "used": "no"}))

    assert (everything.all, everything.of["kind", "image"], everything.more) == (ENOUGH + 7, ENOUGH + 5, frozenset())
    assert (lakes.all, lakes.of["kind", "video"], "" in lakes.more, "kind" in lakes.more) == (ENOUGH, 0, True, True)
    assert (pictures.all, "kind" in pictures.more, "" in pictures.more) == (ENOUGH, True, True)
    assert everything.of["added", "7d"] == ENOUGH + 7


@pytest.mark.parametrize(
    "given", [{}, {"used": "no"}, {"tag": "lake", "lacking": "en"}, {"q": "img", "size": "large"}]
)
def test_a_page_and_its_counts_take_as_many_statements_for_many_files_as_for_few(ed, given):
    through, numbers = sifting(given.get("q", ""), given), []
    for files in (2, 60):
        with transaction():
            for _ in range(files):
                file = factories.picture()
                file.uploaded_by_id, file.blob.size = ed.id, 12_000_000
                factories.tag(file, "lake")
        db.session.remove()
        with statements() as sent:
            library.sifted(through)
            tallies.counted(through)
        numbers.append(len(sent))

    assert numbers[0] == numbers[1]


def test_what_is_adrift_is_found_and_put_right(ed):
    house = House(ed)
    do(house, "add", "tag")
    with transaction():
        rows = db.session.connection()
        rows.execute(update(Tally.__table__).where(Tally.facet == "kind").values(files=77))
        rows.execute(delete(Mark.__table__).where(Mark.tally_id.in_(select(Tally.id).where(Tally.facet == "used"))))
        rows.execute(update(Shelved.__table__).where(Shelved.media_id == house.some()).values(tallies=""))

    assert len(list(shelving.differing())) == 1
    release()
    assert shelving.mend() is True
    agree()
    assert shelving.mend() is False


def test_two_who_add_one_file_and_tag_it_at_once_are_both_counted(app, ed):
    with transaction():
        files = [factories.picture().id for _ in range(4)]
        shown = factories.gallery(ed).id
    refused = []

    def work(deed):
        with app.app_context():
            try:
                for _ in range(4):
                    with transaction():
                        deed()
            except Exception as error:  # noqa: BLE001  shown below
                refused.append(error)
            finally:
                db.session.remove()

    def tag():
        batches.label(files, [f"tag {random.random()}"], off=False, actor=ed)

    threads = [
        threading.Thread(target=work, args=(deed,))
        for deed in (tag, lambda: items.add(shown, sorted(files), actor=ed))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    agree()
