"""The sample galleries: five languages, within every limit, each whole or not there."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.uploads import all_of, files_in
from webapp.domain import categories, category_trees, galleries, items, languages, samples, slugs
from webapp.domain.backgrounds import resolving
from webapp.domain.backgrounds.resolving import Asked
from webapp.domain.geo import Point
from webapp.domain.models import Background, Blob, Category, Gallery, GalleryText, Item, ItemText, Media, Rendition
from webapp.domain.models.translation import ALT, CAPTION, DESCRIPTION, META_DESCRIPTION, META_TITLE, TITLE
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key

ROOT = Path(__file__).parents[2]


def told_of(what):
    return json.loads(resources.files("webapp.domain.samples").joinpath(f"{what}.json").read_text(encoding="utf-8"))


TOLD = told_of("galleries")
PLACES = {
    "Annecy": ((45.9, 6.13), None, "The lake, near Annecy"),
    "Siwa": ((29.2, 25.5), None, "The oasis, round Siwa"),
    "Kyoto by its address": (None, {"country": "Japan", "locality": "Kyoto"}, "The sea, in Japan"),
    "anywhere else": ((-33.9, 18.4), None, "Lanterns, everywhere"),
}
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIMITS = {
    "title": TITLE,
    "description": DESCRIPTION,
    "meta_title": META_TITLE,
    "meta_description": META_DESCRIPTION,
    "caption": CAPTION,
    "alt": ALT,
}
LOADER = """
import sys
from pathlib import Path
from tests.fixtures.databases import opened
from webapp.domain import samples
from webapp.domain.permissions import system
from webapp.infra.storage import LocalStorage

with opened(sys.argv[1]) as app, app.app_context():
    samples.load(actor=system("cli"), owner_id=None, storage=LocalStorage(Path(sys.argv[2])))
"""


def count(model):
    release()
    return db.session.scalars(select(func.count()).select_from(model)).one()


def load(storage, owner_id=None):
    return samples.load(actor=system("cli"), owner_id=owner_id, storage=storage)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told["slug"])
def test_every_text_is_within_its_limits_and_in_its_source_language(told):
    assert slugs.check(told["slug"]) == told["slug"]
    for owner in (told, *told["items"]):
        assert told["source"] in owner["texts"]
        assert set(owner["texts"]) <= set(samples.CODES)
        for fields in owner["texts"].values():
            for field, text in fields.items():
                least, most = LIMITS[field]
                assert max(least, 1) <= len(text) <= most
                assert text == text.strip()


def test_the_samples_speak_five_languages_and_their_pictures_have_names_of_their_own():
    assert {told["source"] for told in TOLD} == set(samples.CODES)
    names = [item["scene"]["name"] for told in TOLD for item in told["items"]]
    assert len(names) == len(set(names)) == 28


def test_each_sample_is_of_a_category_and_each_background_of_pictures_that_there_are():
    assert {told["category"] for told in TOLD} <= {told["uri"] for told in told_of("categories")}
    pictures = {told["slug"]: len(told["items"]) for told in TOLD}
    for told in told_of("backgrounds"):
        assert all(number < pictures[told["gallery"]] for number in told["pictures"])


@ON_ONE_ENGINE
def test_categories_are_named_in_the_default_language_and_those_that_there_are_stay(domain):
    with transaction():
        italian = languages.add("it", actor=system("cli")).id
        languages.update(italian, {"is_default": True}, actor=system("cli"))
        categories.add({italian: "I miei luoghi"}, uri="places", actor=system("cli"))
    known = samples._speak(samples.CODES, actor=system("cli"))

    for _ in range(2):
        samples._sort(known, actor=system("cli"))

    found = category_trees.tree().by_uri
    assert set(found) == {told["uri"] for told in told_of("categories")}
    assert found["places"].names == {italian: "I miei luoghi"}
    assert found["waterside"].parent_id == found["places"].id
    assert found["crafts"].names[italian] == "Crafts"
    assert found["crafts"].names[known["ar"]] == "حِرف"


@pytest.mark.full
@ON_ONE_ENGINE
def test_samples_are_loaded_once_and_whole(storage):
    with transaction():
        ada = factories.user("Ada", "admin").id

    assert load(storage, ada) == 5
    models = (Gallery, Item, Media, Blob, GalleryText, ItemText, Rendition, Category, Background)
    counts = {model: count(model) for model in models}
    assert load(storage, ada) == 0

    assert {model: count(model) for model in counts} == counts
    assert (counts[Gallery], counts[Item], counts[Media], counts[Blob]) == (5, 28, 28, 28)
    assert files_in(storage.spool.folder) == []
    for told in TOLD:
        gallery, current = galleries.find_by_slug(told["slug"])
        source = languages.find_by_code(told["source"])
        assert (current, gallery.status, gallery.author_id) == (True, told["status"], ada)
        assert (gallery.source_language_id, len(items.ids_in_order(gallery.id))) == (source.id, len(told["items"]))
        assert galleries.title_of(gallery) == told["texts"][told["source"]]["title"]
        assert gallery.cover_media_id == items.uses(gallery.id)[0][1]
        assert gallery.category_uri == told["category"]
    assert (counts[Category], counts[Background]) == (4, 4)
    for place, address, name in PLACES.values():
        chosen = resolving.resolve(Asked("HOME_PAGE", now(), Point(*place) if place else None, address))
        assert chosen.candidates[0].name == name
    assert all(storage.exists(blob_key(sha256)) for sha256 in db.session.scalars(select(Blob.sha256)))


@pytest.mark.at_the_disk
@pytest.mark.full
@ON_ONE_ENGINE
def test_a_load_that_is_killed_leaves_whole_galleries_only(storage, database_url):
    command = [sys.executable, "-c", LOADER, database_url, str(storage.root)]
    process = subprocess.Popen(command, cwd=ROOT)
    end = time.monotonic() + 120
    while count(Gallery) == 0:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    there = count(Gallery)
    wanted = {told["slug"]: len(told["items"]) for told in TOLD}
    for gallery in db.session.scalars(select(Gallery)):
        assert len(items.ids_in_order(gallery.id)) == wanted[slugs.of(gallery.id)]
    assert 1 <= there < 5
    assert load(storage) == 5 - there
    assert (count(Gallery), count(Item)) == (5, 28)


@ON_ONE_ENGINE
def test_a_sample_that_somebody_has_renamed_is_not_loaded_again(storage):
    with transaction():
        for told in TOLD:
            galleries.create({"slug": told["slug"]}, actor=system("cli"))
    gallery, _ = galleries.find_by_slug(TOLD[0]["slug"])
    with transaction():
        galleries.update(galleries.get(gallery.id), {"slug": "my-own-name"}, actor=system("cli"))

    assert load(storage) == 0
    assert count(Gallery) == 5
    assert all_of(storage) == []
