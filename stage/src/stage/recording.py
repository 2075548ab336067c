"""Writes a session's events to a file, one JSON object a line."""

import logging
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

log = logging.getLogger(__name__)


class Recording:
    """A new file in `folder`, named after environment and time; each event is written at once."""

    def __init__(self, folder: Path, environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{environment}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
        self._file = FileIO(self.path, "x")

    def __call__(self, line: str) -> None:
        """Write one line; a full disk ends the recording, never the session."""
        if self._file.closed:
            return
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            log.warning("the recording ends here: %s", error)
            self.close()

    def close(self) -> None:
        """End the recording."""
        self._file.close()
