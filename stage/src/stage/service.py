"""The release view in a cluster: finds out what its namespace has to follow, then follows it."""

import logging
import threading
from functools import partial

from stage import apm
from stage.api import Api, service_account
from stage.app import Flip, SwitchError
from stage.config import Settings
from stage.events import Session
from stage.live import Ways, following
from stage.sources import FAILURES, failure
from stage.target import Target, discover

AGAIN_S = 1.0  # between two attempts
log = logging.getLogger(__name__)


class Service:
    """Follows the environment of its namespace, once that can be read."""

    def __init__(self, settings: Settings, session: Session) -> None:
        self._settings, self._session = settings, session
        self._api = Api(partial(service_account, settings.api_url, settings.account))
        self._flip: Flip | None = None
        self._unknown = "not asked yet"

    def unready(self) -> str:
        """Why there is nothing to show yet; empty from the first session on."""
        return f"The environment is not known: {self._unknown}" if self._unknown else ""

    def flip(self) -> bool:
        """Toggle the switch; returns whether it is ON now, or raises a SwitchError."""
        if self._flip is None:
            raise SwitchError(self.unready())
        return self._flip()

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop`."""
        if target := self._discovered(stop):
            self._session.publish("session", **target.session)
            settings = self._settings
            ways = Ways(api=self._api, apm=apm.direct(settings.apm_url), front_door=settings.front_door)
            with following(target, ways, self._session.publish) as self._flip:
                self._unknown = ""
                log.info("started", extra={"environment": target.question.env, "users": target.users})
                stop.wait()

    def _discovered(self, stop: threading.Event) -> Target | None:
        while not stop.is_set():
            try:
                return discover(self._api, self._settings.namespace)
            except FAILURES as error:
                why = failure(error)
            if why != self._unknown:
                log.warning("not known: %s", why)
            self._unknown = why
            self._api.forget()
            stop.wait(AGAIN_S)
        return None
