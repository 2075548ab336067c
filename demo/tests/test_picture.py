"""README's moving picture: drawn from the recording, and readable by people who dislike motion."""

import re

import pytest

from demo import picture
from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

VISIBLE = """() => [...document.querySelectorAll("text")]
  .filter((each) => getComputedStyle(each).visibility === "visible").map((each) => each.textContent)"""

SEEK = "(ms) => document.getAnimations().forEach((each) => { each.pause(); each.currentTime = ms; })"


@pytest.mark.parametrize(("path", "still"), [(picture.MOVING, False), (picture.STILL, True)])
def test_it_is_drawn_from_the_recording_and_small(path, still):
    assert path.read_text() == picture.draw(picture.RECORDING, still=still), "run make picture"
    assert path.stat().st_size < 100_000
    assert set(re.findall(r"https?://[^\"]+", path.read_text())) == {"http://www.w3.org/2000/svg"}


@pytest.mark.servers
def test_it_tells_the_story_in_twenty_seconds_and_the_end_stays(page):
    page.goto(picture.MOVING.as_uri())
    told, back = [], []
    for second in range(20):
        page.evaluate(SEEK, second * 1000 + 125)
        shown = page.evaluate(VISIBLE)
        (news,) = [text for text in shown if re.match(r"Canary gets|Every vote goes|Stopped", text)]
        (switch,) = [text for text in shown if text.startswith("Errors are")]
        rate = [text for text in shown if text in ("of canary", "at abort")]
        back += [text.partition(". ")[2] for text in shown if text.startswith("The canary was aborted")]
        told.append((news.split(":")[0], switch, *rate))
    assert [moment for n, moment in enumerate(told) if moment not in told[:n]] == [
        ("Canary gets 20 % of the votes", "Errors are OFF"),
        ("Canary gets 20 % of the votes, errors ON", "Errors are ON"),
        ("Canary gets 20 % of the votes, errors ON", "Errors are ON", "of canary"),
        ("Stopped", "Errors are OFF", "at abort"),
    ]
    assert told[-4:] == told[-1:] * 4
    assert list(dict.fromkeys(back)) == ["Going back to stable.", "Every vote goes to stable."]


@pytest.mark.servers
def test_without_motion_it_is_the_end_of_the_story(page):
    page.emulate_media(reduced_motion="reduce")
    shown = []
    for path in (picture.MOVING, picture.STILL):
        page.goto(path.as_uri())
        assert page.evaluate("document.getAnimations().length") == 0
        shown.append(page.evaluate(VISIBLE))
    assert shown[0] == shown[1]
    assert "Stopped: 100 % of 193 requests failed, limit 2 %" in shown[0]
