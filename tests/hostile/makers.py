"""Files put together byte by byte, as no honest program writes them."""

import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyvips
from PIL import Image

from tests.pictures import encode, photo, scene

PNG = b"\x89PNG\r\n\x1a\n"
END = b"\0\0\0\0IEND\xaeB`\x82"


# PNG


def chunk(kind: bytes, body: bytes = b"", *, crc: int | None = None) -> bytes:
    """A chunk, with a checksum of one's own choice."""
    right = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", right if crc is None else crc)


def ihdr(width: int, height: int, *, bits: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    """A PNG header; colour 0 is grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace))


def png(width: int, height: int, pixels: bytes, **header: int) -> bytes:
    """A PNG of raw rows, each with its filter byte."""
    return PNG + ihdr(width, height, **header) + chunk(b"IDAT", zlib.compress(pixels, 1)) + END


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and then holds next to nothing."""
    return PNG + ihdr(width, height) + chunk(b"IDAT", zlib.compress(bytes(100))) + END


def png_bomb(side: int) -> bytes:
    """A real black picture, every pixel there, in a file a thousand times smaller."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    body = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    return PNG + ihdr(side, side, bits=1, colour=0) + chunk(b"IDAT", body) + END


def inflating(kind: bytes, head: bytes, size: int) -> bytes:
    """A chunk of compressed zeros that grows to a size."""
    packer = zlib.compressobj(9)
    million = bytes(1_000_000)
    return chunk(kind, head + b"".join(packer.compress(million) for _ in range(size // 1_000_000)) + packer.flush())


def png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG, name and body."""
    found, at = [], 8
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def rebuilt(content: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """A PNG whose chunks were each written anew."""
    return PNG + b"".join(change(kind, body) for kind, body in png_chunks(content))


def png_with(content: bytes, *extra: bytes) -> bytes:
    """A PNG with chunks put in behind its header."""
    return content[:33] + b"".join(extra) + content[33:]


def png_idat(change: Callable[[bytes], bytes]) -> bytes:
    """A small photo whose compressed pixels were changed, its chunk checksums being right again."""
    content = photo(80, 60, format="png")
    whole = b"".join(body for kind, body in png_chunks(content) if kind == b"IDAT")
    head = b"".join(chunk(kind, body) for kind, body in png_chunks(content) if kind == b"IHDR")
    return PNG + head + chunk(b"IDAT", change(whole)) + END


def interlaced(side: int = 16) -> bytes:
    """An Adam7 picture: red, with a green right half."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    raw = b""
    for x0, y0, across, down in passes:
        for _ in range(y0, side, down):
            raw += b"\0" + b"".join(b"\xff\0\0" if x < side // 2 else b"\0\xff\0" for x in range(x0, side, across))
    return png(side, side, raw, interlace=1)


def apng(frames: int, *, said: int | None = None) -> bytes:
    """A PNG animation of 4 × 4 pixels."""
    pixels = zlib.compress((b"\0" + bytes(12)) * 4)
    number, body = 0, b""
    for frame in range(frames):
        body += chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 4, 4, 0, 0, 1, 10, 0, 0))
        number += 1
        if frame == 0:
            body += chunk(b"IDAT", pixels)
        else:
            body += chunk(b"fdAT", struct.pack(">I", number) + pixels)
            number += 1
    control = chunk(b"acTL", struct.pack(">II", frames if said is None else said, 0))
    return PNG + ihdr(4, 4) + control + body + END


# GIF


def gif(
    width: int, height: int, frames: Sequence[bytes], *, colours: bool = True, extra: bytes = b"", end: bytes = b";"
) -> bytes:
    """A GIF of frames made by `gif_frame`."""
    table = b"\0\0\0\xff\xff\xff" if colours else b""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 if colours else 0, 0, 0)
    return head + table + extra + b"".join(frames) + end


def gif_frame(width: int = 1, height: int = 1, *, left: int = 0, top: int = 0, colours: bool = False) -> bytes:
    """A frame of which one pixel is there; decoders fill up the rest."""
    table = b"\xff\0\0\0\xff\0" if colours else b""
    place = struct.pack("<HHHHB", left, top, width, height, 0x80 if colours else 0)
    return b"!\xf9\4\0\1\0\0\0," + place + table + b"\2\2D\1\0"


def gif_extension(label: int, *parts: bytes) -> bytes:
    """An extension of sub-blocks."""
    return b"!" + bytes([label]) + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


# JPEG


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def after_start(content: bytes, *segments: bytes) -> bytes:
    """A JPEG with segments put in behind its first marker."""
    return content[:2] + b"".join(segments) + content[2:]


def sof_at(content: bytes) -> int:
    """Where the frame header of a JPEG stands."""
    at = 2
    while content[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return at


def resized_header(content: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it has another size than its pixels."""
    at = sof_at(content) + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def many_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    content = photo(400, 300, gps=False, progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * times + content[-2:]


def scan_damaged(content: bytes) -> bytes:
    """A JPEG with a hole in its coded pixels."""
    at = content.rindex(b"\xff\xda") + (len(content) - content.rindex(b"\xff\xda")) // 2
    return content[:at] + bytes(byte ^ 0x5A for byte in content[at : at + 900]) + content[at + 900 :]


def exif_segment(tiff: bytes) -> bytes:
    """A JPEG segment of EXIF."""
    return segment(0xE1, b"Exif\0\0" + tiff)


def exif_loop() -> bytes:
    """EXIF whose directory follows itself, and whose sub-directory is the directory again."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 8)


def exif_orientation(value: int) -> bytes:
    """EXIF of nothing but an orientation, which may be none."""
    return b"MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHIHH", 0x0112, 3, 1, value, 0) + bytes(4)


def mpo() -> bytes:
    """Two pictures in one file, as stereo cameras write them."""
    out = io.BytesIO()
    left, right = (scene(120, 80, seed=seed) for seed in (1, 2))
    left.save(out, "MPO", save_all=True, append_images=[right])
    return out.getvalue()


# WebP


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    """A WebP file of chunks, whose size may be a lie."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def riff_chunk(kind: bytes, body: bytes, *, size: int | None = None) -> bytes:
    """A WebP chunk, whose size may be a lie."""
    return kind + struct.pack("<I", len(body) if size is None else size) + body + bytes(len(body) % 2)


def vp8x(width: int, height: int, flags: int = 0) -> bytes:
    """The canvas of a WebP."""
    return riff_chunk(
        b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )


def webp_animation(frames: int) -> bytes:
    """A WebP animation whose one frame comes again and again."""
    still = encode(Image.new("RGB", (8, 8), "red"), "webp", lossless=True)
    pixels = still[12:]
    place = bytes(6) + (7).to_bytes(3, "little") * 2 + (40).to_bytes(3, "little") + b"\0"
    return riff(vp8x(8, 8, 0x02), riff_chunk(b"ANIM", bytes(6)), *[riff_chunk(b"ANMF", place + pixels)] * frames)


def webp_frame(width: int, height: int, *, said: tuple[int, int], at: tuple[int, int] = (0, 0)) -> bytes:
    """A WebP animation on a canvas of 16 × 16 of one frame, which says what size it has."""
    pixels = encode(Image.new("RGB", (width, height), "red"), "webp", lossless=True)[12:]
    figures = (at[0] // 2, at[1] // 2, said[0] - 1, said[1] - 1, 40)
    frame = b"".join(each.to_bytes(3, "little") for each in figures) + b"\0" + pixels
    return riff(vp8x(16, 16, 0x02), riff_chunk(b"ANIM", bytes(6)), riff_chunk(b"ANMF", frame))


# AVIF


def box(kind: bytes, body: bytes = b"") -> bytes:
    """A box."""
    return struct.pack(">I", len(body) + 8) + kind + body


def claiming(name: str, width: int, height: int, *, size: tuple[int, int] = (60, 40)) -> bytes:
    """An AVIF or a HEIC whose picture says that it is of another size than it is."""
    content = photo(*size, format=name)
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


def heic_of_large_tiles() -> bytes:
    """A HEIC put together of tiles that are larger than they say."""
    content = heic_of_tiles(4_000, 4_000, tile=2_048)
    return content.replace(struct.pack(">II", 2_048, 2_048), struct.pack(">II", 64, 64))


def heic_of_endless_canvas() -> bytes:
    """A HEIC whose tiles are put together on a canvas that is larger than it says elsewhere."""
    content = heic_of_tiles(120, 80, tile=64)
    canvas = b"\0\0\1\1" + struct.pack(">HH", 120, 80)
    assert content.count(canvas) == 1, "the encoder writes its grid in another way"
    return content.replace(canvas, canvas[:4] + b"\xff" * 4)


def heic_of_tiles(width: int, height: int, *, tile: int) -> bytes:
    """A HEIC put together of square tiles, as phones write them."""
    return encode(scene(width, height), "heic", tile_size=tile)


def sequence(name: str, samples: int) -> bytes:
    """An AVIF or a HEIC with a film track that says how many pictures it has."""
    stsz = box(b"stsz", bytes(8) + struct.pack(">I", samples))
    film = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsz)))))
    return photo(60, 40, format=name) + film


