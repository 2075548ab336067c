"""The switch applies to all processes and instances of one release, and to no other release."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from e2e.sites import one_connection_each


@pytest.fixture(scope="module")
def releases(machine):
    """Two releases with two instances each, four processes per instance, on one Redis."""
    return {
        release: [
            one_connection_each(machine.start_vote(f"{release}-{number}", RELEASE=release))
            for number in (1, 2)
        ]
        for release in ("stable", "canary")
    }


def statuses(instances: list[httpx.Client], votes: int = 200) -> set[int]:
    """The statuses of that many votes, spread over the instances."""
    with ThreadPoolExecutor(16) as pool:
        return set(
            pool.map(lambda n: instances[n % 2].post("/", data={"vote": "a"}).status_code, range(votes))
        )


def states(instances: list[httpx.Client], reads: int = 200) -> set[bool]:
    """The states from that many reads of the switch."""
    with ThreadPoolExecutor(16) as pool:
        return set(pool.map(lambda n: instances[n % 2].get("/api/error-sim").json()["enabled"], range(reads)))


def test_on_fails_every_vote_of_one_release_and_none_of_the_other(releases):
    assert statuses(releases["canary"]) == statuses(releases["stable"]) == {200}

    assert releases["canary"][0].post("/api/error-sim").json() == {"enabled": True}

    assert states(releases["canary"]) == {True}
    assert states(releases["stable"]) == {False}
    assert statuses(releases["canary"]) == {500}
    assert statuses(releases["stable"]) == {200}
    for instance in releases["canary"]:
        assert instance.get("/health").status_code == 200
        assert instance.get("/ready").status_code == 200
        assert 'vote_error_sim_enabled{release="canary"} 1.0' in instance.get("/metrics").text

    assert releases["canary"][1].post("/api/error-sim").json() == {"enabled": False}

    assert states(releases["canary"]) == {False}
    assert statuses(releases["canary"]) == {200}


def test_metrics_are_summed_over_all_processes(releases):
    stable = releases["stable"][0]

    def accepted() -> float:
        lines = stable.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("vote_votes_accepted_total{"))

    before = accepted()
    for _ in range(100):
        stable.post("/", data={"vote": "a"})

    assert accepted() == before + 100
    assert {accepted() for _ in range(20)} == {before + 100}
