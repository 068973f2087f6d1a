"""Accounts: proving who one is, the lock-out, what an administrator changes, links that work once."""

import dataclasses
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from tests.fixtures.app import PASSWORD, on_sqlite
from tests.races import race
from webapp import create_app
from webapp.config import PASSWORD_MEMORY
from webapp.domain import accounts, invitations, links, lockout, sessions, site
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.links import LinkGone
from webapp.domain.lockout import LockedOut
from webapp.domain.models import (
    AuditEntry,
    Invitation,
    OneTimeToken,
    SignInFailure,
    SignInSession,
    User,
)
from webapp.domain.permissions import system
from webapp.domain.sessions import SignInRefused, Verified
from webapp.domain.transaction import transaction
from webapp.infra import identity
from webapp.infra.clock import now
from webapp.infra.db import db

ADDRESS = "192.0.2.7"
NEW = "another good password"


def get(actor):
    return db.session.get(User, actor.id, populate_existing=True)


def failures():
    return db.session.scalar(select(func.count()).select_from(SignInFailure))


def token_in(link):
    return link.rpartition("/")[2]


class TestAuthenticate:
    def test_authenticate_takes_the_address_however_it_is_written(self, inside, cast):
        assert accounts.authenticate(" ADA@Example.org ", PASSWORD, address=ADDRESS).id == cast.ada.id

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("ada@example.org", "wrong"),
            ("nobody@example.org", PASSWORD),
            ("", ""),
            ("a\x00b", "\x00"),
            ("x" * 999, "\ud800"),
        ],
    )
    def test_authenticate_refuses_in_the_same_words_whatever_is_wrong(self, inside, cast, email, password):
        with pytest.raises(SignInRefused) as refused:
            accounts.authenticate(email, password, address=ADDRESS)
        assert refused.value.message == "Email or password is wrong."

    def test_authenticate_refuses_who_is_deactivated_in_the_same_words(self, inside, cast):
        with transaction():
            accounts.deactivate(cast.ed.id, actor=cast.ada)
        with pytest.raises(SignInRefused) as refused:
            accounts.authenticate("ed@example.org", PASSWORD, address=ADDRESS)
        assert refused.value.message == "Email or password is wrong."

    @pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org", "off@example.org"])
    def test_authenticate_hashes_once_whoever_is_asked_for(self, inside, cast, email, monkeypatch):
        with transaction():
            accounts.add("off@example.org", name="Off", role="viewer", password=PASSWORD, actor=cast.ada)
            accounts.deactivate(accounts.find_by_email("off@example.org").id, actor=cast.ada)
        hashed = []
        matches = identity.matches
        monkeypatch.setattr(identity, "matches", lambda *given: hashed.append(given) or matches(*given))
        with pytest.raises(SignInRefused):
            accounts.authenticate(email, "wrong", address=ADDRESS)
        assert len(hashed) == 1

    def test_authenticate_holds_no_connection_while_it_hashes(self, inside, cast, monkeypatch):
        held = []
        matches = identity.matches
        monkeypatch.setattr(
            identity, "matches", lambda *given: held.append(db.engine.pool.checkedout()) or matches(*given)
        )
        accounts.authenticate("ada@example.org", PASSWORD, address=ADDRESS)
        assert held == [0]

    def test_authenticate_renews_a_hash_of_another_cost(self, inside, cast):
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        with transaction():
            get(cast.ada).password = cheap
        accounts.authenticate("ada@example.org", PASSWORD, address=ADDRESS)
        renewed = get(cast.ada).password
        assert renewed.startswith("$argon2id$v=19$m=8,t=2,p=1$")
        accounts.authenticate("ada@example.org", PASSWORD, address=ADDRESS)
        assert get(cast.ada).password == renewed

    @on_sqlite
    def test_a_password_is_the_same_in_every_normal_form(self, inside):
        hashed = identity.hash_password("caf\u00e9 cr\u00e8me br\u00fbl\u00e9e")
        assert identity.verify_password("cafe\u0301 cre\u0300me bru\u0302le\u0301e", hashed)

    @on_sqlite
    def test_hashes_are_argon2id_at_owasp_figures(self, settings):

        app = create_app(dataclasses.replace(settings, password_memory=PASSWORD_MEMORY))
        with app.app_context():
            assert identity.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
            db.engine.dispose()


