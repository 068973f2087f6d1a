"""Zip archives for tests: honest ones, and those that lie."""

import io
import stat
import struct
import zipfile
import zlib


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


def written(*files, count=None, between=b"", inner=None, **lies):
    """Return an archive of pairs of a raw name and stored bytes, whose directory lies as told.

    `size`, `packed`, `crc`, `at`, `flags` and `extra` stand in the directory in the place of what is so, `inner` is
    the name before the bytes, `count` the number of files at the end; `between` lies before the directory.
    """
    body, directory = bytearray(), bytearray()
    for name, content in files:
        so = {"size": len(content), "packed": len(content), "crc": zlib.crc32(content), "at": len(body)}
        told = so | {"flags": 0, "extra": b""} | lies
        own, sizes = inner or name, (so["crc"], len(content), len(content))
        body += struct.pack("<4s5H3I2H", b"PK\3\4", 20, told["flags"], 0, 0, 33, *sizes, len(own), 0) + own + content
        head = (20, 20, told["flags"], 0, 0, 33, told["crc"], told["packed"], told["size"])
        rest = (len(name), len(told["extra"]), 0, 0, 0, 0, told["at"])
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", *head, *rest) + name + told["extra"]
    found = len(files) if count is None else count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, found, found, len(directory), len(body) + len(between), 0)
    return bytes(body + between + directory) + end


def wide(**sizes):
    """Return the extra field in which ZIP64 has a file's size, packed size and place, 8 bytes each."""
    field = b"".join(struct.pack("<Q", sizes[each]) for each in ("size", "packed", "at") if each in sizes)
    return struct.pack("<HH", 1, len(field)) + field


def with_far_directory(path, content, *, size, at):
    """Return an archive whose ZIP64 end says that its directory has such a size and lies at such a place."""
    made = packed((path, content))
    end = made.index(b"PK\5\6")
    far = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, size, at)
    pointer = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return made[:end] + far + pointer + tail


def crowded(number):
    """Return an archive of so many empty files."""
    return written(*((f"{each}.jpg".encode(), b"") for each in range(number)), count=min(number, 0xFFFF))
