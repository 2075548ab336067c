"""A pod is Ready once every process has connected, and stays Ready: visitors get our page, not an error."""

import httpx
import psutil
import pytest

from e2e.sites import wait_until

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def site(machine):
    return machine.start_all()


def ready(url: str) -> tuple[int, str]:
    """The HTTP status and the body's `status` of the readiness probe."""
    answer = httpx.get(f"{url}/ready", trust_env=False, timeout=5)
    return answer.status_code, answer.json().get("status", "")


def test_without_redis_vote_stays_ready_and_its_page_explains_the_error(machine, site):
    pod = f"http://127.0.0.1:{machine.ports.vote}"
    machine.redis.stop()
    try:
        with site.client() as browser:
            refused = browser.post("/", data={"vote": "a"}, headers=BROWSER)
            page = browser.get("/", headers=BROWSER)
        assert ready(pod) == (200, "degraded")
    finally:
        machine.redis.start()

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert "Your vote was not taken" in refused.text
    assert page.status_code == 200
    assert ready(pod) == (200, "ready")


def test_without_postgresql_result_stays_ready_and_its_page_is_stale(machine, site):
    pod = f"http://127.0.0.1:{machine.ports.result}"
    machine.postgres.stop()
    try:
        wait_until(lambda: ready(pod) == (200, "degraded"), what="result says that it is stale")
        with site.client() as browser:
            page = browser.get(f"{site.result_url}/", headers=BROWSER)
    finally:
        machine.postgres.start()

    assert page.status_code == 200
    assert "Not up to date since" in page.text
    wait_until(lambda: ready(pod) == (200, "ready"), what="result is up to date again")


def test_a_pod_that_was_never_connected_is_not_ready(machine, site):
    """All its processes must connect, not only the one that answers the probe."""
    machine.redis.stop()
    try:
        pod = machine.start_vote("late", VOTE_WORKERS="4")
        assert ready(pod) == (503, "")
        assert httpx.get(pod, headers=BROWSER, trust_env=False).status_code == 200
    finally:
        machine.redis.start()

    wait_until(lambda: ready(pod) == (200, "ready"), seconds=10, what="all processes have connected")
    processes = psutil.Process(machine.processes["late"].pid).children()
    to_redis = [
        any(each.raddr and each.raddr.port == machine.redis.port for each in process.net_connections())
        for process in processes
    ]
    assert to_redis == [True] * 4
