import pytest

from worker.health import LIVE_S, READY_S, Health


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def health(clock):
    return Health(clock)


def test_a_new_worker_is_live_and_not_ready(health):
    assert health.is_live()
    assert not health.is_ready()


def test_a_successful_round_makes_it_ready(health):
    health.succeeded()

    assert health.is_ready()


def test_one_failure_makes_it_unready_at_once(health):
    health.succeeded()
    health.failed()

    assert not health.is_ready()


def test_readiness_expires(health, clock):
    health.succeeded()
    clock.now += READY_S + 0.1

    assert not health.is_ready()


def test_failing_rounds_keep_it_live(health, clock):
    for _ in range(10):
        clock.now += LIVE_S / 2
        health.heartbeat()
        health.failed()

    assert health.is_live()


def test_a_loop_that_hangs_is_not_live(health, clock):
    health.heartbeat()
    clock.now += LIVE_S + 0.1

    assert not health.is_live()
