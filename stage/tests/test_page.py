"""The page in Chromium: what it says at each moment, and what it never says."""

import json
import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import browser_type_launch_args  # noqa: F401 - the repository's Chromium

from . import bad_release
from .watching import TEXTS, View, open_at

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::ResourceWarning")]
FOLDED = """async (events) => {
  const { apply, nothing } = await import("/static/state.js");
  const state = nothing();
  for (const event of events) apply(state, event);
  return state;
}"""


def test_an_abort_without_figures_gives_the_clusters_reason_and_fits(view, page):
    view._left = [event for event in view._left if event["event"] != "verdict"]
    reason = (
        'RolloutAborted: Rollout aborted update to revision 12: Metric "error-rate" assessed Failed due to '
    )
    view._left = [
        event | {"message": f"{reason}failed (2) > failureLimit (1)"} if event.get("aborted") else event
        for event in view._left
    ]
    view.session.publish("vote", release="", ok=False, status=0, ms=2000, why="timed out after 2 s")
    open_at(view, page, 33_000)
    expect(page.locator("#abort-title")).to_have_text(f"Stopped: {reason}failed (2) > failureLimit (1)")
    expect(page.locator("#verdict")).to_have_text("No check yet")
    assert page.evaluate("document.documentElement.scrollHeight") <= 720


def test_two_releases_of_one_commit_are_told_apart(view, page):
    for each in (event for event in view._left if event["event"] == "rollout"):
        each.update(stable_tag="0542dce-1", tag="0542dce-2")
    open_at(view, page, 33_000)
    expect(page.locator("#first .tag")).to_have_text(bad_release.STABLE)
    expect(page.locator("#second .tag")).to_have_text(bad_release.CANARY)
    expect(page.locator("#abort-why")).to_contain_text(f"Canary {bad_release.CANARY} was aborted")


def test_an_environment_without_vote_says_so(view, page):
    view.session.publish("source", source="api", known=True, why="")
    nothing = dict.fromkeys(("phase", "stable", "release", "stable_tag", "tag"), "")
    rollout = nothing | {"message": "vote is not deployed here", "step": 0, "steps": [], "weight": 0}
    view.session.publish("rollout", **rollout, aborted=False, current=False, pods=[])
    page.goto(view.url)
    expect(page.locator("#headline")).to_have_text("vote is not deployed here")
    expect(page.locator("#first .figure")).to_have_text("")


def test_users_never_reach_a_preview(view, page):
    open_at(view, page, 2_500)
    session = view.session.snapshot()["session"]
    rollout = next(event for event in view._left if event["event"] == "rollout" and event["step"] == 1)
    pods = [
        {"release": bad_release.STABLE, "role": "active", "wanted": 3, "ready": 3},
        {"release": bad_release.CANARY, "role": "preview", "wanted": 3, "ready": 2},
    ]
    view.session.publish(**session | {"strategy": "blue-green"})
    view.session.publish(**rollout | {"steps": [], "step": 0, "weight": 0, "pods": pods})
    expect(page.locator("#headline")).to_have_text("A new release waits in preview")
    assert page.locator("h2").all_inner_texts() == ["Active", "Preview", "Error rate"]
    expect(page.locator(".lane:not(#rate) .figure")).to_have_text(["100 %", "0 %"])
    expect(page.locator("#second .pods")).to_have_text("2 of 3 pods ready")


def test_the_lanes_show_weight_pods_and_counts(view, page):
    open_at(view, page, 28_000)
    counts = view.session.snapshot()["counts"]
    for lane, release, weight in (("#first", bad_release.STABLE, 80), ("#second", bad_release.CANARY, 20)):
        shown = page.locator(lane)
        expect(shown.locator(".figure")).to_have_text(f"{weight} %")
        expect(shown.locator("canvas")).to_have_attribute("data-weight", str(weight))
        expect(shown.locator(".ok b")).to_have_text(str(counts[release]["ok"]))
        expect(shown.locator(".failed b")).to_have_text(str(counts[release]["failed"]))
        label = f"{counts[release]['ok']} votes OK, {counts[release]['failed']} failed"
        expect(shown.get_by_role("img", name=label)).to_be_visible()
    expect(page.locator("#first .pods")).to_have_text("4 of 4 pods ready")
    expect(page.locator("#steps [aria-current=step]")).to_have_text("wait 30s")
    expect(page.locator("#rate .figure")).to_have_text("53.7 %")
    expect(page.locator("#verdict")).to_have_text(
        "Check error-rate failed: 47.8 % of 46 requests failed, limit 2 %. Asked apm for errorRate over 30s."
    )


def test_a_pod_is_not_green_before_it_is_ready(view, page):
    open_at(view, page, 4_000)
    expect(page.locator("#second .pods")).to_have_text("0 of 1 pods ready")
    assert page.locator("#second .pods i").count() == 1
    assert page.locator("#second .pods .ready").count() == 0


