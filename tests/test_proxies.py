"""Trusted proxies: what they say about a visitor counts, and what anybody else says does not."""

from ipaddress import ip_network

import pytest

from webapp.proxies import TrustedProxies

NETWORKS = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def seen(peer, **headers):
    """Return the address, the scheme and the headers that the application gets."""
    got = {}
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"} | headers
    TrustedProxies(lambda given, _start: got.update(given) or [], NETWORKS)(environ, None)
    return got["REMOTE_ADDR"], got["wsgi.url_scheme"], got


@pytest.mark.parametrize(
    ("peer", "chain", "visitor"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.1.2.3", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("fd00::7", "2001:db8::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9"),
    ],
)
def test_visitor_is_the_first_address_outside_the_trusted_ones(peer, chain, visitor):
    assert seen(peer, HTTP_X_FORWARDED_FOR=chain)[0] == visitor


@pytest.mark.parametrize("chain", ["", "unknown", "203.0.113.9, nonsense", ","])
def test_unreadable_chain_leaves_the_peer(chain):
    assert seen("127.0.0.1", HTTP_X_FORWARDED_FOR=chain)[0] == "127.0.0.1"


def test_stranger_who_claims_to_be_somebody_is_not_believed():
    visitor, scheme, got = seen("203.0.113.66", HTTP_X_FORWARDED_FOR="127.0.0.1", HTTP_X_FORWARDED_PROTO="https")

    assert (visitor, scheme) == ("203.0.113.66", "http")
    assert not [name for name in got if name.startswith("HTTP_X_FORWARDED")]


@pytest.mark.parametrize(
    ("told", "scheme"), [("https", "https"), ("http, HTTPS", "https"), ("gopher", "http"), ("", "http")]
)
def test_scheme_is_what_the_nearest_proxy_says(told, scheme):
    assert seen("127.0.0.1", HTTP_X_FORWARDED_PROTO=told)[1] == scheme


def test_peer_without_an_address_is_nobody():
    assert seen("", HTTP_X_FORWARDED_FOR="203.0.113.9")[0] == ""
