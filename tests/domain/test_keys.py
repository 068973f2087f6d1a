"""Keys of programs (D34): shown once, some of their maker's rights, gone with them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.statements import counted
from webapp.domain import accounts, keys
from webapp.domain.errors import Forbidden, Invalid, NotFound
from webapp.domain.models import ApiKey, AuditEntry, User
from webapp.domain.permissions import PERMISSIONS, ROLES, system
from webapp.domain.transaction import transaction
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db


def made(person, *, actor=None, **fields):
    with transaction():
        user = db.session.get(User, person.id)
        key, whole = keys.add(user, **{"name": "Site", "actor": actor or person} | fields)
        return key.id, whole


def test_d34_a_key_is_two_halves_and_its_secret_is_kept_hashed(inside, cast):
    key_id, whole = made(cast.ed)
    assert whole.startswith("vk_")
    public_id, secret = keys.split(whole)
    row = db.session.get(ApiKey, key_id)
    assert (row.public_id, row.secret_hash) == (public_id, tokens.digest(secret))
    assert len(secret) >= 43
    assert secret not in str(db.session.scalars(select(AuditEntry.changes)).all())


def test_d34_the_halves_alone_say_the_same_as_the_whole(inside, cast):
    _, whole = made(cast.ed)
    public_id, secret = whole.split(".")
    assert keys.recognise(f"{public_id}.{secret}") == keys.recognise(whole)
    assert keys.recognise(f"{public_id.removeprefix('vk_')}.{secret}") == keys.recognise(whole)


def test_recognise_is_one_query_and_has_all_of_the_users_permissions(inside, cast):
    key_id, whole = made(cast.ed)
    with counted() as sent:
        actor = keys.recognise(whole)
    assert len(sent) == 1
    assert (actor.id, actor.key_id, actor.door, actor.permissions) == (cast.ed.id, key_id, "cms", ROLES["editor"])


def test_recognise_gives_a_translators_key_the_languages(inside, cast):
    _, whole = made(cast.tessa)
    assert keys.recognise(whole).languages == cast.tessa.languages


def test_scopes_narrow_a_key(inside, cast):
    _, whole = made(cast.ed, permissions=["media:read", "galleries:read"])
    assert keys.recognise(whole).permissions == {"galleries:read", "media:read"}


@pytest.mark.parametrize("wanted", [["users:read"], ["galleries:read", "nonsense"], [""]])
def test_a_key_cannot_have_what_its_user_has_not(inside, cast, wanted):
    with pytest.raises(Invalid) as refused:
        made(cast.ed, permissions=wanted)
    assert refused.value.field == "permissions"


def test_a_key_loses_what_its_user_loses_and_gets_back_no_more_than_it_had(inside, cast):
    _, whole = made(cast.ed, permissions=["galleries:read", "galleries:update"])
    with transaction():
        accounts.change_role(cast.ed.id, "viewer", actor=cast.ada)
    assert keys.recognise(whole).permissions == {"galleries:read"}
    with transaction():
        accounts.change_role(cast.ed.id, "admin", actor=cast.ada)
    assert keys.recognise(whole).permissions == {"galleries:read", "galleries:update"}


def test_a_key_of_who_is_deactivated_is_nobodys(inside, cast):
    _, whole = made(cast.ed)
    with transaction():
        accounts.deactivate(cast.ed.id, actor=cast.ada)
    assert keys.recognise(whole) is None


def test_a_key_ends_when_it_is_said_to(inside, cast):
    _, whole = made(cast.ed, expires_at=now() + timedelta(days=1))
    assert keys.recognise(whole) is not None
    with transaction():
        db.session.execute(update(ApiKey).values(expires_at=now()))
    assert keys.recognise(whole) is None
    for _ in range(2):
        assert keys.recognise(f"{whole.partition('.')[0]}.") is None, "nor by the half that is no secret"


def test_a_key_that_is_kept_ends_when_it_is_said_to(inside, cast, monkeypatch):
    _, whole = made(cast.ed, expires_at=now() + timedelta(days=1))
    assert keys.recognise(whole) == keys.recognise(whole) is not None
    monkeypatch.setattr(keys, "now", lambda: now() + timedelta(days=2))
    assert keys.recognise(whole) is None


def test_a_key_that_is_kept_is_not_known_by_another_secret(inside, cast):
    _, whole = made(cast.ed)
    assert keys.recognise(whole) is not None
    with counted() as sent:
        assert keys.recognise(f"{whole[:-1]}{'b' if whole.endswith('a') else 'a'}") is None
        assert keys.recognise(whole, door="wix").door == "wix"
        assert keys.recognise(whole).door == "cms"
    assert len([each for each in sent if "api_keys" in each]) >= 1, "what is kept is each door's own"


def test_a_revoked_key_is_worthless_at_once(inside, cast):
    key_id, whole = made(cast.ed)
    with transaction():
        keys.revoke(key_id, actor=cast.ed)
    assert keys.recognise(whole) is None
    assert keys.of_user(cast.ed.id) == []
    with pytest.raises(NotFound), transaction():
        keys.revoke(key_id, actor=cast.ed)


@pytest.mark.parametrize(
    "presented",
    [
        "",
        ".",
        "vk_",
        "vk_.",
        "vk_x.y",
        "vk_{public}.",
        "vk_{public}",
        "vk_{public}.wrong",
        "vk_\x00.{secret}",
        "\ud800.\ud800",
    ],
)
def test_recognise_takes_anything_and_knows_nobody_by_it(inside, cast, presented):
    _, whole = made(cast.ed)
    public_id, secret = keys.split(whole)
    assert keys.recognise(presented.format(public=public_id, secret=secret)) is None


def test_a_key_makes_no_keys_and_revokes_none(inside, cast):
    key_id, whole = made(cast.ada)
    program = keys.recognise(whole)
    assert program.permissions == set(PERMISSIONS)
    with pytest.raises(Forbidden):
        made(cast.ada, actor=program)
    with pytest.raises(Forbidden), transaction():
        keys.revoke(key_id, actor=program)


def test_somebody_elses_keys_are_an_administrators_business(inside, cast):
    with pytest.raises(Forbidden):
        made(cast.ed, actor=cast.vi)
    key_id, _ = made(cast.ed, actor=cast.ada)
    with pytest.raises(Forbidden), transaction():
        keys.revoke(key_id, actor=cast.vi)
    with transaction():
        keys.revoke(key_id, actor=system("cli"))
    assert keys.of_user(cast.ed.id) == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb", "a\x00b"])
def test_a_key_has_a_name(inside, cast, name):
    with pytest.raises(Invalid) as refused:
        made(cast.ed, name=name)
    assert refused.value.field == "name"


def test_a_key_cannot_have_ended_before_it_begins(inside, cast):
    with pytest.raises(Invalid) as refused:
        made(cast.ed, expires_at=now())
    assert refused.value.field == "expires_at"


def test_a_use_is_noted_once_a_minute(inside, cast):
    key_id, whole = made(cast.ed)
    assert keys.find(whole, door="cms").unnoted
    with transaction():
        keys.note_use(key_id)
    noted = db.session.get(ApiKey, key_id).used_at
    assert not keys.find(whole, door="cms").unnoted
    with transaction():
        keys.note_use(key_id)
    assert db.session.get(ApiKey, key_id).used_at == noted
    with transaction():
        db.session.execute(update(ApiKey).values(used_at=now() - keys.USE_STEP))
    assert keys.find(whole, door="cms").unnoted


def test_listed_are_ones_own_and_all_for_an_administrator(inside, cast):
    own, _ = made(cast.ed)
    other, _ = made(cast.vi)

    assert {row.key.id for row in keys.listed(cast.ed)} == {own}
    assert {row.key.id: row.owner.name for row in keys.listed(cast.ada)} == {own: "Ed", other: "Vi"}
    assert keys.listed(cast.tessa) == []


def test_listed_say_how_they_ended_those_that_work_first(inside, cast):
    long_ago, _ = made(cast.ed, name="forgotten")
    gone, _ = made(cast.ed, name="gone")
    late, _ = made(cast.ed, name="late", expires_at=now() + timedelta(days=1))
    made(cast.vi, name="away")
    made(cast.ed, name="older")
    made(cast.ed, name="newer", permissions=["galleries:read", "galleries:delete"])
    with transaction():
        keys.revoke(gone, actor=cast.ed)
        db.session.get(ApiKey, late).expires_at = now()
        db.session.get(ApiKey, long_ago).revoked_at = now() - keys.REMEMBERED
        accounts.deactivate(cast.vi.id, actor=cast.ada)
        accounts.change_role(cast.ed.id, "viewer", actor=cast.ada)

    rows = keys.listed(cast.ada)
    assert [(row.key.name, row.ended) for row in rows] == [
        ("newer", ""),
        ("older", ""),
        ("away", "away"),
        ("late", "expired"),
        ("gone", "revoked"),
    ]
    assert rows[0].lost == ("galleries:delete",)


def test_presets_are_permissions_that_an_editor_has(inside, cast):
    assert {name: preset <= ROLES["editor"] for name, preset in keys.PRESETS.items()} == {
        "read": True,
        "manage": True,
        "backgrounds": True,
    }
    assert keys.PRESETS["read"] == ROLES["viewer"] < keys.PRESETS["manage"]
