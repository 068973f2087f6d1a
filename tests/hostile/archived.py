"""Archives that are hostile as such: they climb, grow, nest, overlap, crowd, hide and lie."""

from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZIP_LZMA

from tests import archives
from tests.hostile.watching import MEGABYTE
from tests.pictures import photo

NEST = archives.packed(("inner.jpg", b"x" * 500))
FAR = 2**63 - 1
ARCHIVES: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "climbing": (
        lambda: archives.packed(("../../../etc/cron.d/a.jpg", photo(61, 40)), ("/b.jpg", b"")),
        ("empty", "taken"),
    ),
    "bomb": (lambda: archives.packed(("a.jpg", b"\xff\xd8" + bytes(90 * MEGABYTE)), method=ZIP_DEFLATED), ("bomb",)),
    "nested": (
        lambda: archives.packed(("a.zip", NEST), ("b.jpg", archives.packed(("c.zip", NEST)))),
        ("unsupported_type", "unsupported_type"),
    ),
    "overlapping": (lambda: archives.overlapping("a.jpg", photo(60, 40), 900), ()),
    "crowded": (lambda: archives.crowded(100_000), ()),
    "crowded-in-a-short-directory": (lambda: archives.crowded(30_000), ()),
    "locked": (lambda: archives.locked("a.jpg", b"secret"), ("encrypted",)),
    "link": (lambda: archives.with_link("a.jpg", "/etc/passwd"), ("link",)),
    "other-methods": (lambda: archives.packed(("a.jpg", bytes(5_000)), method=ZIP_LZMA), ("method",)),
    "odd-letters": (
        lambda: archives.written(("é.jpg".encode("cp437"), photo(62, 40)), ("ж.jpg".encode("cp866"), photo(63, 40))),
        ("taken", "taken"),
    ),
    "no-utf-8": (lambda: archives.written((b"\xff\xfe\xfa.jpg", b"x"), flags=0x800), ()),
    "smaller-than-told": (lambda: archives.written((b"a.jpg", photo(65, 40)), size=2**31), ("taken",)),
    "larger-than-told": (lambda: archives.written((b"a.jpg", photo(60, 40)), size=90), ("damaged",)),
    "other-checksum": (lambda: archives.written((b"a.jpg", photo(60, 40)), crc=7), ("damaged",)),
    "other-name-within": (lambda: archives.written((b"a.jpg", photo(60, 40)), inner=b"b.exe"), ("damaged",)),
    "lies-elsewhere": (lambda: archives.written((b"a.jpg", photo(60, 40)), at=1), ("damaged",)),
    "lies-behind-the-end": (lambda: archives.written((b"a.jpg", photo(60, 40)), at=2**31), ()),
    "longer-than-the-archive": (lambda: archives.written((b"a.jpg", photo(60, 40)), packed=2**31), ()),
    "counts-wrong": (lambda: archives.written((b"a.jpg", photo(64, 40)), count=9_000), ("taken",)),
    "extra-cut-off": (lambda: archives.written((b"a.jpg", photo(60, 40)), extra=b"\1\0\xff\xff"), ()),
    "zip64-size": (
        lambda: archives.written((b"a.jpg", photo(60, 40)), size=2**32 - 1, extra=archives.wide(size=FAR)),
        (),
    ),
    "zip64-place": (
        lambda: archives.written((b"a.jpg", photo(60, 40)), at=2**32 - 1, extra=archives.wide(at=FAR)),
        (),
    ),
    "zip64-directory-far": (lambda: archives.with_far_directory("a.jpg", b"x", size=60, at=FAR), ()),
    "zip64-directory-large": (lambda: archives.with_far_directory("a.jpg", b"x", size=FAR, at=0), ()),
    "large-directory": (lambda: archives.directory_of(3 * MEGABYTE), ()),
}
"""Archives, and what comes of their files: `taken` or why not; nothing where the archive is refused whole."""
QUICK_ARCHIVES = ("climbing", "bomb", "overlapping", "crowded", "lies-elsewhere", "zip64-size", "zip64-directory-far")
