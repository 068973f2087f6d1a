"""Imports: many files out of an archive or from addresses, each of which becomes a file once or is named."""

import io
import os
import zipfile
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from tests import archives, clips, factories, pictures
from tests.foreign_server import ForeignServer
from tests.races import race
from tests.uploads import all_of
from webapp.domain import galleries, streaming, upkeep
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.domain.fetching import Outfit
from webapp.domain.imports import addresses, reports, tending, work
from webapp.domain.imports import archives as taking
from webapp.domain.imports.aims import ADDRESSES, ARCHIVE, Aim
from webapp.domain.models import AuditEntry, Blob, Import, ImportEntry, Item, Media, Role, User, UserRole
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import release, transaction
from webapp.infra import parts
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.most import Most
from webapp.infra.outbound import Way
from webapp.infra.storage import Missing, StorageFull

PHOTOS = [pictures.photo(40, 30, seed=seed, corners=False) for seed in range(4)]
THREE = archives.packed(("10.jpg", PHOTOS[2]), ("b/2.jpg", PHOTOS[1]), ("1.jpg", PHOTOS[0]))
WAY = Way()


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


@pytest.fixture
def outfit(inside, storage):
    return Outfit(storage, Way(allow=inside.extensions["vitrine-settings"].outbound_allow))


@pytest.fixture
def take(storage, cast):
    """Has Ed ask for an archive and returns the import's id."""

    def taking_in(content=THREE, **aim):
        return taking.take(io.BytesIO(content), "All of it.zip", Aim(**aim), storage=storage, actor=cast.ed)

    return taking_in


@pytest.fixture
def elsewhere():
    made = ForeignServer()
    yield made
    made.close()


def told(import_id):
    """Return each file's name and state, in order."""
    release()
    return [(line.name, line.state) for line in reports.lines(import_id).rows]


def said(import_id):
    release()
    return [str(unpacked(line.said)) for line in reports.lines(import_id).rows]


def names():
    release()
    return list(db.session.scalars(select(Media.original_filename).order_by(Media.created_at, Media.id)))


def shown(gallery_id):
    release()
    statement = select(Media.original_filename).join(Item, Item.media_id == Media.id)
    ordered = statement.where(Item.gallery_id == gallery_id).order_by(Item.sort_order.desc(), Item.id.desc())
    return list(db.session.scalars(ordered))


def come_due(**values):
    with transaction():
        db.session.execute(update(ImportEntry).values({"due_at": now(), "lease_until": None} | values))


def try_again(import_id, by):
    with transaction():
        tending.retry(import_id, actor=by)


def new_gallery(by, title="Summer"):
    with transaction():
        return factories.gallery(by, title).id


def until_somebody_waits():
    latest = monotonic() + 30
    with db.engine.connect() as aside:
        while not aside.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert monotonic() < latest
            sleep(0.02)


# ---- archives ----


def test_the_files_of_an_archive_come_into_the_library_once(take, outfit, storage, cast):
    import_id = take()

    assert told(import_id) == [("1.jpg", "waiting"), ("10.jpg", "waiting"), ("2.jpg", "waiting")]
    assert work.work_off(outfit, ARCHIVE) == 3
    assert told(import_id) == [("1.jpg", "taken"), ("10.jpg", "taken"), ("2.jpg", "taken")]
    assert names() == ["1.jpg", "10.jpg", "2.jpg"]
    assert work.work_off(outfit, ARCHIVE) == 0
    report = reports.find(import_id)
    assert (report.total, report.added, report.problems, report.running, report.by) == (3, 3, 0, False, "Ed")
    made = db.session.scalars(select(Media)).all()
    assert {(each.uploaded_by_id, each.uploaded_through) for each in made} == {(cast.ed.id, "dashboard")}
    assert not storage.exists(taking.key_of(import_id)), "an archive that is needed no more is gone"


def test_the_files_stand_at_the_end_of_a_gallery_in_the_order_of_their_names(take, outfit, cast):
    gallery_id = new_gallery(cast.ed)
    first = archives.packed(*((f"{n}.jpg", PHOTOS[n % 4]) for n in (10, 9, 1)))

    take(first, gallery_id=gallery_id)
    work.work_off(outfit, ARCHIVE)
    take(archives.packed(("0.jpg", PHOTOS[3])), gallery_id=gallery_id)
    work.work_off(outfit, ARCHIVE)

    assert shown(gallery_id) == ["1.jpg", "9.jpg", "10.jpg", "0.jpg"]


