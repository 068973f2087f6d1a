"""What is taken and what is refused, in numbers and in sentences; both processes read this."""

from dataclasses import dataclass
from typing import Final

from webapp.infra.saying import Refusal

IMAGE_BYTES: Final = 50 * 1024**2
IMAGE_PIXELS: Final = 100_000_000
FRAMES: Final = 500
ANIMATION_PIXELS: Final = 500_000_000
SIDE: Final = 50_000
WHOLE: Final = 224 * 1024**2
"""Bytes that a picture may take which can only be decoded as a whole, and not line by line."""
WHOLE_AVIF: Final = 432 * 1024**2
"""The same for AVIF, at some 17 bytes a pixel 24 megapixels of a camera, and for HEIC, at 9 those of a phone, 48."""
MIME: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "gif": "image/gif",
    "tiff": "image/tiff",
}


class Refused(Refusal):
    """A picture or a video that is not taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken: bytes, pixels of a picture, frames, pixels of all frames, pixels of a side.

    `heic` says whether the extra is installed that reads HEIC.
    """

    size: int = IMAGE_BYTES
    pixels: int = IMAGE_PIXELS
    frames: int = FRAMES
    animation_pixels: int = ANIMATION_PIXELS
    side: int = SIDE
    heic: bool = False

    def check_size(self, size: int) -> None:
        """Refuse no bytes at all, and too many."""
        if size == 0:
            raise Refused("empty", "This file is empty.")
        if size > self.size:
            most = self.size // 1024**2
            raise Refused(
                "too_many_bytes", "This file is larger than %(most)s MiB, the most Vitrine takes.", most=most
            )

    def check_canvas(self, width: int, height: int) -> None:
        """Refuse a picture by what its header says, before a pixel is decoded."""
        if width < 1 or height < 1:
            raise damaged()
        if width * height > self.pixels:
            raise Refused(
                "too_many_pixels",
                "This picture is %(width)s × %(height)s pixels; the largest Vitrine takes is %(most)s megapixels.",
                width=width,
                height=height,
                most=f"{self.pixels / 1e6:g}",
            )
        if max(width, height) > self.side:
            raise Refused(
                "side_too_long",
                "This picture is %(width)s × %(height)s pixels; the longest side Vitrine takes is %(most)s pixels.",
                width=width,
                height=height,
                most=self.side,
            )

    def check_whole(self, width: int, height: int, taking: int, *, most: int = WHOLE) -> None:
        """Refuse what is only decoded as a whole, by the bytes that this is going to take."""
        if taking > most:
            raise Refused(
                "too_heavy",
                "This picture is %(width)s × %(height)s pixels and can only be opened as a whole, which takes too "
                "much memory. Save it smaller, or as a JPEG that is not progressive.",
                width=width,
                height=height,
            )

    def check_frames(self, width: int, height: int, frames: int) -> None:
        """Refuse an animation by its number of frames and by all their pixels."""
        if frames > self.frames:
            raise Refused("too_many_frames", "This animation has more than %(most)s frames.", most=self.frames)
        if frames > 1 and width * height * frames > self.animation_pixels:
            raise Refused(
                "animation_too_large",
                "This animation is %(width)s × %(height)s pixels in %(frames)s frames; all frames together may have "
                "%(most)s megapixels.",
                width=width,
                height=height,
                frames=frames,
                most=f"{self.animation_pixels / 1e6:g}",
            )


@dataclass(frozen=True, slots=True)
class Header:
    """What the bytes say of themselves, without decoding: pixels as stored, and the number of frames.

    `moment` is when a camera took it, where libvips does not say so.
    """

    format: str
    width: int
    height: int
    frames: int = 1
    moment: str = ""


def truncated() -> Refused:
    """The file ends before the picture does."""
    return Refused("truncated", "This file is cut off: a part of the picture is missing. Please upload it again.")


def damaged() -> Refused:
    """The bytes contradict themselves."""
    return Refused("damaged", "This file is damaged and cannot be shown. Please upload it again, or export it anew.")


def too_heavy() -> Refused:
    """A limit of the child ended the work."""
    return Refused("too_heavy", "This picture takes more memory or time than Vitrine gives to one picture.")
