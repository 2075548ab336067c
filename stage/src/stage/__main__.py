"""`python -m stage` follows an environment of its cluster; with `--replay FILE`, it plays a recording."""

from gevent import monkey  # type: ignore[import-untyped]

monkey.patch_all()  # first: everything imported below must get the patched modules

# ruff: noqa: E402
import argparse
import logging.config
import signal
import sys
import threading
from pathlib import Path

from stage import logs, replay
from stage.app import create_app
from stage.checks import ConfigError
from stage.config import Settings
from stage.events import Session
from stage.listening import listen
from stage.live import STOP_S
from stage.service import Service
from stage.serving import number, on_this_machine, say, serve


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m stage", description=__doc__)
    parser.add_argument("--replay", type=Path, help="a recording to play, instead of a cluster")
    parser.add_argument("--speed", default="1", help="how much faster to play it (SPEED)")
    parser.add_argument("--port", default="8500", help="the recording's port on 127.0.0.1 (STAGE_PORT)")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; a wrong setting or a taken port is one line and 2."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = arguments()
    try:
        if asked.replay:
            port = number("STAGE_PORT", asked.port, 1, 65535)
            play(asked.replay, number("SPEED", asked.speed, 0.1, 1000), int(port))
        else:
            follow(Settings.from_env())
    except ConfigError as error:
        print(f"stage: {error}", file=sys.stderr)  # noqa: T201 - the one line that the user reads
        return 2
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

    listener = on_this_machine(port)
    threading.Thread(target=begin, daemon=True).start()
    say(port, f"plays {path} as soon as you open it")
    serve(session, listener, create_app(session, speed=speed, again=again))


def follow(settings: Settings) -> None:
    """Follow an environment of this cluster."""
    listener = listen(settings.bind_host, settings.port)
    logging.config.dictConfig(logs.configuration("stage", settings.release, settings.log_level))
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every vote
    session, stop = Session(), threading.Event()
    service = Service(settings, session)
    app = create_app(
        session,
        service.flip if settings.switch else None,
        release=settings.release,
        unready=service.unready,
    )
    thread = threading.Thread(target=service.run, args=(stop,), daemon=True)
    thread.start()
    serve(session, listener, app)
    stop.set()
    thread.join(2 * STOP_S)


if __name__ == "__main__":
    sys.exit(main())
