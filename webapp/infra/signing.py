"""What proves who has sent something: a shared secret (Standard Webhooks), or a pair of keys (JSON Web Tokens)."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import RSAAlgorithm
from standardwebhooks.webhooks import Webhook

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
ALGORITHM: Final = "RS256"
BITS: Final = 2048


@dataclass(frozen=True)
class Pair:
    """Two keys as PEM: the private one is PKCS 8, the public one SPKI."""

    private: str = field(repr=False)
    public: str


def fresh_secret() -> str:
    """Make a secret as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(message_id: str, body: str, *, moment: datetime, known: Sequence[str]) -> dict[str, str]:
    """Return the headers of Standard Webhooks, signed by each of the secrets that the receiver may know."""
    signatures = [Webhook(secret).sign(message_id, moment, body) for secret in known]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def make_pair() -> Pair:
    """Make a pair of RSA keys."""
    made = generate_private_key(public_exponent=65537, key_size=BITS)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Pair(private.decode(), public.decode())


def token(claims: Mapping[str, Any], *, private: str, key_id: str) -> str:
    """Return claims as a compact JSON Web Token."""
    return jwt.encode(dict(claims), _private(private), algorithm=ALGORITHM, headers={"kid": key_id})


def public_jwk(public: str, *, key_id: str) -> dict[str, Any]:
    """Return a public key as others read it from a set of keys."""
    key = load_pem_public_key(public.encode())
    assert isinstance(key, RSAPublicKey)  # noqa: S101  no other is made here
    found = RSAAlgorithm.to_jwk(key, as_dict=True)
    return {"kty": found["kty"], "n": found["n"], "e": found["e"], "use": "sig", "alg": ALGORITHM, "kid": key_id}


@lru_cache(maxsize=4)
def _private(private: str) -> RSAPrivateKey:
    """Read a key, which takes longer than to sign with it."""
    key = load_pem_private_key(private.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101  no other is made here
    return key
