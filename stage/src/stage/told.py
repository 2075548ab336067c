"""Publishes votes that somebody else casts, such as a demo, and casts none."""

import json
import threading
from collections.abc import Iterable
from contextlib import suppress

from stage.sources import Publish, Source


class Told:
    """One vote a line: the content of a `vote` event, as JSON."""

    def __init__(self, lines: Iterable[bytes], publish: Publish) -> None:
        self.source = Source("users", publish)
        self._lines, self._publish = lines, publish
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def end(self) -> None:
        """Nothing: who votes decides when it ends."""

    def _run(self) -> None:
        for line in self._lines:
            with suppress(ValueError, TypeError):  # a killed demo may leave an incomplete last line
                vote = json.loads(line)
                self._publish("vote", **vote)
                if vote["status"]:
                    self.source.heard()
                self.source.failed(vote.get("why", "nobody votes"))  # shown if there is no further vote
