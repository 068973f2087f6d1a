"""The pages of webhooks: made with a secret shown once, looked after, their log read and sent again."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select, update

from bench.receivers import Receiver
from tests.fixtures.app import on_sqlite
from tests.fixtures.letterbox import Letterbox
from tests.statements import counted
from webapp import post
from webapp.domain import events, keys, signing_keys, webhooks
from webapp.domain.models import ApiKey, Delivery, DeliveryTry, SigningKey, User, Webhook
from webapp.domain.transaction import transaction
from webapp.domain.webhooks import KINDS, Address
from webapp.infra import signing
from webapp.infra.clock import now
from webapp.infra.db import db

NOBODY = "/webhooks/00000000-0000-4000-8000-000000000000"
SHOP = {
    "name": "Shop",
    "url": "https://127.0.0.1/hook",
    "format": "plain",
    "kinds": ["gallery.created"],
    "own_key": "",
}

pytestmark = on_sqlite


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def add(app, person, *, dialect="plain", url="https://127.0.0.1/hook", name="Shop", own_key_id=None):
    said = {"name": name, "address": Address(url), "kinds": list(KINDS[dialect]), "own_key_id": own_key_id}
    with app.app_context(), transaction():
        return webhooks.add(said, dialect=dialect, outfit=post.outfit_of(app), actor=person)[0].id


def only(app, model=Webhook):
    with app.app_context():
        return db.session.scalars(select(model)).one()


def deliver(app, person, webhook_id, *, number=1, state="failed", kind="gallery.created"):
    """Write so many deliveries with two tries each into the log, and return the last one's id."""
    with app.app_context(), transaction():
        for _ in range(number):
            row = Delivery(message_id=uuid4(), webhook_id=webhook_id, kind=kind, lane="a", entity_id="a")
            row.event, row.state, row.content, row.attempts = {"at": now().isoformat()}, state, '{"a": "<b>"}', 2
            row.status, row.took, row.ended_at = 503, 12, now()
            row.event |= {"identity": events.identify(person), "payload": {}}
            db.session.add(row)
            db.session.flush()
            for status, error in ((503, None), (None, "127.0.0.1 took longer than 10 seconds.")):
                tried = DeliveryTry(delivery_id=row.id, took=12, status=status, error=error, answer="not <ready>")
                tried.headers = {"webhook-id": str(row.message_id)}
                db.session.add(tried)
        return row.id


def send(browser, page, path, **fields):
    return browser.send(browser.page(page), path, **fields)


class TestMaking:
    def test_a_secret_is_shown_once_and_signs(self, ada, app, cast, receiver):
        page = send(ada, "/webhooks/new", "/webhooks/", **SHOP | {"url": receiver.url})

        assert (page.status, page.heading) == (201, "Copy the secret now")
        secret = page.one("input", id="secret")["value"]
        found = only(app)
        assert (found.name, found.kinds, found.made_by_id) == ("Shop", ["gallery.created"], cast.ada.id)
        with app.app_context(), transaction():
            events.publish(cast.ed, "gallery.created", uuid4())
        post.work_off(app)
        from standardwebhooks.webhooks import Webhook as Verifier

        assert Verifier(secret).verify(receiver.got[0].body, receiver.got[0].headers)
        assert secret not in ada.get("/webhooks/").text + ada.get(f"/webhooks/{found.id}").text

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"name": ""}, "name", "Say what the address is for."),
            ({"url": ""}, "url", "Write an address."),
            ({"url": "https://10.0.0.1/in"}, "url", "10.0.0.1 is an address inside this network"),
            ({"url": "https://[::ffff:a00:1]/"}, "url", "an address inside this network"),
            ({"url": "ftp://example.org"}, "url", "This is no address of the web"),
            ({"kinds": []}, "kinds", "Choose at least one event."),
            ({"kinds": ["media.created"], "format": "wix"}, "kinds", "of those that this format can tell"),
            ({"own_key": str(uuid4())}, "own_key", "Not a valid choice"),
        ],
        ids=["nameless", "nowhere", "inside", "mapped", "scheme", "no-events", "not-of-wix", "key"],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, ada, app, wrong, field, said):
        page = send(ada, "/webhooks/new", "/webhooks/", **SHOP | wrong)

        assert page.status == 422
        assert page.one("title").words.startswith("Error:")
        assert said in page.words
        assert page.one("a", href=f"#{field}")
        with app.app_context():
            assert db.session.scalars(select(Webhook)).all() == []

    def test_the_first_in_wix_format_shows_a_public_key(self, ada, app):
        send(ada, "/webhooks/new", "/webhooks/", **SHOP | {"format": "wix"})
        page = ada.page("/webhooks/")

        pem = page.one("pre", id="pem").words
        assert pem.startswith("-----BEGIN PUBLIC KEY-----")
        assert page.one("input", id="jwks-url")["value"] == "http://localhost/.well-known/jwks.json"
        assert "PRIVATE" not in page.html

    def test_a_key_can_be_left_out(self, ada, app, cast):
        with app.app_context(), transaction():
            keys.add(db.session.get(User, cast.ed.id), name="Sync", actor=cast.ada)
        key_id = only(app, ApiKey).id
        send(ada, "/webhooks/new", "/webhooks/", **SHOP | {"own_key": str(key_id)})

        assert only(app).own_key_id == key_id
        assert "What the key Sync does is left out." in ada.page(f"/webhooks/{only(app).id}").words


