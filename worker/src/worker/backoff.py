"""Retries with exponential backoff and jitter, ended early by the stop event."""

import logging
from threading import Event

from tenacity import (
    RetryCallState,
    Retrying,
    sleep_using_event,
    stop_when_event_set,
    wait_random_exponential,
)

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 3.0


def until_done(stop: Event) -> Retrying:
    """Retries a call until it succeeds or `stop` is set, and logs each failure once."""
    return Retrying(
        sleep=sleep_using_event(stop),
        stop=stop_when_event_set(stop),
        wait=wait_random_exponential(multiplier=0.1, min=0.1, max=LONGEST_PAUSE_S),
        before_sleep=_log_failure,
        retry_error_callback=lambda _: None,
    )


def describe(error: BaseException | None) -> str:
    """The error on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _log_failure(state: RetryCallState) -> None:
    reason = describe(state.outcome.exception() if state.outcome else None)
    pause_s = round(state.next_action.sleep, 3) if state.next_action else 0.0
    log.warning("retrying", extra={"reason": reason, "attempt": state.attempt_number, "pause_s": pause_s})
