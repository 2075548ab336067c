"""The page for eyes that see no colours, for keyboards and screen readers, and over a thin line."""

import base64

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

from .watching import MOMENTS, View, open_at

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.parametrize("until", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("colors", ["light", "dark"])
def test_axe_finds_nothing(view, page, until, colors):
    page.emulate_media(color_scheme=colors)
    open_at(view, page, until)
    violations = Axe().run(page).response["violations"]
    assert [f"{found['id']}: {found['nodes'][0]['html']}" for found in violations] == []


def test_axe_finds_nothing_on_a_phone_with_every_source_lost(view, page):
    view.play(33_000)
    view.lose(["api", "apm", "users", "switch"])
    open_at(view, page, 33_000, 360, 740)
    violations = Axe().run(page).response["violations"]
    assert [f"{found['id']}: {found['nodes'][0]['html']}" for found in violations] == []


# The marks beside the counts and those in the lanes are the same shapes. An ink map says which pixels
# differ from the background by luminance only, in whatever colours the viewer sees.
INK = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const { data } = pen.getImageData(0, 0, picture.width, picture.height);
  const grey = (at) => 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
  const paper = grey(0);
  return Array.from({ length: data.length / 4 }, (_, n) => Math.abs(grey(n * 4) - paper) > 60);
}"""
SHAPES = """async () => {
  const { drawLane } = await import("/static/lanes.js");
  return [true, false].map((ok) => {
    const canvas = document.createElement("canvas");
    canvas.id = `vote-${ok}`;
    canvas.style = "position:fixed;top:0;width:144px;height:96px;background:var(--card);contain:none";
    canvas.style.left = ok ? 0 : "200px";
    document.body.append(canvas);
    drawLane(canvas, { now: 30000, weight: null, votes: [[15000, ok]], moments: [] });
  });
}"""


@pytest.mark.parametrize("colors", ["light", "dark"])
@pytest.mark.parametrize("sight", ["none", "achromatopsia", "deuteranopia"])
def test_a_failed_vote_has_another_shape_and_size(view, page, new_context, sight, colors):
    page.emulate_media(color_scheme=colors, reduced_motion="reduce")
    open_at(view, page, 28_000)
    page.evaluate(SHAPES)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setEmulatedVisionDeficiency", {"type": sight})
    good, failed = (ink(page, f"#vote-{ok}", new_context) for ok in ("true", "false"))
    # Within its own bounding box a dot is full in the middle of each side; a cross is full in the corners.
    assert corners(good) == 0
    assert corners(failed) == 4
    assert extent(failed) > 1.5 * extent(good) > 0


def ink(page, selector, new_context):
    """The pixels of ink in the middle of the canvas, as (x, y)."""
    box = page.locator(selector).bounding_box()
    clip = {"x": box["x"] + 30, "y": box["y"] + 16, "width": box["width"] - 60, "height": box["height"] - 32}
    png = page.screenshot(clip=clip)
    reader = new_context().new_page()  # the page's own policy forbids data:
    dark = reader.evaluate(INK, base64.b64encode(png).decode())
    reader.close()
    width = int(clip["width"])
    return {(at % width, at // width) for at, is_dark in enumerate(dark) if is_dark}


def extent(pixels):
    return max(x for x, _ in pixels) - min(x for x, _ in pixels)


def corners(pixels):
    """How many corners of the bounding box have ink within a sixth of its size."""
    xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
    near = max(extent(pixels) // 6, 1)
    return sum(
        any(abs(x - cx) + abs(y - cy) <= near for x, y in pixels)
        for cx in (min(xs), max(xs))
        for cy in (min(ys), max(ys))
    )


def test_space_flips_the_switch_once(view, page):
    open_at(view, page, 13_000)
    expect(page.locator("#switch-state")).to_have_text("Errors are OFF")
    expect(page.locator("#act")).to_be_enabled()
    expect(page.locator("#key")).to_have_text("space")
    expect(page.get_by_role("button", name="Turn errors ON", exact=True)).to_have_attribute(
        "aria-keyshortcuts", "Space"
    )
    page.keyboard.press("Space")
    expect(page.locator("#switch-state")).to_have_text("Errors are ON")
    expect(page.get_by_role("button", name="Turn errors OFF")).to_be_enabled()
    assert view.flips == 1
    page.locator("#act").focus()
    page.keyboard.press("Space")
    expect(page.locator("#switch-state")).to_have_text("Errors are OFF")
    assert view.flips == 2


def test_without_a_canary_there_is_nothing_to_flip(view, page):
    open_at(view, page, 2_500)
    expect(page.locator("#act")).to_be_disabled()
    expect(page.locator("#key")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator("#act")).to_be_disabled()
    assert view.flips == 0


def test_a_recording_says_so_and_has_no_switch(page):
    with View(live=False).serving() as view:
        open_at(view, page, 28_000)
        expect(page.locator("#when")).to_contain_text("recorded 2026-11-27")
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.locator("#key")).to_be_hidden()
        expect(page.locator("#switch-state")).to_have_text("Errors are ON")


def test_a_hidden_switch_says_whether_it_is_on_and_cannot_be_pressed(page):
    with View(switch=False).serving() as hidden:
        open_at(hidden, page, 28_000)
        expect(page.locator("#switch-state")).to_have_text("Errors are ON")
        for each in ("#act", "#key"):
            expect(page.locator(each)).to_be_hidden()
        page.keyboard.press(" ")
        assert hidden.flips == 0


def test_reduced_motion_moves_nothing_between_two_seconds(view, page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(view.url)
    module = "const { frame } = await import('/static/lanes.js')"
    frames = f"async () => {{ {module}; return [1001, 1500, 2000].map(frame); }}"
    assert page.evaluate(frames) == [2000, 2000, 2000]
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(frames) == [1001, 1500, 2000]


def test_the_page_is_small_and_asks_nobody_else(view, page):
    asked, complaints, sizes = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: "/events" not in answer.url and sizes.append(len(answer.body())))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    open_at(view, page, 33_000)
    page.wait_for_timeout(300)
    assert all(url.startswith(f"{view.url}/") for url in asked)
    assert sum(sizes) < 60_000
    assert len(sizes) >= 6
    assert complaints == []
