"""Start the worker: `python -m worker` checks the settings and runs until SIGTERM or SIGINT."""

import gc
import logging
import logging.config
import os
import secrets
import signal
import socket
import sys
from threading import Event, Thread

from worker import logs
from worker.app import create_app
from worker.checks import ConfigError
from worker.config import Settings
from worker.health import Health
from worker.http_metrics import REGISTRY
from worker.listening import listen
from worker.loop import Loop
from worker.metrics import Metrics
from worker.server import Server
from worker.store import Store
from worker.stream import Stream

log = logging.getLogger(__name__)

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
STOP_S = 1.7


def main() -> int:
    """Run until told to stop, then return 0; a wrong setting or a taken port is one line and 2."""
    # In every thread: only sigwait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    health = Health()
    try:
        settings = Settings.from_env()
        server = Server(listen(settings.bind_host, settings.port), create_app(settings, health))
    except ConfigError as error:
        print(f"worker: {error}", file=sys.stderr)  # noqa: T201 - the one line the operator reads
        return 2
    logging.config.dictConfig(logs.configuration("worker", settings.release, settings.log_level))
    Thread(target=server.serve_forever, name="http", daemon=True).start()
    return work(settings, health)


def work(settings: Settings, health: Health) -> int:
    """Run the loop in a thread; on a stop signal, wait at most STOP_S for it to finish."""
    gc.freeze()
    gc.set_threshold(50_000)  # a batch is thousands of small objects, none of them in a reference cycle
    stop = Event()
    consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    stream = Stream(
        settings.redis_url,
        consumer=consumer,
        batch_size=settings.batch_size,
        claim_idle_s=settings.claim_idle_s,
    )
    loop = Loop(
        stream=stream,
        store=Store(settings.database_url),
        metrics=Metrics(REGISTRY),
        health=health,
        stop=stop,
        batch_size=settings.batch_size,
        claim_every_s=settings.claim_idle_s / 3,
    )
    thread = Thread(target=loop.run, name="loop", daemon=True)
    log.info("started", extra={"consumer": consumer, "port": settings.port})
    thread.start()
    signal.sigwait(STOP_SIGNALS)
    stop.set()
    thread.join(STOP_S)
    if thread.is_alive():
        # A server is frozen. This worker's entries stay pending, so another worker claims them.
        log.warning("stopped without waiting any longer for a frozen server", extra={"consumer": consumer})
        logging.shutdown()
        os._exit(0)  # a normal exit could wait for that thread to clean up
    log.info("stopped", extra={"consumer": consumer})
    return 0


if __name__ == "__main__":
    sys.exit(main())
