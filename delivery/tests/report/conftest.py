"""The record of a run that was recorded from a real cluster."""

from datetime import datetime

import pytest

from delivery.domain.attribution import Change
from delivery.domain.report import record

from ..samples import ADA

RECORDED = "7e662f3-20261124013313"


RUNS = {
    "canary": ("qa", RECORDED, "2026-11-24T01:33:45Z"),
    "blue-green": ("staging", "bccaa14-20261124015450", "2026-11-24T01:55:01Z"),
}


EVENT = {
    "kind": "Event",
    "metadata": {"creationTimestamp": "2026-11-24T01:34:30Z"},
    "lastTimestamp": "2026-11-24T01:36:06Z",
    "involvedObject": {"kind": "Rollout", "name": "vote"},
    "reason": "RolloutAborted",
    "message": "Rollout aborted update\nto revision 4",
}


@pytest.fixture
def build(settings, deployment, watched):
    """The record of the recorded canary; keywords change the observations."""

    def make(observations=10, run="canary", at=None, **changes):
        env, tag, started = RUNS[run]
        seen = watched(run, tag, env=env, observations=observations)
        made = deployment(tag, env, at=datetime.fromisoformat(at or started), source=tag[:7] + "0" * 33)
        usual = {
            "before": deployment("1234567-20261123000000", commit="b" * 40),
            "version": "v17",
            "changes": [Change("7e662f3" + "0" * 33, ADA, "feat(vote): v17\n\nmore")],
            "subject": "feat(vote): v17",
            "state": seen.state,
            "runs": seen.runs,
            "log": seen.log,
            "objects": seen.cluster.observations[observations - 1]["objects"],
            "events": getattr(seen.cluster, "events", None) or [EVENT],
        }
        return record.build(settings, made, **usual | changes)

    return make