class TestLockout:
    def test_an_account_is_locked_after_ten_failures_and_says_for_how_long(self, inside, cast):
        for _ in range(lockout.ACCOUNT_TRIES):
            with pytest.raises(SignInRefused):
                accounts.authenticate("ada@example.org", "wrong", address=None)
        with pytest.raises(LockedOut) as locked:
            accounts.authenticate("ada@example.org", PASSWORD, address=None)
        assert 800 < locked.value.details["retry_after"] <= 900
        assert locked.value.message == "Too many tries. Try again in 15 minutes."

    def test_an_unknown_account_is_locked_in_the_same_words(self, inside, cast):
        said = []
        for email in ("ada@example.org", "nobody@example.org"):
            for _ in range(lockout.ACCOUNT_TRIES):
                with pytest.raises(SignInRefused):
                    accounts.authenticate(email, "wrong", address=None)
            with pytest.raises(LockedOut) as locked:
                accounts.authenticate(email, "wrong", address=None)
            said.append(locked.value.message)
        assert said[0] == said[1]

    def test_an_address_is_locked_after_fifty_failures_of_whomever(self, inside, cast):
        for number in range(lockout.ADDRESS_TRIES):
            with pytest.raises(SignInRefused):
                accounts.authenticate(f"{number}@example.org", "wrong", address=ADDRESS)
        with pytest.raises(LockedOut):
            accounts.authenticate("ada@example.org", PASSWORD, address=ADDRESS)
        assert accounts.authenticate("ada@example.org", PASSWORD, address="192.0.2.8").id == cast.ada.id

    def test_addresses_of_one_ipv6_site_count_as_one(self, inside, cast):
        for number in range(lockout.ADDRESS_TRIES):
            with pytest.raises(SignInRefused):
                accounts.authenticate(f"{number}@example.org", "wrong", address=f"2001:db8::{number:x}")
        with pytest.raises(LockedOut):
            accounts.authenticate("ada@example.org", PASSWORD, address="2001:db8::ffff")
        assert accounts.authenticate("ada@example.org", PASSWORD, address="2001:db8:0:1::1").id == cast.ada.id

    def test_signing_in_forgets_the_failures_of_the_account(self, inside, cast):
        for _ in range(lockout.ACCOUNT_TRIES - 1):
            with pytest.raises(SignInRefused):
                accounts.authenticate("ada@example.org", "wrong", address=ADDRESS)
        accounts.authenticate("ada@example.org", PASSWORD, address=ADDRESS)
        subjects = set(db.session.scalars(select(SignInFailure.subject)))
        assert subjects == {f"address:{ADDRESS}"}
        assert failures() == lockout.ACCOUNT_TRIES - 1

    def test_failures_older_than_the_window_count_no_more(self, inside, cast):
        for _ in range(lockout.ACCOUNT_TRIES):
            with pytest.raises(SignInRefused):
                accounts.authenticate("ada@example.org", "wrong", address=None)
        with transaction():
            db.session.execute(update(SignInFailure).values(at=now() - lockout.WINDOW - timedelta(seconds=1)))
        assert accounts.authenticate("ada@example.org", PASSWORD, address=None).id == cast.ada.id
        assert failures() == 0

    def test_of_many_tries_at_once_no_more_than_the_limit_get_to_the_password(self, app, cast, monkeypatch):
        hashed = []
        matches = identity.matches
        monkeypatch.setattr(identity, "matches", lambda *given: hashed.append(given) or matches(*given))

        def guess():
            return accounts.authenticate("ada@example.org", "wrong", address=None)

        ended = race(app, *[guess] * 24)
        assert len(hashed) <= lockout.ACCOUNT_TRIES
        assert {type(each) for each in ended} == {SignInRefused, LockedOut}

    def test_a_new_password_by_link_ends_a_lockout(self, inside, cast):
        for _ in range(lockout.ACCOUNT_TRIES):
            with pytest.raises(SignInRefused):
                accounts.authenticate("ed@example.org", "wrong", address=None)
        with transaction():
            link = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
        with transaction():
            accounts.reset_password(token_in(link), NEW)
        assert accounts.authenticate("ed@example.org", NEW, address=None).id == cast.ed.id


