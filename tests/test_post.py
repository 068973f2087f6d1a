"""Deliveries to real receivers: what they get, verified as they would, and what they answer, however badly."""

import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook as Verifier

from bench import receivers
from bench.receivers import Receiver
from tests import factories
from tests.fixtures.app import on_sqlite
from webapp import jobs, post
from webapp.domain import events, galleries, items, keys, signing_keys, translations, webhooks
from webapp.domain.delivering import log, sending
from webapp.domain.models import Delivery, Site, User, Webhook
from webapp.domain.permissions import system
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import KINDS
from webapp.infra.db import db

pytestmark = on_sqlite
SOON = timedelta(minutes=2)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def outfit(inside):
    return post.outfit_of(inside)


@pytest.fixture
def told(inside, cast, receiver, outfit):
    """A webhook of the receiver's in plain format, and its secret."""
    return listen(cast.ada, receiver, outfit)


def listen(actor, receiver, outfit, dialect="plain"):
    address = webhooks.judged(receiver.url, way=outfit.way)
    said = {"name": "Here", "address": address, "kinds": KINDS[dialect], "own_key_id": None}
    with transaction():
        made, secret = webhooks.add(said, dialect=dialect, outfit=outfit, actor=actor)
        return made.id, secret


def tell(actor, kind="gallery.created", entity="a"):
    with transaction():
        events.publish(actor, kind, entity)


def rows():
    release()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def let_time_pass():
    """Have all that waits for another try come due."""
    with transaction():
        db.session.execute(update(Delivery).values(due_at=datetime.now(UTC) - SOON))


def last_try():
    return log.tries(rows()[0].id)[0]


def bodies(receiver):
    return [json.loads(each.body) for each in receiver.got]


def claims(got):
    """Verify a token as its receiver would, and take its texts apart."""
    (key,) = signing_keys.published()
    assert jwt.get_unverified_header(got.body) == {"alg": "RS256", "typ": "JWT", "kid": str(key.id)}
    outer = json.loads(jwt.decode(got.body, key.public, algorithms=["RS256"])["data"])
    return outer, json.loads(outer["data"]), json.loads(outer["identity"])


def test_a_message_is_signed_as_standard_webhooks_has_it_and_kept_in_the_log(inside, cast, receiver, told):
    _, secret = told
    tell(cast.ed)
    assert post.work_off(inside) == 1

    (got,) = receiver.got
    assert Verifier(secret).verify(got.body, got.headers)["type"] == "gallery.created"
    assert got.headers["content-type"] == "application/json"
    (row,) = rows()
    assert (got.id, row.state, row.status) == (str(row.message_id), "delivered", 200)
    assert (last_try().status, last_try().headers["webhook-id"]) == (200, got.id)


def test_a_rotated_secret_and_the_one_before_verify_what_is_sent(inside, cast, receiver, told, outfit):
    hook, old = told
    with transaction():
        _, new = webhooks.rotate(hook, outfit=outfit, actor=cast.ada)
    tell(cast.ed)
    post.work_off(inside)

    for secret in (old, new):
        assert Verifier(secret).verify(receiver.got[0].body, receiver.got[0].headers)["data"]


def test_plain_messages_say_what_there_is_and_who_did_it(inside, cast, receiver, told):
    with transaction():
        _, whole = keys.add(db.session.get(User, cast.ed.id), name="Sync", actor=system("tests"))
        french = factories.language("fr").id
    program = keys.recognise(whole)
    with transaction():
        summer = factories.gallery(cast.ed, "Summer", pictures=1)
        (item_id,) = items.ids_in_order(summer.id)
        translations.write(items.get(summer.id, item_id), french, {"caption": "La mer"}, actor=cast.ed)
        events.publish(system("job"), "media.created", items.get(summer.id, item_id).media_id)
        gallery_id = summer.id
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=program)
    post.work_off(inside)

    said = {body["type"]: body for body in bodies(receiver)}
    assert said["gallery.created"]["data"]["gallery_id"] == str(gallery_id)
    assert said["gallery.created"]["data"]["gallery"]["slug"] == "summer"
    assert said["translation.updated"]["data"] == {
        "of": "item",
        "item_id": str(item_id),
        "gallery_id": str(gallery_id),
        "language": "fr",
        "texts": {"title": None, "description": None, "caption": "La mer", "alt": None, "html": None},
    }
    assert said["media.created"]["data"]["media"]["mime_type"] == "image/jpeg"
    assert said["item.deleted"]["data"]["because"] == "gallery.deleted"
    assert said["gallery.created"]["by"] == {"type": "person", "id": str(cast.ed.id)}
    assert said["media.created"]["by"] == {"type": "vitrine", "id": None}
    assert said["gallery.deleted"]["by"] == {"type": "program", "id": f"vk_{whole.removeprefix('vk_').split('.')[0]}"}
    assert {UUID(body["instance_id"]) for body in bodies(receiver)} == {db.session.get(Site, 1).instance_id}
    assert {body["id"] for body in bodies(receiver)} == set(receiver.ids)