def test_a_file_that_is_tried_again_still_finds_its_place(take, outfit, cast):
    gallery_id = new_gallery(cast.ed)
    take(gallery_id=gallery_id)
    with transaction():
        first = db.session.scalars(select(ImportEntry).where(ImportEntry.place == 0)).one()
        first.due_at = now() + timedelta(hours=1)

    assert work.work_off(outfit, ARCHIVE) == 2
    come_due()
    assert work.work_off(outfit, ARCHIVE) == 1
    assert shown(gallery_id) == ["1.jpg", "10.jpg", "2.jpg"]


def test_what_is_no_picture_is_named_and_the_rest_is_taken(take, outfit, storage):
    made = archives.packed(
        ("1.jpg", PHOTOS[0]),
        ("2.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("3.zip", archives.packed(("inner.jpg", PHOTOS[1]))),
        ("4.jpg", b""),
        ("5.jpg", PHOTOS[2][:300]),
        ("6.jpg", PHOTOS[3]),
    )
    import_id = take(made)
    work.work_off(outfit, ARCHIVE)

    assert [state for _name, state in told(import_id)] == ["taken", *["refused"] * 4, "taken"]
    assert all(reason for reason in said(import_id)[1:5])
    assert "ZIP archive" in said(import_id)[2]
    assert names() == ["1.jpg", "6.jpg"]
    assert len([name for name in all_of(storage) if name.startswith("blobs/")]) == 2
    assert [name for name in all_of(storage) if name.startswith(("tmp/", "imports/"))] == []


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (archives.with_link("a.jpg", "/etc/passwd"), "is a link"),
        (archives.locked("a.jpg", b"secret"), "password"),
        (archives.damaged("a.jpg", PHOTOS[0]), "damaged in the archive"),
        (archives.packed(("a.jpg", b"\xff\xd8" + bytes(9 * 1024**2)), method=zipfile.ZIP_DEFLATED), "grows too much"),
    ],
)
def test_a_file_that_an_archive_hides_something_in_is_refused(take, outfit, made, words):
    import_id = take(made)
    work.work_off(outfit, ARCHIVE)

    assert told(import_id) == [("a.jpg", "refused")]
    assert words in said(import_id)[0]
    assert names() == []


@pytest.mark.parametrize(
    "made",
    [b"", b"no archive", PHOTOS[0], archives.overlapping("a.jpg", PHOTOS[0], 30), archives.packed(("a/", b""))],
)
def test_what_is_no_archive_leaves_nothing(take, storage, made):
    before = all_of(storage)
    with pytest.raises(Invalid):
        take(made)

    assert all_of(storage) == before
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_a_name_in_an_archive_is_a_name_and_no_path(take, outfit):
    made = archives.packed(("../../../etc/cron.d/evil.jpg", PHOTOS[0]), ("C:\\Windows\\con.jpg", PHOTOS[1]))
    take(made)
    work.work_off(outfit, ARCHIVE)

    assert sorted(names()) == ["_con.jpg", "evil.jpg"]


def test_bytes_that_are_there_are_added_again_or_used_as_chosen(take, outfit, cast):
    take(archives.packed(("first.jpg", PHOTOS[0])))
    work.work_off(outfit, ARCHIVE)
    gallery_id = new_gallery(cast.ed)

    again = take(archives.packed(("second.jpg", PHOTOS[0])))
    reused = take(archives.packed(("third.jpg", PHOTOS[0])), reuse=True)
    into = take(archives.packed(("fourth.jpg", PHOTOS[0])), reuse=True, gallery_id=gallery_id)
    work.work_off(outfit, ARCHIVE)

    assert (told(again), told(reused)) == ([("second.jpg", "taken")], [("third.jpg", "known")])
    assert "as first.jpg" in said(again)[0]
    assert told(into) == [("fourth.jpg", "known")]
    assert (names(), shown(gallery_id)) == (["first.jpg", "second.jpg"], ["first.jpg"])
    assert db.session.scalar(select(func.count(Blob.id))) == 1


def test_who_may_not_upload_imports_nothing(storage, cast):
    gallery_id = new_gallery(cast.ed)
    for aim in (Aim(), Aim(gallery_id)):
        with pytest.raises(Forbidden):
            taking.take(io.BytesIO(THREE), "a.zip", aim, storage=storage, actor=cast.vi)
        with pytest.raises(Forbidden), transaction():
            addresses.begin("https://pictures.example/a.jpg", aim, way=WAY, actor=cast.vi)
    with pytest.raises(NotFound):
        taking.take(io.BytesIO(THREE), "a.zip", Aim(uuid4()), storage=storage, actor=cast.ed)
    assert all_of(storage) == []


