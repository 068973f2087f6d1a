"""The hostile and the merely odd: what each file is, and what has to come of it."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from tests.hostile import makers as make
from tests.pictures import encode, exif, photo, scene

FORMATS = ("jpeg", "png", "webp", "avif", "heic", "gif", "tiff")
PHP = b"<?php system($_GET['c']); ?>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@dataclass(frozen=True)
class Case:
    """A file by its (misleading) name, and the codes of which one must be the answer; none when it is taken."""

    name: str
    content: Callable[[], bytes]
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Good(Case):
    """A file that is taken, and what it is found to be."""

    format: str = "jpeg"
    size: tuple[int, int] = (120, 80)
    frames: int = 1
    alpha: bool = False
    bits: int = 8


def exhausting() -> Iterator[Case]:
    """Small files that would be large."""
    pixels, frames = ("too_many_pixels",), ("too_many_frames",)
    gone = ("damaged", "too_heavy")
    yield Case("header-of-50000.png", lambda: make.png_header(50_000, 50_000), pixels)
    yield Case("nothing-but-a-header-of-50000.png", lambda: make.PNG + make.ihdr(50_000, 50_000), pixels)
    yield Case("largest-header.png", lambda: make.png_header(2**31 - 1, 2**31 - 1), pixels)
    yield Case("bomb-of-30000.png", lambda: make.png_bomb(30_000), pixels)
    yield Case("just-above.png", lambda: make.png_header(10_001, 10_000), pixels)
    yield Case("too-wide.png", lambda: make.png_header(50_001, 10), ("side_too_long",))
    yield Case("too-high.png", lambda: make.png_header(10, 90_000), ("side_too_long",))
    yield Case("header-of-65535.jpg", lambda: make.resized_header(photo(60, 40), 65_535, 65_535), pixels)
    yield Case("many-scans.jpg", lambda: make.many_scans(3_000), ("damaged", "too_heavy"))
    yield Case(
        "many-segments.jpg", lambda: make.after_start(photo(60, 40), *[b"\xff\xe5\0\2"] * 20_000), ("damaged",)
    )
    yield Case("canvas-of-65535.gif", lambda: make.gif(65_535, 65_535, [make.gif_frame()]), pixels)
    yield Case("frame-beyond-canvas.gif", lambda: make.gif(10, 10, [make.gif_frame(65_535, 65_535)]), pixels)
    yield Case("frame-far-away.gif", lambda: make.gif(10, 10, [make.gif_frame(left=65_000, top=65_000)]), pixels)
    yield Case("100000-frames.gif", lambda: make.gif(1, 1, [make.gif_frame()] * 100_000), frames)
    yield Case("501-frames.gif", lambda: make.gif(1, 1, [make.gif_frame()] * 501), frames)
    yield Case("large-film.gif", lambda: make.gif(2_000, 2_000, [make.gif_frame()] * 200), ("animation_too_large",))
    yield Case("3000-frames.png", lambda: make.apng(3_000), frames)
    yield Case("says-3-has-600.png", lambda: make.apng(600, said=3), frames)
    yield Case("says-100000-has-1.png", lambda: make.apng(1, said=100_000), frames)
    yield Case("canvas-of-16384.webp", lambda: make.riff(make.vp8x(16_384, 16_384)), pixels)
    yield Case("largest-canvas.webp", lambda: make.riff(make.vp8x(2**24, 2**24)), pixels)
    yield Case("600-frames.webp", lambda: make.webp_animation(600), frames)
    yield Case("claims-60000.avif", lambda: make.claiming("avif", 60_000, 60_000), pixels)
    yield Case("claims-60000.heic", lambda: make.claiming("heic", 60_000, 60_000), pixels)
    yield Case("too-wide.heic", lambda: make.claiming("heic", 50_001, 10), ("side_too_long",))
    yield Case("hides-16-megapixels.heic", lambda: make.claiming("heic", 64, 64, size=(4_000, 4_000)), gone)
    yield Case("tiles-hide-16-megapixels.heic", make.heic_of_large_tiles, gone)
    yield Case("canvas-of-65535.heic", make.heic_of_endless_canvas, gone)
    yield Case("1000-frames.avif", lambda: make.sequence("avif", 1_000), frames)
    yield Case("1000-frames.heic", lambda: make.sequence("heic", 1_000), frames)


def disguised() -> Iterator[Case]:
    """What is no picture, or none that is taken, under a picture's name."""
    other, nothing = ("unsupported_type",), ("not_a_picture",)
    film = make.box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + make.box(b"mdat", bytes(100))
    heic = make.box(b"ftyp", b"heic\0\0\0\0mif1heic") + make.box(b"meta", bytes(60))
    yield Case("svg.jpg", lambda: SVG, other)
    yield Case("svg-with-prolog.png", lambda: b'<?xml version="1.0"?>\n<!-- a -->\n' + SVG, other)
    yield Case("svg-after-mark.gif", lambda: b"\xef\xbb\xbf\n " + SVG, other)
    yield Case("svg-in-utf-16.png", lambda: SVG.decode().encode("utf-16"), other)
    yield Case("entities.svg", lambda: b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', other)
    yield Case("page.png", lambda: b"<!doctype html><title>x</title><script>alert(1)</script>", other)
    yield Case("script-tag.gif", lambda: b"<script>alert(1)</script>", other)
    yield Case("shell.php.jpg", lambda: PHP, other)
    yield Case("paper.jpg", lambda: b"%PDF-1.7\n1 0 obj\n", other)
    yield Case("paper-with-picture.jpg", lambda: b"%PDF-1.7\n" + photo(60, 40), other)
    yield Case("print.jpg", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", other)
    yield Case("commands.jpg", lambda: b"push graphic-context\nfill 'url(https://example.org/x)'\n", nothing)
    yield Case("archive.png", lambda: make.zipped("a.txt", "../../b"), other)
    yield Case("office.png", lambda: make.zipped("[Content_Types].xml", "word/document.xml"), other)
    yield Case("packed.png", lambda: b"\x1f\x8b\x08\0" + bytes(30), other)
    yield Case("windows.jpg", lambda: b"MZ\x90\0" + bytes(200), other)
    yield Case("linux.jpg", lambda: b"\x7fELF\2\1\1" + bytes(200), other)
    yield Case("script.jpg", lambda: b"#!/bin/sh\nrm -rf /\n", other)
    yield Case("film.jpg", lambda: film, (*other, "damaged"))
    yield Case("matroska.webp", lambda: b"\x1aE\xdf\xa3" + bytes(100), other)
    yield Case("sound.webp", lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), other)
    yield Case("phone.jpg", lambda: heic, (*other, "damaged"))
    yield Case("bitmap.png", lambda: make.converted("bmp"), other)
    yield Case("icon.png", lambda: make.converted("ico", "RGBA"), other)
    yield Case("layers.png", lambda: b"8BPS\0\1" + bytes(60), other)
    yield Case("new.jpg", lambda: b"\xff\x0a" + bytes(60), other)
    yield Case("new.jp2", lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), other)
    yield Case("book.jpg", lambda: b"AT&TFORM\0\0\0\x20DJVM" + bytes(60), other)
    yield Case("text.jpg", lambda: b"just some words, and then some more\n" * 10, nothing)
    yield Case("numbers.jpg", lambda: b"\0" * 5_000, nothing)
    yield Case("late-jpeg.jpg", lambda: b"\n" + photo(60, 40), nothing)


