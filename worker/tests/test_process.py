"""The real `python -m worker`: started, probed and stopped as Kubernetes does it."""

import os
import signal
import socket

import pytest

from .machine import cast, eventually, voter

pytestmark = pytest.mark.servers

STOP_S = 3  # two, and one for a busy machine
WORKERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'worker'"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_probes_and_stops_on_a_signal(redis, machine, number):
    worker = machine.worker().ready()
    assert [worker.status(path) for path in ("/health", "/metrics", "/")] == [200, 200, 404]

    code, seconds, output = worker.stop(number)

    assert code == 0, output
    assert seconds < STOP_S
    assert "Traceback" not in output
    assert redis.xinfo_consumers("votes", "tally") == []


def test_votes_read_before_the_stop_are_counted(redis, machine, sql):
    worker = machine.worker(WORKER_BATCH_SIZE="10").ready()
    for number in range(2000):
        cast(redis, number)

    code, _, output = worker.stop(signal.SIGTERM)

    assert code == 0, output
    assert redis.xpending("votes", "tally")["pending"] == 0
    ((left,),) = ([group["lag"]] for group in redis.xinfo_groups("votes"))
    assert sql("SELECT a FROM tally") == [(2000 - left,)]


def test_it_stops_in_time_while_redis_is_frozen(redis, redis_server, machine):
    worker = machine.worker().ready()
    redis_server.pause()
    try:
        eventually(lambda: worker.status("/ready") == 503)
        assert worker.status("/health") == 200
        code, seconds, output = worker.stop(signal.SIGTERM)
    finally:
        redis_server.resume()

    assert code == 0, output
    assert seconds < STOP_S
    assert "retrying" in output


def test_it_stops_in_time_while_postgres_is_frozen_and_another_worker_counts(redis, machine, sql):
    worker = machine.worker(WORKER_CLAIM_IDLE_S="0.5").ready()
    ((pid,),) = sql(WORKERS)
    os.kill(pid, signal.SIGSTOP)
    try:
        cast(redis, 1)
        eventually(lambda: redis.xpending("votes", "tally")["pending"] == 1)
        code, seconds, output = worker.stop(signal.SIGTERM)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert code == 0, output
    assert seconds < STOP_S
    machine.worker(WORKER_CLAIM_IDLE_S="0.5")
    eventually(lambda: sql("SELECT a, b FROM tally") == [(1, 0)])
    eventually(lambda: redis.xpending("votes", "tally")["pending"] == 0)


@pytest.mark.parametrize("variable", ["REDIS_URL", "DATABASE_URL"])
def test_it_stops_in_time_while_a_server_is_silent(machine, variable):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        port = silent.getsockname()[1]
        scheme = {"REDIS_URL": "redis", "DATABASE_URL": "postgresql"}[variable]
        worker = machine.worker(**{variable: f"{scheme}://127.0.0.1:{port}/0"})
        eventually(lambda: worker.status("/health") == 200)

        code, seconds, output = worker.stop(signal.SIGTERM)

    assert code == 0, output
    assert seconds < STOP_S


def test_a_worker_killed_with_pending_votes_loses_and_double_counts_nothing(redis, machine, sql):
    settings = {"WORKER_BATCH_SIZE": "50", "WORKER_CLAIM_IDLE_S": "0.5"}
    expected = {}
    for first in (0, 4000):
        worker = machine.worker(**settings).ready()
        with redis.pipeline(transaction=False) as pipe:
            for number in range(first, first + 4000):
                expected[voter(number % 700)] = vote = "ab"[number // 700 % 2]
                cast(pipe, number % 700, vote)
            pipe.execute()
        eventually(lambda worker=worker: killed_with_pending_votes(worker, redis))
    expected[voter(0)] = "a"
    machine.worker(**settings)

    def all_is_acknowledged():
        (group,) = redis.xinfo_groups("votes")
        return group["lag"] == 0 and group["pending"] == 0

    eventually(all_is_acknowledged, within=20)
    assert dict(sql("SELECT replace(voter::text, '-', ''), vote FROM votes")) == expected
    assert sql("SELECT a, b FROM tally") == [tuple(list(expected.values()).count(choice) for choice in "ab")]


def killed_with_pending_votes(worker, redis):
    """Freeze the worker; kill it if it has read entries and not acknowledged them, else resume it."""
    cast(redis, 0, "a")
    worker.process.send_signal(signal.SIGSTOP)
    caught = redis.xpending("votes", "tally")["pending"] > 0
    worker.process.send_signal(signal.SIGKILL if caught else signal.SIGCONT)
    if caught:
        worker.process.wait()
    return caught
