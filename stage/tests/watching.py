"""The release view in a browser: a server of one session whose clock the test sets."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from playwright.sync_api import expect
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream

from stage.app import SwitchError, create_app
from stage.events import Session

from . import bad_release

MOMENTS = {"before": 2_500, "paused": 13_000, "failing": 28_000, "aborted": 33_000, "restored": 58_000}
TEXTS = "[...document.querySelectorAll('h2, p:not(#when), li')].map((each) => each.textContent)"


def bounded(app):
    """The app with requests that end: werkzeug's server leaves their end to the app, unlike gevent's."""

    def call(environ, start):
        environ["wsgi.input"] = get_input_stream(environ)
        return app(environ, start)

    return call


class View:
    """A served session: `play` brings it to a moment of the made-up release."""

    def __init__(self, *, live: bool = True, switch: bool = True) -> None:
        self.t = 0
        self.lines: list[str] = []  # what a recording has
        self.session = Session(now=lambda: self.t, record=self.lines.append)
        self.flips = 0
        self.refusal = ""  # why the switch is not flipped
        self._left = bad_release.events()
        flip = self.flip if switch else None
        app = create_app(self.session, flip) if live else create_app(self.session, again=self.again)
        self._server = make_server("127.0.0.1", 0, bounded(app), threaded=True)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def flip(self) -> bool:
        if self.refusal:
            raise SwitchError(self.refusal)
        self.flips += 1
        enabled = not self.session.snapshot()["switch"]["enabled"]
        self.session.publish("switch", release=bad_release.CANARY, enabled=enabled)
        return enabled

    def again(self) -> bool:
        self.t, self._left = 0, bad_release.events()
        return self.session.restart()

    def play(self, until: int) -> None:
        while self._left and self._left[0]["t"] <= until:
            self.session.publish(**self._left.pop(0))
        self.t = until

    def lose(self, sources: Iterable[str]) -> None:
        for name in sources:
            self.session.publish("source", source=name, known=False, why="connection refused")

    @contextmanager
    def serving(self) -> Iterator["View"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.stop()
            thread.join()

    def stop(self) -> None:
        self.session.close()
        self._server.shutdown()
        self._server.server_close()


def open_at(view, page, until, width=1280, height=720, *, title="qa · canary"):
    view.play(until)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(view.url)
    expect(page.locator("#title")).to_have_text(title)


def fits(page, width):
    return page.evaluate("document.documentElement.scrollWidth") <= width