def test_plain_messages_hold_galleries_and_items_that_are_there(inside, cast, receiver, told):
    with transaction():
        summer = factories.gallery(cast.ed, "Summer", pictures=2)
        gallery_id, order = summer.id, items.ids_in_order(summer.id)
    post.work_off(inside)

    said = {(body["type"], body["data"].get("item_id")): body["data"] for body in bodies(receiver)}
    assert said["gallery.created", None]["gallery"]["title"] == "Summer"
    assert said["gallery.created", None]["gallery"]["items"] == 2
    assert [said["item.created", str(each)]["item"]["media"]["width"] for each in order] == [1600, 1600]
    assert {data["gallery_id"] for data in said.values()} == {str(gallery_id)}


def test_d31_wix_messages_are_tokens_of_three_texts_with_the_gallerys_id_and_who_did_it(
    inside, cast, receiver, outfit
):
    _, secret = listen(cast.ada, receiver, outfit, "wix")
    with transaction():
        summer = factories.gallery(cast.ed, "Summer", pictures=2)
        gallery_id, order = summer.id, items.ids_in_order(summer.id)
    post.work_off(inside)
    with transaction():
        translations.write(galleries.get(gallery_id), factories.language("en").id, {"title": "Sea"}, actor=cast.ed)
        items.move(gallery_id, [order[1]], place="top", actor=cast.ed)
    post.work_off(inside)
    with transaction():
        items.trash(gallery_id, [order[0]], actor=cast.ed)
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    post.work_off(inside)

    said = [claims(got) for got in receiver.got]
    prefix = "wix.pro_gallery.gallery_v2_"
    slugs = ["created", *["gallery_item_created"] * 2, "updated", "gallery_item_updated"]
    slugs += [*["gallery_item_deleted"] * 2, "deleted"]
    assert [outer["eventType"].removeprefix(prefix) for outer, _, _ in said] == slugs
    assert [event["slug"] for _, event, _ in said] == slugs
    assert {event["entityId"] for _, event, _ in said} == {str(gallery_id)}
    assert {outer["instanceId"] for outer, _, _ in said} == {str(db.session.get(Site, 1).instance_id)}
    assert all(who == {"identityType": "WIX_USER", "wixUserId": str(cast.ed.id)} for _, _, who in said)
    events_by_slug = {event["slug"]: event for _, event, _ in said}
    assert events_by_slug["created"]["createdEvent"]["entity"]["items"] == []
    assert events_by_slug["updated"]["updatedEvent"]["currentEntity"]["name"] == "Sea"
    assert events_by_slug["gallery_item_updated"]["actionEvent"]["body"]["updatedItem"]["id"] == str(order[1])
    made = [event["actionEvent"]["body"]["item"]["id"] for _, event, _ in said[1:3]]
    assert made == [str(each) for each in order]
    gone = [(event["actionEvent"]["body"]["itemId"], event.get("originatedFrom")) for _, event, _ in said[5:7]]
    assert gone == [(str(order[0]), None), (str(order[1]), "Gallery Deleted")]
    assert events_by_slug["deleted"]["deletedEvent"] == {}
    assert [event["id"] for _, event, _ in said] == receiver.ids
    for got in receiver.got:
        assert got.headers["content-type"] == "text/plain"
        Verifier(secret).verify(got.body, got.headers, json_parse=False)


def test_d31_wix_messages_name_the_program_by_the_half_of_its_key_that_it_knows(inside, cast, receiver, outfit):
    listen(cast.ada, receiver, outfit, "wix")
    with transaction():
        _, whole = keys.add(db.session.get(User, cast.ed.id), name="App", actor=system("tests"))
    tell(keys.recognise(whole))
    tell(system("job"), entity="b")
    post.work_off(inside)

    identities = [claims(got)[2] for got in receiver.got]
    assert identities[0] == {"identityType": "APP", "appId": whole.split(".")[0]}
    assert identities[1] == {"identityType": "APP", "appId": str(db.session.get(Site, 1).instance_id)}


