"""Sealed secrets: read back with the same key only."""

import pytest

from webapp.infra.sealing import Unreadable, seal, unseal

KEY = "a key of this installation, long enough"


@pytest.mark.parametrize("secret", ["", "Bearer abc", "é京", "x" * 1000])
def test_what_was_sealed_is_read_back(secret):
    assert unseal(seal(secret, key=KEY), key=KEY) == secret


def test_what_is_sealed_does_not_show_and_is_never_the_same():
    one, two = (seal("Bearer abc", key=KEY) for _ in range(2))

    assert one != two
    assert b"abc" not in one


@pytest.mark.parametrize("damage", [lambda sealed: sealed[:-1], lambda sealed: b"", lambda sealed: b"x" + sealed])
def test_what_is_damaged_is_not_read(damage):
    with pytest.raises(Unreadable):
        unseal(damage(seal("Bearer abc", key=KEY)), key=KEY)


def test_another_key_does_not_open_it():
    with pytest.raises(Unreadable, match="another key"):
        unseal(seal("Bearer abc", key=KEY), key=KEY + "!")
