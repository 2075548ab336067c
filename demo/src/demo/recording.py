"""`make recording`: the rollback demo's pictures in README, of the terminal and of the canary's page."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from delivery.domain.services import ROOT
from demo import canary_story
from demo.environment import Environment
from demo.screen import Screen

IMAGES = ROOT / "docs/images"
WIDTH = 110
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
# The recording loads no fonts from the web; any monospaced font is fine.
FORMAT = re.sub(r"@font-face {{.*?}}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def record(env: Environment, *, fast: bool) -> None:
    """Run the demo and write both pictures."""
    console = Console(record=True, width=WIDTH, force_terminal=True, highlight=False)
    screen = Screen(console, live=False)
    console.print("$ make demo-rollback")
    figures = canary_story.run(env, screen, fast=fast, at_canary=photograph)
    screen.table("What it cost", canary_story.rows(figures))
    figures.require_kept()
    svg = console.export_svg(title=env.cluster.name, code_format=FORMAT, unique_id="demo")
    (IMAGES / "demo-rollback.svg").write_text(svg + "\n")


def photograph(url: str) -> None:
    """Vote on a page whose errors are ON, in a real browser, and take a screenshot."""
    found = os.environ.get("CHROMIUM_PATH") or (SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=sandbox)
        page = browser.new_page(ignore_https_errors=True, viewport={"width": 1100, "height": 780})
        page.goto(url)
        page.locator("button[name=vote]").last.click()
        expect(page.get_by_text("Simulated Error (HTTP 500)")).to_be_visible()
        expect(page.locator("#error-banner")).to_be_visible()
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGES / "canary-errors-on.png")
        browser.close()