def cut_off() -> Iterator[Case]:
    """Files whose end is missing, wherever the cut was."""
    for name in FORMATS:
        for share in (0.02, 0.3, 0.6, 0.9, 0.99):
            yield Case(f"cut-at-{share}.{name}", _cut(name, share), ("truncated",))
        yield Case(f"last-byte-gone.{name}", lambda name=name: photo(160, 120, format=name)[:-1], ("truncated",))
    films = [make.box(b"ftyp", name + b"\0\0\0\0" + name) for name in (b"avif", b"heic")]
    heads = (b"\xff\xd8\xff", make.PNG, b"RIFF\x40\0\0\0WEBP", *films, b"GIF89a", b"II*\0")
    for name, head in zip(FORMATS, heads, strict=True):
        yield Case(f"first-bytes.{name}", lambda head=head: head, ("truncated",))
    yield Case("zeros-instead-of-the-end.jpg", lambda: _zeroed(photo(160, 120)), ("truncated",))
    yield Case("many-frames-cut.webp", lambda: make.webp_animation(20)[:-30], ("truncated",))


def damaged() -> Iterator[Case]:
    """Files whose bytes contradict themselves."""
    bad = ("damaged",)
    either = ("damaged", "truncated")
    small = photo(80, 60, format="png")
    yield Case("empty.jpg", lambda: b"", ("empty",))
    yield Case("one-byte.jpg", lambda: b"\xff", ("not_a_picture",))
    yield Case("wrong-checksum-of-pixels.png", lambda: _wrong_crc(small, b"IDAT"), bad)
    yield Case("wrong-checksum-of-header.png", lambda: _wrong_crc(small, b"IHDR"), bad)
    yield Case("wrong-checksum-of-text.png", lambda: _wrong_crc(small, b"tEXt"), bad)
    yield Case("wrong-adler.png", lambda: make.png_idat(lambda body: body[:-1] + bytes([body[-1] ^ 1])), bad)
    yield Case("too-few-pixels.png", lambda: make.png_idat(_shorter), either)
    yield Case("no-zlib.png", lambda: make.png_idat(lambda body: b"hello" + body[5:]), bad)
    yield Case("no-pixels.png", lambda: make.PNG + make.ihdr(10, 10) + make.END, bad)
    yield Case("no-palette.png", lambda: make.png(4, 4, bytes(20), colour=3), bad)
    yield Case("no-such-colour.png", lambda: make.png(4, 4, bytes(80), colour=5), bad)
    yield Case("no-width.png", lambda: make.png(0, 4, bytes(4)), bad)
    yield Case("chunk-without-end.png", lambda: make.PNG + make.ihdr(4, 4) + b"\x7f\xff\xff\xffIDAT", ("truncated",))
    yield Case("second-header.png", lambda: make.png_with(small, make.ihdr(9, 9)), bad)
    yield Case("hole.jpg", lambda: make.scan_damaged(photo(600, 400)), bad)
    yield Case("end-glued-on.jpg", lambda: _glued(photo(160, 120)), either)
    yield Case("no-frame.jpg", lambda: b"\xff\xd8" + make.segment(0xFE, b"x") + b"\xff\xd9", bad)
    yield Case(
        "no-scan.jpg", lambda: b"\xff\xd8" + make.segment(0xFE, b"x") * 3 + _sof(photo(60, 40)) + b"\xff\xd9", bad
    )
    yield Case("no-height.jpg", lambda: make.resized_header(photo(60, 40), 60, 0), bad)
    yield Case("says-more-than-it-has.jpg", lambda: make.resized_header(photo(60, 40), 600, 4_000), either)
    yield Case("segment-of-length-0.jpg", lambda: make.after_start(photo(60, 40), b"\xff\xe5\0\0"), bad)
    yield Case("no-frames.gif", lambda: make.gif(4, 4, []), bad)
    yield Case("no-canvas.gif", lambda: make.gif(0, 0, [make.gif_frame()]), bad)
    yield Case("no-such-block.gif", lambda: make.gif(4, 4, [make.gif_frame(), b"\x77"]), bad)
    yield Case("hole.gif", lambda: _hole(photo(160, 120, format="gif")), either)
    yield Case("no-picture.webp", lambda: make.riff(make.vp8x(10, 10)), either)
    yield Case("only-texts.webp", lambda: make.riff(make.riff_chunk(b"XMP ", b"<x/>" * 5)), bad)
    yield Case(
        "chunk-too-long.webp", lambda: make.riff(make.riff_chunk(b"VP8 ", bytes(20), size=900)), ("truncated",)
    )
    yield Case(
        "noise.webp",
        lambda: make.riff(make.riff_chunk(b"VP8 ", b"\x10\2\0\x9d\x01\x2a\x40\0\x40\0" + PHP * 9)),
        either,
    )
    yield Case("hole.avif", lambda: _hole(photo(160, 120, format="avif")), bad)
    yield Case("no-items.avif", lambda: make.box(b"ftyp", b"avif\0\0\0\0avif") + make.box(b"meta", bytes(4)), either)
    yield Case(
        "box-of-length-3.avif", lambda: make.box(b"ftyp", b"avif\0\0\0\0avif") + b"\0\0\0\3meta" + bytes(20), either
    )


