"""The most that is let in at once: each store knows it, for all bytes come in by way of one."""

from dataclasses import dataclass
from typing import Final

from webapp.infra.image_process.rules import ANIMATION_PIXELS, FRAMES, IMAGE_BYTES, IMAGE_PIXELS

VIDEO_BYTES: Final = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Most:
    """Bytes of a picture and of a video, pixels of a picture, frames of an animation and the pixels of them all."""

    image_bytes: int = IMAGE_BYTES
    video_bytes: int = VIDEO_BYTES
    pixels: int = IMAGE_PIXELS
    frames: int = FRAMES
    animation_pixels: int = ANIMATION_PIXELS

    @property
    def bytes(self) -> int:
        """The largest file there is a kind for."""
        return max(self.image_bytes, self.video_bytes)
