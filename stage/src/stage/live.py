"""The live sources of one environment on a cluster."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from stage.api import Api
from stage.apm import Apm, Connect
from stage.app import SwitchError
from stage.cluster import Cluster
from stage.error_switch import Switch
from stage.sources import CHECK_S, FAILURES, Publish, Source, failure, repeat
from stage.target import Target
from stage.told import Told
from stage.voters import Voters

STOP_S = 1.5  # a thread that waits longer than this for an answer ends with the process


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How to reach the sources from here."""

    api: Api
    apm: Connect
    front_door: str  # HOST:PORT that every page is reached through; empty: the host in its URL
    votes: Iterable[bytes] | None = None  # of somebody else, see Told; None: voters of our own


@contextmanager
def following(target: Target, ways: Ways, publish: Publish) -> Iterator[Callable[[], bool]]:
    """Run every source within the block; yields a function that toggles the second release's switch."""
    cluster = Cluster(ways.api, target.namespace, publish)
    switch = Switch(target.second, ways.front_door, cluster, publish)
    voters: Voters | Told = Voters(target.users, ways.front_door, publish)
    if ways.votes is not None:
        voters = Told(ways.votes, publish)
    stop = threading.Event()
    asked = {
        Source("apm", publish): Apm(ways.apm, target.question, cluster, publish).ask,
        Source("switch", publish): switch.ask,
    }
    threads = [
        *cluster.threads(stop),
        *(threading.Thread(target=repeat, args=(*each, stop), daemon=True) for each in asked.items()),
        threading.Thread(target=check, args=([cluster.source, voters.source, *asked], stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    voters.start()
    try:
        yield partial(flip, switch)
    finally:
        voters.end()
        stop.set()
        end = time.monotonic() + STOP_S
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


def flip(switch: Switch) -> bool:
    """Toggle the switch; returns whether it is ON now, or raises a SwitchError that says why it was not."""
    try:
        return switch.flip()
    except FAILURES as error:
        raise SwitchError(failure(error)) from error


def check(sources: list[Source], stop: threading.Event) -> None:
    """Publish which sources have become unknown, until `stop`."""
    while not stop.wait(CHECK_S):
        for each in sources:
            each.check()
