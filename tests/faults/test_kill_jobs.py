"""What a worker makes is made once and whole, whenever its process group is killed."""

import pytest

from bench import jobs


@pytest.mark.kill
def test_ten_kills_of_a_worker_leave_each_effect_once(tmp_path):
    found = jobs.storm(tmp_path / "home", {}, kills=10, seed=20261122, hurry=True)

    assert {kind: sentences for kind, sentences in found.faults.items() if sentences} == {}
    assert found.cut.total() >= 5
    assert found.made > 0
    assert found.fetched > 0


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.postgres
@pytest.mark.parametrize("queue", ["of PostgreSQL", "of Redis"])
def test_kills_of_a_worker_on_postgres_leave_each_effect_once(tmp_path, postgres_url, request, queue):
    variables = {"VITRINE_DATABASE_URL": postgres_url}
    if queue == "of Redis":
        variables["VITRINE_REDIS_URL"] = request.getfixturevalue("redis_url")

    found = jobs.storm(tmp_path / "home", variables, kills=5, seed=20261123, hurry=True)

    assert {kind: sentences for kind, sentences in found.faults.items() if sentences} == {}
    assert found.cut.total() > 0
