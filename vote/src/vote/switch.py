"""The error switch of one release: one key in Redis, for all of its pods and processes."""

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
    """What the views need; the tests' fake keeps the same promises."""

    def is_on(self) -> bool:
        """Say whether errors are ON."""

    def toggle(self) -> bool:
        """Flip the switch and say what it is now."""


class RedisSwitch:
    """The switch of one release; whatever fails raises a StoreError."""

    def __init__(self, connections: Connections, *, release: str) -> None:
        # The hash tag {votes} is the stream's name: a Redis in cluster mode keeps both in one slot.
        self.key = f"error-sim:{{votes}}:{release}"
        self._connections = connections

    def is_on(self) -> bool:
        """Say whether errors are ON."""
        return bool(self._connections.ask("EXISTS", self.key))

    def toggle(self) -> bool:
        """Flip the switch and say what it is now."""
        self.is_on()  # replaces a connection that broke: a flip must not be sent twice
        return bool(self._connections.ask("EVAL", _TOGGLE, 1, self.key, again=False))


def is_on(switch: Switch) -> bool:
    """Say whether errors are ON; while Redis is unreachable they count as OFF."""
    try:
        return switch.is_on()
    except StoreError as error:
        log.warning("the error switch counts as OFF: %s", error)
        return False
