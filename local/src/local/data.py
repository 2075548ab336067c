"""The folder that keeps votes, certificates and logs between runs; `python -m local.data` removes it."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DATA = Path(os.environ.get("LOCAL_DATA") or Path(__file__).parents[3] / ".local")


class InUseError(Exception):
    """Another `make run` works on the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Hold the folder for one run at a time: two servers on the same files would spoil them."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError(
                f"another `make run` uses {folder.name}/; stop it with Ctrl-C in its terminal first"
            ) from error
        yield folder


def main() -> int:
    """Remove the folder, unless a run works on it."""
    try:
        if DATA.exists():
            with locked(DATA):
                shutil.rmtree(DATA)
    except (InUseError, OSError) as error:
        print(f"clean: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