class TestLetters:
    def ask(self, email="ed@example.org", address=None):
        return accounts.may_ask_reset(email, address=address)

    def test_three_letters_an_hour_go_to_one_address_however_it_is_written(self, inside, cast):
        asked = ["ed@example.org", " ED@Example.org", "ed@example.ORG ", "ed@example.org", "vi@example.org"]
        assert [self.ask(email) for email in asked] == [True, True, True, False, True]

    def test_letters_to_nobody_are_counted_alike(self, inside, cast):
        assert [self.ask("nobody@example.org") for _ in range(4)] == [True, True, True, False]
        assert [self.ask("a\x00b\ud800" + "x" * 300) for _ in range(4)] == [True, True, True, False]

    def test_who_asks_for_many_is_sent_no_more(self, inside, cast):
        allowed = [self.ask(f"{number}@example.org", ADDRESS) for number in range(lockout.ADDRESS_LETTERS + 2)]
        assert allowed == [True] * lockout.ADDRESS_LETTERS + [False] * 2
        assert self.ask("ed@example.org", "192.0.2.8")

    def test_a_refused_letter_does_not_lengthen_the_wait(self, inside, cast):
        for _ in range(9):
            self.ask()
        assert failures() == lockout.ACCOUNT_LETTERS

    def test_after_an_hour_a_letter_may_be_sent_again(self, inside, cast):
        assert [self.ask() for _ in range(4)] == [True, True, True, False]
        with transaction():
            db.session.execute(update(SignInFailure).values(at=now() - lockout.WINDOW - timedelta(seconds=1)))
        assert not self.ask()
        with transaction():
            db.session.execute(update(SignInFailure).values(at=now() - lockout.LETTER_WINDOW - timedelta(seconds=1)))
        assert self.ask()

    def test_signing_in_gives_no_further_letters_and_letters_lock_nobody_out(self, inside, cast):
        for _ in range(4):
            self.ask(address=ADDRESS)
        with transaction():
            db.session.execute(update(SignInFailure).values(at=now() - lockout.WINDOW - timedelta(seconds=1)))
        accounts.authenticate("ed@example.org", PASSWORD, address=ADDRESS)
        assert not self.ask()

    def test_of_many_asked_for_at_once_no_more_than_the_limit_are_sent(self, app, cast):
        ended = race(app, *[self.ask] * 12)
        assert set(ended) <= {True, False}
        assert ended.count(True) <= lockout.ACCOUNT_LETTERS
        with app.app_context():
            assert not self.ask()


class TestAdd:
    def test_add_makes_an_account_and_says_so_in_the_audit(self, inside, cast):
        with transaction():
            user = accounts.add(
                " Sam@Example.ORG", name=" Sam   Smith ", role="editor", password=PASSWORD, actor=cast.ada
            )
        assert (user.email, user.name, accounts.role_of(user)) == ("sam@example.org", "Sam Smith", "editor")
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_id == str(user.id))).one()
        assert (entry.verb, entry.user_id) == ("add", cast.ada.id)
        assert entry.changes == {"email": [None, "sam@example.org"], "role": [None, "editor"]}

    def test_add_refuses_an_address_that_has_an_account(self, inside, cast):
        with pytest.raises(Conflict), transaction():
            accounts.add("ED@example.org", name="Ed", role="viewer", password=PASSWORD, actor=cast.ada)

    @on_sqlite
    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("email", {"email": ""}),
            ("email", {"email": "no at sign"}),
            ("email", {"email": "a@b@c"}),
            ("email", {"email": "a\x00@b.c"}),
            ("email", {"email": "a\n@b.c"}),
            ("email", {"email": "x" * 250 + "@b.c"}),
            ("name", {"name": "  "}),
            ("name", {"name": "x" * 101}),
            ("name", {"name": "a\x00b"}),
            ("name", {"name": "a\ud800"}),
            ("password", {"password": "too short"}),
            ("password", {"password": "x" * 201}),
            ("role", {"role": "owner"}),
            ("languages", {"role": "translator"}),
            ("languages", {"role": "translator", "languages": ["fr", "tlh"]}),
        ],
    )
    def test_add_refuses_what_makes_no_account(self, inside, cast, field, wrong):
        given = {"email": "sam@example.org", "name": "Sam", "role": "editor", "password": PASSWORD} | wrong
        with pytest.raises(Invalid) as refused, transaction():
            accounts.add(given.pop("email"), **given, actor=cast.ada)
        assert refused.value.field == field
        assert accounts.find_by_email("sam@example.org") is None

    def test_of_two_accounts_with_one_address_at_once_one_is_made(self, app, cast):
        def add():
            with transaction():
                accounts.add("sam@example.org", name="Sam", role="viewer", password=PASSWORD, actor=cast.ada)

        ended = race(app, add, add)
        assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]


