"""Videos that are hostile, broken or merely odd, and lists of files that would like to be one."""

import struct
from collections.abc import Iterator
from functools import cache, partial

from tests import clips
from tests.hostile import makers as make
from tests.hostile.cases import Case, Good

BAD, OTHER, NOTHING = ("damaged",), ("unsupported_type",), ("not_a_picture",)
BRANDS = b"isom\0\0\2\0isomiso2avc1mp41"
LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"


def start(*boxes: bytes) -> bytes:
    """An MP4 of these boxes."""
    return make.box(b"ftyp", BRANDS) + b"".join(boxes)


def patched(mark: bytes, at: int, value: bytes, **clip: object) -> bytes:
    """A clip with other bytes at so many after a mark."""
    made = bytearray(clips.clip(**clip))
    place = made.index(mark) + at
    made[place : place + len(value)] = value
    return bytes(made)


@cache
def wide() -> bytes:
    """A video that is wider than 8K and almost nothing as a file."""
    words = ["-f", "lavfi", "-i", "color=s=8192x4352:r=1:d=1", "-vf", "format=yuv420p"]
    return clips._made([*words, "-c:v", "libx264", "-preset", "ultrafast"], "mp4")


@cache
def subtitled(ending: str) -> bytes:
    """A video whose subtitles name files and scripts."""
    text = "1\n00:00:00,000 --> 00:00:01,000\n<img src='file:///etc/passwd'>{\\img(file:///etc/passwd)}\n"
    return clips.with_subtitles(text, ending)


def refused_films() -> Iterator[Case]:
    """What is no video, only a part of one, or more than there may be."""
    whole = partial(clips.clip, 64, 48)
    yield Case("list.mp4", lambda: LIST, NOTHING)
    yield Case("list-with-brands.mp4", lambda: start(LIST), BAD)
    yield Case("list-in-the-data.mp4", lambda: start(make.box(b"mdat", LIST * 9)), BAD)
    yield Case("list-in-webm.webm", lambda: b"\x1aE\xdf\xa3\x9f\x42\x82\x84webm" + LIST * 9, BAD)
    yield Case("concat.mp4", lambda: CONCAT, NOTHING)
    yield Case("concat-with-brands.mov", lambda: make.box(b"ftyp", b"qt  \0\0\2\0qt  ") + CONCAT * 9, BAD)
    yield Case("manifest.mp4", lambda: b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/</BaseURL></MPD>', OTHER)
    yield Case("subtitles.mp4", lambda: b"1\n00:00:00,000 --> 00:00:01,000\nfile:///etc/passwd\n", NOTHING)
    yield Case("cut-in-half.mp4", lambda: whole()[: len(whole()) // 2], BAD)
    yield Case("cut-in-half.webm", lambda: whole(ending="webm")[:900], BAD)
    yield Case("only-its-brands.mp4", lambda: start(bytes(4)), BAD)
    yield Case("no-streams.mp4", lambda: start(make.box(b"moov", make.box(b"mvhd", bytes(100)))), BAD)
    yield Case("boxes-in-boxes.mp4", lambda: start(nested(3_000)), BAD)
    yield Case("box-beyond-sense.mp4", lambda: start(b"\0\0\0\1moov" + b"\xff" * 8 + bytes(40)), BAD)
    yield Case("sound-alone.mp4", clips.sound_alone, BAD)
    yield Case("above-8k.mp4", wide, ("too_many_pixels",))
    yield Case("no-pictures-listed.mp4", lambda: patched(b"stsz", 12, bytes(4), width=64, height=48), BAD)
    yield Case("pictures-beyond-sense.mp4", lambda: patched(b"stsz", 8, b"\x7f" + b"\xff" * 3), BAD)
    yield Case("other-codec.mp4", lambda: whole().replace(b"avc1", b"evil"), BAD)
    yield Case("matroska.mkv", lambda: whole(ending="mkv"), OTHER)
    yield Case("riff.avi", lambda: whole(ending="avi", sound=False), OTHER)
    yield Case("flash.flv", lambda: whole(ending="flv", sound=False), (*OTHER, *NOTHING))
    yield Case("stream.ts", lambda: whole(ending="ts", sound=False), (*OTHER, *NOTHING))
    yield Case("packed.tar", lambda: make.tarred("../../x.jpg"), (*OTHER, *NOTHING))
    yield Case("packed.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), (*OTHER, *NOTHING))
    yield Case("packed.rar", lambda: b"Rar!\x1a\7\1\0" + bytes(90), (*OTHER, *NOTHING))
    yield Case("packed.zst", lambda: b"\x28\xb5\x2f\xfd" + bytes(90), (*OTHER, *NOTHING))


def taken_films() -> Iterator[Good]:
    """Videos that look odd and are good."""
    small = {"width": 64, "height": 48}
    yield Good("plain.mp4", lambda: clips.clip(**small))
    yield Good("plain.mov", lambda: clips.clip(**small, ending="mov"))
    yield Good("plain.webm", lambda: clips.clip(**small, ending="webm"))
    yield Good("named.jpg", lambda: clips.clip(**small, seconds=0.4))
    yield Good("lying.mp4", lambda: clips.clip(**small, turned=90))
    yield Good("one-picture.mp4", lambda: clips.clip(**small, seconds=0.04, sound=False))
    yield Good("lasts-nothing.mp4", lambda: patched(b"mvhd", 16, bytes(4), **small))
    sides = struct.pack(">HHHH", 65_535, 0, 65_535, 0)
    yield Good("header-of-65535.mp4", lambda: patched(b"tkhd", 80, sides, **small))
    yield Good("data-elsewhere.mp4", lambda: patched(b"url ", 4, b"\0\0\0\0", **small))
    yield Good("subtitles-naming-files.mp4", lambda: subtitled("mp4"))
    yield Good("page-behind.mp4", lambda: clips.clip(**small) + b"<html><script>alert(1)</script></html>")
    yield Good("in-hdr.mp4", lambda: clips.clip(**small, hdr=True))


def nested(times: int) -> bytes:
    """Boxes within boxes."""
    inner = b""
    for _ in range(times):
        inner = make.box(b"moov", inner)
    return inner