def bad_tiffs() -> Iterator[Case]:
    """TIFF directories that lie, run in circles or come raw from a camera."""
    pixels, bad, cut, other = ("too_many_pixels",), ("damaged",), ("truncated",), ("unsupported_type",)

    def grey(**changed: int | tuple[int, ...]) -> bytes:
        return make.tiff(make.GREY | {int(tag[1:]): value for tag, value in changed.items()})

    yield Case("header-of-50000.tif", lambda: grey(t256=50_000, t257=50_000), pixels)
    yield Case("largest-header.tif", lambda: grey(t256=2**32 - 1, t257=2**32 - 1), pixels)
    yield Case("too-wide.tif", lambda: grey(t256=50_001, t257=1), ("side_too_long",))
    yield Case("no-width.tif", lambda: grey(t256=0), bad)
    yield Case("follows-itself.tif", lambda: make.tiff(make.GREY, following=8), bad)
    yield Case("pages-beyond-sense.tif", lambda: make.tiff_pages(2_000), ("too_many_frames",))
    yield Case("next-page-far-away.tif", lambda: make.tiff(make.GREY, following=2**31), cut)
    yield Case("first-page-far-away.tif", lambda: b"II*\0\xff\xff\xff\xff" + bytes(90), cut)
    yield Case("no-page.tif", lambda: b"MM\0*" + bytes(90), bad)
    yield Case("no-entries.tif", lambda: b"MM\0*\0\0\0\x08" + bytes(60), bad)
    yield Case("entries-beyond-sense.tif", lambda: b"II*\0\x08\0\0\0\xff\xff" + bytes(900), bad)
    yield Case("big-with-odd-places.tif", lambda: b"II+\0\x04\0\0\0" + bytes(60), bad)
    yield Case("big-far-away.tif", lambda: b"II+\0\x08\0\0\0" + b"\xff" * 8 + bytes(60), cut)
    yield Case("big-of-2-to-the-63.tif", lambda: b"MM\0+\0\x08\0\0" + b"\x7f" + b"\xff" * 7 + bytes(60), cut)
    yield Case("big-cut.tif", lambda: make.big_tiff()[:-20], cut)
    yield Case("strip-far-away.tif", lambda: grey(t273=2**31), cut)
    yield Case("strip-too-long.tif", lambda: grey(t279=2**32 - 1), cut)
    yield Case("strip-of-nothing.tif", lambda: grey(t279=0), bad)
    yield Case("strip-over-the-head.tif", lambda: grey(t273=4), bad)
    yield Case("too-few-strips.tif", lambda: grey(t278=1), bad)
    yield Case("rows-of-none.tif", lambda: grey(t278=0), bad)
    yield Case("too-many-strips.tif", lambda: grey(t273=(8,) * 900, t279=(8,) * 900), bad)
    yield Case("strips-over-one-another.tif", lambda: grey(t278=1, t273=(8,) * 8, t279=(150,) * 8), bad)
    yield Case("tile-of-65536.tif", lambda: grey(t322=65_536, t323=65_536, t324=8, t325=8), bad)
    yield Case("tile-of-none.tif", lambda: grey(t322=0, t323=16, t324=8, t325=8), bad)
    yield Case("65535-channels.tif", lambda: grey(t277=65_535), other)
    yield Case("packed-as-never.tif", lambda: grey(t259=50_001), other)
    yield Case("fractional.tif", lambda: grey(t339=3, t258=32), other)
    yield Case("deep-as-never.tif", lambda: grey(t258=64), other)
    yield Case("says-lzw.tif", lambda: grey(t259=5), ("damaged", "truncated"))
    yield Case("says-jpeg.tif", lambda: grey(t259=7), ("damaged", "truncated"))
    yield Case("hole.tif", lambda: _hole(encode(scene(160, 120), "tiff", compression="tiff_lzw")), bad)
    yield Case("deflated-too-little.tif", lambda: grey(t259=8, t256=9_000, t257=9_000, t278=9_000), bad)
    yield Case("sensor.dng", lambda: grey(t50706=0x0401), other)
    yield Case("sensor.nef", lambda: grey(t262=32_803), other)
    yield Case("sensor.arw", lambda: grey(t259=32_767), other)
    yield Case("sensor-within.nef", lambda: grey(t330=8, t254=1, t33422=0), other)
    yield Case("sensor.cr2", lambda: b"II*\0\x10\0\0\0CR\2\0" + bytes(4) + grey()[8:], other)
    yield Case("sensor.rw2", lambda: b"IIU\0\x18\0\0\0" + bytes(90), other)
    yield Case("sensor.raf", lambda: b"FUJIFILMCCD-RAW 0201" + bytes(90), other)
    yield Case("sensor.cr3", lambda: make.box(b"ftyp", b"crx \0\0\0\1crx isom") + bytes(90), other)
    yield Case("page-behind-magic.tif", lambda: b"II*\0<html><script>alert(1)</script></html>" + bytes(60), cut)


