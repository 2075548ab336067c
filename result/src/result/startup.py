"""Tracks whether every process of the pod has connected; until then the pod gets no traffic."""

import multiprocessing


class Startup:
    """Counts the processes that have connected. They share the counter, so create it before the fork."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._connected = multiprocessing.get_context("fork").Value("i", 0)

    def connected(self) -> None:
        """Count this process. Each process calls this once, after its first successful connection."""
        with self._connected.get_lock():
            self._connected.value += 1

    @property
    def complete(self) -> bool:
        """Whether all have connected. It stays true: a later outage must not empty the Service."""
        return bool(self._connected.value >= self._processes)