def test_a_gallery_that_is_thrown_away_meanwhile_takes_no_more(take, outfit, cast):
    gallery_id = new_gallery(cast.ed)
    import_id = take(gallery_id=gallery_id)
    work.work_off(outfit, ARCHIVE, most=1)
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    work.work_off(outfit, ARCHIVE)

    assert [state for _name, state in told(import_id)] == ["taken", "failed", "failed"]
    assert said(import_id)[1] == "Gallery not found"
    assert len(names()) == 1


def test_a_gallery_that_comes_out_of_the_trash_takes_the_rest(take, outfit, storage, cast):
    gallery_id = new_gallery(cast.ed)
    import_id = take(gallery_id=gallery_id)
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    work.work_off(outfit, ARCHIVE)
    assert storage.exists(taking.key_of(import_id)), "it may be tried again"

    with transaction():
        galleries.restore(galleries.locked(gallery_id, trashed=True), actor=cast.ed)
    try_again(import_id, cast.ed)
    work.work_off(outfit, ARCHIVE)

    assert {state for _name, state in told(import_id)} == {"taken"}
    assert shown(gallery_id) == ["1.jpg", "10.jpg", "2.jpg"]


def test_whoever_has_no_account_any_more_imports_no_more(take, outfit, cast):
    import_id = take()
    with transaction():
        db.session.execute(update(User).where(User.id == cast.ed.id).values(active=False))
    work.work_off(outfit, ARCHIVE)

    assert {state for _name, state in told(import_id)} == {"failed"}
    assert "has no account" in said(import_id)[0]
    with transaction():
        db.session.execute(update(User).where(User.id == cast.ed.id).values(active=True))
    try_again(import_id, cast.ada)
    work.work_off(outfit, ARCHIVE)
    assert {state for _name, state in told(import_id)} == {"taken"}


def test_whoever_may_no_longer_upload_imports_no_more(take, outfit, cast):
    import_id = take()
    with transaction():
        of_ed = update(UserRole).where(UserRole.user_id == cast.ed.id)
        viewer = select(Role.id).where(Role.name == "viewer").scalar_subquery()
        db.session.execute(of_ed.values(role_id=viewer))
    work.work_off(outfit, ARCHIVE)

    assert {state for _name, state in told(import_id)} == {"failed"}
    assert said(import_id)[0] == "Permission denied: media:upload"
    assert names() == []


def test_a_video_waits_for_the_program_that_reads_it(take, outfit, cast, monkeypatch):
    import_id = take(archives.packed(("a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42")))
    monkeypatch.setattr("webapp.infra.ffmpeg.there", lambda: False)
    work.work_off(outfit, ARCHIVE)

    assert told(import_id) == [("a.mp4", "failed")]
    assert "need the program ffmpeg" in said(import_id)[0]


def test_an_import_is_in_the_audit(take):
    import_id = take()

    rows = db.session.execute(select(AuditEntry.verb, AuditEntry.thing_id)).all()
    assert ("media.import", str(import_id)) in rows


# ---- the lease ----


def test_an_entry_that_somebody_holds_is_left_alone_until_the_lease_ends(take, outfit):
    import_id = take()
    work._claim(ARCHIVE)

    assert work.work_off(outfit, ARCHIVE) == 2
    assert [state for _name, state in told(import_id)] == ["waiting", "taken", "taken"]
    come_due()
    assert work.work_off(outfit, ARCHIVE) == 1
    assert len(names()) == 3


def test_whoever_has_lost_an_entry_writes_nothing_of_it(take, outfit):
    take(archives.packed(("a.jpg", PHOTOS[0])))
    slow = work._claim(ARCHIVE)
    come_due()
    assert work.work_off(outfit, ARCHIVE) == 1

    with work.Desk(outfit) as desk:
        work._bring(slow, desk)

    assert names() == ["a.jpg"]


def test_a_file_that_was_cut_off_too_often_is_given_up_with_a_reason(take, outfit, storage):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))
    for _ in range(work.MOST_ATTEMPTS):
        work._begin(work._claim(ARCHIVE))
        come_due()

    assert work.work_off(outfit, ARCHIVE) == 0
    assert told(import_id) == [("a.jpg", "failed")]
    assert said(import_id) == ["The work on this file was cut off 5 times."]
    assert not reports.find(import_id).running
    assert storage.exists(taking.key_of(import_id)), "it may be tried again"