def tricky() -> Iterator[Good]:
    """Files that look odd and are good."""
    yield from _tricky_jpegs()
    yield from _tricky_pngs()
    yield from _tricky_others()
    yield from _tricky_tiffs()


def _tricky_jpegs() -> Iterator[Good]:
    plain = photo(120, 80, gps=False)
    camera = photo(120, 80)
    image = scene(120, 80)
    yield Good("progressive.jpg", lambda: photo(120, 80, progressive=True))
    yield Good("four-inks.jpg", lambda: encode(image.convert("CMYK"), "jpeg"))
    yield Good("grey.jpg", lambda: encode(image.convert("L"), "jpeg"))
    yield Good("full-chroma.jpg", lambda: encode(image, "jpeg", subsampling=0))
    yield Good("restarts.jpg", lambda: photo(120, 80, restart_marker_rows=1))
    yield Good("php-behind.jpg", lambda: camera + PHP * 10)
    yield Good("zip-behind.jpg", lambda: camera + make.zipped("evil.js"))
    yield Good("page-behind.jpg", lambda: camera + b"<html><script>alert(1)</script></html>")
    yield Good("named.png", lambda: camera)
    yield Good(
        "page-in-comment.jpg", lambda: make.after_start(plain, make.segment(0xFE, b"<script>alert(1)</script>"))
    )
    yield Good("preview-inside.jpg", lambda: make.after_start(plain, make.exif_segment(exif()[6:] + photo(60, 40))))
    yield Good("exif-in-a-circle.jpg", lambda: make.after_start(plain, make.exif_segment(make.exif_loop())))
    yield Good("exif-cut.jpg", lambda: make.after_start(plain, make.exif_segment(exif()[6:40])))
    yield Good("exif-of-noise.jpg", lambda: make.after_start(plain, make.exif_segment(PHP * 20)))
    yield Good("orientation-of-9.jpg", lambda: make.after_start(_bare(), make.exif_segment(make.exif_orientation(9))))
    yield Good("orientation-of-0.jpg", lambda: make.after_start(_bare(), make.exif_segment(make.exif_orientation(0))))
    yield Good("profile-of-noise.jpg", lambda: encode(image, "jpeg", icc_profile=b"not a profile " * 40))
    yield Good("fill-bytes.jpg", lambda: plain[:2] + b"\xff" * 40 + plain[2:])
    yield Good("stereo.jpg", make.mpo)
    yield Good("no-jfif.jpg", lambda: plain.replace(b"\xff\xe0\0\x10JFIF", b"\xff\xe5\0\x10NONE", 1))
    yield Good("one-pixel.jpg", lambda: encode(Image.new("RGB", (1, 1), "red"), "jpeg"), size=(1, 1))
    yield Good("one-row.jpg", lambda: encode(Image.new("RGB", (20_000, 10), "red"), "jpeg"), size=(20_000, 10))
    yield Good("one-column.jpg", lambda: encode(Image.new("RGB", (3, 40_000), "red"), "jpeg"), size=(3, 40_000))


