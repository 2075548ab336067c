"""`make stage`: shows an environment of a cluster on this machine live, and records it, until Ctrl-C."""

from gevent import monkey  # type: ignore[import-untyped]

monkey.patch_all()  # first: everything imported below must get the patched modules

# ruff: noqa: E402
import argparse
import os
import signal
import sys
from collections.abc import Iterator

from gevent.fileobject import FileObject  # type: ignore[import-untyped]

from delivery.domain.errors import DeliveryError
from demo.release_view import watch
from stage.checks import ConfigError
from stage.serving import number


def given() -> Iterator[bytes]:
    """The lines of standard input; after the last, this process ends as with Ctrl-C."""
    yield from FileObject(sys.stdin.fileno(), "rb", closefd=False)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Serve until Ctrl-C; every error is one line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="make stage", description=__doc__)
    parser.add_argument("--env", default="qa", help="an environment of delivery.toml")
    parser.add_argument("--port", default="8500", help="the page's port on 127.0.0.1 (STAGE_PORT)")
    parser.add_argument(
        "--votes", choices=["-"], help="shows these instead of votes of its own, see stage.told"
    )
    asked = parser.parse_args()
    try:
        port = int(number("STAGE_PORT", asked.port, 1, 65535))
        watch(asked.env, port, given() if asked.votes else None)
    except (DeliveryError, ConfigError) as error:
        print(f"stage: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
        return error.exit_code if isinstance(error, DeliveryError) else 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
