"""Signatures: others' libraries verify what ours signed, and nothing else."""

from datetime import UTC, datetime

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from webapp.infra import signing


@pytest.fixture(scope="module")
def pair():
    return signing.make_pair()


def test_both_secrets_of_a_rotation_verify_and_a_third_does_not():
    old, new, other = (signing.fresh_secret() for _ in range(3))
    said = signing.headers("a-1", '{"a":1}', moment=datetime.now(UTC), known=[new, old])

    assert [Webhook(each).verify('{"a":1}', said) for each in (old, new)] == [{"a": 1}] * 2
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify('{"a":1}', said)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify('{"a":2}', said)


def test_a_token_is_verified_by_the_public_key_and_names_it(pair):
    token = signing.token({"data": "x"}, private=pair.private, key_id="one")

    assert jwt.decode(token, pair.public, algorithms=["RS256"]) == {"data": "x"}
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "one", "typ": "JWT"}
    assert pair.public.startswith("-----BEGIN PUBLIC KEY-----")


def test_a_public_key_in_a_set_verifies_too_and_holds_no_private_part(pair):
    found = signing.public_jwk(pair.public, key_id="one")
    token = signing.token({"data": "x"}, private=pair.private, key_id="one")

    assert set(found) == {"kty", "n", "e", "use", "alg", "kid"}
    assert jwt.decode(token, RSAAlgorithm.from_jwk(found), algorithms=["RS256"]) == {"data": "x"}