def _tricky_pngs() -> Iterator[Good]:
    image = scene(120, 80)
    clear = image.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 80)))
    deep = b"".join(b"\0" + struct.pack(">H", row * 600) * 120 for row in range(80))
    profile = {"format": "png"}
    yield Good("clear.png", lambda: encode(clear, "png"), alpha=True, **profile)
    yield Good("grey-and-clear.png", lambda: encode(clear.convert("LA"), "png"), alpha=True, **profile)
    yield Good("palette.png", lambda: encode(image.quantize(16), "png"), **profile)
    yield Good(
        "palette-and-clear.png", lambda: encode(image.quantize(16), "png", transparency=3), alpha=True, **profile
    )
    yield Good("two-colours.png", lambda: encode(image.convert("1"), "png"), **profile)
    yield Good("deep.png", lambda: make.png(120, 80, deep, bits=16, colour=0), bits=16, **profile)
    yield Good("interlaced.png", make.interlaced, size=(16, 16), **profile)
    yield Good("film.png", lambda: make.apng(12), size=(4, 4), frames=12, **profile)
    yield Good("php-behind.png", lambda: photo(120, 80, format="png") + PHP, **profile)
    yield Good("named.jpg", lambda: photo(120, 80, format="png"), **profile)
    yield Good("own-chunk.png", lambda: make.png_with(encode(image, "png"), make.chunk(b"phPp", PHP)), **profile)
    yield Good(
        "long-text.png",
        lambda: make.png_with(encode(image, "png"), make.chunk(b"tEXt", b"a\0" + b"x" * 10**6)),
        **profile,
    )
    yield Good("profile-of-noise.png", lambda: encode(image, "png", icc_profile=b"not a profile " * 40), **profile)
    yield Good("one-pixel.png", lambda: encode(Image.new("RGB", (1, 1)), "png"), size=(1, 1), **profile)
    yield Good("all-clear.png", lambda: encode(Image.new("RGBA", (120, 80)), "png"), alpha=True, **profile)


