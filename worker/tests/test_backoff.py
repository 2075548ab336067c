import logging
from threading import Event

from tenacity import wait_none

from worker.backoff import LONGEST_PAUSE_S, describe, until_done


def failing(times, then=lambda: "done"):
    left = list(range(times))

    def call():
        if left:
            raise ConnectionError(f"{left.pop()} left")
        return then()

    return call


def test_it_retries_until_it_succeeds_and_logs_each_failure_once(caplog):
    retrying = until_done(Event()).copy(wait=wait_none())

    assert retrying(failing(3)) == "done"

    assert [record.reason for record in caplog.records] == [f"ConnectionError: {n} left" for n in (2, 1, 0)]
    assert [record.attempt for record in caplog.records] == [1, 2, 3]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_pauses_grow_have_jitter_and_stay_bounded():
    pauses = []
    retrying = until_done(Event()).copy(sleep=pauses.append)

    retrying(failing(40))

    assert len(pauses) == 40
    assert all(0.1 <= pause <= LONGEST_PAUSE_S for pause in pauses)
    assert pauses[0] < 0.3 < max(pauses)
    assert len(set(pauses[10:])) > 20


def test_a_stop_ends_the_pause_and_the_retries():
    stop = Event()
    pauses = []

    def stopping_pause(seconds):
        pauses.append(seconds)
        stop.set()

    retrying = until_done(stop).copy(sleep=stopping_pause)

    assert retrying(failing(1000)) is None
    assert len(pauses) == 1


def test_an_error_of_several_lines_is_logged_as_one():
    assert describe(ValueError("first\n  second")) == "ValueError: first second"
