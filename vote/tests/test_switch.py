"""The error switch on a real server."""

import pytest
from redis.crc import key_slot

from vote.redis_queue import STREAM, Vote

pytestmark = pytest.mark.servers


def test_the_switch_belongs_to_one_release(release, votes):
    (queue, switch), (other, other_switch) = release("r1"), release("r2")

    assert switch.toggle() is True

    assert (switch.is_on(), other_switch.is_on()) == (True, False)
    assert queue.cast(Vote(voter="f" * 32, vote="a")) is False
    assert other.cast(Vote(voter="f" * 32, vote="a")) is True
    assert [entry["release"] for entry in votes()] == ["r2"]
    assert switch.toggle() is False
    assert queue.cast(Vote(voter="f" * 32, vote="a")) is True


def test_a_flip_after_a_restart_of_redis_flips_once(release, redis_server):
    _, switch = release("r1")
    switch.is_on()
    redis_server.stop()
    redis_server.start()

    assert switch.toggle() is True
    assert switch.is_on() is True


def test_the_switch_and_the_votes_are_in_one_slot_of_a_cluster(release):
    _, switch = release("r1")

    assert key_slot(switch.key.encode()) == key_slot(STREAM.encode())
