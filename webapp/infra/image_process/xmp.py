"""XMP: the properties that stand directly in a packet (ISO 16684-1), read by expat without document types."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

MOST_BYTES: Final = 1024**2
MOST_ELEMENTS: Final = 20_000
DEPTH: Final = 32
LONGEST: Final = 8_000
"""Characters that are read of a value."""
MOST_VALUES: Final = 200
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC: Final = "http://purl.org/dc/elements/1.1/"
PHOTOSHOP: Final = "http://ns.adobe.com/photoshop/1.0/"
EXIF: Final = "http://ns.adobe.com/exif/1.0/"
IPTC: Final = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
LANGUAGE: Final = "http://www.w3.org/XML/1998/namespace lang"
LISTS: Final = frozenset(f"{RDF} {name}" for name in ("Alt", "Bag", "Seq"))
ROOT, DESCRIPTION, ENTRY = (f"{RDF} {name}" for name in ("RDF", "Description", "li"))
PROPERTIES: Final = {
    f"{DC} title": "title",
    f"{DC} description": "caption",
    f"{DC} subject": "keywords",
    f"{DC} creator": "creator",
    f"{DC} rights": "copyright",
    f"{IPTC} AltTextAccessibility": "alt",
    f"{PHOTOSHOP} Headline": "headline",
    f"{PHOTOSHOP} Credit": "credit",
    f"{PHOTOSHOP} City": "city",
    f"{PHOTOSHOP} State": "region",
    f"{PHOTOSHOP} Country": "country",
    f"{PHOTOSHOP} DateCreated": "created",
    f"{EXIF} DateTimeOriginal": "taken",
    f"{EXIF} GPSLatitude": "latitude",
    f"{EXIF} GPSLongitude": "longitude",
}

Values = Mapping[str, list[tuple[str, str]]]
"""By the name of a property its values, each with the lower-case code of its language, "" where none is named."""


class Unread(Exception):
    """A packet is larger, deeper or of another kind than any that describes a picture."""


def read(packet: bytes) -> Values:
    """Return the properties that are known; nothing of a packet that is not whole."""
    packet = packet.rstrip(b"\0 \t\r\n")
    if not packet or len(packet) > MOST_BYTES:
        return {}
    reader = _Reader()
    try:
        reader.parser.Parse(packet, True)
    except (expat.ExpatError, Unread, ValueError, LookupError):
        return {}
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.path: list[str] = []
        self.languages: list[str] = []
        self.text = ""
        self.seen = 0
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._say
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.seen += 1
        if self.seen > MOST_ELEMENTS or len(self.path) == DEPTH:
            raise Unread
        self.path.append(name)
        self.languages.append(attributes.get(LANGUAGE, ""))
        self.text = ""
        if self.path[-2:] == [ROOT, DESCRIPTION]:
            for given, value in attributes.items():
                self._keep(PROPERTIES.get(given, ""), "", value)

    def _end(self, _name: str) -> None:
        self._keep(self._property(), self.languages[-1], self.text)
        self.path.pop()
        self.languages.pop()
        self.text = ""

    def _say(self, text: str) -> None:
        if len(self.text) < LONGEST and self._property():
            self.text += text[:LONGEST]

    def _property(self) -> str:
        """Name the property whose value, or one of whose values, is being read."""
        if self.path[-3:-1] == [ROOT, DESCRIPTION]:
            return PROPERTIES.get(self.path[-1], "")
        in_list = len(self.path) > 4 and self.path[-1] == ENTRY and self.path[-2] in LISTS
        return PROPERTIES.get(self.path[-3], "") if in_list and self.path[-5:-3] == [ROOT, DESCRIPTION] else ""

    def _keep(self, name: str, language: str, value: str) -> None:
        if name and value.strip() and len(self.found[name]) < MOST_VALUES:
            code = language.lower()
            self.found[name].append(("" if code == "x-default" else code, value.strip()))


def _refuse_doctype(*_about: object) -> None:
    raise Unread
