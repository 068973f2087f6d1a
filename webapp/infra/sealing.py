"""Secrets that have to be read back: encrypted at rest with a key made from the installation's own (D34)."""

import base64
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ABOUT: Final = b"vitrine sealed secrets 1"


class Unreadable(Exception):
    """A secret was sealed with another key, or is damaged."""


def seal(secret: str, *, key: str) -> bytes:
    """Encrypt a secret for keeping; twice the same gives two different ones."""
    return _box(key).encrypt(secret.encode())


def unseal(sealed: bytes, *, key: str) -> str:
    """Return what was sealed. Raises Unreadable."""
    try:
        return _box(key).decrypt(sealed).decode()
    except InvalidToken:
        raise Unreadable("This secret was sealed with another key. Type it anew.") from None


def _box(key: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=ABOUT).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(made))