class TestRoles:
    def test_change_role_ends_all_sign_ins_and_is_told_in_the_audit(self, inside, cast):
        with transaction():
            token = sessions.open_bearer(Verified.of(get(cast.ed)))
        with transaction():
            user = accounts.change_role(cast.ed.id, "translator", ["fr"], version=1, actor=cast.ada)
        assert (accounts.role_of(user), user.version) == ("translator", 2)
        assert sessions.recognise_bearer(token) is None
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "change_role")).one()
        assert entry.changes == {"role": ["editor", "translator"], "languages": [[], ["fr"]]}

    def test_change_role_to_what_it_is_changes_nothing(self, inside, cast):
        with transaction():
            token = sessions.open_bearer(Verified.of(get(cast.tessa)))
        with transaction():
            user = accounts.change_role(cast.tessa.id, "translator", ["fr"], actor=cast.ada)
        assert user.version == 1
        assert sessions.recognise_bearer(token) is not None

    def test_change_role_refuses_a_stale_token(self, inside, cast):
        with transaction():
            accounts.change_role(cast.ed.id, "viewer", version=1, actor=cast.ada)
        with pytest.raises(Stale), transaction():
            accounts.change_role(cast.ed.id, "editor", version=1, actor=cast.ada)
        assert accounts.role_of(get(cast.ed)) == "viewer"

    def test_change_role_of_nobody_is_not_found(self, inside, cast):
        with pytest.raises(NotFound), transaction():
            accounts.change_role(site.get().instance_id, "viewer", actor=cast.ada)

    @pytest.mark.parametrize("change", [accounts.deactivate, accounts.reactivate])
    def test_only_who_may_change_users_does(self, inside, cast, change):
        with pytest.raises(Forbidden), transaction():
            change(cast.vi.id, actor=cast.ed)

    def test_the_last_admin_keeps_the_role(self, inside, cast):
        with pytest.raises(Conflict, match="last administrator"), transaction():
            accounts.change_role(cast.ada.id, "editor", actor=cast.ada)
        with pytest.raises(Conflict, match="last administrator"), transaction():
            accounts.deactivate(cast.ada.id, actor=cast.ada)
        assert get(cast.ada).active

    def test_a_deactivated_admin_is_no_other_admin(self, inside, cast):
        with transaction():
            accounts.change_role(cast.ed.id, "admin", actor=cast.ada)
            accounts.deactivate(cast.ed.id, actor=cast.ada)
        with pytest.raises(Conflict), transaction():
            accounts.deactivate(cast.ada.id, actor=cast.ada)

    def test_two_admins_cannot_put_each_other_out_at_once(self, app, cast):
        with app.app_context(), transaction():
            accounts.change_role(cast.ed.id, "admin", actor=cast.ada)

        def demote(whom):
            def deed():
                with transaction():
                    accounts.change_role(whom, "viewer", actor=system("cli"))

            return deed

        ended = race(app, demote(cast.ada.id), demote(cast.ed.id))
        assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]
        with app.app_context():
            assert "admin" in {accounts.role_of(get(cast.ada)), accounts.role_of(get(cast.ed))}

    def test_deactivating_ends_sign_ins_and_voids_reset_links(self, inside, cast):
        with transaction():
            token = sessions.open_bearer(Verified.of(get(cast.ed)))
            link = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
        with transaction():
            accounts.deactivate(cast.ed.id, version=1, actor=cast.ada)
        assert sessions.recognise_bearer(token) is None
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(link))
        with transaction():
            accounts.reactivate(cast.ed.id, version=2, actor=cast.ada)
        assert get(cast.ed).active
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(link))

    def test_all_users_lists_the_active_by_name_first(self, inside, cast):
        with transaction():
            accounts.deactivate(cast.ed.id, actor=cast.ada)
        assert [user.name for user in accounts.all_users()] == ["Ada", "Tessa", "Vi", "Ed"]