def with_its_exif_elsewhere(name: str) -> bytes:
    """An AVIF or a HEIC that says of its EXIF that it is put together from other items (construction method 2)."""
    content = photo(60, 40, format=name)
    found = re.search(rb"infe\x02...(..)..Exif", content, re.S)
    assert found, "the encoder writes its items in another way"
    meta, iloc = content.index(b"meta") - 4, content.index(b"iloc") - 4
    items, end = _items(content, iloc)
    growth = 16 + 16 * len(items) - (end - iloc)
    table = b"".join(
        struct.pack(">HHHHII", number, 2 if number == int.from_bytes(found[1]) else 0, 0, 1, at + growth, length)
        for number, at, length in items
    )
    moved = box(b"iloc", b"\1\0\0\0\x44\0" + content[iloc + 14 : iloc + 16] + table)
    size = struct.pack(">I", int.from_bytes(content[meta : meta + 4]) + growth)
    return content[:meta] + size + content[meta + 4 : iloc] + moved + content[end:]


def _items(content: bytes, iloc: int) -> tuple[list[tuple[int, int, int]], int]:
    """Number, place and length of the items, one piece each, and where their table ends."""
    end = iloc + int.from_bytes(content[iloc : iloc + 4])
    assert content[iloc + 8] == 0
    assert content[iloc + 12] == 0x44
    assert content[iloc + 13] in (0, 0x40)
    form = ">HHIHII" if content[iloc + 13] else ">HHHII"
    rows = struct.iter_unpack(form, content[iloc + 16 : end])
    return [(row[0], row[-2] + (row[2] if content[iloc + 13] else 0), row[-1]) for row in rows], end


