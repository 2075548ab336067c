"""The release view on a cluster: its process, as `make stage` starts it, and its page in Chromium."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Page, expect

from demo.environment import Environment
from demo.view import SAID
from local.app import ROOT
from local.servers import free_port

UNKNOWN = re.compile(r"not known since \d\d:\d\d:\d\d")
START_S, STOP_S = 30, 10
# Keeps what the page is told, so that a test can compare it with what the page shows.
LISTEN = """
  window.told = [];
  const Told = EventSource;
  window.EventSource = class extends Told {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (message) => told.push(...JSON.parse(message.data)));
    }
  };
"""
SHOWN = """() => {
  const text = (place) => document.querySelector(place).textContent;
  const read = (lane) => [text(`${lane} .ok b`), text(`${lane} .failed b`)];
  return { told: window.told, first: read("#first"), second: read("#second") };
}"""


class View:
    """A running release view."""

    def __init__(self, process: subprocess.Popen[str], url: str, record: Path) -> None:
        self.process, self.url, self.record = process, url, record

    def open(self, page: Page) -> None:
        """Open the page; returns once it knows every source."""
        page.add_init_script(LISTEN)
        page.goto(self.url)
        expect(page.locator("#phase")).to_have_text("Healthy", timeout=START_S * 1000)
        expect(page.locator("body")).not_to_contain_text(UNKNOWN)

    def recorded(self, event: str) -> list[dict[str, Any]]:
        """The events of this kind so far."""
        whole = self.record.read_text().rpartition("\n")[0]  # the last line may still be written
        return [each for each in map(json.loads, whole.splitlines()) if each["event"] == event]

    def stop(self) -> float:
        """Press Ctrl-C; returns the seconds of CPU that the process has used."""
        self.process.send_signal(signal.SIGINT)
        end = time.monotonic() + STOP_S
        while time.monotonic() < end:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                return used.ru_utime + used.ru_stime
            time.sleep(0.05)
        raise AssertionError(f"the release view runs {STOP_S} s after Ctrl-C")


@contextmanager
def view(env: Environment) -> Iterator[View]:
    """Start the release view of an environment; it ends with the block."""
    command = [sys.executable, "-m", "demo.stage", f"--env={env.name}", f"--port={free_port()}"]
    settings = os.environ | {"CLUSTER_NAME": env.cluster.name}
    with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            found = SAID.match(process.stdout.readline())
            assert found
            yield View(process, found[1], ROOT / found[2])
        finally:
            if process.returncode is None:
                process.kill()


def require_every_vote(view: View, page: Page, *releases: str) -> int:
    """Fail unless the page's two lanes count every vote of these releases.

    Returns how many votes the page was told of. They are compared one by one with the recorded votes, and
    their sums with the page's figures.
    """
    shown = page.evaluate(SHOWN)
    snapshot, *told = [each for each in shown["told"] if each["event"] in ("snapshot", "vote")]
    before = sum(sum(count.values()) for count in snapshot["counts"].values()) + snapshot["unanswered"]
    votes = view.recorded("vote")[: before + len(told)]
    assert told == votes[before:]
    counts = Counter((vote["release"], "ok" if vote["ok"] else "failed") for vote in votes)
    for release, figures in zip(releases, (shown["first"], shown["second"]), strict=True):
        expected = [counts[release, "ok"], counts[release, "failed"]]
        assert [int(cast("str", each).replace(",", "")) for each in figures] == expected
    return len(votes)
