"""Tell a file by its first bytes; its name has no say."""

import re
from typing import Final

from .rules import TAKEN, Refused

LOOK: Final = 4096
OTHERS: Final = (
    (b"%PDF", "a PDF document"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF or raw picture"),
    (b"MM\0*", "a TIFF or raw picture"),
    (b"II+\0", "a TIFF picture"),
    (b"MM\0+", "a TIFF picture"),
    (b"\0\0\1\0", "an icon file"),
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"AT&TFORM", "a DjVu document"),
    (b"%!", "a PostScript document"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\0\0\1\xba", "a video"),
    (b"FLV", "a video"),
    (b"OggS", "an audio or video file"),
    (b"ID3", "an audio file"),
    (b"RIFF", "an audio or video file"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"PK\5\6", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"#!", "a script"),
)
MARKUP: Final = (
    (re.compile(rb"<svg[\s>/:]", re.I), "an SVG drawing"),
    (re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe)[\s>/]", re.I), "a web page"),
    (re.compile(rb"<\?php", re.I), "a script"),
    (re.compile(rb"<\?xml|<!doctype|<!entity", re.I), "an XML document"),
)


def format_of(head: bytes) -> str:
    """Name the format: jpeg, png, gif, webp or avif; raises Refused, saying what it is instead."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _film_or_picture(head)
    raise _other(head)


def _film_or_picture(head: bytes) -> str:
    """AVIF, HEIC and MP4 are one kind of box; the brands tell them apart."""
    length = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(length, 256), 4))}
    if brands & {b"avif", b"avis"}:
        return "avif"
    if brands & {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
        raise unsupported("a HEIC picture")
    raise unsupported("a video")


def _other(head: bytes) -> Refused:
    for magic, name in OTHERS:
        if head.startswith(magic):
            return unsupported(name)
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if text.startswith(b"<"):
        for pattern, name in MARKUP:
            if pattern.search(text):
                return unsupported(name)
    return Refused("not_a_picture", f"This file is not a picture. {TAKEN}")


def unsupported(name: str) -> Refused:
    """It is something that is known and not taken."""
    return Refused("unsupported_type", f"This file is {name}. {TAKEN}", found=name)