def test_a_worker_that_is_killed_before_the_bytes_are_opened_says_nothing_about_the_file(take, outfit):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))
    for _ in range(2 * work.MOST_ATTEMPTS):
        assert work._claim(ARCHIVE) is not None
        come_due()

    assert work.work_off(outfit, ARCHIVE) == 1
    assert told(import_id) == [("a.jpg", "taken")]


@pytest.mark.postgres
@pytest.mark.both_engines
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_is_given_up_waits_for_whoever_has_its_import_and_holds_nothing_meanwhile(app, take, outfit):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))
    come_due(attempts=work.MOST_ATTEMPTS)

    def look_up():
        with transaction():
            db.session.get(Import, import_id, with_for_update=True)
            held.set()
            until_somebody_waits()
            db.session.scalars(select(ImportEntry).with_for_update()).all()

    def give_up():
        held.wait(30)
        return work.work_off(outfit, ARCHIVE)

    held = Event()
    assert race(app, look_up, give_up) == [None, 0]
    assert told(import_id) == [("a.jpg", "failed")]


def test_what_failed_is_tried_again_by_hand(take, outfit, cast):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))
    with transaction():
        db.session.execute(update(ImportEntry).values(state="failed", attempts=5))
        db.session.execute(update(Import).values(finished_at=now()))

    with transaction():
        assert tending.retry(import_id, actor=cast.ed) == 1
    assert reports.find(import_id).running
    work.work_off(outfit, ARCHIVE)

    assert told(import_id) == [("a.jpg", "taken")]
    with pytest.raises(Conflict), transaction():
        tending.retry(import_id, actor=cast.ed)


def test_what_is_stopped_stays_out_and_what_is_in_stays(take, outfit, cast):
    import_id = take()
    work.work_off(outfit, ARCHIVE, most=1)
    held = work._claim(ARCHIVE)
    with transaction():
        assert tending.stop(import_id, actor=cast.ed) == 2
    with work.Desk(outfit) as desk:
        work._bring(held, desk)

    assert [state for _name, state in told(import_id)] == ["taken", "stopped", "stopped"]
    assert (len(names()), work.work_off(outfit, ARCHIVE)) == (1, 0)
    assert not reports.find(import_id).running
    with pytest.raises(NotFound), transaction():
        tending.stop(uuid4(), actor=cast.ed)


