"""Story 4: Prometheus is down, so the release cannot be judged and is not promoted."""

import pytest

from delivery.adapters.polling import until
from e2e.cluster.load import Load
from e2e.cluster.rollouts import ending, failed_checks, new_release, require_aborted, revert


@pytest.fixture
def blind(env):
    """Scales Prometheus to zero, so that the APM has no data."""
    kubectl, namespace = env.cluster.kubectl, env.cluster.platform_namespace
    where = f"--namespace={namespace}"
    selector = "--selector=app.kubernetes.io/name=prometheus"
    try:
        kubectl("scale", "deployment/prometheus", "--replicas=0", where)
        until(
            lambda: not kubectl.objects("pods", namespace, selector),
            what="Prometheus is gone",
            seconds=60,
        )
        yield
    finally:
        kubectl("scale", "deployment/prometheus", "--replicas=1", where)
        env.cluster.wait_ready()


@pytest.mark.alone
def test_blind_apm_aborts_a_good_release(env, blind):
    before = env.look()
    with Load(env) as load:
        release = new_release(env)
        state = ending(env, release)

        require_aborted(state, before, "error-rate")
        assert failed_checks(env, release) == {"error-rate": "the answer is HTTP 503"}
        revert(env, before)
        load.counted()
    assert load.failures() == []