class TestPassword:
    def test_change_password_wants_the_present_one(self, inside, cast):
        with pytest.raises(Invalid) as refused:
            accounts.change_password(cast.ed.id, old="wrong", new=NEW, actor=cast.ed)
        assert refused.value.field == "password"
        assert accounts.authenticate("ed@example.org", PASSWORD, address=None).id == cast.ed.id

    def test_change_password_wants_a_long_enough_one(self, inside, cast):
        with pytest.raises(Invalid) as refused:
            accounts.change_password(cast.ed.id, old=PASSWORD, new="short", actor=cast.ed)
        assert refused.value.field == "new_password"

    def test_change_password_ends_all_sign_ins_and_lets_in_by_the_new_one(self, inside, cast):
        with transaction():
            token = sessions.open_bearer(Verified.of(get(cast.ed)))
        verified = accounts.change_password(cast.ed.id, old=PASSWORD, new=NEW, actor=cast.ed)
        assert sessions.recognise_bearer(token) is None
        with transaction():
            assert sessions.open_browser(verified, remembered=False)
        assert accounts.authenticate("ed@example.org", NEW, address=None).id == cast.ed.id

    def test_guessing_the_present_password_locks_out(self, inside, cast):
        for _ in range(lockout.ACCOUNT_TRIES):
            with pytest.raises(Invalid):
                accounts.change_password(cast.ed.id, old="wrong", new=NEW, actor=cast.ed)
        with pytest.raises(LockedOut):
            accounts.change_password(cast.ed.id, old=PASSWORD, new=NEW, actor=cast.ed)


class TestReset:
    def test_a_reset_link_works_once(self, inside, cast):
        with transaction():
            link = accounts.reset_link(cast.ed.id, "https://photos.example", actor=cast.ada)
        assert link.startswith("https://photos.example/reset/")
        assert accounts.check_reset(token_in(link)).id == cast.ed.id
        with transaction():
            accounts.reset_password(token_in(link), NEW)
        with pytest.raises(LinkGone), transaction():
            accounts.reset_password(token_in(link), "yet another password")
        assert accounts.authenticate("ed@example.org", NEW, address=None).id == cast.ed.id

    def test_a_newer_reset_link_voids_the_older_one(self, inside, cast):
        with transaction():
            older = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
            newer = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(older))
        assert accounts.check_reset(token_in(newer)).id == cast.ed.id

    def test_a_changed_password_voids_the_reset_link(self, inside, cast):
        with transaction():
            link = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
        accounts.change_password(cast.ed.id, old=PASSWORD, new=NEW, actor=cast.ed)
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(link))

    def test_an_old_reset_link_is_gone(self, inside, cast):
        with transaction():
            link = accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)
            db.session.execute(update(OneTimeToken).values(expires_at=now()))
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(link))

    def test_a_set_up_token_is_no_reset_token(self, inside):
        with transaction():
            link = accounts.setup_link("http://x")
        with pytest.raises(LinkGone):
            accounts.check_reset(token_in(link))

    def test_of_two_uses_at_once_one_sets_the_password(self, app, cast):
        with app.app_context(), transaction():
            token = token_in(accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada))

        def use():
            with transaction():
                accounts.reset_password(token, NEW)

        ended = race(app, use, use)
        assert sorted(type(each).__name__ for each in ended) == ["LinkGone", "NoneType"]

    def test_no_link_for_who_is_deactivated(self, inside, cast):
        with transaction():
            accounts.deactivate(cast.ed.id, actor=cast.ada)
        with pytest.raises(Conflict), transaction():
            accounts.reset_link(cast.ed.id, "http://x", actor=cast.ada)


LENA = {"site_name": "Northlight", "name": "Lena", "email": "lena@example.org", "password": PASSWORD}


