"""The store of an installation, opened as its settings say."""

from webapp.config import ConfigError, Limits, Settings
from webapp.infra.most import Most
from webapp.infra.storage import Storage, StorageError, storage_from_url


def open_store(settings: Settings) -> Storage:
    """Open the folder or the bucket that keeps the files. Raises ConfigError."""
    try:
        store = storage_from_url(settings.storage_url, settings.home)
    except ValueError as error:
        raise ConfigError(f"VITRINE_STORAGE_URL cannot be used: {error}") from None
    except StorageError as error:
        raise ConfigError(f"The folder that VITRINE_STORAGE_URL names cannot be written to: {error}") from None
    store.most = _most(settings.limits)
    return store


def _most(limits: Limits) -> Most:
    return Most(
        image_bytes=limits.image_mb * 1024**2,
        video_bytes=limits.video_mb * 1024**2,
        pixels=limits.megapixels * 1_000_000,
        frames=limits.frames,
        animation_pixels=limits.animation_megapixels * 1_000_000,
    )
