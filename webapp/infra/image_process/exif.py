"""The least EXIF there is: which way up, and nothing else; and when a camera says that it took a picture."""

import re
import struct
from datetime import datetime
from typing import Final

MOMENT: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
FRACTION: Final = re.compile(r"\d{1,9}", re.ASCII)


def upright(orientation: int) -> bytes:
    """Write a TIFF block whose one entry is the orientation (EXIF 2.32, tag 0x0112), 1 to 8."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)


def taken(moment: str, fraction: str = "") -> str | None:
    """Return the camera's wall clock as ISO 8601 to the millisecond, no zone; None for what is no moment.

    `moment` is DateTimeOriginal (EXIF 2.32, tag 0x9003), `fraction` SubSecTimeOriginal (0x9291).
    """
    found, part = MOMENT.match(moment), FRACTION.match(fraction)
    thousandths = int(part[0][:3].ljust(3, "0")) if part else 0
    try:
        at = datetime.strptime(found[0], "%Y:%m:%d %H:%M:%S") if found else None
    except ValueError:
        return None
    return f"{at:%Y-%m-%dT%H:%M:%S}.{thousandths:03}" if at else None
