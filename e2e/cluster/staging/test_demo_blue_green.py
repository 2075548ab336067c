"""`make demo-blue-green`: a preview that waits for a person, and one that fails unnoticed."""

from e2e.cluster.demos import told

WORDS = (
    "preview shows release",
    "it waits for a person: preview shows",
    "promote",
    "active shows release",
    "errors turned ON for release",
    "analysis before promotion: error-rate failed",
    "aborted: RolloutAborted",
    "nobody noticed",
    "revert: staging gets",
)


def test_the_demo_tells_both_stories_and_ends_with_its_figures(env, figure):
    before = env.look()

    figures = told(env, "demo-blue-green", WORDS)

    assert figures["votes failed on active"].startswith("0 of ")
    assert figures["accepted votes lost"].startswith("0 of ")
    figure(
        "a bad preview, from the switch to the abort", figures["bad preview: from the switch to the abort"]
    )
    after = env.look()
    assert after.healthy
    assert after.release != before.release
