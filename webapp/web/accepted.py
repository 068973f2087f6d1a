"""What a chooser of files offers: the kinds that can be read on this machine."""

from typing import Final

from flask import Flask

from webapp.infra import images

KINDS: Final = {
    "image": "image/jpeg,image/png,image/webp,image/avif,image/gif,image/tiff",
    "video": "video/mp4,video/quicktime,video/webm",
}
HEIC: Final = "image/heic,image/heif,.heic,.heif"
"""With the endings, for many systems know no type of these files."""


def init(app: Flask) -> None:
    """Let templates ask for it."""
    app.add_template_global(accepted)


def accepted(*kinds: str) -> str:
    """Return the types of the kinds `image` and `video` as an `accept` attribute has them."""
    types = [KINDS[kind] for kind in kinds]
    if "image" in kinds and images.reads_heic():
        types.append(HEIC)
    return ",".join(types)
