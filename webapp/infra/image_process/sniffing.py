"""Tell a file by its first bytes; its name has no say."""

import re
from typing import Final

from .rules import Refused


def word(name: str) -> str:
    """Mark what a file is, so that the catalogues find it."""
    return name


LOOK: Final = 4096
RAW: Final = word("a raw file of a camera")
TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
OTHERS: Final = (
    (b"%PDF", word("a PDF document")),
    (b"BM", word("a BMP picture")),
    (b"IIU\0", RAW),
    (b"IIRO", RAW),
    (b"IIRS", RAW),
    (b"MMOR", RAW),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"FOVb", RAW),
    (b"\0MRM", RAW),
    (b"\0\0\1\0", word("an icon file")),
    (b"8BPS", word("a Photoshop document")),
    (b"\xff\x0a", word("a JPEG XL picture")),
    (b"\0\0\0\x0cJXL ", word("a JPEG XL picture")),
    (b"\0\0\0\x0cjP  ", word("a JPEG 2000 picture")),
    (b"\xff\x4f\xff\x51", word("a JPEG 2000 picture")),
    (b"AT&TFORM", word("a DjVu document")),
    (b"%!", word("a PostScript document")),
    (b"\x1aE\xdf\xa3", word("a video")),
    (b"\0\0\1\xba", word("a video")),
    (b"FLV", word("a video")),
    (b"OggS", word("an audio or video file")),
    (b"ID3", word("an audio file")),
    (b"RIFF", word("an audio or video file")),
    (b"PK\3\4", word("a ZIP archive or an office document")),
    (b"PK\5\6", word("a ZIP archive")),
    (b"Rar!", word("a RAR archive")),
    (b"7z\xbc\xaf", word("a 7z archive")),
    (b"\x1f\x8b", word("a gzip archive")),
    (b"BZh", word("a bzip2 archive")),
    (b"\xfd7zXZ", word("an xz archive")),
    (b"MZ", word("a program")),
    (b"\x7fELF", word("a program")),
    (b"\xca\xfe\xba\xbe", word("a program")),
    (b"#!", word("a script")),
)
MARKUP: Final = (
    (re.compile(rb"<svg[\s>/:]", re.I), word("an SVG drawing")),
    (re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe)[\s>/]", re.I), word("a web page")),
    (re.compile(rb"<\?php", re.I), word("a script")),
    (re.compile(rb"<\?xml|<!doctype|<!entity", re.I), word("an XML document")),
)


def format_of(head: bytes) -> str:
    """Name the format: jpeg, png, gif, webp, avif, heic or tiff; raises Refused, saying what it is instead."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(TIFF):
        return "tiff"
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
        return "heic"
    raise unsupported(RAW if b"crx " in brands else word("a video"))


def _other(head: bytes) -> Refused:
    for magic, name in OTHERS:
        if head.startswith(magic):
            return unsupported(name)
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if text.startswith(b"<"):
        for pattern, name in MARKUP:
            if pattern.search(text):
                return unsupported(name)
    return Refused(
        "not_a_picture", "This file is not a picture. Vitrine takes pictures as JPEG, PNG, WebP, AVIF, GIF and TIFF."
    )


def unsupported(name: str) -> Refused:
    """It is something that is known and not taken."""
    return Refused(
        "unsupported_type",
        "This file is %(found)s. Vitrine takes pictures as JPEG, PNG, WebP, AVIF, GIF and TIFF.",
        found=name,
    )