def _tricky_others() -> Iterator[Good]:
    image = scene(120, 80)
    films = [scene(120, 80, seed=seed) for seed in range(3)]
    clear = image.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 80)))
    loop = make.gif_extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")
    xmp = make.gif_extension(0xFF, b"XMP DataXMP", b"<x:xmpmeta GPSLatitude='1'/>")
    for name in ("webp", "gif"):
        saved = {"save_all": True, "append_images": films[1:], "duration": 40, "loop": 0}
        yield Good(
            f"film.{name}",
            lambda name=name, saved=saved: encode(films[0], name, **saved),
            format=name,
            frames=3,
            alpha=name == "gif",
        )
        yield Good(
            f"one-pixel.{name}", lambda name=name: encode(Image.new("RGB", (1, 1)), name), format=name, size=(1, 1)
        )
    for name in ("webp", "avif", "heic", "gif"):
        yield Good(f"php-behind.{name}", lambda name=name: photo(120, 80, format=name) + PHP, format=name)
    for name in ("webp", "avif", "heic"):
        yield Good(f"clear.{name}", lambda name=name: encode(clear, name), format=name, alpha=True)
    yield Good("tiles.heic", lambda: make.heic_of_tiles(120, 80, tile=64), format="heic")
    yield Good("lossless.webp", lambda: encode(image, "webp", lossless=True), format="webp")
    yield Good("16383.webp", lambda: encode(Image.new("RGB", (16_383, 4)), "webp"), format="webp", size=(16_383, 4))
    yield Good(
        "texts.gif",
        lambda: make.gif(9, 7, [make.gif_frame(9, 7)] * 2, extra=loop + xmp),
        format="gif",
        size=(9, 7),
        frames=2,
    )
    yield Good(
        "own-colours.gif",
        lambda: make.gif(9, 7, [make.gif_frame(9, 7, colours=True)], colours=False),
        format="gif",
        size=(9, 7),
    )
    yield Good(
        "500-frames.gif", lambda: make.gif(1, 1, [make.gif_frame()] * 500), format="gif", size=(1, 1), frames=500
    )


