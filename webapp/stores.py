"""The store of an installation, opened as its settings say."""

from webapp.config import ConfigError, Settings
from webapp.infra.storage import Storage, StorageError, storage_from_url


def open_store(settings: Settings) -> Storage:
    """Open the folder or the bucket that keeps the files. Raises ConfigError."""
    try:
        return storage_from_url(settings.storage_url, settings.home)
    except ValueError as error:
        raise ConfigError(f"VITRINE_STORAGE_URL cannot be used: {error}") from None
    except StorageError as error:
        raise ConfigError(f"The folder that VITRINE_STORAGE_URL names cannot be written to: {error}") from None
