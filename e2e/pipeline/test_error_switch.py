"""Story 2: errors in QA fail the workflow with the reason; nothing is promoted until QA is rolled back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from delivery.adapters.polling import until
from demo.local_pages import Page
from e2e.pipeline.names import DEPLOY, PROMOTE, ROLL_BACK


def test_a_bad_release_stops_in_qa_and_is_rolled_back(testbed, figure):
    owner = testbed.owner
    with ExitStack() as dev:
        dev.enter_context(testbed.alone("dev"))
        with testbed.alone("qa"):
            good = testbed.tag("qa")
            owner.show_version(18)
            built = owner.pushed(DEPLOY["dev"])
            assert built.ok, built
            tell(testbed, owner, good=good, bad=testbed.tag("dev"), gone_on=dev.close, figure=figure)


def tell(testbed, owner, *, good, bad, gone_on, figure):
    """The bad release gets to QA and no further."""
    qa = testbed.env("qa")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(owner.dispatch, PROMOTE, **{"from": "dev", "to": "qa"})
        until(lambda: qa.look().tag == bad and qa.look().paused, what="QA's canary pauses", seconds=180)
        gone_on()
        canary = Page(qa.urls()["vote-canary"])
        canary.wait_for(qa.look().release)
        canary.turn_errors(on=True)
        run = running.result()

    assert not run.ok
    assert [each.split()[:2] for each in run.failed] == [["delivery", "wait"]]
    assert "error-rate" in run.summary
    assert "of the requests failed, not less than 2 %" in run.summary
    assert ROLL_BACK in run.summary
    assert run.jobs["landscape"] == "success"
    assert "Aborted" in testbed.fork.row("qa")
    assert testbed.tag("qa") == good

    tip = testbed.fork.tip()
    refused = owner.dispatch(PROMOTE, **{"from": "qa", "to": "uat"})
    assert not refused.ok
    assert "promote" in refused.failed[0]
    assert not any(bad in subject for subject in testbed.fork.since(tip))

    back = owner.dispatch(ROLL_BACK, environment="qa", reason="votes fail with HTTP 500")
    assert back.ok, back
    state = qa.look()
    assert (state.tag, state.healthy) == (good, True)
    figure("failed in QA", f"{run.seconds / 60:.1f} min")
    figure("rolled back", f"{back.seconds / 60:.1f} min")