def _tricky_tiffs() -> Iterator[Good]:
    image = scene(120, 80)
    kind = {"format": "tiff"}
    clear = image.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 80)))
    for packed in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield Good(f"{packed}.tif", lambda packed=packed: encode(image, "tiff", compression=packed), **kind)
    yield Good("fax.tif", lambda: encode(image.convert("1"), "tiff", compression="group4"), **kind)
    yield Good("four-inks.tif", lambda: encode(image.convert("CMYK"), "tiff"), **kind)
    yield Good("grey.tif", lambda: encode(image.convert("L"), "tiff"), **kind)
    yield Good("palette.tif", lambda: encode(image.quantize(16), "tiff"), **kind)
    yield Good("clear.tif", lambda: encode(clear, "tiff"), alpha=True, **kind)
    yield Good("deep.tif", lambda: encode(Image.new("I;16", (120, 80), 40_000), "tiff"), bits=16, **kind)
    yield Good("big.tif", make.big_tiff, **kind)
    yield Good("tiles.tif", lambda: make.big_tiff(tile=True, tile_width=32, tile_height=32), **kind)
    yield Good("jpeg-tiles.tif", lambda: make.big_tiff(tile=True, compression="jpeg"), **kind)
    yield Good("pyramid.tif", lambda: make.big_tiff(tile=True, tile_width=16, tile_height=16, pyramid=True), **kind)
    yield Good("bare.tif", lambda: make.tiff(make.GREY), size=(8, 8), **kind)
    yield Good("own-tag.tif", lambda: make.tiff(make.GREY | {50_000: 7}), size=(8, 8), **kind)
    yield Good("one-strip-without-rows.tif", lambda: make.tiff(make.GREY | {278: 2**32 - 1}), size=(8, 8), **kind)
    yield Good("php-behind.tif", lambda: photo(120, 80, format="tiff") + PHP, **kind)
    yield Good("two-pages.tif", lambda: encode(image, "tiff", save_all=True, append_images=[scene(50, 40)]), **kind)


def _cut(name: str, share: float) -> Callable[[], bytes]:
    def content() -> bytes:
        whole = photo(160, 120, format=name)
        return whole[: int(len(whole) * share)]

    return content


def _zeroed(content: bytes) -> bytes:
    half = len(content) // 2
    return content[:half] + bytes(len(content) - half)


def _hole(content: bytes) -> bytes:
    """A quarter of the bytes turned round, near the end."""
    start = len(content) * 6 // 10
    stop = len(content) * 8 // 10
    return content[:start] + bytes(byte ^ 0xA5 for byte in content[start:stop]) + content[stop:]


def _glued(content: bytes) -> bytes:
    return content[: len(content) * 6 // 10] + b"\xff\xd9"


def _shorter(body: bytes) -> bytes:
    return zlib.compress(zlib.decompress(body)[:-2_000])


def _wrong_crc(content: bytes, name: bytes) -> bytes:
    return make.rebuilt(content, lambda kind, body: make.chunk(kind, body, crc=7 if kind == name else None))


def _sof(content: bytes) -> bytes:
    at = make.sof_at(content)
    return content[at : at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")]


def _bare() -> bytes:
    """A JPEG without any EXIF of its own."""
    return encode(scene(120, 80), "jpeg")


REFUSED = [*exhausting(), *disguised(), *cut_off(), *damaged(), *bad_tiffs()]
TAKEN = list(tricky())