def test_a_full_disk_is_waited_for(take, outfit, storage, monkeypatch):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))

    def full(*_asked, **_more):
        raise StorageFull("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(type(storage), "put_file", full)
        work.work_off(outfit, ARCHIVE)
        entry = db.session.scalars(select(ImportEntry)).one()
        assert (entry.state, entry.attempts, entry.said) == ("waiting", 0, "The disk is full.")
        assert entry.due_at > now()
    come_due()
    work.work_off(outfit, ARCHIVE)

    assert told(import_id) == [("a.jpg", "taken")]


def test_an_archive_that_has_gone_is_said_to_be(take, outfit, storage):
    import_id = take()
    storage.delete(taking.key_of(import_id))
    work.work_off(outfit, ARCHIVE)

    assert {state for _name, state in told(import_id)} == {"failed"}
    assert said(import_id)[0] == "The archive is not there any more."


@pytest.mark.both_engines
def test_two_workers_at_once_bring_each_file_once(app, take, outfit):
    import_id = take(archives.packed(*((f"{n}.jpg", PHOTOS[n % 4]) for n in range(8))))
    release()

    race(app, lambda: work.work_off(outfit, ARCHIVE), lambda: work.work_off(outfit, ARCHIVE))

    assert {state for _name, state in told(import_id)} == {"taken"}
    assert len(names()) == 8
    assert not reports.find(import_id).running


# ---- addresses ----


def test_what_stands_at_addresses_comes_in_their_order(outfit, elsewhere, cast):
    gallery_id = new_gallery(cast.ed)
    elsewhere.says |= {"/b.jpg": (200, PHOTOS[0]), "/The%20lake.jpg?size=2": (200, PHOTOS[1])}
    text = f"\n  {elsewhere.root}/b.jpg  \r\n{elsewhere.root}/The%20lake.jpg?size=2\n{elsewhere.root}/none.jpg\n\n"

    with transaction():
        import_id = addresses.begin(text, Aim(gallery_id), way=outfit.way, actor=cast.ed).id
    assert names() == []
    assert work.work_off(outfit, ADDRESSES) == 3

    assert told(import_id) == [("b.jpg", "taken"), ("The lake.jpg", "taken"), ("none.jpg", "failed")]
    assert "answers with 404" in said(import_id)[2]
    assert shown(gallery_id) == ["b.jpg", "The lake.jpg"]


def test_what_is_no_picture_elsewhere_is_refused_and_leaves_nothing(outfit, elsewhere, storage, cast):
    elsewhere.says["/a.jpg"] = 200, b"<html>no picture</html>"
    with transaction():
        import_id = addresses.begin(f"{elsewhere.root}/a.jpg", Aim(), way=outfit.way, actor=cast.ed).id
    work.work_off(outfit, ADDRESSES)

    assert told(import_id) == [("a.jpg", "refused")]
    assert (names(), all_of(storage)) == ([], [])


def test_a_video_by_address_may_be_as_large_as_one_that_is_uploaded(outfit, elsewhere, storage, cast, monkeypatch):
    film, picture = clips.clip(64, 48), PHOTOS[0]
    monkeypatch.setattr(storage, "most", Most(image_bytes=len(picture) - 1, video_bytes=len(film)))
    elsewhere.says |= {"/a.mp4": (200, film), "/b.mp4": (200, film + b"\0"), "/c.jpg": (200, picture)}
    assert len(film) > len(picture)
    text = "\n".join(f"{elsewhere.root}/{name}" for name in ("a.mp4", "b.mp4", "c.jpg"))
    with transaction():
        import_id = addresses.begin(text, Aim(), way=outfit.way, actor=cast.ed).id
    work.work_off(outfit, ADDRESSES)

    assert told(import_id) == [("a.mp4", "taken"), ("b.mp4", "failed"), ("c.jpg", "refused")]
    assert "sends more than" in said(import_id)[1]
    assert "exceeds" in said(import_id)[2]
    assert [name for name in all_of(storage) if not name.startswith("blobs/")] == []


def test_an_entry_is_held_anew_while_its_bytes_come(outfit, elsewhere, cast, monkeypatch):
    elsewhere.says["/a.mp4"] = 200, clips.clip(320, 240)
    monkeypatch.setattr(streaming, "RENEWED", timedelta(0))
    with transaction():
        import_id = addresses.begin(f"{elsewhere.root}/a.mp4", Aim(), way=outfit.way, actor=cast.ed).id
    ends, renew = [], work._renew

    def noting(held, moment, **values):
        renew(held, moment, **values)
        ends.append(held.lease)

    monkeypatch.setattr(work, "_renew", noting)
    work.work_off(outfit, ADDRESSES)

    assert len(set(ends)) > 2
    assert ends == sorted(ends)
    assert told(import_id) == [("a.mp4", "taken")]


def test_one_that_stops_in_the_middle_leaves_nothing_and_is_asked_for_again(outfit, elsewhere, storage, cast):
    elsewhere.says["/a.mp4"], elsewhere.cut = (200, clips.clip(64, 48)), 100
    with transaction():
        import_id = addresses.begin(f"{elsewhere.root}/a.mp4", Aim(), way=outfit.way, actor=cast.ed).id
    work.work_off(outfit, ADDRESSES)

    assert told(import_id) == [("a.mp4", "waiting")]
    assert "stopped in the middle" in said(import_id)[0]
    assert all_of(storage) == []
    elsewhere.cut = 0
    come_due()
    work.work_off(outfit, ADDRESSES)
    assert told(import_id) == [("a.mp4", "taken")]


def test_a_server_that_stumbles_is_asked_again_later_and_not_for_ever(outfit, elsewhere, cast):
    elsewhere.says["/a.jpg"] = 503, b""
    with transaction():
        import_id = addresses.begin(f"{elsewhere.root}/a.jpg", Aim(), way=outfit.way, actor=cast.ed).id
    waits = []
    for _ in range(work.MOST_ATTEMPTS):
        begun = now()
        work.work_off(outfit, ADDRESSES)
        release()
        waits.append((db.session.scalars(select(ImportEntry.due_at)).one() - begun).total_seconds())
        come_due()

    late = [wait - least for wait, least in zip(waits, (15, 60, 240, 960), strict=False)]
    assert all(0 <= each < 10 for each in late), waits
    assert len(elsewhere.asked) == 5
    assert told(import_id) == [("a.jpg", "failed")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least one"),
        ("  \n\n", "at least one"),
        ("no address", "Line 1"),
        ("https://pictures.example/a.jpg\nfile:///etc/passwd", "Line 2"),
        ("http://127.0.0.1/a.jpg", "inside this network"),
        ("http://2130706433/a.jpg", "inside this network"),
        ("http://0x7f.1/a.jpg", "inside this network"),
        ("http://[::ffff:127.0.0.1]/a.jpg", "inside this network"),
        ("http://[64:ff9b::10.0.0.1]/a.jpg", "inside this network"),
        ("http://169.254.169.254/latest", "inside this network"),
        ("http://localhost/a.jpg", "inside this network"),
        ("https://ada:secret@pictures.example/a.jpg", "no place in an address"),
        ("\n".join(["https://pictures.example/a.jpg"] * 101), "at most 100"),
    ],
)
def test_an_address_that_plainly_leads_inside_is_refused_at_once(inside, cast, text, words):
    with pytest.raises(Invalid) as refused, transaction():
        addresses.begin(text, Aim(), way=WAY, actor=cast.ed)

    assert words in refused.value.message
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_a_name_that_leads_inside_is_found_out_when_it_is_called(inside, storage, cast):
    answer = [(0, 0, 0, "", ("10.1.2.3", 443))]
    outfit = Outfit(storage, Way(resolve=lambda *_asked, **_more: answer))
    with transaction():
        import_id = addresses.begin("https://pictures.example/a.jpg", Aim(), way=WAY, actor=cast.ed).id
    work.work_off(outfit, ADDRESSES)

    assert told(import_id) == [("a.jpg", "failed")]
    assert "inside this network" in said(import_id)[0]


