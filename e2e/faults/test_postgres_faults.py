"""PostgreSQL is unreachable while people vote."""

import pytest

from e2e.faults.load import Crowd
from e2e.faults.tally import counted, tally
from e2e.sites import wait_until


@pytest.fixture(scope="module")
def site(machine):
    return machine.start_all()


@pytest.mark.parametrize("fault", ["stop", "kill"])
def test_votes_are_accepted_and_counted_after_the_outage(machine, site, fault):
    vote_url = f"http://127.0.0.1:{machine.ports.vote}"
    with Crowd(vote_url) as crowd:
        wait_until(lambda: site.total() > 100, what="votes are counted")
        assert site.results()["stale_since"] is None
        getattr(machine.postgres, fault)()
        try:
            wait_until(crowd.has(200, 200), what="votes are still accepted")
            wait_until(lambda: site.results()["stale_since"], what="result says that it is stale")
            shown = site.total()
            assert shown > 0
        finally:
            machine.postgres.start()
        wait_until(lambda: site.results()["stale_since"] is None, what="result is up to date again")
        wait_until(lambda: site.total() > shown, what="votes are counted again")

    assert set(crowd.answers) == {200}
    wait_until(
        lambda: crowd.accepted.items() <= counted(machine.postgres.url).items(), what="every vote is counted"
    )
    votes = counted(machine.postgres.url)
    assert sum(tally(machine.postgres.url).values()) == len(votes)
    wait_until(lambda: site.total() == len(votes), what="result shows them all")


def test_any_service_may_start_first(machine, site):
    """The worker starts last: vote accepts votes before that, and they are counted once the worker runs."""
    machine.stop("worker")
    before = site.total()
    with site.client() as browser:
        assert browser.post("/", data={"vote": "a"}).status_code == 200

    machine.start("worker")

    wait_until(lambda: site.total() == before + 1, what="the vote is counted")
