"""Share links in the domain: what they show and to whom, when they end, what visitors ask for and approve."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.races import race
from tests.statements import counted
from webapp.domain import (
    accounts,
    approving,
    galleries,
    holds,
    items,
    listing,
    lockout,
    notes,
    shares,
    showing,
    translations,
    visiting,
)
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.links import LinkGone
from webapp.domain.models import AuditEntry, Blob, Gallery, Item, Media, Share, ShareNote, ShareVisit, SignInFailure
from webapp.domain.permissions import Actor
from webapp.domain.shares import ShareFields
from webapp.domain.transaction import transaction
from webapp.domain.visiting import Shared
from webapp.infra.clock import now
from webapp.infra.db import db

BASE = "https://photos.example.org"
PLAIN: ShareFields = {
    "label": "Ines",
    "code": None,
    "state": "working",
    "days": 14,
    "password": None,
    "max_uses": None,
    "downloads": False,
}

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def summer(cast: Cast, inside: Flask) -> UUID:
    with transaction():
        made = factories.gallery(cast.ed, "Summer", pictures=3, description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, caption="The quay", alt="A quay at dusk")
        factories.write(first, "fr", cast.ed, caption="Le quai")
        return made.id


def make(gallery_id: UUID, by: Actor, **fields: Any) -> str:
    """Make a link and return its token."""
    with transaction():
        _share, link = shares.make(gallery_id, PLAIN | fields, base_url=BASE, actor=by)  # type: ignore[typeddict-item]
    return link.removeprefix(f"{BASE}/s/")


def inside_by(token: str, **told: Any) -> Shared:
    """Come in by a link."""
    cookie = visiting.enter(token, **{"password": "", "name": "Ines", "address": None} | told)
    return visiting.find(token, cookie)


def note(shared: Shared, words: str = "Too dark", **fields: Any) -> ShareNote:
    """Ask for a change."""
    told = {"item_id": None, "field": None, "code": "en", "x": None, "y": None, "name": ""}
    with transaction():
        return notes.ask(shared, told | {"words": words} | fields)  # type: ignore[arg-type]


def approve(shared: Shared) -> None:
    with transaction():
        approving.approve(shared, seen=seen(shared), name="")


def seen(shared: Shared) -> str:
    return approving.token(approving.prints(shared.gallery, shared.share))


def changed(gallery_id: UUID) -> list[tuple[str, ...]]:
    """Return of each approval what has changed since, the newest first."""
    found = [row.share for row in shares.of_gallery(gallery_id)]
    made = approving.of_shares(db.session.get_one(Gallery, gallery_id), found)
    return [each.changed for rows in made.values() for each in rows]


def write(owner: Any, code: str, by: Actor, **texts: str | None) -> None:
    with transaction():
        factories.write(owner, code, by, **texts)


# ---- made, ended, withdrawn ----


@on_sqlite
def test_share_token_is_long_and_kept_as_a_hash_alone(summer: UUID, cast: Cast) -> None:
    tokens = [make(summer, cast.ed) for _ in range(3)]

    kept = " ".join(str(value) for row in db.session.query(Share).all() for value in vars(row).values())
    assert len(set(tokens)) == 3
    assert all(len(token) >= 43 for token in tokens)
    assert not any(token in kept for token in tokens)


def test_share_opens_for_whoever_has_its_token(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)

    shared = inside_by(token)

    assert shared.gallery.id == summer
    assert shared.by == "Ed"
    assert shared.visit is not None
    assert shared.visit.name == "Ines"


@on_sqlite
@pytest.mark.parametrize("token", ["", "x" * 43, "é" * 43, "\ud800" * 43])
def test_share_of_another_token_is_gone(token: str, summer: UUID, cast: Cast) -> None:
    make(summer, cast.ed)

    with pytest.raises(LinkGone):
        visiting.find(token, None)


@on_sqlite
@pytest.mark.parametrize("who", ["tessa", "vi"])
def test_share_is_made_by_who_may_update_galleries(who: str, summer: UUID, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        make(summer, getattr(cast, who))

    assert shares.of_gallery(summer) == []


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"state": "all"}, "state"),
        ({"days": 10_000}, "days"),
        ({"password": "short"}, "password"),
        ({"max_uses": 0}, "max_uses"),
        ({"code": "tlh"}, "language"),
    ],
)
def test_share_with_a_field_that_means_nothing_is_refused(
    fields: dict[str, Any], field: str, summer: UUID, cast: Cast
) -> None:
    with pytest.raises(Invalid) as refused:
        make(summer, cast.ed, **fields)

    assert refused.value.field == field


def end_by_revoking(share: Share, by: Actor) -> None:
    shares.revoke(share.gallery_id, share.id, actor=by)


def end_by_time(share: Share, _by: Actor) -> None:
    share.expires_at = now() - timedelta(seconds=1)


def end_by_trash(share: Share, by: Actor) -> None:
    galleries.trash(galleries.get(share.gallery_id), actor=by)


def end_by_a_new_address(share: Share, by: Actor) -> None:
    shares.renew(share.gallery_id, share.id, base_url=BASE, actor=by)


ENDS = [end_by_revoking, end_by_time, end_by_trash, end_by_a_new_address]


@pytest.mark.parametrize("end", ENDS)
def test_share_that_ends_ends_for_who_is_inside(end: Any, summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    cookie = visiting.enter(token, password="", name="", address=None)

    with transaction():
        end(db.session.query(Share).one(), cast.ed)

    with pytest.raises(LinkGone):
        visiting.find(token, cookie)
    with pytest.raises(LinkGone):
        visiting.enter(token, password="", name="", address=None)


@on_sqlite
def test_share_with_a_new_address_opens_by_it_and_no_old_cookie_does(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    cookie = visiting.enter(token, password="", name="", address=None)
    share = db.session.query(Share).one()

    with transaction():
        _share, link = shares.renew(summer, share.id, base_url=BASE, actor=cast.ed)

    fresh = link.removeprefix(f"{BASE}/s/")
    assert visiting.find(fresh, cookie).visit is None
    assert inside_by(fresh).visit is not None
    assert len(shares.visits([share.id])[share.id]) == 2


@on_sqlite
def test_share_that_was_withdrawn_gets_no_new_address(summer: UUID, cast: Cast) -> None:
    make(summer, cast.ed)
    share = db.session.query(Share).one()
    with transaction():
        shares.revoke(summer, share.id, actor=cast.ed)

    with pytest.raises(Conflict), transaction():
        shares.renew(summer, share.id, base_url=BASE, actor=cast.ed)

    assert [row.ended for row in shares.of_gallery(summer)] == ["revoked"]


@on_sqlite
def test_share_of_another_gallery_is_not_withdrawn(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    share = db.session.query(Share).one()

    with pytest.raises(NotFound), transaction():
        shares.revoke(uuid4(), share.id, actor=cast.ed)

    assert visiting.find(token, None).share.id == share.id


@on_sqlite
def test_share_leaves_its_making_and_withdrawing_in_the_audit_without_the_token(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, password="quiet evening")
    with transaction():
        shares.revoke(summer, db.session.query(Share).one().id, actor=cast.ed)

    rows = db.session.query(AuditEntry).filter(AuditEntry.thing == "share").order_by(AuditEntry.id).all()
    assert [row.verb for row in rows] == ["share.make", "share.revoke"]
    assert not any(secret in str(row.changes) for row in rows for secret in (token, "quiet evening"))


@on_sqlite
def test_shares_of_the_site_are_those_that_work(summer: UUID, cast: Cast) -> None:
    make(summer, cast.ed, label="Works")
    make(summer, cast.ed, label="Ended")
    with transaction():
        end_by_time(db.session.query(Share).filter(Share.label == "Ended").one(), cast.ed)

    assert [(row.share.label, row.title, row.by) for row in shares.of_site()] == [("Works", "Summer", "Ed")]


@on_sqlite
def test_links_outlive_who_made_them_and_are_withdrawn_all_at_once(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    make(summer, cast.ed)
    others = make(summer, cast.ada)
    assert shares.away() == []
    with transaction():
        accounts.deactivate(cast.ed.id, actor=cast.ada)

    assert visiting.find(token, None).gallery.id == summer
    assert shares.away() == shares.away(cast.ed.id) == [shares.Away(cast.ed.id, "Ed", 2)]
    assert shares.away(cast.ada.id) == []
    assert sorted((row.by, row.is_away) for row in shares.of_site()) == [("Ada", False), ("Ed", True), ("Ed", True)]

    with transaction():
        assert shares.revoke_all_of(cast.ed.id, actor=cast.ada) == 2
    with pytest.raises(LinkGone):
        visiting.find(token, None)
    assert visiting.find(others, None).gallery.id == summer
    assert shares.away() == []
    assert db.session.query(AuditEntry).filter(AuditEntry.verb == "share.revoke").count() == 2


@on_sqlite
@pytest.mark.parametrize("who", ["tessa", "vi"])
def test_links_of_others_are_withdrawn_by_who_may(who: str, summer: UUID, cast: Cast) -> None:
    make(summer, cast.ed)

    with pytest.raises(Forbidden), transaction():
        shares.revoke_all_of(cast.ed.id, actor=getattr(cast, who))


# ---- coming in ----


@on_sqlite
def test_share_password_lets_in_and_another_does_not(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, password="quiet evening")

    with pytest.raises(visiting.PasswordRefused):
        inside_by(token, password="loud morning")

    assert db.session.query(ShareVisit).count() == 0
    assert inside_by(token, password="quiet evening").visit is not None
    assert "quiet evening" not in str(db.session.query(Share).one().password)


def test_share_password_passes_the_lock_out(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, password="quiet evening")
    for _ in range(lockout.ACCOUNT_TRIES):
        with pytest.raises(visiting.PasswordRefused):
            inside_by(token, password="guess", address="192.0.2.7")

    with pytest.raises(lockout.LockedOut):
        inside_by(token, password="quiet evening", address="192.0.2.8")


@on_sqlite
def test_share_password_that_is_right_forgets_the_tries(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, password="quiet evening")
    with pytest.raises(visiting.PasswordRefused):
        inside_by(token, password="guess")

    inside_by(token, password="quiet evening")

    assert db.session.query(SignInFailure).count() == 0


def test_share_use_is_a_session_and_no_request(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, max_uses=2)
    cookies = [visiting.enter(token, password="", name="", address=None) for _ in range(2)]

    with pytest.raises(Conflict):
        visiting.enter(token, password="", name="", address=None)

    for cookie in cookies * 3:
        assert visiting.find(token, cookie).visit is not None
    assert [(row.share.uses, row.ended) for row in shares.of_gallery(summer)] == [(2, "used")]


@on_sqlite
def test_share_opens_so_many_sessions_in_an_hour(summer: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "OPENINGS", 2)
    token, other = make(summer, cast.ed), make(summer, cast.ed)
    for _ in range(2):
        inside_by(token)

    with pytest.raises(lockout.LockedOut):
        inside_by(token)

    assert inside_by(other).visit is not None
    with transaction():
        for visit in db.session.query(ShareVisit):
            visit.opened_at -= timedelta(hours=2)
    assert inside_by(token).visit is not None


@pytest.mark.both_engines
def test_share_is_opened_no_more_often_than_it_may_be_by_many_at_once(
    summer: UUID, cast: Cast, inside: Flask
) -> None:
    token = make(summer, cast.ed, max_uses=2)

    def come() -> str:
        return visiting.enter(token, password="", name="", address=None)

    ended = race(inside, *[come] * 6)

    assert sum(isinstance(each, str) for each in ended) == 2
    assert sum(isinstance(each, Conflict) for each in ended) == 4
    assert db.session.query(ShareVisit).count() == 2


@pytest.mark.both_engines
def test_notes_asked_for_at_once_have_numbers_of_their_own(summer: UUID, cast: Cast, inside: Flask) -> None:
    token = make(summer, cast.ed)
    cookies = [visiting.enter(token, password="", name=f"Ines {n}", address=None) for n in range(5)]

    ended = race(inside, *[lambda cookie=cookie: note(visiting.find(token, cookie)).number for cookie in cookies])

    assert sorted(ended) == [1, 2, 3, 4, 5]


@on_sqlite
def test_share_cookie_of_another_link_opens_nothing(summer: UUID, cast: Cast) -> None:
    one, other = make(summer, cast.ed), make(summer, cast.ed)
    cookie = visiting.enter(one, password="", name="", address=None)

    assert visiting.find(other, cookie).visit is None
    assert visiting.find(one, None).visit is None
    assert visiting.find(one, "").visit is None


@on_sqlite
def test_share_visitor_who_leaves_is_outside_and_in_the_log(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    cookie = visiting.enter(token, password="", name="Ines", address=None)
    visit = visiting.find(token, cookie).visit

    with transaction():
        visiting.note_page(visit.id)
        visiting.leave(visit.id)

    assert visiting.find(token, cookie).visit is None
    logged = shares.visits([visit.share_id])[visit.share_id]
    assert [(each.name, each.pages) for each in logged] == [("Ines", 1)]


@on_sqlite
def test_share_log_keeps_no_address(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed, password="quiet evening")
    inside_by(token, password="quiet evening", address="192.0.2.7")

    kept = [str(vars(row)) for model in (Share, ShareVisit, SignInFailure) for row in db.session.query(model)]
    assert len(kept) == 2
    assert not any("192.0.2" in row for row in kept)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_share_log_is_forgotten_a_month_after_its_end(days: int, left: int, summer: UUID, cast: Cast) -> None:
    inside_by(make(summer, cast.ed))
    with transaction():
        db.session.query(Share).one().expires_at = now() - timedelta(days=days)

    with transaction():
        shares.forget()

    assert db.session.query(ShareVisit).count() == left


@on_sqlite
def test_share_is_found_by_one_statement(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    cookie = visiting.enter(token, password="", name="", address=None)
    db.session.rollback()

    with counted() as sent:
        visiting.find(token, cookie)

    assert len(sent) == 1


# ---- pictures ----


def sha_of(item_id: UUID) -> str:
    media = db.session.get_one(Media, db.session.get_one(Item, item_id).media_id)
    return db.session.get_one(Blob, media.blob_id).sha256


@pytest.mark.parametrize("state", ["working", "drafts", "held"])
def test_share_gives_pictures_of_its_gallery_and_no_others(state: str, summer: UUID, cast: Cast) -> None:
    with transaction():
        other = factories.order(factories.gallery(cast.ed, "Other", pictures=1).id)[0]
    shared = inside_by(make(summer, cast.ed, state=state))

    assert visiting.rendition(shared, sha_of(factories.order(summer)[0]), "w320.webp").format == "webp"
    with pytest.raises(NotFound):
        visiting.rendition(shared, sha_of(other), "w320.webp")
    with pytest.raises(NotFound):
        visiting.rendition(shared, sha_of(factories.order(summer)[0]), "w999.webp")


def test_share_gives_no_picture_that_has_been_removed(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    first = factories.order(summer)[0]
    sha256 = sha_of(first)

    with transaction():
        items.trash(summer, [first], actor=cast.ed)

    with pytest.raises(NotFound):
        visiting.rendition(shared, sha256, "w320.webp")
    assert first not in visiting.order(shared)


def test_share_of_the_held_state_shows_the_frozen_copy_and_its_pictures_alone(summer: UUID, cast: Cast) -> None:
    with transaction():
        galleries.publish(galleries.get(summer), actor=cast.ed)
        holds.hold(summer, actor=cast.ed)
    first = factories.order(summer)[0]
    with transaction():
        items.trash(summer, [first], actor=cast.ed)
        added = factories.fill(galleries.get(summer), 1, by=cast.ed)[0].id
    held, working = (inside_by(make(summer, cast.ed, state=state)) for state in ("held", "working"))

    assert first in visiting.order(held)
    assert added not in visiting.order(held)
    assert added in visiting.order(working)
    assert visiting.rendition(held, sha_of(first), "w320.jpg").format == "jpg"
    with pytest.raises(NotFound):
        visiting.rendition(held, sha_of(added), "w320.jpg")
    with pytest.raises(NotFound):
        visiting.rendition(working, sha_of(first), "w320.jpg")


@on_sqlite
def test_share_gives_originals_only_where_it_says_so(summer: UUID, cast: Cast) -> None:
    first = factories.order(summer)[0]

    with pytest.raises(NotFound):
        visiting.original(inside_by(make(summer, cast.ed)), first)
    given = inside_by(make(summer, cast.ed, downloads=True))
    with pytest.raises(NotFound):
        visiting.original(given, uuid4())
    assert visiting.original(given, first).sha256 == sha_of(first)


# ---- drafts ----


@on_sqlite
def test_d08_drafts_are_shown_by_a_link_that_says_so_alone(summer: UUID, cast: Cast) -> None:
    with transaction():
        gallery = galleries.get(summer)
        translations.draft(gallery, gallery.source_language_id, {"title": "Autumn"}, actor=cast.ed)

    titles = {
        drafts: str(showing.show(galleries.get(summer), "summer", working=True, drafts=drafts).title)
        for drafts in (False, True)
    }

    assert titles == {False: "Summer", True: "Autumn"}


# ---- notes ----


def test_note_is_pinned_answered_solved_and_opened_again(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    first = factories.order(summer)[0]

    asked = note(shared, "  Too dark  ", item_id=first, x=0.25, y=0.5)
    with transaction():
        notes.answer(summer, asked.id, "Swapped", actor=cast.ed)
        notes.solve(summer, asked.id, actor=cast.ed)

    noted = notes.of_share(shared)[0]
    assert (noted.note.words, noted.note.x, noted.note.y, noted.place) == ("Too dark", 0.25, 0.5, 1)
    assert (noted.note.author, noted.note.number, noted.language.code) == ("Ines", 1, "en")
    assert [(each.author, each.words) for each in noted.answers] == [("Ed", "Swapped")]
    assert (noted.is_open, noted.note.solved_by) == (False, "Ed")
    with transaction():
        notes.solve_as_visitor(shared, asked.id, name="", solved=False)
    assert notes.of_gallery(summer, item_id=first)[0].is_open


@on_sqlite
def test_note_of_another_link_is_neither_seen_nor_answered(summer: UUID, cast: Cast) -> None:
    mine, theirs = inside_by(make(summer, cast.ed)), inside_by(make(summer, cast.ed, label="Theo"), name="Theo")
    asked = note(mine)

    assert notes.of_share(theirs) == []
    with pytest.raises(NotFound), transaction():
        notes.answer_as_visitor(theirs, asked.id, "I agree", name="")
    assert [each.label for each in notes.of_gallery(summer)] == ["Ines"]


@on_sqlite
@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"words": " "}, Invalid),
        ({"words": "x" * 2001}, Invalid),
        ({"item_id": uuid4()}, NotFound),
        ({"field": "token_hash"}, Invalid),
        ({"x": 0.5, "y": 0.5}, Invalid),
        ({"code": "tlh"}, NotFound),
    ],
)
def test_note_about_nothing_is_refused(
    fields: dict[str, Any], kind: type[Exception], summer: UUID, cast: Cast
) -> None:
    shared = inside_by(make(summer, cast.ed))

    with pytest.raises(kind):
        note(shared, **fields)

    assert db.session.query(ShareNote).count() == 0


@on_sqlite
@pytest.mark.parametrize("point", [(0.5, None), (1.01, 0.5), (-0.1, 0.5), (float("nan"), 0.5)])
def test_note_at_no_point_of_a_picture_is_refused(point: tuple[Any, Any], summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))

    with pytest.raises(Invalid):
        note(shared, item_id=factories.order(summer)[0], x=point[0], y=point[1])


@on_sqlite
def test_note_by_a_link_of_one_language_is_about_that_one(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed, code="fr"))

    with pytest.raises(NotFound):
        note(shared, code="en")

    assert note(shared, code="fr", field="title").field == "title"


@on_sqlite
def test_note_asks_once_who_writes(summer: UUID, cast: Cast) -> None:
    token = make(summer, cast.ed)
    cookie = visiting.enter(token, password="", name="", address=None)

    with pytest.raises(Invalid) as refused:
        note(visiting.find(token, cookie))
    note(visiting.find(token, cookie), name="Ines Ferrand")
    again = note(visiting.find(token, cookie), name="Somebody else")

    assert refused.value.field == "name"
    assert again.author == "Ines Ferrand"


def test_notes_of_one_visitor_are_limited(summer: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "VISIT_NOTES", 3)
    token = make(summer, cast.ed)
    shared, other = inside_by(token), inside_by(token, name="Theo")
    for _ in range(3):
        note(shared)

    with pytest.raises(lockout.LockedOut):
        note(shared)

    assert note(other).number == 4


@on_sqlite
def test_notes_by_one_link_are_limited_whoever_writes(
    summer: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "SHARE_NOTES", 2)
    token = make(summer, cast.ed)
    for name in ("Ines", "Theo"):
        note(inside_by(token, name=name))

    with pytest.raises(lockout.LockedOut):
        note(inside_by(token, name="Una"))


@on_sqlite
def test_answers_of_visitors_are_limited_and_those_of_editors_are_not(
    summer: UUID, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "SHARE_NOTES", 2)
    shared = inside_by(make(summer, cast.ed))
    asked = note(shared).id
    for _ in range(3):
        with transaction():
            notes.answer(summer, asked, "Swapped", actor=cast.ed)
    for _ in range(2):
        with transaction():
            notes.answer_as_visitor(shared, asked, "Thank you", name="")

    with pytest.raises(lockout.LockedOut), transaction():
        notes.answer_as_visitor(shared, asked, "Once more", name="")


@on_sqlite
@pytest.mark.parametrize("who", ["tessa", "vi"])
def test_note_is_answered_by_who_may_update_galleries(who: str, summer: UUID, cast: Cast) -> None:
    asked = note(inside_by(make(summer, cast.ed)))

    with pytest.raises(Forbidden), transaction():
        notes.answer(summer, asked.id, "No", actor=getattr(cast, who))
    with pytest.raises(Forbidden), transaction():
        notes.solve(summer, asked.id, actor=getattr(cast, who))


@on_sqlite
def test_notes_are_counted_in_the_list_while_they_wait(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    solved, _waiting = note(shared), note(shared)
    with transaction():
        notes.solve(summer, solved.id, actor=cast.ed)
        other = factories.gallery(cast.ed, "Winter").id

    assert {row.id: row.asked for row in listing.page(listing.Wanted()).rows} == {summer: 1, other: 0}


@on_sqlite
def test_notes_are_listed_by_the_same_statements_whatever_their_number(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    numbers = []
    for more in (1, 20):
        for _ in range(more):
            note(shared)
        db.session.rollback()
        with counted() as sent:
            notes.of_gallery(summer)
        numbers.append(len(sent))

    assert numbers == [3, 3]


# ---- approvals ----


def test_approval_counts_until_what_was_approved_changes(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    approve(shared)
    assert changed(summer) == [()]

    write(galleries.get(summer), "en", cast.ed, title="Autumn")

    assert changed(summer) == [("texts",)]
    write(galleries.get(summer), "en", cast.ed, title="Summer")
    assert changed(summer) == [()]


def test_approval_says_which_part_has_changed(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed)))
    order = factories.order(summer)

    with transaction():
        items.move(summer, [order[2]], before=order[0], actor=cast.ed)

    assert changed(summer) == [("order",)]
    with transaction():
        items.change(items.get(summer, order[0]), {"link_url": "https://example.org/"}, actor=cast.ed)
    assert changed(summer) == [("order", "rest")]


@on_sqlite
def test_approval_grows_stale_when_a_picture_goes(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed)))

    with transaction():
        items.trash(summer, [factories.order(summer)[1]], actor=cast.ed)

    assert {"order", "pictures"} <= set(changed(summer)[0])


@on_sqlite
def test_approval_of_one_language_outlives_a_change_that_nobody_sees_there(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed, code="fr")))

    write(galleries.get(summer), "en", cast.ed, title="Autumn")
    assert changed(summer) == [()]

    write(galleries.get(summer), "en", cast.ed, description="By the sea")
    assert changed(summer) == [("texts",)]


@on_sqlite
def test_approval_outlives_notes_for_translators_drafts_and_tags(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed)))
    first = items.get(summer, factories.order(summer)[0])

    with transaction():
        items.change(first, {"note": "Which quay?"}, labels=["lake"], actor=cast.ed)
        gallery = galleries.get(summer)
        translations.draft(gallery, gallery.source_language_id, {"title": "Autumn"}, actor=cast.ed)

    assert changed(summer) == [()]


@on_sqlite
def test_approval_of_drafts_grows_stale_with_a_draft(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed, state="drafts")))

    with transaction():
        gallery = galleries.get(summer)
        translations.draft(gallery, gallery.source_language_id, {"title": "Autumn"}, actor=cast.ed)

    assert changed(summer) == [("texts",)]


@on_sqlite
def test_approval_of_the_held_state_outlives_what_is_held_back(summer: UUID, cast: Cast) -> None:
    with transaction():
        galleries.publish(galleries.get(summer), actor=cast.ed)
    approve(inside_by(make(summer, cast.ed, state="held")))

    with transaction():
        holds.hold(summer, actor=cast.ed)
    write(galleries.get(summer), "en", cast.ed, title="Autumn")
    assert changed(summer) == [()]

    with transaction():
        holds.publish(summer, actor=cast.ed)
    assert changed(summer) == [("texts",)]


@on_sqlite
def test_approval_of_the_library_text_that_is_shown_grows_stale_with_it(summer: UUID, cast: Cast) -> None:
    approve(inside_by(make(summer, cast.ed)))
    second = items.get(summer, factories.order(summer)[1])

    write(db.session.get_one(Media, second.media_id), "en", cast.ed, credit="Lena")
    assert changed(summer) == [()]

    write(db.session.get_one(Media, second.media_id), "en", cast.ed, caption="The weir")
    assert changed(summer) == [("texts",)]


def test_approval_of_what_has_just_changed_is_refused(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    looked_at = seen(shared)
    write(galleries.get(summer), "en", cast.ed, title="Autumn")

    with pytest.raises(Stale), transaction():
        approving.approve(shared, seen=looked_at, name="")

    assert changed(summer) == []


@on_sqlite
def test_approval_is_read_by_the_same_statements_whatever_the_number_of_items(summer: UUID, cast: Cast) -> None:
    shared = inside_by(make(summer, cast.ed))
    numbers = []
    for more in (1, 30):
        with transaction():
            factories.fill(galleries.get(summer), more, by=cast.ed)
        gallery, share = galleries.get(summer), db.session.get_one(Share, shared.share.id)
        with counted() as sent:
            approving.prints(gallery, share)
        numbers.append(len(sent))

    assert numbers[0] == numbers[1]
