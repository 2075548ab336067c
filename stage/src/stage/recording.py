"""Writes a session's events to a file, one JSON object a line."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

log = logging.getLogger(__name__)


class Recording:
    """A new file in `folder`, named after environment and time; each event is written at once."""

    def __init__(self, folder: Path, environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{environment}-{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
        self._file: TextIO | None = self.path.open("x", encoding="utf-8")

    def __call__(self, line: str) -> None:
        """Write one line; a full disk ends the recording, never the session."""
        if self._file is None:
            return
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            log.warning("the recording ends here: %s", error)
            self._file = None
