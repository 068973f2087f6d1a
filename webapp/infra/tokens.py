"""Secrets that are given out once and kept as hashes: 256 random bits need no slow hash."""

import hashlib
import hmac
import secrets
from typing import Final

BYTES: Final = 32


def fresh() -> str:
    """Make a token of 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(BYTES)


def digest(token: str) -> str:
    """Hash a token for keeping and for finding it again."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
