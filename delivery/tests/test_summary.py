from dataclasses import replace

import pytest

from delivery.output import summary

from .test_gates import TAG, state
from .test_landscape import HOSTILE

RECORDED = "7e662f3-20261124013313"


def test_a_preview_that_waits(settings, watched, golden):
    seen = watched("blue-green", "bccaa14-20261124015450", env="staging", observations=7)

    assert seen.state.paused
    golden("summary-paused.md", summary.preview_ready(settings, "staging", seen.state))


def test_a_canary_that_was_aborted(settings, watched, golden):
    seen = watched("canary", RECORDED, observations=10)
    why = f"{RECORDED} was aborted in qa: {seen.state.message}"

    golden(
        "summary-aborted.md",
        summary.failure(settings, "qa", why, state=seen.state, runs=seen.runs, log=seen.log),
    )


def test_a_canary_that_is_healthy(settings, watched, golden):
    seen = watched("canary", RECORDED, observations=8)
    done = replace(seen.state, phase="Healthy", stable=seen.state.release)
    text = summary.healthy(settings, "qa", done, seen.runs, seen.log.verdicts, first=False)

    golden("summary-healthy.md", text)


def test_the_summary_of_a_first_release_says_why_it_skipped_the_steps(settings):
    text = summary.healthy(settings, "staging", state(first=True), [], {}, first=True)

    assert "first release here" in text


def test_a_deployment(settings, deployment, golden):
    made = deployment(reason="votes <fail>", rollback_of="ccccccc-20260102031500")

    golden("summary-deployed.md", summary.deployed(settings, made, "ccccccc-20260102031500"))


def test_a_promotion(settings, golden):
    golden("summary-promoted.md", summary.promoted(settings, "staging", state(), "fffffff-20260101000000"))


def test_nothing_to_do(golden):
    why = f"already deployed, no new rollout: staging has {TAG}, it is Healthy"

    golden("summary-nothing.md", summary.refused("Nothing to do", why))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_reason_cannot_inject_markup(settings, deployment, value):
    text = summary.deployed(settings, deployment(reason=value), "") + summary.refused("Stopped", value)

    assert "<script" not in text
    assert "<!--" not in text
    assert "](javascript" not in text


@pytest.mark.parametrize("value", HOSTILE)
def test_the_log_of_a_job_cannot_inject_markup(settings, watched, value):
    seen = watched("canary", RECORDED, observations=10)
    for job, said in seen.log.verdicts.items():
        evil = dict.fromkeys(("check", "asked", "status", "got", "reason"), value)
        seen.log.verdicts[job] = replace(said, **evil)
    runs = [
        replace(run, measurements=tuple(replace(each, metric=value) for each in run.measurements))
        for run in seen.runs
    ]
    healthy = summary.healthy(settings, "qa", seen.state, runs, seen.log.verdicts, first=False)
    failure = summary.failure(settings, "qa", value, state=seen.state, runs=runs, log=seen.log)
    quoted = [line for line in failure.splitlines() if line.startswith("    asked ")]
    text = healthy + "".join(line for line in failure.splitlines() if line not in quoted)

    assert len(quoted) == 3
    assert "<script" not in text
    assert "<!--" not in text
    assert "](javascript" not in text
    assert {line.count("|") for line in healthy.splitlines() if line.startswith("|")} == {4, 5}


def test_a_release_of_the_same_images_says_what_is_new(settings, deployment):
    made = deployment()

    assert f"| Before | `{made.tag}`, other manifests |" in summary.deployed(settings, made, made.tag)
    applied = summary.deployed(settings, replace(made, commit=""), made.tag)
    assert f"| Before | `{made.tag}` |" in applied
