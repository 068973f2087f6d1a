"""What a gallery has to have before it is public: off, warned about, refused, by whatever door."""

import pytest

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, gates, items, schedules, site
from webapp.domain.errors import Conflict, Forbidden, Invalid
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def ada(domain):
    with transaction():
        for code in ("fr", "de"):
            factories.language(code)
        return factories.actor("Ada", "admin")


@pytest.fixture
def summer(ada):
    with transaction():
        return factories.gallery(ada, "Summer", pictures=1).id


def ask_for(ada, gate, *codes):
    with transaction():
        site.update({"gate": gate, "gate_languages": list(codes)}, actor=ada)


def publish(gallery_id, actor):
    with transaction():
        galleries.publish(galleries.get(gallery_id), actor=actor)
    return galleries.get(gallery_id).status


def lacks(gallery_id):
    db.session.rollback()
    return [(each.language.code, each.left, each.without_alt) for each in gates.lacks(galleries.get(gallery_id))]


def complete(gallery_id, ada, *codes):
    with transaction():
        item = items.get(gallery_id, items.ids_in_order(gallery_id)[0])
        for code in codes:
            factories.write(item, code, ada, alt="A lake")
            factories.write(galleries.get(gallery_id), code, ada, title="Summer")


def test_a_site_that_asks_for_nothing_publishes_what_there_is(summer, ada):
    assert lacks(summer) == []
    assert publish(summer, ada) == "published"


def test_a_site_that_warns_names_what_is_left_and_publishes(summer, ada):
    ask_for(ada, "warn")

    assert sorted(lacks(summer)) == [("de", 2, 0), ("en", 1, 1), ("fr", 2, 0)]
    assert publish(summer, ada) == "published"


def test_a_site_that_refuses_publishes_when_all_is_there(summer, ada):
    ask_for(ada, "refuse")
    with pytest.raises(Conflict, match="Texts are left in") as refused:
        publish(summer, ada)
    assert refused.value.code == "incomplete"

    complete(summer, ada, "en", "fr", "de")
    assert publish(summer, ada) == "published"


def test_only_the_languages_that_are_asked_for_count(summer, ada):
    ask_for(ada, "refuse", "en", "fr")
    complete(summer, ada, "en", "fr")

    assert publish(summer, ada) == "published"


def test_a_program_is_refused_as_well_whatever_it_makes(summer, ada):
    ask_for(ada, "refuse", "en")
    with pytest.raises(Conflict), transaction():
        galleries.update(galleries.get(summer), {"status": "published"}, actor=ada)
    with pytest.raises(Conflict), transaction():
        galleries.create({"status": "published"}, actor=ada)


def test_a_moment_of_publication_passes_the_gate_when_it_is_set(summer, ada):
    ask_for(ada, "refuse", "en")
    with pytest.raises(Conflict), transaction():
        galleries.update(galleries.get(summer), {"publish_at": now()}, actor=ada)

    complete(summer, ada, "en")
    with transaction():
        galleries.update(galleries.get(summer), {"publish_at": now()}, actor=ada)
        factories.fill(galleries.get(summer), 1, by=ada)
    schedules.work_off()
    assert galleries.get(summer).status == "published"


def test_a_gallery_that_is_public_stays_so(summer, ada):
    publish(summer, ada)
    ask_for(ada, "refuse")

    with transaction():
        factories.write(galleries.get(summer), "en", ada, title="High summer")
    assert publish(summer, ada) == "published"


def test_the_gate_is_set_by_who_may_and_to_what_there_is(ada):
    with transaction():
        ed = factories.actor("Ed", "editor")
    with pytest.raises(Forbidden):
        ask_for(ed, "refuse")
    with pytest.raises(Invalid):
        ask_for(ada, "maybe")

    ask_for(ada, "warn", "fr", "xx")
    assert (site.get().gate, site.get().gate_languages) == ("warn", ["fr"])
    assert system("job").door == "job"


def test_of_many_only_those_are_named_that_would_lack_something(summer, ada):
    ask_for(ada, "warn", "fr")
    with transaction():
        whole, public = (factories.gallery(ada, title, pictures=1).id for title in ("Whole", "Public"))
    complete(whole, ada, "fr")
    publish(public, ada)
    db.session.rollback()

    ready, (named,) = gates.sift([whole, summer, public])

    assert ready == [whole]
    assert (named.id, named.title) == (summer, "Summer")
    assert [(each.language.code, each.left) for each in named.lacks] == [("fr", 2)]


def test_many_are_looked_at_with_as_many_statements_as_one(summer, ada):
    ask_for(ada, "refuse")
    with transaction():
        ids = [factories.gallery(ada, f"Gallery {number}", pictures=1).id for number in range(30)]
    with counted() as one:
        assert len(gates.sift([summer])[1]) == 1
    with counted() as many:
        assert len(gates.sift(ids)[1]) == 30

    assert len(many) <= len(one) <= 4
