"""`make demo-rollback`: a bad release, told from the deployment to the way back."""

from e2e.cluster.demos import told

WORDS = (
    "step 1 of 8: setWeight 20 %",
    "errors turned ON for release",
    "background analysis: error-rate failed",
    "aborted: RolloutAborted",
    "rolled back by itself",
    "votes work again",
    "revert: uat gets",
)


def test_the_demo_tells_what_happens_and_ends_with_its_figures(env, figure):
    before = env.look()

    figures = told(env, "demo-rollback", WORDS)

    assert figures["votes failed on the stable release"] == "0"
    assert figures["accepted votes lost"].startswith("0 of ")
    figure("from the switch to the abort", figures["from the switch to the abort"])
    after = env.look()
    assert (after.healthy, after.release) == (True, before.release)
