"""Sign-ins: one query to recognise, and nothing left of one that has ended."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.races import race
from tests.statements import counted
from webapp.domain import accounts, sessions
from webapp.domain.errors import NotFound
from webapp.domain.models import AuditEntry, SignInSession, User
from webapp.domain.permissions import ROLES
from webapp.domain.sessions import SignInRefused, Verified
from webapp.domain.transaction import transaction
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db


def verified(actor):
    return Verified.of(db.session.get(User, actor.id, populate_existing=True))


def opened(actor, **how):
    with transaction():
        return sessions.open_browser(verified(actor), **{"remembered": False} | how)


def rows():
    return list(db.session.scalars(select(SignInSession).execution_options(populate_existing=True)))


@pytest.mark.parametrize("who", ["ada", "ed", "tessa", "vi"])
def test_recognise_is_one_query_whoever_it_is(inside, cast, who):
    token = opened(getattr(cast, who))
    with counted() as sent:
        found = sessions.recognise(token)
    assert len(sent) == 1
    assert found.actor == getattr(cast, who)
    assert found.actor.permissions == ROLES[found.actor.role]


def test_recognise_gives_a_translator_the_languages_and_others_all(inside, cast):
    with transaction():
        accounts.change_role(cast.vi.id, "translator", ["en", "fr"], actor=cast.ada)
    found = sessions.recognise(opened(cast.vi))
    assert len(found.actor.languages) == 2
    assert sessions.recognise(opened(cast.ed)).actor.languages is None


def test_the_row_keeps_a_hash_and_never_the_token(inside, cast):
    token = opened(cast.ed)
    assert len(token) >= 43
    assert [row.token_hash for row in rows()] == [tokens.digest(token)]


@pytest.mark.parametrize("token", ["", "vs_", "x" * 10_000, "\x00", "\ud800", "é"])
def test_recognise_takes_any_token_and_knows_nobody_by_it(inside, cast, token):
    opened(cast.ed)
    assert sessions.recognise(token) is None
    assert sessions.recognise_bearer(token) is None


def test_a_browser_token_is_no_bearer_and_a_bearer_no_browser_token(inside, cast):
    browser = opened(cast.ed)
    with transaction():
        bearer = sessions.open_bearer(verified(cast.ed))
    assert bearer.startswith("vs_")
    assert sessions.recognise(bearer) is None
    assert sessions.recognise_bearer(browser) is None
    assert sessions.recognise_bearer(f"vs_{browser}") is None


def test_recognise_bearer_is_one_query_and_names_the_door(inside, cast):
    with transaction():
        token = sessions.open_bearer(verified(cast.tessa))
    with counted() as sent:
        actor = sessions.recognise_bearer(token, door="sherl")
    assert len(sent) == 1
    assert (actor.id, actor.door, actor.languages) == (cast.tessa.id, "sherl", cast.tessa.languages)


@pytest.mark.parametrize(("remembered", "life"), [(True, timedelta(days=30)), (False, timedelta(hours=24))])
def test_a_sign_in_ends_after_its_life(inside, cast, remembered, life):
    token = opened(cast.ed, remembered=remembered)
    [row] = rows()
    assert row.expires_at - row.created_at == life
    with transaction():
        db.session.execute(update(SignInSession).values(expires_at=now()))
    assert sessions.recognise(token) is None


def test_opening_drops_what_has_expired_of_that_person(inside, cast):
    for who in (cast.ed, cast.ed, cast.vi):
        opened(who)
    with transaction():
        db.session.execute(update(SignInSession).values(expires_at=now()))
    opened(cast.ed)
    assert sorted(row.user_id == cast.ed.id for row in rows()) == [False, True]


def test_open_refuses_who_was_verified_before_the_password_changed(inside, cast):
    """The sign-in began with the old password and would end after the change."""
    before = verified(cast.ed)
    with transaction():
        accounts.set_password_hash(
            db.session.get(User, cast.ed.id), "$argon2id$x", verb="change_password", actor=cast.ed
        )
    with pytest.raises(SignInRefused), transaction():
        sessions.open_browser(before, remembered=True)
    assert rows() == []


@pytest.mark.parametrize("change", ["deactivate", "role"])
def test_open_refuses_who_was_verified_before_being_let_go(inside, cast, change):
    before = verified(cast.ed)
    with transaction():
        if change == "deactivate":
            accounts.deactivate(cast.ed.id, actor=cast.ada)
        else:
            accounts.change_role(cast.ed.id, "viewer", actor=cast.ada)
    with pytest.raises(SignInRefused), transaction():
        sessions.open_bearer(before)
    assert rows() == []


def test_nobody_is_signed_in_after_a_race_of_opening_and_deactivating(app, cast):
    def open_one():
        with transaction():
            return sessions.open_browser(before, remembered=False)

    def deactivate():
        with transaction():
            accounts.deactivate(cast.ed.id, actor=cast.ada)

    with app.app_context():
        before = verified(cast.ed)
    ended = race(app, open_one, open_one, deactivate, open_one, open_one)
    assert ended[2] is None
    with app.app_context():
        assert rows() == []


def test_close_ends_one_of_my_own_and_is_told_in_the_audit(inside, cast):
    mine, other = opened(cast.ed), opened(cast.ed)
    with transaction():
        sessions.close(sessions.recognise(mine).id, actor=cast.ed)
    assert sessions.recognise(mine) is None
    assert sessions.recognise(other) is not None
    assert db.session.scalars(select(AuditEntry.verb)).all()[-1] == "sign_out"


def test_close_of_somebody_elses_is_not_found(inside, cast):
    token = opened(cast.ed)
    with pytest.raises(NotFound), transaction():
        sessions.close(sessions.recognise(token).id, actor=cast.ada)
    assert sessions.recognise(token) is not None


def test_close_others_ends_all_of_mine_but_this(inside, cast):
    here, there, other = opened(cast.ed), opened(cast.ed), opened(cast.vi)
    with transaction():
        bearer = sessions.open_bearer(verified(cast.ed))
    with transaction():
        sessions.close_others(sessions.recognise(here).id, actor=cast.ed)
    known = [sessions.recognise(token) is not None for token in (here, there, other)]
    assert (known, sessions.recognise_bearer(bearer)) == ([True, False, True], None)


def test_close_bearer_ends_it_and_takes_any_token(inside, cast):
    with transaction():
        token = sessions.open_bearer(verified(cast.ed))
    with transaction():
        sessions.close_bearer(token)
        sessions.close_bearer("vs_nothing")
    assert sessions.recognise_bearer(token) is None


def left(token):
    return sessions.recognise(token).ends_at - now()


def moved(**by):
    """Let time pass for all sign-ins: everything of theirs was this much earlier."""
    span = timedelta(**by)
    with transaction():
        for row in rows():
            row.created_at, row.expires_at = row.created_at - span, row.expires_at - span


def prolonged(token):
    found = sessions.recognise(token)
    with transaction():
        return sessions.prolong(found.id, actor=found.actor)


def test_recognise_puts_no_end_off(inside, cast):
    token = opened(cast.ed)
    ends_at = sessions.recognise(token).ends_at
    moved(hours=23)
    with transaction():
        sessions.note_presence(sessions.recognise(token).id)
    assert sessions.recognise(token).ends_at == ends_at - timedelta(hours=23)


@pytest.mark.parametrize(("minutes", "soon"), [(60 * 24 - 11, False), (60 * 24 - 10, True), (60 * 24 - 1, True)])
def test_a_sign_in_says_ten_minutes_before_that_it_ends(inside, cast, minutes, soon):
    token = opened(cast.ed)
    moved(minutes=minutes)
    found = sessions.recognise(token)
    assert (found.ends_soon, found.may_stay) == (soon, True)


def test_a_sign_in_is_prolonged_by_a_day_from_now(inside, cast):
    token = opened(cast.ed)
    moved(hours=23, minutes=55)
    assert left(token) < timedelta(minutes=5)
    ends_at = prolonged(token)
    assert sessions.recognise(token).ends_at == ends_at
    assert timedelta(hours=23, minutes=59) < left(token) <= sessions.BROWSER_LIFE


def test_staying_works_ten_times_and_more_and_ends_with_the_month(inside, cast):
    token = opened(cast.ed)
    moved(hours=23, minutes=55)
    times = 0
    while sessions.recognise(token).may_stay:
        prolonged(token)
        moved(seconds=left(token).total_seconds() - 60)
        times += 1
    found = sessions.recognise(token)
    assert 10 <= times <= 31
    assert found.ends_at == found.opened_at + sessions.REMEMBERED_LIFE
    assert prolonged(token) == found.ends_at, "and not a moment longer"


def test_a_remembered_sign_in_is_never_made_shorter_nor_longer(inside, cast):
    token = opened(cast.ed, remembered=True)
    before = sessions.recognise(token)
    assert not before.may_stay
    assert prolonged(token) == before.ends_at


def test_prolong_is_for_ones_own_that_is_still_there(inside, cast):
    mine = sessions.recognise(opened(cast.ed))
    with pytest.raises(NotFound), transaction():
        sessions.prolong(mine.id, actor=cast.vi)
    with transaction():
        sessions.close(mine.id, actor=cast.ed)
    with pytest.raises(NotFound), transaction():
        sessions.prolong(mine.id, actor=cast.ed)


def test_of_user_lists_the_good_ones_the_last_used_first(inside, cast):
    for agent in ("first", "second", "third", "expired"):
        opened(cast.ed, agent=agent)
    with transaction():
        for row in rows():
            if row.agent == "first":
                row.seen_at = now() + timedelta(minutes=1)
            if row.agent == "expired":
                row.expires_at = now()
    listed = [row.agent for row in sessions.of_user(cast.ed.id)]
    assert listed[0] == "first"
    assert sorted(listed) == ["first", "second", "third"]


def test_presence_is_noted_at_most_every_five_minutes(inside, cast):
    token = opened(cast.ed)
    assert not sessions.recognise(token).unseen
    long_ago = now() - sessions.PRESENCE_STEP - timedelta(seconds=1)
    with transaction():
        db.session.execute(update(SignInSession).values(seen_at=long_ago))
    found = sessions.recognise(token)
    assert found.unseen
    for _ in range(2):
        with transaction():
            sessions.note_presence(found.id)
    [row] = rows()
    noted = row.seen_at
    assert noted > long_ago
    with transaction():
        sessions.note_presence(found.id)
    assert rows()[0].seen_at == noted


def test_a_very_long_agent_is_cut(inside, cast):
    opened(cast.ed, agent="x" * 5000, address="2001:db8::1")
    [row] = rows()
    assert (len(row.agent), row.address) == (255, "2001:db8::1")


def test_signing_in_notes_when(inside, cast):
    opened(cast.ed)
    assert db.session.get(User, cast.ed.id, populate_existing=True).signed_in_at is not None
    assert db.session.scalar(select(func.count()).where(User.signed_in_at.is_not(None))) == 1