class TestOne:
    def test_the_list_is_empty_at_first(self, ada):
        page = ada.page("/webhooks/")

        assert "No webhooks yet" in page.words
        assert page.one("a", id="webhook-first")["href"] == "/webhooks/new"

    def test_a_webhook_is_changed_with_its_format(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        page = ada.page(f"/webhooks/{webhook_id}/edit")
        assert page.values(f"/webhooks/{webhook_id}")["format"] == ["plain"]
        wrong = ada.send(page, f"/webhooks/{webhook_id}", format="wix")
        assert (wrong.status, "of those that this format can tell" in wrong.words) == (422, True)
        ada.send(page, f"/webhooks/{webhook_id}", format="wix", kinds=["gallery.created"])
        assert only(app).format == "wix"

    def test_a_webhook_is_changed(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        page = ada.page(f"/webhooks/{webhook_id}/edit")
        said = {"name": "Press", "url": "https://127.0.0.2/x", "kinds": ["item.deleted", "gallery.deleted"]}
        ada.send(page, f"/webhooks/{webhook_id}", **said)

        found = only(app)
        assert (found.name, found.url) == ("Press", "https://127.0.0.2/x")
        assert (found.kinds, found.format, found.version) == (["gallery.deleted", "item.deleted"], "plain", 2)
        late = ada.send(page, f"/webhooks/{webhook_id}", **said | {"name": "Late"})
        assert late.status == 409
        assert only(app).name == "Press"

    def test_a_webhook_is_paused_and_enabled(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        here = f"/webhooks/{webhook_id}"
        send(ada, here, f"{here}/pause")
        page = ada.page(here)
        assert "Paused by Ada" in page.one(id="webhook-ended").words
        assert page.all(id="webhook-test") == []
        send(ada, here, f"{here}/resumption")
        assert only(app).enabled

    def test_a_webhook_that_was_paused_is_sent_what_it_missed(self, ada, app, cast, receiver):
        webhook_id = add(app, cast.ada, url=receiver.url)
        here = f"/webhooks/{webhook_id}"
        send(ada, here, f"{here}/pause")
        with app.app_context(), transaction():
            for _ in range(2):
                events.publish(cast.ed, "gallery.created", uuid4())
        post.work_off(app)

        assert receiver.got == []
        assert "kept for 30 days" in ada.page(here).one(id="webhook-ended").words
        page = send(ada, here, f"{here}/recovery")
        assert "2 messages that it missed are sent." in ada.follow(page).one("div", id="toasts").words
        post.work_off(app)
        assert [json.loads(each.body)["type"] for each in receiver.got] == ["gallery.created"] * 2
        assert ada.page(here).all(id="webhook-recover") == []

    @pytest.mark.parametrize(
        ("why", "said"),
        [("gone", "said that it is gone (410)"), ("failing", "for five days"), ("sealed", "cannot be read any more")],
    )
    def test_a_disabled_webhook_says_why(self, ada, app, cast, why, said):
        webhook_id = add(app, cast.ada)
        with app.app_context(), transaction():
            webhooks.end(db.session.get(Webhook, webhook_id), why)

        assert said in ada.page(f"/webhooks/{webhook_id}").one(id="webhook-ended").words
        assert "Disabled" in ada.page("/webhooks/").one("a", id=f"hook-{webhook_id}").words

    def test_one_that_fails_says_since_when(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        with app.app_context(), transaction():
            db.session.execute(update(Webhook).values(failing_since=now()))
        assert "Nothing has arrived since" in ada.page(f"/webhooks/{webhook_id}").one(id="webhook-failing").words

    def test_a_new_secret_is_shown_once_and_the_one_before_works_for_a_day(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        page = send(ada, f"/webhooks/{webhook_id}", f"/webhooks/{webhook_id}/secret")

        assert page.status == 201
        assert page.one("input", id="secret")["value"].startswith("whsec_")
        assert "For a day" in page.words
        assert "The secret before signs too until" in ada.page(f"/webhooks/{webhook_id}").words

    def test_a_test_is_sent_and_stands_in_the_log(self, ada, app, cast, receiver):
        webhook_id = add(app, cast.ada, url=receiver.url)
        send(ada, f"/webhooks/{webhook_id}", f"/webhooks/{webhook_id}/tests")
        post.work_off(app)

        assert [json.loads(got.body)["type"] for got in receiver.got] == ["test"]
        row = only(app, Delivery)
        assert "Delivered" in ada.page(f"/webhooks/{webhook_id}").one("tr", id=f"delivery-{row.id}").words

    def test_a_webhook_is_deleted(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        send(ada, f"/webhooks/{webhook_id}/edit", f"/webhooks/{webhook_id}/removal")
        assert ada.page(f"/webhooks/{webhook_id}", status=404)


class TestLog:
    def test_details_show_what_was_sent_and_what_was_answered(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        delivery_id = deliver(app, cast.ada, webhook_id)
        page = ada.page(f"/webhooks/{webhook_id}?open={delivery_id}")

        sent, answered = (each.words for each in page.all("pre", class_="code"))
        assert "POST /hook" in sent
        assert '"a": "<b>"' in sent
        assert "took longer than 10 seconds" in answered
        assert "2 tries" in page.words
        assert len(page.one("ol", class_="tries").all("li")) == 2

    def test_the_token_of_wix_is_taken_apart(self, ada, app, cast, receiver):
        webhook_id = add(app, cast.ada, dialect="wix", url=receiver.url)
        with app.app_context(), transaction():
            events.publish(cast.ed, "gallery.deleted", uuid4())
        post.work_off(app)
        page = ada.page(f"/webhooks/{webhook_id}?open={only(app, Delivery).id}")

        assert '"deletedEvent": {}' in page.all("pre", class_="code")[0].words
        assert "This is what the signed token says." in page.words

    def test_the_log_is_narrowed_and_paged(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        deliver(app, cast.ada, webhook_id, number=30)
        deliver(app, cast.ada, webhook_id, number=2, state="delivered", kind="item.deleted")
        here = f"/webhooks/{webhook_id}"

        def rows(query):
            return ada.page(here + query).one("tbody", id="log-rows").all("tr")

        first = ada.page(here)
        assert len(rows("")) == 25
        following = first.one("a", id="load-more")["href"]
        assert len(ada.page(following).one("tbody", id="log-rows").all("tr")) == 7
        assert len(rows("?state=delivered")) == len(rows("?kind=item.deleted")) == 2
        assert "Nothing like that was sent." in ada.page(f"{here}?state=waiting").words

    def test_messages_are_sent_again_one_or_all_and_given_up(self, ada, app, cast):
        webhook_id = add(app, cast.ada)
        first = deliver(app, cast.ada, webhook_id)
        deliver(app, cast.ada, webhook_id, number=2)
        here = f"/webhooks/{webhook_id}"
        ada.send(ada.page(f"{here}?open={first}"), f"{here}/deliveries/{first}/replays")

        def states():
            with app.app_context():
                return list(db.session.scalars(select(Delivery.state).order_by(Delivery.id)))

        assert states() == ["waiting", "failed", "failed"]
        assert "Send 2 failed again" in ada.page(here).words
        send(ada, here, f"{here}/replays")
        assert states() == ["waiting"] * 3
        ada.send(ada.page(f"{here}?open={first}"), f"{here}/deliveries/{first}/end")
        assert states() == ["dropped", "waiting", "waiting"]

    @pytest.mark.parametrize("query", ["open=1", "open=x", "open=99999999999999999999"])
    def test_a_delivery_that_is_not_there_is_missing(self, ada, app, cast, query):
        webhook_id = add(app, cast.ada)
        assert ada.page(f"/webhooks/{webhook_id}?{query}", status=404)

    def test_pages_take_as_many_statements_for_thirty_as_for_one(self, ada, app, cast):
        counts = []
        for number in (1, 29):
            for place in range(number):
                webhook_id = add(app, cast.ada, name=f"{place}")
            delivery_id = deliver(app, cast.ada, webhook_id, number=number)
            ada.get("/webhooks/")
            with app.app_context(), counted() as sent:
                ada.get("/webhooks/")
                ada.get(f"/webhooks/{webhook_id}?open={delivery_id}")
            counts.append(len(sent))

        assert counts[0] == counts[1]


class TestKeys:
    def test_anybody_reads_the_keys_and_verifies_with_them(self, client, app, cast):
        assert client.get("/.well-known/jwks.json").json == {"keys": []}
        assert client.get("/.well-known/webhook-key.pem").status_code == 404
        add(app, cast.ada, dialect="wix")
        answer = client.get("/.well-known/jwks.json")
        pem = client.get("/.well-known/webhook-key.pem")

        with app.app_context():
            key = signing_keys.signing_now()
            private = signing_keys.private_of(key, key=post.outfit_of(app).key)
            token = signing.token({"data": "x"}, private=private, key_id=str(key.id))
        (found,) = answer.json["keys"]
        assert UUID(found["kid"]) == key.id
        assert jwt.decode(token, RSAAlgorithm.from_jwk(found), algorithms=["RS256"]) == {"data": "x"}
        assert jwt.decode(token, pem.text, algorithms=["RS256"]) == {"data": "x"}
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in answer.headers

    def test_the_next_key_is_published_before_it_signs_and_can_be_used_at_once(self, ada, client, app, cast):
        add(app, cast.ada, dialect="wix")
        first = only(app, SigningKey).id
        send(ada, "/webhooks/", "/webhooks/keys")
        assert len(client.get("/.well-known/jwks.json").json["keys"]) == 2
        assert ada.page("/webhooks/").one("pre", id="next-pem").words
        with app.app_context():
            assert signing_keys.signing_now().id == first
        send(ada, "/webhooks/", "/webhooks/keys/use")
        with app.app_context():
            assert signing_keys.signing_now().id != first

    def test_a_key_before_is_forgotten_in_time(self, app, cast):
        add(app, cast.ada, dialect="wix")
        with app.app_context(), transaction():
            signing_keys.rotate(key=post.outfit_of(app).key, actor=cast.ada)
        with app.app_context(), transaction():
            for each in db.session.scalars(select(SigningKey)):
                each.signs_from -= timedelta(days=4)
            db.session.flush()
            assert signing_keys.forget() == 1


class TestLetters:
    @pytest.fixture
    def letterbox(self):
        with Letterbox() as box:
            yield box

    @pytest.fixture
    def environ(self, environ, letterbox):
        return environ | {"VITRINE_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}"}

    def test_administrators_are_told_that_a_webhook_was_disabled(self, app, cast, receiver, letterbox):
        webhook_id = add(app, cast.ada, url=receiver.url)
        receiver.answer = lambda _got: 410
        with app.app_context(), transaction():
            for _ in range(2):
                events.publish(cast.ed, "gallery.created", uuid4())
        post.work_off(app)

        (letter,) = letterbox.letters
        assert letter["To"] == "ada@example.org"
        assert letter["Subject"].startswith("A webhook has been disabled")
        assert "it is gone (410)" in letter.get_content()
        assert f"http://localhost/webhooks/{webhook_id}" in letter.get_content()

    def test_a_mail_server_that_is_away_is_no_trouble(self, app, cast, receiver, letterbox):
        letterbox.refuse = "RCPT"
        webhook_id = add(app, cast.ada, url=receiver.url)
        receiver.answer = lambda _got: 410
        with app.app_context(), transaction():
            events.publish(cast.ed, "gallery.created", uuid4())
        assert post.work_off(app) == 1
        with app.app_context():
            assert db.session.get(Webhook, webhook_id).ended == "gone"


class TestOthers:
    @pytest.mark.parametrize("path", ["", "/edit", "?open=1"])
    def test_what_is_not_there_is_missing(self, ada, path):
        assert ada.page(NOBODY + path, status=404)

    def test_nobody_else_comes_in(self, ed, vi, client, app, cast):
        webhook_id = add(app, cast.ada)
        for path in ("/webhooks/", "/webhooks/new", f"/webhooks/{webhook_id}", f"/webhooks/{webhook_id}/edit"):
            assert [browser.get(path).status_code for browser in (ed, vi, client)] == [403, 403, 303]
        assert "Webhooks" not in ed.page("/galleries/").one("header", class_="rail").words

    def test_nobody_else_does_anything(self, ed, app, cast):
        webhook_id = add(app, cast.ada)
        token = ed.page("/galleries/").one("meta", name="csrf-token")["content"]
        paths = (
            "",
            "/pause",
            "/resumption",
            "/recovery",
            "/secret",
            "/tests",
            "/removal",
            "/replays",
            "/deliveries/1/end",
        )
        for path in ("/webhooks/", "/webhooks/keys", *(f"/webhooks/{webhook_id}{each}" for each in paths)):
            answer = ed.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 403
        assert only(app).enabled