def test_a_second_try_carries_the_same_id_and_the_original_words(inside, cast, receiver, outfit):
    listen(cast.ada, receiver, outfit, "wix")
    receiver.answer = lambda got: 500 if len(receiver.got) == 1 else 200
    with transaction():
        gallery_id = factories.gallery(cast.ed, "Summer").id
    post.work_off(inside)
    assert [row.state for row in rows()] == ["waiting"]
    with transaction():
        translations.write(galleries.get(gallery_id), factories.language("en").id, {"title": "Sea"}, actor=cast.ed)
    let_time_pass()
    post.work_off(inside)

    first, second, *_ = receiver.got
    assert first.id == second.id
    assert claims(first) == claims(second)
    assert claims(first)[1]["createdEvent"]["entity"]["name"] == "Summer"


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (500, 500, ""),
        (302, None, "sends elsewhere"),
        (404, 404, ""),
        (receivers.shut, None, "stopped in the middle"),
        (receivers.flood, None, ""),
        ((200, {"Content-Encoding": "gzip"}, b"x"), None, "packed"),
        ((200, {}, b"x" * 70_000), None, "more than"),
    ],
    ids=["error", "redirect", "missing", "half", "flood", "packed", "long"],
)
def test_only_2xx_has_arrived_and_the_log_says_why_not(inside, cast, receiver, told, *, answer, status, words):
    receiver.answer = lambda got: answer
    tell(cast.ed)
    post.work_off(inside)

    assert [(row.state, row.attempts, row.status) for row in rows()] == [("waiting", 1, status)]
    assert words in unpacked(last_try().error or "")
    assert (last_try().error is None) is (status is not None)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("deed", [receivers.hang, receivers.drip], ids=["hangs", "drips"])
def test_a_receiver_that_does_not_end_its_answer_is_left(inside, cast, receiver, told, *, deed, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.4)
    receiver.answer = lambda got: deed
    tell(cast.ed)
    post.work_off(inside)

    assert [(row.state, row.attempts) for row in rows()] == [("waiting", 1)]
    assert "took longer" in last_try().error


def test_gone_and_retry_after_are_understood(inside, cast, receiver, told):
    receiver.answer = lambda got: (503, {"Retry-After": "7200"}, b"later")
    tell(cast.ed)
    post.work_off(inside)
    (row,) = rows()
    assert timedelta(hours=2) <= row.due_at - last_try().at <= timedelta(hours=2, seconds=5)
    assert (last_try().answer, last_try().answer_headers["retry-after"]) == ("later", "7200")

    receiver.answer = lambda got: 410
    let_time_pass()
    post.work_off(inside)
    assert db.session.get(Webhook, told[0]).ended == "gone"


def test_an_address_that_has_moved_inside_is_not_called(inside, cast, receiver, told, outfit):
    tell(cast.ed)
    post.prepare(inside)
    (parcel,) = sending.claim(1, outfit=outfit, moment=datetime.now(UTC))
    outcome = sending.send(
        parcel, outfit=webhooks.Outfit(outfit.key, sending.outbound.Way()), moment=datetime.now(UTC)
    )

    assert "inside this network" in outcome.error
    assert receiver.got == []


def test_a_test_message_arrives_in_both_formats(inside, cast, receiver, told, outfit):
    wix, _ = listen(cast.ada, receiver, outfit, "wix")
    for hook in (told[0], wix):
        with transaction():
            webhooks.test(hook, actor=cast.ada)
    post.work_off(inside)

    plain, token = receiver.got
    assert (json.loads(plain.body)["type"], json.loads(plain.body)["data"]) == ("test", {})
    assert claims(token)[0]["eventType"] == "wix.pro_gallery.gallery_v2_test"


def test_the_worker_tells_others_while_one_receiver_hangs(app, cast, receiver):
    """The thread that looks each second hands messages out, and does not wait for the slow one."""
    slow = Receiver(lambda got: receivers.hang)
    outfit, all_there = post.outfit_of(app), threading.Event()
    receiver.answer = lambda got: (all_there.set() if len(receiver.got) == 20 else None) or 200
    with app.app_context():
        listen(cast.ada, slow, outfit)
        listen(cast.ada, receiver, outfit)
        with transaction():
            for number in range(20):
                events.publish(cast.ed, "gallery.created", f"{number}")
    at_work = jobs.of(app).post
    at_work.start()
    try:
        assert all_there.wait(60)
        assert len(set(receiver.ids)) == 20
        assert 1 <= len(slow.got) <= sending.IN_FLIGHT
    finally:
        jobs.of(app).stopping.set()
        slow.close()
        at_work.wait(30)
    assert not at_work.thread.is_alive()


def test_what_is_due_is_told_again_after_a_worker_died(inside, cast, receiver, told, outfit):
    tell(cast.ed)
    post.prepare(inside)
    (lost,) = sending.claim(1, outfit=outfit, moment=datetime.now(UTC) - SOON) or sending.claim(
        1, outfit=outfit, moment=datetime.now(UTC)
    )
    sending.send(lost, outfit=outfit, moment=datetime.now(UTC))
    assert post.work_off(inside) == 0
    with transaction():
        db.session.execute(update(Delivery).values(lease_until=datetime.now(UTC) - SOON))
    assert post.work_off(inside) == 1

    assert len(set(receiver.ids)) == 1
    assert len(receiver.got) == 2
    assert [row.state for row in rows()] == ["delivered"]
