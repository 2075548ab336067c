"""The folder that keeps votes, certificates and logs between runs; `python -m local.data` deletes it."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DATA = Path(os.environ.get("LOCAL_DATA") or Path(__file__).parents[3] / ".local").absolute()


class InUseError(Exception):
    """Another `make run` is using the folder."""


class UnusableError(Exception):
    """The folder cannot be used for data; the message says what to do."""


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Lock the folder for one run at a time: two servers on the same files would corrupt them."""
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()) and not (folder / "lock").exists():
            raise UnusableError(f"{folder} holds other files; set LOCAL_DATA to a new or empty folder")
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise UnusableError(
            f"cannot keep data in {folder} ({error.strerror}); choose one that you can create or write to: "
            f"make run LOCAL_DATA=$HOME/votes"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError(
                f"another `make run` uses {folder.name}/; stop it with Ctrl-C in its terminal first"
            ) from error
        yield folder


def main() -> int:
    """Delete the folder, unless a run is using it or it holds other files."""
    try:
        if DATA.exists():
            with locked(DATA):
                shutil.rmtree(DATA)
    except (InUseError, UnusableError, OSError) as error:
        print(f"clean: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