class TestSetUp:
    def test_set_up_makes_the_admin_and_names_the_site(self, inside):
        with transaction():
            token = token_in(accounts.setup_link("http://x"))
        with transaction():
            user = site.set_up(token, **LENA)
        assert accounts.role_of(user) == "admin"
        assert (site.get().name, site.get().set_up_at is not None) == ("Northlight", True)

    def test_set_up_happens_once(self, inside):
        with transaction():
            token = token_in(accounts.setup_link("http://x"))
        with transaction():
            site.set_up(token, **LENA)
        with pytest.raises(LinkGone), transaction():
            site.set_up(token, **LENA | {"email": "other@example.org"})
        with transaction():
            assert accounts.setup_link("http://x") is None
        assert len(accounts.all_users()) == 1

    def test_a_refused_set_up_leaves_the_link_good(self, inside):
        with transaction():
            token = token_in(accounts.setup_link("http://x"))
        with pytest.raises(Invalid), transaction():
            site.set_up(token, **LENA | {"password": "short"})
        assert site.get().name == "Vitrine"
        with transaction():
            site.set_up(token, **LENA)

    def test_each_start_makes_a_new_link_and_voids_the_old(self, inside):
        with transaction():
            older = token_in(accounts.setup_link("http://x"))
        with transaction():
            newer = token_in(accounts.setup_link("http://x"))
        with pytest.raises(LinkGone):
            site.check_setup(older)
        site.check_setup(newer)
        assert db.session.scalar(select(func.count()).select_from(OneTimeToken)) == 1

    def test_of_two_set_ups_at_once_one_makes_the_admin(self, app):
        with app.app_context(), transaction():
            token = token_in(accounts.setup_link("http://x"))

        def begin(email):
            def deed():
                with transaction():
                    site.set_up(token, **LENA | {"email": email})

            return deed

        ended = race(app, begin("a@example.org"), begin("b@example.org"))
        assert sorted(type(each).__name__ for each in ended) == ["LinkGone", "NoneType"]
        with app.app_context():
            assert len(accounts.all_users()) == 1


class TestInvitations:
    def invite(self, cast, **fields):
        with transaction():
            invitation, link = invitations.invite(
                "Sam@Example.org",
                **{"role": "editor", "base_url": "https://photos.example", "actor": cast.ada} | fields,
            )
        return invitation, token_in(link)

    def test_an_invitation_becomes_an_account(self, inside, cast):
        _, token = self.invite(cast, role="translator", languages=["fr"])
        assert [each.email for each in invitations.pending()] == ["sam@example.org"]
        with transaction():
            user = invitations.accept(token, name="Sam", password=PASSWORD)
        assert (user.email, accounts.role_of(user)) == ("sam@example.org", "translator")
        assert [language.code for language in user.languages] == ["fr"]
        assert invitations.pending() == []

    def test_an_invitation_is_accepted_once(self, inside, cast):
        _, token = self.invite(cast)
        with transaction():
            invitations.accept(token, name="Sam", password=PASSWORD)
        with pytest.raises(LinkGone), transaction():
            invitations.accept(token, name="Sam", password=PASSWORD)

    def test_a_revoked_invitation_is_gone(self, inside, cast):
        invitation, token = self.invite(cast)
        with transaction():
            invitations.revoke(invitation.id, actor=cast.ada)
        with pytest.raises(LinkGone):
            invitations.check(token)
        with pytest.raises(NotFound), transaction():
            invitations.revoke(invitation.id, actor=cast.ada)

    def test_an_invitation_of_last_week_is_gone(self, inside, cast):
        _, token = self.invite(cast)
        with transaction():
            db.session.execute(update(Invitation).values(expires_at=now()))
        with pytest.raises(LinkGone):
            invitations.check(token)

    def test_inviting_again_voids_the_first_link(self, inside, cast):
        _, first = self.invite(cast)
        _, second = self.invite(cast)
        with pytest.raises(LinkGone):
            invitations.check(first)
        assert invitations.check(second).email == "sam@example.org"

    def test_who_has_an_account_is_not_invited(self, inside, cast):
        with pytest.raises(Conflict), transaction():
            invitations.invite("ed@example.org", role="editor", base_url="", actor=cast.ada)

    @pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
    def test_only_who_may_make_users_invites(self, inside, cast, who):
        with pytest.raises(Forbidden), transaction():
            invitations.invite("sam@example.org", role="admin", base_url="", actor=getattr(cast, who))


def test_no_secret_stands_in_the_audit_or_in_the_clear(inside, cast):
    """What lets somebody in is kept as a hash, and never told."""
    with transaction():
        setup = links.issue(links.RESET, cast.vi.id)
        _, invited = invitations.invite("sam@example.org", role="editor", base_url="", actor=cast.ada)
        bearer = sessions.open_bearer(Verified.of(get(cast.ed)))
        browser = sessions.open_browser(Verified.of(get(cast.ed)), remembered=True)
    accounts.change_password(cast.vi.id, old=PASSWORD, new=NEW, actor=cast.vi)
    kept = [
        str(row)
        for model in (AuditEntry, Invitation, OneTimeToken, SignInSession, SignInFailure, User)
        for row in db.session.execute(select(model.__table__))
    ]
    for secret in (setup, token_in(invited), bearer, browser, PASSWORD, NEW):
        assert not any(secret in row for row in kept)
