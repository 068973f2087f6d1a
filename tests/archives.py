"""Zip archives for tests: honest ones, and those that lie."""

import io
import stat
import struct
import zipfile


def packed(*files, method=zipfile.ZIP_STORED):
    """Return an archive of these pairs of path and bytes, in this order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for path, content in files:
            archive.writestr(path, content)
    return written.getvalue()


def with_link(path, target):
    """Return an archive that holds a symbolic link."""
    info = zipfile.ZipInfo(path)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(info, target)
    return written.getvalue()


def locked(path, content):
    """Return an archive whose file says that it is encrypted."""
    made = bytearray(packed((path, content)))
    made[6] |= 1
    made[made.rindex(b"PK\1\2") + 8] |= 1
    return bytes(made)


def damaged(path, content):
    """Return an archive in which some bytes of the file have changed."""
    made = bytearray(packed((path, content)))
    middle = 30 + len(path) + len(content) // 2
    made[middle] ^= 0xFF
    return bytes(made)


def overlapping(path, content, times):
    """Return an archive whose directory names the same bytes so many times."""
    made = packed((path, content))
    directory = made.index(b"PK\1\2")
    end = made.index(b"PK\5\6")
    entry = made[directory:end]
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, times, times, len(entry) * times, directory, 0)
    return made[:directory] + entry * times + tail


def directory_of(size):
    """Return what says that it is an archive with a directory of so many bytes."""
    return b"\0" * size + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0)


def named_raw(name, content):
    """Return an archive whose file is called by these very bytes, without saying in which letters."""
    made = packed(("x" * len(name), content))
    return made.replace(b"x" * len(name), name)
