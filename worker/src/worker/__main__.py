"""Start the worker: `python -m worker` checks the settings and works until SIGTERM or SIGINT."""

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
    """Work until told to stop, then return 0; a wrong setting or a taken port is one line and 2."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # for every thread: only sigwait below takes them
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
    """Run the loop beside this thread, which only waits for the stop and then not for ever."""
    gc.freeze()
    gc.set_threshold(50_000)  # a batch is thousands of small objects without a cycle among them
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
        # A server is frozen. What this worker holds stays pending, so another one takes it over.
        log.warning("stopped without waiting longer for a server", extra={"consumer": consumer})
        logging.shutdown()
        os._exit(0)  # a normal exit could wait for that thread's clean-up
    log.info("stopped", extra={"consumer": consumer})
    return 0


if __name__ == "__main__":
    sys.exit(main())
