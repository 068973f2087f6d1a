"""The least EXIF there is: which way up, and nothing else."""

import struct


def upright(orientation: int) -> bytes:
    """Write a TIFF block whose one entry is the orientation (EXIF 2.32, tag 0x0112), 1 to 8."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
