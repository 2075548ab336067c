"""The error switch of one release: one key in Redis, shared by all its pods and processes."""

import logging
from typing import Protocol

from vote.connections import Connections, StoreError

log = logging.getLogger(__name__)

_TOGGLE = """
if redis.call('DEL', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[1], 'on')
return 1
"""


class Switch(Protocol):
    """The interface that the views need; the fake in the tests implements it, too."""

    def is_on(self) -> bool:
        """Whether errors are ON."""

    def toggle(self) -> bool:
        """Flip the switch and return its new state."""


class RedisSwitch:
    """The switch of one release; every failure raises StoreError."""

    def __init__(self, connections: Connections, *, release: str) -> None:
        # The hash tag {votes} is the stream's name, so Redis in cluster mode keeps both keys in one slot.
        self.key = f"error-sim:{{votes}}:{release}"
        self._connections = connections

    def is_on(self) -> bool:
        """Whether errors are ON."""
        return bool(self._connections.ask("EXISTS", self.key))

    def toggle(self) -> bool:
        """Flip the switch and return its new state."""
        self.is_on()  # replaces a broken connection first, because a toggle must not be sent twice
        return bool(self._connections.ask("EVAL", _TOGGLE, 1, self.key, retry=False))


def is_on(switch: Switch) -> bool:
    """Whether errors are ON; while Redis is unreachable, they count as OFF."""
    try:
        return switch.is_on()
    except StoreError as error:
        log.warning("the error switch counts as OFF: %s", error)
        return False
