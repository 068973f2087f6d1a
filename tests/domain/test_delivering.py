"""From the outbox to deliveries: what is told to whom, once, in order, by lease, and what comes of it (D30, D31)."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import func, select, update

from tests import factories, places
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.api.plain import events as plain_events
from webapp.domain import events, galleries, items, keys, media, signing_keys, translations, webhooks
from webapp.domain.backgrounds import keeping
from webapp.domain.delivering import fanning, log, schedule, sending, writing
from webapp.domain.delivering.sending import Outcome
from webapp.domain.errors import Conflict, Forbidden, NotFound
from webapp.domain.models import Delivery, DeliveryTry, OutboxEvent, User, Webhook
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import KINDS, Address, Outfit
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

OUTFIT = Outfit("a key of the tests", Way())
GOOD = Outcome(12, {"webhook-id": "x"}, 200, {}, "taken")
BAD = Outcome(12, {}, 503, {}, "not ready")
DAY = timedelta(days=1)


@pytest.fixture
def ada(domain):
    with transaction():
        return factories.actor("Ada", "admin")


@pytest.fixture
def summer(ada):
    """A gallery of three, of which nobody is told."""
    with transaction():
        made = factories.gallery(ada, "Summer", pictures=3)
    forget_all()
    return made.id


@pytest.fixture
def hook(ada):
    return listen(ada)


def listen(actor, name="One", *, kinds=KINDS["plain"], own_key_id=None, dialect="plain"):
    said = {"name": name, "address": Address("https://hooks.example/in"), "kinds": kinds, "own_key_id": own_key_id}
    with transaction():
        return webhooks.add(said, dialect=dialect, outfit=OUTFIT, actor=actor)[0].id


def forget_all():
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))


def tell(actor, kind, entity_id=None, *, gallery_id=None, **payload):
    with transaction():
        events.publish(actor, kind, entity_id or uuid4(), gallery_id=gallery_id, **payload)


def fan_out():
    while fanning.fan_out(moment=now()):
        pass


def write_up():
    said = []

    def write(message):
        said.append(message)
        return f"{message.kind} {message.entity_id}"

    while writing.write_up({"plain": write, "wix": write}):
        pass
    return said


def deliveries(webhook_id=None):
    release()
    rows = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    return [row for row in rows if webhook_id in (None, row.webhook_id)]


def kinds(webhook_id=None):
    return [(row.kind, row.entity_id) for row in deliveries(webhook_id)]


def claim(most=1, moment=None):
    return sending.claim(most, outfit=OUTFIT, moment=moment or now())


def settle(parcel, outcome, moment=None):
    return sending.settle(parcel, outcome, moment=moment or now())


def prepare():
    fan_out()
    return write_up()


# ---- fanning out ----


def test_d30_an_event_is_told_once_to_each_webhook_that_wants_its_kind(ada, hook):
    other = listen(ada, "Two", kinds=["gallery.updated"])
    tell(ada, "gallery.created", "a")
    tell(ada, "gallery.updated", "b")
    fan_out()
    fan_out()

    assert kinds(hook) == [("gallery.created", "a"), ("gallery.updated", "b")]
    assert kinds(other) == [("gallery.updated", "b")]
    assert len({row.message_id for row in deliveries()}) == 3
    assert db.session.scalars(select(OutboxEvent.id).where(OutboxEvent.delivered_at.is_(None))).all() == []


def test_events_of_a_site_without_webhooks_are_told_to_nobody_and_marked(ada):
    tell(ada, "gallery.created")
    fan_out()
    hook = listen(ada)
    fan_out()

    assert deliveries(hook) == []


def test_a_disabled_webhook_is_not_told_of_what_happens_meanwhile(ada, hook):
    with transaction():
        webhooks.pause(hook, actor=ada)
    tell(ada, "gallery.created")
    fan_out()

    assert deliveries() == []


def test_ids_follow_from_the_event_the_thing_and_the_webhook(ada, summer):
    hook = listen(ada)
    order = items.ids_in_order(summer)
    with transaction():
        items.reorder(summer, order[::-1], actor=ada)
    fan_out()
    before = {(row.webhook_id, row.entity_id): row.message_id for row in deliveries(hook)}
    with transaction():
        db.session.query(Delivery).delete()
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))
        newest = db.session.scalars(select(func.max(OutboxEvent.id))).one()
        db.session.execute(update(OutboxEvent).where(OutboxEvent.id == newest).values(delivered_at=None))
    fan_out()

    assert len(before) > 1
    assert {(row.webhook_id, row.entity_id): row.message_id for row in deliveries(hook)} == before


def test_d30_a_reorder_is_told_item_by_item(ada, summer, hook):
    order = items.ids_in_order(summer)
    with transaction():
        items.reorder(summer, [order[1], order[0], order[2]], actor=ada)
    fan_out()

    assert set(kinds()) == {("item.updated", str(each)) for each in order[:2]}


def test_d30_an_order_of_which_nobody_knows_what_moved_is_told_of_every_item(ada, summer, hook):
    tell(ada, "items.reordered", summer, gallery_id=summer, ids=[])
    fan_out()

    assert kinds() == [("item.updated", str(each)) for each in items.ids_in_order(summer)]


def test_d30_a_deletion_of_several_is_told_item_by_item(ada, summer, hook):
    order = items.ids_in_order(summer)
    with transaction():
        items.trash(summer, order[:2], actor=ada)
    fan_out()

    assert kinds() == [("item.deleted", str(each)) for each in order[:2]]
    assert [message.cascade for message in write_up()] == [False, False]


def test_d30_a_deleted_gallery_takes_its_items_along_and_says_so(ada, summer, hook):
    order = items.ids_in_order(summer)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ada)
    said = prepare()

    assert kinds() == [*(("item.deleted", str(each)) for each in order), ("gallery.deleted", str(summer))]
    assert [message.cascade for message in said] == [True, True, True, False]
    assert {row.lane for row in deliveries()} == {str(summer)}


def test_d31_a_program_is_spared_its_own_deeds_and_nobody_elses(ada):
    with transaction():
        key, _ = keys.add(db.session.get(User, ada.id), name="Sync", actor=system("tests"))
    spared, told = listen(ada, own_key_id=key.id), listen(ada, "All")
    program = replace(ada, key_id=key.id)
    tell(program, "gallery.created", "mine")
    tell(ada, "gallery.created", "hers")
    said = prepare()

    assert kinds(spared) == [("gallery.created", "hers")]
    assert kinds(told) == [("gallery.created", "mine"), ("gallery.created", "hers")]
    assert {message.program for message in said if message.entity_id == "mine"} == {key.public_id}


def test_an_event_of_a_change_that_is_rolled_back_is_told_to_nobody(ada, hook):
    def fail():
        with transaction():
            events.publish(ada, "gallery.created", "a")
            db.session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    fan_out()

    assert deliveries() == []


@pytest.mark.both_engines
def test_events_are_fanned_out_in_the_order_in_which_they_happened_by_several_at_once(app, database_url):
    """Many events, three that fan them out, a few at a time: each delivery once, in order."""
    with app.app_context():
        with transaction():
            ada = factories.actor("Ada", "admin")
        hook = listen(ada)
        with transaction():
            for number in range(60):
                events.publish(ada, "gallery.created", f"{number}")

    def work():
        with app.app_context():
            while db.session.scalars(select(OutboxEvent.id).where(OutboxEvent.delivered_at.is_(None))).first():
                release()
                fanning.fan_out(moment=now(), most=4)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with app.app_context():
        assert [row.entity_id for row in deliveries(hook)] == [f"{number}" for number in range(60)]


@pytest.mark.both_engines
def test_d30_a_change_that_leans_on_a_waiting_event_is_told_all_the_same(app):
    """While somebody adds to an event it is not told; what is added after it was told is an event of its own."""
    with app.app_context():
        with transaction():
            ada = factories.actor("Ada", "admin")
        hook = listen(ada)
        tell(ada, "gallery.updated", "a")
        leaning, go_on = threading.Event(), threading.Event()

    def lean():
        with app.app_context(), transaction():
            events.publish(ada, "gallery.updated", "a")
            leaning.set()
            go_on.wait(5)

    other = threading.Thread(target=lean)
    other.start()
    assert leaning.wait(5)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            assert fanning.fan_out(moment=now()) == 0
    go_on.set()
    other.join()
    with app.app_context():
        fan_out()
        tell(ada, "gallery.updated", "a")
        fan_out()
        assert kinds(hook) == [("gallery.updated", "a")] * 2


# ---- writing up ----


@on_sqlite
def test_messages_are_written_once_from_what_there_is(ada, summer, hook):
    first = items.ids_in_order(summer)[0]
    with transaction():
        translations.write(items.get(summer, first), factories.language("en").id, {"title": "Sea"}, actor=ada)
    tell(ada, "gallery.updated", summer, gallery_id=summer)
    said = {message.kind: message for message in prepare()}

    assert said["item.updated"].item.texts["title"] == "Sea"
    assert (said["gallery.updated"].gallery.name, said["gallery.updated"].gallery.total) == ("Summer", 3)
    assert said["gallery.updated"].gallery.pieces == ()
    assert {row.content for row in deliveries()} == {f"item.updated {first}", f"gallery.updated {summer}"}
    assert write_up() == []


def test_what_is_in_the_trash_by_then_is_told_as_it_was(ada, summer, hook):
    first, second, _ = items.ids_in_order(summer)
    for each in (first, second):
        tell(ada, "item.created", each, gallery_id=summer)
    tell(ada, "gallery.updated", summer, gallery_id=summer)
    with transaction():
        items.trash(summer, [first], actor=ada)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ada)
    said = {(message.kind, message.entity_id): message for message in prepare()}

    told = [said["item.created", str(each)].item for each in (first, second)]
    assert [(item.id, item.kind, item.file.ready) for item in told] == [
        (each, "image", True) for each in (first, second)
    ]
    assert said["gallery.updated", str(summer)].gallery.name == "Summer"
    assert said["item.deleted", str(first)].item is None


@on_sqlite
def test_what_has_gone_for_good_is_told_by_its_id_alone(ada, summer, hook):
    first = items.ids_in_order(summer)[0]
    tell(ada, "item.updated", first, gallery_id=summer)
    tell(ada, "item.updated", uuid4(), gallery_id=uuid4())
    with transaction():
        galleries.trash(galleries.get(summer), actor=ada)
    with transaction():
        galleries.purge(galleries.find_trashed(summer), actor=ada)
    said = prepare()

    assert {message.item for message in said} == {None}
    assert [row.kind for row in deliveries()].count("item.updated") == 2


@on_sqlite
def test_a_message_that_cannot_be_put_into_words_is_told_by_its_id_and_holds_up_nobody(ada, summer, hook):
    first, second, _ = items.ids_in_order(summer)
    for each in (first, second):
        tell(ada, "item.updated", each, gallery_id=summer)
    fan_out()

    def write(message):
        return f"{message.entity_id} {message.item.texts['none']}" if message.item else message.entity_id

    assert writing.write_up({"plain": write}) == 2
    assert [row.content for row in deliveries()] == [str(first), str(second)]


@on_sqlite
def test_media_and_translations_are_told_with_what_they_say(ada, summer, hook):
    with transaction():
        french = factories.language("fr")
        picture = factories.picture("Sea.jpg")
        events.publish(ada, "media.created", picture.id)
        text = translations.write(galleries.get(summer), french.id, {"title": "Été"}, actor=ada)
        gone, picture_id, text_id = uuid4(), str(picture.id), str(text.id)
        events.publish(ada, "media.deleted", gone)
    said = {message.kind: message for message in prepare()}

    assert said["media.created"].media.original_filename == "Sea.jpg"
    assert said["media.deleted"].media is None
    assert (said["translation.updated"].language, said["translation.updated"].text["title"]) == ("fr", "Été")
    assert [row.lane for row in deliveries()] == [picture_id, str(summer), str(gone)]
    assert said["translation.updated"].entity_id == text_id
    assert media.get(picture.id).id == picture.id


@on_sqlite
def test_backgrounds_are_told_as_they_are_by_then_and_as_long_as_they_are_there(ada, hook):
    with transaction():
        media_ids = places.pictures(2)
        dusk = keeping.register({"name": "Dusk", "media_ids": media_ids, "zones": ["MENU"]}, actor=ada).id
    fan_out()
    with transaction():
        keeping.change(dusk, {"zones": ["MENU", "HOME_PAGE"]}, actor=ada)
    plain = {}

    def write(message):
        plain[message.kind] = orjson.loads(plain_events.write(message))["data"]
        return message.kind

    fan_out()
    writing.write_up({"plain": write})
    with transaction():
        keeping.trash(dusk, actor=ada)
    said = {message.kind: message for message in prepare()}

    assert list(plain) == ["background.created", "background.updated"]
    told = plain["background.updated"]["background"]
    assert (told["name"], told["version"], told["zones"]) == ("Dusk", 2, ["HOME_PAGE", "MENU"])
    assert told["media_ids"] == [str(each) for each in media_ids]
    assert said["background.deleted"].background is None
    assert plain_events.write(said["background.deleted"]).count(str(dusk)) == 1


@on_sqlite
def test_writing_takes_as_many_statements_for_thirty_items_as_for_one(ada, hook):
    counts = []
    for number in (1, 30):
        with transaction():
            made = factories.gallery(ada, pictures=number)
        forget_all()
        with transaction():
            events.publish(ada, "items.reordered", made.id, gallery_id=made.id, ids=[])
        fan_out()
        with counted() as sent:
            assert writing.write_up({"plain": lambda message: message.kind}) == number
        counts.append(len(sent))

    assert counts[0] == counts[1]


# ---- sending ----


def test_a_message_is_held_by_one_worker_and_comes_due_again_with_the_same_id_and_words(ada, hook):
    tell(ada, "gallery.created", "a")
    prepare()
    moment = now()
    (first,) = claim(5, moment)

    assert claim(5, moment) == []
    (second,) = claim(5, moment + sending.LEASE + timedelta(seconds=1))
    assert (second.message_id, second.content) == (first.message_id, first.content)
    assert settle(first, GOOD).noted is False
    assert settle(second, GOOD).noted is True
    assert [(row.state, row.attempts, row.status) for row in deliveries()] == [("delivered", 1, 200)]
    assert db.session.scalars(select(func.count()).select_from(DeliveryTry)).one() == 1


def test_the_whole_schedule_passes_before_a_message_is_given_up(ada, hook):
    tell(ada, "gallery.created", "a")
    prepare()
    moment, waits, ids = now(), [], set()
    while parcels := claim(1, moment):
        ids.add(parcels[0].message_id)
        settle(parcels[0], BAD, moment)
        (row,) = deliveries()
        waits.append((row.due_at - moment).total_seconds())
        assert row.state == "failed" or claim(1, row.due_at - timedelta(seconds=1)) == []
        moment = row.due_at if row.state == "waiting" else moment + DAY * 30

    steps = [step.total_seconds() for step in schedule.WAITS]
    assert all(step <= wait <= step * 1.1 for step, wait in zip(steps[1:], waits[:-1], strict=True))
    assert (row.state, row.attempts, len(ids)) == ("failed", 10, 1)
    assert [each.status for each in log.tries(row.id)] == [503] * 10


def test_a_receiver_that_asks_to_wait_is_left_alone_so_long(ada, hook):
    tell(ada, "gallery.created")
    prepare()
    moment = now()
    (parcel,) = claim(1, moment)
    settle(parcel, replace(BAD, headers={"retry-after": "3600"}), moment)

    assert [row.due_at for row in deliveries()] == [moment + timedelta(hours=1)]


def test_gone_disables_a_webhook_and_what_waits_has_failed(ada, hook):
    tell(ada, "gallery.created", "a")
    tell(ada, "gallery.created", "b")
    prepare()
    (parcel,) = claim(1)
    assert settle(parcel, replace(BAD, status=410)).ended

    found = db.session.get(Webhook, hook)
    assert (found.enabled, found.ended) == (False, "gone")
    assert {row.state for row in deliveries()} == {"failed"}


def test_a_webhook_that_fails_for_five_days_is_disabled_and_one_success_begins_anew(ada, hook):
    moment = now() + timedelta(minutes=1)

    def attempt(outcome, after):
        tell(ada, "gallery.created")
        prepare()
        parcel = next(each for each in claim(2, moment + after) if each)
        settle(parcel, outcome, moment + after)
        release()
        return db.session.get(Webhook, hook)

    assert attempt(BAD, DAY * 0).failing_since == moment
    assert attempt(GOOD, timedelta(hours=1)).failing_since is None
    assert attempt(BAD, DAY).failing_since == moment + DAY
    assert attempt(BAD, DAY * 5).enabled
    found = attempt(BAD, DAY * 6)
    assert (found.enabled, found.ended) == (False, "failing")
    with transaction():
        webhooks.resume(hook, actor=ada)
    assert db.session.get(Webhook, hook).failing_since is None


@on_sqlite
def test_what_has_not_arrived_is_written_anew_when_the_format_changes(ada, hook):
    names = ("arrived", "failed", "given up", "held", "waits", "never")
    for name in names:
        tell(ada, "translation.deleted" if name == "never" else "gallery.created", name)
    prepare()
    tell(ada, "gallery.created", "new")
    fan_out()
    for name, state in (("arrived", "delivered"), ("failed", "failed"), ("given up", "dropped")):
        with transaction():
            db.session.execute(update(Delivery).where(Delivery.entity_id == name).values(state=state))
    (held,) = claim()

    with transaction():
        said = {"name": "One", "address": Address("https://hooks.example/in"), "own_key_id": None}
        webhooks.change(hook, {**said, "kinds": KINDS["wix"]}, dialect="wix", outfit=OUTFIT, actor=ada)
    settle(held, BAD)
    write_up()

    rows = {row.entity_id: (row.state, row.format if row.content else None) for row in deliveries()}
    assert rows == {
        "arrived": ("delivered", "plain"),
        "failed": ("failed", None),
        "given up": ("dropped", None),
        "held": ("waiting", "plain"),
        "waits": ("waiting", "wix"),
        "never": ("dropped", "plain"),
        "new": ("waiting", "wix"),
    }
    arrived = next(row.id for row in deliveries() if row.entity_id == "arrived")
    with transaction():
        log.replay_failed(hook, actor=ada)
        log.replay(hook, arrived, actor=ada)
    write_up()
    sent = {}
    while taken := claim(1):
        sent[taken[0].content.split()[-1]] = (taken[0].format, taken[0].private is None)
        settle(taken[0], GOOD)
    assert sent == dict.fromkeys(("failed", "waits", "new"), ("wix", False)) | {"arrived": ("plain", True)}


@on_sqlite
def test_a_test_that_is_refused_is_not_tried_again_and_says_nothing_of_its_webhook(ada, hook):
    with transaction():
        webhooks.test(hook, actor=ada)
    write_up()
    (parcel,) = claim(1)
    settle(parcel, BAD)

    assert [(row.state, row.attempts) for row in deliveries()] == [("failed", 1)]
    assert db.session.get(Webhook, hook).failing_since is None


def test_messages_of_a_gallery_go_out_in_order_but_not_behind_one_that_waits_for_another_try(ada, hook):
    one, other, *ids = (uuid4() for _ in range(6))
    for each in ids[:3]:
        tell(ada, "item.created", each, gallery_id=one)
    tell(ada, "item.created", ids[3], gallery_id=other)
    prepare()
    moment = now()
    first, elsewhere = claim(5, moment)
    assert (first.content, elsewhere.content) == (f"item.created {ids[0]}", f"item.created {ids[3]}")
    settle(elsewhere, GOOD, moment)
    assert claim(5, moment) == []

    settle(first, BAD, moment)
    (second,) = claim(5, moment)
    assert second.content == f"item.created {ids[1]}"
    late = moment + timedelta(seconds=10)
    assert claim(5, late)[0].content == f"item.created {ids[0]}"


def test_one_address_is_called_by_two_at_a_time_and_others_meanwhile(ada, hook):
    other = listen(ada, "Two", kinds=["gallery.updated"])
    for number in range(6):
        tell(ada, "gallery.created", f"{number}")
    tell(ada, "gallery.updated", "x")
    prepare()

    taken = [each.webhook_id for each in claim(10)]
    assert sorted(taken, key=str) == sorted([hook, hook, hook, other][1:], key=str)


@pytest.mark.both_engines
def test_several_workers_never_hold_one_message(app):
    with app.app_context():
        with transaction():
            ada = factories.actor("Ada", "admin")
        for number in range(6):
            listen(ada, f"{number}")
        tell(ada, "gallery.created", "a")
        tell(ada, "gallery.created", "b")
        prepare()
    taken, moment = [], now()

    def work():
        with app.app_context():
            taken.extend(each.id for each in sending.claim(12, outfit=OUTFIT, moment=moment))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == len(set(taken)) == 12


@on_sqlite
def test_a_message_whose_secret_cannot_be_read_disables_its_webhook(ada, hook):
    tell(ada, "gallery.created")
    prepare()

    assert sending.claim(1, outfit=Outfit("another key", Way()), moment=now()) == []
    assert db.session.get(Webhook, hook).ended == "sealed"


@on_sqlite
def test_a_rotation_signs_with_both_secrets_and_a_wix_message_with_the_key_of_the_moment(ada, hook):
    wix = listen(ada, "Wix", dialect="wix", kinds=["gallery.updated"])
    with transaction():
        webhooks.rotate(hook, outfit=OUTFIT, actor=ada)
    tell(ada, "gallery.updated")
    prepare()
    by_format = {each.webhook_id: each for each in claim(5)}

    assert (len(by_format[hook].secrets), by_format[hook].private) == (2, None)
    assert len(by_format[wix].secrets) == 1
    assert by_format[wix].key_id == str(signing_keys.signing_now().id)


# ---- the log ----


@on_sqlite
def test_the_log_is_paged_and_narrowed(ada, hook):
    for number in range(7):
        tell(ada, "gallery.created" if number % 2 else "gallery.deleted", f"{number}")
    prepare()
    for parcel in claim(2):
        settle(parcel, GOOD)
    first = log.page(hook, size=4)
    rest = log.page(hook, size=4, after=first.after)

    assert [row.entity_id for row in (*first.rows, *rest.rows)] == [f"{number}" for number in range(6, -1, -1)]
    assert rest.after is None
    assert len(log.page(hook, state="delivered").rows) == 2
    assert {row.kind for row in log.page(hook, kind="gallery.created").rows} == {"gallery.created"}
    assert len(log.page(hook, state="failed").rows) == 0


def test_failed_messages_are_replayed_with_their_ids_one_or_all(ada, hook):
    for name in "ab":
        tell(ada, "gallery.created", name)
    prepare()
    for parcel in claim(2):
        settle(parcel, BAD)
    with transaction():
        db.session.execute(update(Delivery).values(state="failed", attempts=10, ended_at=now()))
    before = {row.id: (row.message_id, row.content) for row in deliveries()}
    first = min(before)
    with transaction():
        log.replay(hook, first, actor=ada)
    assert log.standings([hook])[hook].failed == 1
    with transaction():
        assert log.replay_failed(hook, actor=ada) == 1

    assert {row.id: (row.message_id, row.content) for row in deliveries()} == before
    assert [(row.state, row.attempts) for row in deliveries()] == [("waiting", 0)] * 2
    for parcel in claim(2):
        settle(parcel, GOOD)
    assert log.standings([hook])[hook] == log.Standing(("delivered", "delivered"), 0, 0)


@on_sqlite
def test_a_message_that_was_never_written_is_written_before_it_is_replayed(ada, hook):
    tell(ada, "gallery.created")
    fan_out()
    with transaction():
        db.session.execute(update(Delivery).values(state="failed"))
        log.replay_failed(hook, actor=ada)

    assert [row.state for row in deliveries()] == ["new"]
    assert len(write_up()) == 1


@on_sqlite
def test_what_is_in_hand_or_disabled_or_not_there_is_not_replayed(ada, hook):
    tell(ada, "gallery.created")
    prepare()
    (parcel,) = claim(1)
    other = listen(ada, "Two")
    with pytest.raises(Conflict), transaction():
        log.replay(hook, parcel.id, actor=ada)
    with pytest.raises(NotFound), transaction():
        log.replay(other, parcel.id, actor=ada)
    with pytest.raises(NotFound):
        log.get(other, parcel.id)
    with transaction():
        webhooks.pause(hook, actor=ada)
    with pytest.raises(Conflict), transaction():
        log.replay_failed(hook, actor=ada)
    with pytest.raises(Forbidden), transaction():
        log.replay(hook, parcel.id, actor=replace(ada, permissions=frozenset()))


@on_sqlite
def test_a_message_that_is_given_up_is_tried_no_more(ada, hook):
    tell(ada, "gallery.created")
    prepare()
    (row,) = deliveries()
    with transaction():
        log.drop(hook, row.id, actor=ada)

    assert claim(1, now() + DAY) == []
    assert [each.state for each in log.page(hook, state="failed").rows] == ["dropped"]


def test_the_log_and_the_outbox_forget_what_is_older_than_thirty_days(ada, hook):
    for name in "abc":
        tell(ada, "gallery.created", name)
    prepare()
    first, second, third = (row.id for row in deliveries())
    for parcel in claim(2):
        settle(parcel, GOOD)
    long_ago = now() - DAY * 31
    with transaction():
        db.session.execute(update(Delivery).where(Delivery.id == first).values(ended_at=long_ago))
        db.session.execute(update(Delivery).where(Delivery.id == third).values(created_at=long_ago))
        oldest = db.session.scalars(select(func.min(OutboxEvent.id))).one()
        db.session.execute(update(OutboxEvent).where(OutboxEvent.id == oldest).values(delivered_at=long_ago))
    with transaction():
        assert log.forget() == 2

    assert [row.id for row in deliveries()] == [second, third]
    assert db.session.scalars(select(func.count()).select_from(DeliveryTry)).one() == 1
