"""What is taken and what is refused, in numbers and in sentences; both processes read this."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

IMAGE_BYTES: Final = 50 * 1024**2
IMAGE_PIXELS: Final = 100_000_000
FRAMES: Final = 500
ANIMATION_PIXELS: Final = 500_000_000
SIDE: Final = 50_000
MIME: Final = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
}
TAKEN: Final = "Vitrine takes pictures as JPEG, PNG, WebP, AVIF and GIF."


class Refused(Exception):
    """A picture that is not taken: a stable code, a sentence for people, and the figures in it."""

    def __init__(self, code: str, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.facts: Mapping[str, Any] = facts


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken: bytes, pixels of a picture, frames, pixels of all frames, pixels of a side."""

    size: int = IMAGE_BYTES
    pixels: int = IMAGE_PIXELS
    frames: int = FRAMES
    animation_pixels: int = ANIMATION_PIXELS
    side: int = SIDE

    def check_size(self, size: int) -> None:
        """Refuse no bytes at all, and too many."""
        if size == 0:
            raise Refused("empty", "This file is empty.")
        if size > self.size:
            most = self.size // 1024**2
            raise Refused("too_many_bytes", f"This file is larger than {most} MiB, the most Vitrine takes.")

    def check_canvas(self, width: int, height: int) -> None:
        """Refuse a picture by what its header says, before a pixel is decoded."""
        if width < 1 or height < 1:
            raise damaged()
        facts = {"width": width, "height": height}
        is_size = f"This picture is {width:,} × {height:,} pixels"
        if width * height > self.pixels:
            most = f"{self.pixels / 1e6:g} megapixels"
            raise Refused("too_many_pixels", f"{is_size}; the largest Vitrine takes is {most}.", **facts)
        if max(width, height) > self.side:
            most = f"{self.side:,} pixels"
            raise Refused("side_too_long", f"{is_size}; the longest side Vitrine takes is {most}.", **facts)

    def check_frames(self, width: int, height: int, frames: int) -> None:
        """Refuse an animation by its number of frames and by all their pixels."""
        if frames > self.frames:
            raise Refused("too_many_frames", f"This animation has more than {self.frames} frames.", most=self.frames)
        if frames > 1 and width * height * frames > self.animation_pixels:
            most = f"{self.animation_pixels / 1e6:g} megapixels"
            said = f"This animation is {width:,} × {height:,} pixels in {frames} frames; all frames together may"
            raise Refused("animation_too_large", f"{said} have {most}.", frames=frames)


@dataclass(frozen=True, slots=True)
class Header:
    """What the bytes say of themselves, without decoding: pixels as stored, and the number of frames."""

    format: str
    width: int
    height: int
    frames: int = 1


def truncated() -> Refused:
    """The file ends before the picture does."""
    return Refused("truncated", "This file is cut off: a part of the picture is missing. Please upload it again.")


def damaged() -> Refused:
    """The bytes contradict themselves."""
    return Refused("damaged", "This file is damaged and cannot be shown. Please upload it again, or export it anew.")


def too_heavy() -> Refused:
    """A limit of the child ended the work."""
    return Refused("too_heavy", "This picture takes more memory or time than Vitrine gives to one picture.")
