"""Webhooks and the keys that sign: what is kept of them, what is refused, how secrets change hands."""

from datetime import timedelta
from ipaddress import ip_network
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests import factories
from tests.fixtures.app import on_sqlite
from webapp.domain import keys, signing_keys, webhooks
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Delivery, SigningKey, User, Webhook
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.domain.webhooks import KINDS, MOST, Address, Outfit
from webapp.infra import sealing
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

pytestmark = on_sqlite
KEY = "a key of the tests"


def resolve(host, *_rest, **_named):
    """Know two names: one outside, one inside."""
    known = {"hooks.example": "93.184.215.14", "inside.example": "10.0.0.7"}
    if host in known or host.replace(".", "").replace(":", "").isalnum():
        return [(None, None, None, "", (known.get(host, host), 443))]
    raise OSError("not known")


WAY = Way(resolve=resolve)
OUTFIT = Outfit(KEY, WAY)


@pytest.fixture
def ada(domain):
    with transaction():
        return factories.actor("Ada", "admin")


def fields(**given):
    said = {"name": "Shop", "address": Address("https://hooks.example/in"), "own_key_id": None}
    return {**said, "kinds": ["gallery.created"], **given}


def add(actor, dialect="plain", **given):
    with transaction():
        made, secret = webhooks.add(fields(**given), dialect=dialect, outfit=OUTFIT, actor=actor)
        return made.id, secret


def read(webhook_id):
    db.session.rollback()
    return db.session.get(Webhook, webhook_id)


def do(verb, *given, **named):
    with transaction():
        return verb(*given, **named)


def verbs():
    return list(db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/in",
        "https://127.0.0.1/",
        "https://inside.example/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://169.254.169.254/latest",
        "https://nobody knows/",
        "ftp://hooks.example/",
        "https://ada:secret@hooks.example/",
        "",
        "https://hooks.example/" + "a" * 2048,
    ],
    ids=[
        "plain",
        "loopback",
        "inside",
        "mapped",
        "number",
        "metadata",
        "space",
        "scheme",
        "password",
        "none",
        "long",
    ],
)
def test_an_address_that_may_not_be_called_is_refused_where_it_is_typed(domain, url):
    with pytest.raises(Invalid) as refused:
        webhooks.judged(
            url, way=Way(resolve=lambda host, *_rest, **_named: resolve({"2130706433": "127.0.0.1"}.get(host, host)))
        )

    assert refused.value.field == "url"
    assert refused.value.message


def test_an_address_outside_is_taken_and_one_inside_where_it_is_allowed(domain):
    assert webhooks.judged(" https://hooks.example/in ", way=WAY).url == "https://hooks.example/in"
    allowed = Way(resolve=resolve, allow=(ip_network("127.0.0.0/8"),))
    assert webhooks.judged("http://127.0.0.1:9/x", way=allowed).url == "http://127.0.0.1:9/x"


def test_a_webhook_keeps_its_secret_sealed_and_tells_it_once(ada):
    webhook_id, secret = add(ada, kinds=["item.created", "gallery.created"])

    found = read(webhook_id)
    assert (found.kinds, found.format, found.enabled) == (["gallery.created", "item.created"], "plain", True)
    assert secret.startswith("whsec_")
    assert secret.encode() not in found.secret
    assert webhooks.secrets_of(found, outfit=OUTFIT, moment=now()) == (secret,)
    assert secret.endswith(found.secret_end)
    assert secret not in str([entry.changes for entry in db.session.scalars(select(AuditEntry))])


@pytest.mark.parametrize(
    ("dialect", "given", "field"),
    [
        ("plain", {"name": " "}, "name"),
        ("plain", {"name": "n" * 101}, "name"),
        ("plain", {"kinds": []}, "kinds"),
        ("plain", {"kinds": ["gallery.eaten"]}, "kinds"),
        ("wix", {"kinds": ["media.created"]}, "kinds"),
        ("plain", {"own_key_id": uuid4()}, "own_key_id"),
        ("xml", {}, "format"),
    ],
    ids=["nameless", "long", "no-kinds", "unknown-kind", "not-of-wix", "no-key", "format"],
)
def test_what_makes_no_webhook_is_refused_at_its_field(ada, dialect, given, field):
    with pytest.raises(Invalid) as refused:
        add(ada, dialect, **given)

    assert refused.value.field == field
    assert db.session.scalars(select(Webhook)).all() == []


