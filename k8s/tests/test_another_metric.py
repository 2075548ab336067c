"""The component in docs/changing.md judges a release by another metric, and meets every policy."""

import re

import pytest

from k8s import policies
from k8s.policies.objects import named
from k8s.tests.analysis import ASKS, answer
from k8s.tests.conftest import K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]


@pytest.fixture
def component(checkout):
    text = (K8S.parent / "docs/changing.md").read_text()
    (yaml,) = [each for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "latencyP95" in each]
    (checkout / "components/latency").mkdir()
    (checkout / "components/latency/kustomization.yaml").write_text(yaml)
    return "latency"


def test_the_component_measures_beside_the_error_rate(overlay, component):
    objects = overlay("qa", component)

    error_rate, latency = named(objects, "AnalysisTemplate")[f"{NAME}-error-rate"]["spec"]["metrics"]
    (job,) = latency["provider"]["job"]["spec"]["template"]["spec"]["containers"]
    assert job["args"] == ["metric"]
    assert {"name": "METRIC", "value": "latencyP95"} in job["env"]
    assert (error_rate["name"], latency["name"]) == ("error-rate", "latency")
    assert [policy.__name__ for policy in policies.ALL if policy(objects)] == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.4, "latencyP95 is 0.4 in 100 requests, less than 0.5"),
        (0.5, "latencyP95 is 0.5 in 100 requests, not less than 0.5"),
        (None, "the answer has no latencyP95"),
    ],
)
def test_the_script_compares_any_metric_with_its_limit(apm, analyse, value, reason):
    apm.body = answer(latencyP95=value)

    measured = analyse("metric", NEW_RELIC_HOST=apm.url, METRIC="latencyP95", LIMIT="0.5", **ASKS)

    assert measured.passed == (value == 0.4)
    assert (measured.line["check"], measured.line["reason"]) == ("latencyP95", reason)
    assert apm.parameters()["metric"] == ["latencyP95"]
