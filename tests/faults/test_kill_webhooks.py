"""Whoever is told of changes is told of each that was committed, whenever the server or its worker is killed."""

import pytest

from bench import webhooks

KILLS = 10
LAST_SECONDS = 0.3


@pytest.mark.kill
def test_ten_kills_lose_no_message_and_invent_none(make_server):
    server = make_server(OUTBOUND_ALLOW=webhooks.LOOPBACK)
    server.start()

    found = webhooks.storm(server, kills=KILLS, seed=20261121, last=LAST_SECONDS)

    assert {kind: sentences for kind, sentences in found.faults.items() if sentences} == {}
    assert found.received == found.expected > KILLS
    assert found.again > 0


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.postgres
def test_kills_lose_no_message_on_postgres(make_server, postgres_url):
    server = make_server(DATABASE_URL=postgres_url, OUTBOUND_ALLOW=webhooks.LOOPBACK)
    server.start()

    found = webhooks.storm(server, kills=3, seed=20261122)

    assert {kind: sentences for kind, sentences in found.faults.items() if sentences} == {}
    assert found.received == found.expected > 0