def test_all_kinds_of_a_format_can_be_chosen_and_wix_has_six(ada):
    assert len(KINDS["wix"]) == 6
    for dialect, kinds in KINDS.items():
        webhook_id, _ = add(ada, dialect, kinds=kinds[::-1])
        assert read(webhook_id).kinds == list(kinds)


def test_there_are_not_too_many(ada):
    webhook_id, _ = add(ada)
    found = read(webhook_id)
    with transaction():
        for number in range(MOST - 1):
            db.session.add(Webhook(name=f"{number}", url=found.url, format="plain", secret=b"", secret_end=""))

    with pytest.raises(Conflict, match="50"):
        add(ada)


def test_a_change_is_counted_and_an_old_version_refused(ada):
    webhook_id, _ = add(ada)
    with transaction():
        db.session.execute(update(Webhook).values(failing_since=now()))
    moved = fields(address=Address("https://hooks.example/2"))
    do(webhooks.change, webhook_id, moved, version=1, outfit=OUTFIT, actor=ada)

    found = read(webhook_id)
    assert (found.url, found.version, found.failing_since) == ("https://hooks.example/2", 2, None)
    with pytest.raises(Stale):
        do(webhooks.change, webhook_id, fields(), version=1, outfit=OUTFIT, actor=ada)
    do(webhooks.change, webhook_id, moved, version=2, outfit=OUTFIT, actor=ada)
    assert read(webhook_id).version == 2


def test_a_format_is_changed_with_what_it_can_tell(ada):
    webhook_id, _ = add(ada, kinds=["gallery.created", "media.deleted"])
    change = {"dialect": "wix", "outfit": OUTFIT, "actor": ada}

    for dialect, kinds, field in (("wix", KINDS["plain"], "kinds"), ("xml", ["gallery.created"], "format")):
        with pytest.raises(Invalid) as refused:
            do(webhooks.change, webhook_id, fields(kinds=kinds), **change | {"dialect": dialect})
        assert refused.value.field == field
    assert (read(webhook_id).format, signing_keys.signing_now()) == ("plain", None)
    do(webhooks.change, webhook_id, fields(), **change)

    assert (read(webhook_id).format, read(webhook_id).version) == ("wix", 2)
    assert signing_keys.signing_now() is not None
    entry = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.verb == "webhook.update")).one()
    assert entry["format"] == ["plain", "wix"]


def test_a_pause_names_who_made_it_and_ends_whatever_it_was_for(ada):
    webhook_id, _ = add(ada)
    do(webhooks.pause, webhook_id, actor=ada)
    found = read(webhook_id)
    assert (found.enabled, found.ended, found.ended_by_id) == (False, "paused", ada.id)
    with pytest.raises(Conflict):
        do(webhooks.test, webhook_id, actor=ada)

    do(webhooks.resume, webhook_id, actor=ada)
    do(webhooks.resume, webhook_id, actor=ada)
    found = read(webhook_id)
    assert (found.enabled, found.ended, found.ended_at, found.ended_by_id) == (True, None, None, None)
    assert verbs() == ["webhook.add", "webhook.pause", "webhook.resume"]


def test_a_rotation_gives_a_day_in_which_both_secrets_sign(ada):
    webhook_id, old = add(ada)
    _, new = do(webhooks.rotate, webhook_id, outfit=OUTFIT, actor=ada)

    found = read(webhook_id)
    assert webhooks.secrets_of(found, outfit=OUTFIT, moment=now()) == (new, old)
    assert webhooks.secrets_of(found, outfit=OUTFIT, moment=now() + timedelta(hours=25)) == (new,)
    with pytest.raises(sealing.Unreadable):
        webhooks.secrets_of(found, outfit=Outfit("another key", WAY), moment=now())