# TIFF


def tiff(
    tags: Mapping[int, int | tuple[int, ...]],
    *,
    pixels: bytes = bytes(64),
    following: int = 0,
    magic: bytes = b"II*\0",
    extra: bytes = b"",
) -> bytes:
    """A TIFF of one directory; its tags are LONGs, and place and length of its one strip come by themselves."""
    tags = {273: 0, 279: len(pixels)} | dict(tags)
    room = 8 + 2 + 12 * len(tags) + 4
    tail = b""
    places = {tag: value for tag, value in tags.items() if isinstance(value, tuple)}
    whole = room + sum(4 * len(value) for value in places.values())
    if tags[273] == 0:
        tags[273] = whole
    head = magic + struct.pack("<IH", 8, len(tags))
    for tag, value in sorted(tags.items()):
        if isinstance(value, tuple):
            head += struct.pack("<HHII", tag, 4, len(value), room + len(tail))
            tail += struct.pack(f"<{len(value)}I", *value)
        else:
            head += struct.pack("<HHII", tag, 4, 1, value)
    return head + struct.pack("<I", following) + tail + pixels + extra


GREY: dict[int, int | tuple[int, ...]] = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 277: 1, 278: 8}
"""The tags of a grey TIFF of 8 × 8 pixels."""


def tiff_pages(count: int) -> bytes:
    """A TIFF whose directories, all of one tag but for the first, follow one another."""
    start = len(tiff(GREY))
    pages = b"".join(
        struct.pack("<HHHIII", 1, 254, 4, 1, 1, 0 if page == count - 1 else start + 18 * (page + 1))
        for page in range(count)
    )
    return tiff(GREY, following=start, extra=pages)


def big_tiff(**options: Any) -> bytes:
    """A BigTIFF of a small photo."""
    image = scene(120, 80)
    pixels = pyvips.Image.new_from_memory(image.tobytes(), 120, 80, 3, "uchar").copy(interpretation="srgb")
    return bytes(pixels.tiffsave_buffer(bigtiff=True, **options))


# Others


def zipped(*names: str) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 100)
    return out.getvalue()


def tarred(*names: str) -> bytes:
    """A tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return out.getvalue()


def converted(name: str, mode: str = "RGB") -> bytes:
    """A picture in a format that is not taken."""
    return encode(scene(40, 30).convert(mode), name)


def swapped_profile() -> bytes:
    """A colour profile in which red and green have changed places: what is stored red is meant green."""
    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(value * 65_536)) for value in values)

    gamma = b"curv" + bytes(4) + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    name = b"desc" + bytes(4) + struct.pack(">I", 8) + b"Swapped\0" + bytes(78)
    tags = {
        b"desc": name + bytes(-len(name) % 4),
        b"cprt": b"text" + bytes(4) + b"none" + bytes(4),
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        b"rXYZ": xyz(green),
        b"gXYZ": xyz(red),
        b"bXYZ": xyz(blue),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    at, table, bodies = 128 + 4 + 12 * len(tags), b"", b""
    for tag, body in tags.items():
        table += tag + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    size = at + len(bodies)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    head += bytes(28) + xyz((0.9642, 1.0, 0.8249))[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + bodies
