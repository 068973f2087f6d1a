"""XML that is built and never pasted together, without the characters that it cannot hold."""

import re
from typing import Final
from xml.etree import ElementTree as Xml

from flask import Response

UNHELD: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no character for."""


def add(parent: Xml.Element, name: str, words: str, **attributes: str) -> None:
    """Put an element with these words into another; none where there are no words."""
    if words:
        Xml.SubElement(parent, name, attributes).text = UNHELD.sub("", words)


def answer(root: Xml.Element, mimetype: str) -> Response:
    """Return a document."""
    return Response(Xml.tostring(root, encoding="utf-8", xml_declaration=True), mimetype=mimetype)