def test_the_abort_banner_gives_the_figures_and_stays(view, page):
    open_at(view, page, 28_000)
    expect(page.locator("#abort")).to_be_hidden()
    view.play(33_000)
    title = page.get_by_role("alert")
    expect(title).to_contain_text("Stopped: 62.1 % of 66 requests failed, limit 2 %", timeout=2000)
    view.play(59_000)
    expect(page.locator("#phase")).to_have_text("Healthy")
    expect(title).to_contain_text("Stopped: 62.1 %")
    expect(title).to_contain_text("Every vote goes to stable 0542dce")
    expect(page.locator("#steps li")).to_have_count(8)
    expect(page.locator("#steps .done")).to_have_count(0)


def test_the_banner_says_going_back_while_the_aborted_canary_may_get_votes(view, page):
    open_at(view, page, 33_000)  # its pod is ready
    why = page.locator("#abort-why")
    expect(why).to_contain_text("was aborted. Going back to stable 0542dce.")
    view.play(34_100)  # it is not ready any more
    expect(why).to_contain_text("was aborted. Every vote goes to stable 0542dce.")
    view.session.publish("vote", release=bad_release.CANARY, ok=False, status=500, ms=5)
    expect(why).to_contain_text("Going back")  # while it ends, it still answers
    view.play(36_500)
    expect(why).to_contain_text("Every vote goes to stable 0542dce.")


def test_no_vote_has_to_go_back_from_a_preview(view, page):
    view.play(33_000)
    session = view.session.snapshot()["session"]
    view.session.publish(**session | {"strategy": "blue-green"})
    open_at(view, page, 33_000, title="qa · blue-green")
    expect(page.locator("#abort-why")).to_contain_text("was aborted. Every vote goes to active 0542dce.")


def test_at_twenty_moments_the_replayed_page_equals_the_live_one(view, page, new_context):
    """The live page has watched from the beginning; the replayed page is opened anew at each moment."""
    open_at(view, page, 2_500)
    replayed = new_context(viewport={"width": 1280, "height": 720}).new_page()
    with View(live=False).serving() as recorded:
        for until in range(3_000, 63_000, 3_000):
            view.play(until)
            while view.lines:
                recorded.session.publish(**json.loads(view.lines.pop(0)))
            recorded.t = until
            replayed.goto(recorded.url)
            expect(replayed.locator("#title")).to_have_text("qa · canary")
            texts = replayed.evaluate(TEXTS)
            page.wait_for_function(
                f"(texts) => JSON.stringify({TEXTS}) === JSON.stringify(texts)", arg=texts, timeout=5000
            )
        replayed.close()


def test_the_page_and_the_server_reduce_events_alike(view, page, told):
    lost = {"event": "source", "source": "apm", "known": False, "why": "refused"}
    nobody = {"event": "vote", "release": "", "ok": False, "status": 0, "ms": 1, "why": "refused"}
    rate = {"event": "rate", "release": bad_release.STABLE, "percent": 0.0, "requests": 9}
    told = [*told, *(each | {"t": 60_000} for each in (rate, lost, nobody, {"event": "end"}))]
    for event in told:
        view.session.publish(**event)
    page.goto(view.url)
    snapshot = view.session.snapshot()
    assert page.evaluate(FOLDED, told) == {
        key: value for key, value in snapshot.items() if key not in ("event", "t")
    }


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("api", ["#headline", "#first .tag", "#second .tag", "#steps"]),
        ("apm", ["#rate .tag"]),
        ("users", []),
        ("switch", ["#switch-state"]),
    ],
)
def test_a_lost_source_is_not_known_since_then_and_never_a_zero(view, page, source, places):
    open_at(view, page, 28_000)
    view.lose([source])
    since = re.compile("not known since [0-9]{2}:50:28")
    for place in places:
        expect(page.locator(place)).to_have_text(since, timeout=5000)
    if source == "users":
        expect(page.locator("#first .votes")).to_have_attribute("data-unknown", since, timeout=5000)
        expect(page.locator("#second .failed")).to_be_hidden()
    if source == "api":
        expect(page.locator("#first .figure")).to_have_text("")
        expect(page.locator("#first .pods")).to_be_hidden()
    if source == "apm":
        expect(page.locator("#rate .figure")).to_have_text("")
    if source == "switch":
        expect(page.locator("#act")).to_be_disabled()


def test_before_anything_is_known_there_is_no_number(view, page):
    view.play(0)
    page.goto(view.url)
    expect(page.locator("#headline")).to_have_text(re.compile("The rollout is not known since"))
    assert page.locator(".figure").all_inner_texts() == ["", "", ""]
    assert page.locator(".votes b:visible").all_inner_texts() == []


def test_a_lost_connection_makes_everything_unknown_within_five_seconds(page):
    with View().serving() as view:
        open_at(view, page, 28_000)
    expect(page.locator("#phase")).to_have_text(re.compile("no connection since"), timeout=5000)
    expect(page.locator("#first .tag")).to_have_text(re.compile("not known since"))
    expect(page.locator("#act")).to_be_disabled()
