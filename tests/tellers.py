"""Pictures that say something of themselves: in XMP packets, IPTC records and EXIF blocks, well formed or hostile."""

import struct
from xml.sax.saxutils import escape

from PIL import Image, PngImagePlugin

from tests.pictures import encode, scene

HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:iptc="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"'
)
TAIL = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'


def packet(*, given: str = "", keywords: tuple[str, ...] = (), **texts: dict[str, str]) -> bytes:
    """An XMP packet: texts by language, keywords, and attributes of the description as they are `given`."""
    said = "".join(_alternatives(name.replace("_", ":"), words) for name, words in texts.items())
    if keywords:
        entries = "".join(f"<rdf:li>{word}</rdf:li>" for word in keywords)
        said += f"<dc:subject><rdf:Bag>{entries}</rdf:Bag></dc:subject>"
    return f"{HEAD} {given}>{said}{TAIL}".encode()


def records(*values: tuple[int, bytes], utf_8: bool = False) -> bytes:
    """IPTC records among Photoshop's resources, as JPEG has them in APP13."""
    block = _record(1, 90, b"\x1b%G") if utf_8 else b""
    block += b"".join(_record(2, dataset, value) for dataset, value in values)
    return b"Photoshop 3.0\0" + b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(block)) + block + bytes(len(block) % 2)


def jpeg(*, xmp: bytes = b"", iptc: bytes = b"", exif: Image.Exif | None = None, seed: int = 1) -> bytes:
    """A small JPEG that says this."""
    options = {"xmp": xmp} if xmp else {}
    made = encode(scene(160, 120, seed=seed), "jpeg", **options, **({"exif": exif.tobytes()} if exif else {}))
    return made[:2] + (b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc if iptc else b"") + made[2:]


def png(xmp: bytes, *, seed: int = 1) -> bytes:
    """A small PNG with a packet of any length."""
    info = PngImagePlugin.PngInfo()
    info.add(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    return encode(scene(160, 120, seed=seed), "png", pnginfo=info)


def webp(xmp: bytes, *, seed: int = 1) -> bytes:
    """A small WebP with a packet of any length."""
    return encode(scene(160, 120, seed=seed), "webp", xmp=xmp)


def camera(**tags: object) -> Image.Exif:
    """An EXIF block: `t010e="Boats"` is the tag 0x010E."""
    block = Image.Exif()
    for name, value in tags.items():
        block[int(name[1:], 16)] = value
    return block


def _alternatives(name: str, texts: dict[str, str]) -> str:
    entries = "".join(f'<rdf:li xml:lang="{code}">{escape(text)}</rdf:li>' for code, text in texts.items())
    return f"<{name}><rdf:Alt>{entries}</rdf:Alt></{name}>"


def _record(record: int, dataset: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, dataset, len(value)) + value
