"""`make stage`: shows a release live, or plays a recording, until Ctrl-C."""

from gevent import monkey  # type: ignore[import-untyped]

monkey.patch_all()  # first: everything imported below must get the patched modules

# ruff: noqa: E402
import argparse
import math
import os
import signal
import sys
import threading
from pathlib import Path

import gevent
from flask import Flask
from gevent.pywsgi import WSGIServer  # type: ignore[import-untyped]

from delivery.domain.errors import ConfigurationError, DeliveryError
from delivery.domain.services import ROOT
from stage import replay
from stage.app import create_app
from stage.events import Session
from stage.recording import Recording


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m stage", description=__doc__)
    parser.add_argument("--env", default="qa", help="an environment of delivery.toml")
    parser.add_argument("--port", default="8500", help="the page's port on 127.0.0.1 (STAGE_PORT)")
    parser.add_argument("--replay", type=Path, help="a recording to play, instead of a cluster")
    parser.add_argument("--speed", default="1", help="how much faster to play it (SPEED)")
    return parser.parse_args()


def main() -> int:
    """Serve until Ctrl-C; every error is one line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = arguments()
    try:
        port = _number("STAGE_PORT", asked.port, 1, 65535)
        if asked.replay:
            play(asked.replay, _number("SPEED", asked.speed, 0.1, 1000), int(port))
        else:
            watch(asked.env, int(port))
    except DeliveryError as error:
        print(f"stage: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
        return error.exit_code
    except KeyboardInterrupt:
        pass
    return 0


def play(path: Path, speed: float, port: int) -> None:
    """Play a recording: no cluster, no Docker, no network."""
    played = replay.Replay(replay.read(path), speed=speed)
    session = Session(now=played.now)

    def begin() -> None:
        session.watched.wait()  # nobody misses the beginning
        played.play(session)

    def again() -> bool:
        if not session.restart():
            return False
        threading.Thread(target=played.play, args=(session,), daemon=True).start()
        return True

    threading.Thread(target=begin, daemon=True).start()
    app = create_app(session, speed=speed, again=again)
    serve(session, app, port, f"plays {path} as soon as you open it")


def watch(env: str, port: int) -> None:
    """Show an environment of the cluster live, and record it."""
    from stage.live import Target  # noqa: PLC0415 - a replay needs no cluster

    live = Target.existing(env)
    record = Recording(ROOT / ".stage", env)
    session = Session(record=record)
    session.publish("session", **live.session)
    with live.following(session.publish) as flip:
        what = f"shows {env} and records it in {record.path.relative_to(ROOT)}"
        serve(session, create_app(session, flip), port, what)


def serve(session: Session, app: Flask, port: int, what: str) -> None:
    """Serve the page on 127.0.0.1 until Ctrl-C."""
    server = WSGIServer(("127.0.0.1", port), app, log=None)
    try:
        server.start()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ConfigurationError(
            f"port {port} cannot be used ({reason}); choose another: make stage STAGE_PORT={port + 1}"
        ) from error
    print(f"stage: http://localhost:{port} {what}; Ctrl-C ends it", flush=True)  # noqa: T201

    def stop() -> None:
        session.close()
        server.stop(timeout=1)

    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stop)
    server.serve_forever()


def _number(name: str, value: str, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise ConfigurationError(f"{name} must be a number from {least} to {most}, not {value!r}")
    return number


if __name__ == "__main__":
    sys.exit(main())