def test_a_removed_webhook_takes_its_log_along(ada):
    webhook_id, _ = add(ada)
    do(webhooks.test, webhook_id, actor=ada)
    do(webhooks.remove, webhook_id, actor=ada)

    assert db.session.scalars(select(Delivery)).all() == []
    with pytest.raises(NotFound):
        webhooks.get(webhook_id)
    with pytest.raises(NotFound):
        do(webhooks.rotate, webhook_id, outfit=OUTFIT, actor=ada)


def test_only_who_may_changes_webhooks(ada):
    webhook_id, _ = add(ada)
    with transaction():
        ed = factories.actor("Ed", "editor")
    deeds = [
        lambda: webhooks.add(fields(), dialect="plain", outfit=OUTFIT, actor=ed),
        lambda: webhooks.change(webhook_id, fields(), outfit=OUTFIT, actor=ed),
        lambda: webhooks.pause(webhook_id, actor=ed),
        lambda: webhooks.resume(webhook_id, actor=ed),
        lambda: webhooks.remove(webhook_id, actor=ed),
        lambda: webhooks.rotate(webhook_id, outfit=OUTFIT, actor=ed),
        lambda: webhooks.test(webhook_id, actor=ed),
        lambda: signing_keys.rotate(key=KEY, actor=ed),
        lambda: signing_keys.use_now(actor=ed),
    ]
    for deed in deeds:
        with pytest.raises(Forbidden), transaction():
            deed()
    assert verbs() == ["webhook.add"]


def test_keys_that_work_are_offered_to_be_left_out(ada):
    with transaction():
        mine, _ = keys.add(db.session.get(User, ada.id), name="Sync", actor=system("tests"))
        gone, _ = keys.add(db.session.get(User, ada.id), name="Old", actor=system("tests"))
        keys.revoke(gone.id, actor=system("tests"))
        wanted = mine.id

    assert webhooks.keys_to_leave_out() == [(wanted, "Sync", "Ada")]
    webhook_id, _ = add(ada, own_key_id=wanted)
    assert read(webhook_id).own_key_id == wanted


def test_the_first_webhook_in_wix_format_makes_the_key_that_signs(ada):
    add(ada)
    assert signing_keys.published() == []
    add(ada, "wix")
    add(ada, "wix")

    (found,) = signing_keys.published()
    assert signing_keys.signing_now().id == found.id
    assert "PRIVATE KEY" not in found.public
    assert b"PRIVATE KEY" not in found.private
    assert "PRIVATE KEY" in signing_keys.private_of(found, key=KEY)


def test_the_next_key_is_known_for_a_day_before_it_signs_and_the_last_for_two_afterwards(ada):
    add(ada, "wix")
    first = signing_keys.signing_now().id
    second = do(signing_keys.rotate, key=KEY, actor=ada).id

    assert [each.id for each in signing_keys.published()] == [second, first]
    assert signing_keys.signing_now().id == first
    with pytest.raises(Conflict):
        do(signing_keys.rotate, key=KEY, actor=ada)

    let_time_pass(timedelta(hours=25))
    assert signing_keys.signing_now().id == second
    assert [each.id for each in signing_keys.published()] == [second, first]
    assert do(signing_keys.forget) == 0
    let_time_pass(timedelta(hours=48))
    assert [each.id for each in signing_keys.published()] == [second]
    assert do(signing_keys.forget) == 1


def test_the_next_key_can_be_used_at_once(ada):
    add(ada, "wix")
    with pytest.raises(Conflict):
        do(signing_keys.use_now, actor=ada)
    second = do(signing_keys.rotate, key=KEY, actor=ada).id
    do(signing_keys.use_now, actor=ada)

    assert signing_keys.signing_now().id == second
    assert len(signing_keys.published()) == 2


def let_time_pass(span):
    with transaction():
        for each in db.session.scalars(select(SigningKey)):
            each.signs_from -= span