def test_addresses_and_archives_do_not_wait_for_each_other(take, outfit, cast):
    take()
    with transaction():
        addresses.begin("https://pictures.example/a.jpg", Aim(), way=WAY, actor=cast.ed)

    assert work._claim(ADDRESSES).url == "https://pictures.example/a.jpg"
    assert work._claim(ARCHIVE).member is not None


# ---- what is left of it ----


def test_a_record_is_kept_thirty_days_and_an_archive_that_nobody_needs_an_hour(take, outfit, storage, monkeypatch):
    done, open_still = take(), take(archives.packed(("a.jpg", PHOTOS[3])))
    work.work_off(outfit, ARCHIVE, most=3)
    lost = storage.spool.fresh("lost")
    lost.write_bytes(b"PK")
    storage.put_file(f"{taking.FOLDER}/{uuid4().hex}", lost)

    tending.forget(storage)
    assert len(list(storage.keys(taking.FOLDER))) == 2, "a young one may belong to an import that is being written"
    monkeypatch.setattr(tending, "GRACE", timedelta(0))
    upkeep.tidy(storage)
    assert list(storage.keys(taking.FOLDER)) == [taking.key_of(open_still)]
    with transaction():
        db.session.execute(update(Import).where(Import.id == done).values(finished_at=now() - timedelta(days=31)))
    upkeep.tidy(storage)

    assert list(db.session.scalars(select(Import.id))) == [open_still]
    assert len(names()) == 3, "the files stay"
    with pytest.raises(NotFound):
        reports.find(done)


def test_an_import_that_is_tried_again_late_is_not_forgotten_while_it_runs(take, outfit, storage, cast):
    import_id = take(archives.packed(("a.jpg", PHOTOS[0])))
    with transaction():
        db.session.execute(update(ImportEntry).values(state="failed"))
        times = {"created_at": now() - timedelta(days=35), "finished_at": now() - timedelta(days=5)}
        db.session.execute(update(Import).values(times))
    try_again(import_id, cast.ed)
    tending.forget(storage)
    work.work_off(outfit, ARCHIVE)

    assert told(import_id) == [("a.jpg", "taken")]


def test_an_archive_whose_last_piece_came_long_ago_is_young_when_it_is_kept(inside, storage):
    parts.make(storage.spool, "slow")
    long_ago = (now() - 3 * tending.GRACE).timestamp()
    with parts.held(storage.spool, "slow") as part:
        part.append(io.BytesIO(THREE), most=len(THREE))
        os.utime(part.path, (long_ago, long_ago))
        kept = taking.keep(part.whole(storage.spool), "slow.zip", storage=storage)
    tending.forget(storage)

    assert storage.exists(taking.key_of(kept.id)), "its import's row is about to be written"


def test_a_check_of_rows_and_files_says_nothing_about_an_archive_that_waits(take, storage):
    take()

    assert [finding for finding in upkeep.check(storage, grace=timedelta(0)) if finding.kind == "leftover"] == []
    with pytest.raises(Missing):
        storage.size("imports/none")
