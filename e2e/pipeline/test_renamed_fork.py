"""Story 5: a renamed fork with six environments deploys to its first and to its last one."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from delivery.adapters.polling import until
from delivery.domain import overlay
from demo import readiness, volumes
from e2e.pipeline.fork import Fork, Person
from e2e.pipeline.names import SETTINGS
from e2e.pipeline.testbed import hasten

EVE = Person("Eve Adams", "eve@example.org")
SIX = (  # together with dev, uat and staging
    ("rename", "qa", "qa2"),
    ("add", "perf", "--after", "uat", "--strategy", "canary"),
    ("add", "prod-eu", "--after", "staging", "--strategy", "blue-green", "--replicas", "1", "--no-traffic"),
)
OLD = SETTINGS.name.encode()
HISTORY = ("CHANGELOG.md", ".deployments/", "delivery/tests/recorded/", "docs/images/")


def make(folder, *targets):
    return subprocess.run(
        ["make", *targets],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_a_renamed_fork_deploys_to_its_first_and_last_environment(testbed, tmp_path):
    with testbed.alone("another fork"):
        tell(testbed, tmp_path)


def tell(testbed, tmp_path):
    fork = Fork(tmp_path / "fork", "acme-org/acme")
    fork.folder.mkdir()
    eve = fork.create(EVE)
    settings = {
        "name": "acme",
        "repository": fork.repository,
        "registry": f"{testbed.registry.host}/acme",
        "base-domain": f"localhost:{testbed.cluster.port}",
        "cluster": testbed.cluster.name,
    }
    done = eve.delivery("init", *(word for key, value in settings.items() for word in (f"--{key}", value)))
    assert done.returncode == 0, done.stderr
    for change in SIX:
        done = eve.delivery("env", *change, "--yes")
        assert done.returncode == 0, done.stderr
    hasten(eve.folder)
    eve.commit("chore: our own name and environments")

    left = [
        path
        for path in eve.git("ls-files").splitlines()
        if not path.startswith(HISTORY) and OLD in (eve.folder / path).read_bytes().lower()
    ]
    assert left == []
    assert not [path for path in fork.files(".") if SETTINGS.name in path]
    linted = make(eve.folder, "lint")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    verified = eve.delivery("verify")
    assert verified.stdout == "dev, qa2, uat, perf, staging, prod-eu: every policy is kept\n", verified.stderr

    testbed.cluster.kubectl("apply", "--kustomize", str(eve.folder / "k8s/platform/environments"))
    eve.show_version(17)
    deployed(testbed, "acme-dev", lambda: eve.pushed("ci-build-push-acme-dev.yaml"))
    # Two cores can run one more environment, but not two.
    kinds = "deployments,statefulsets"
    testbed.cluster.kubectl("delete", kinds, "--all", "--namespace=acme-dev", "--wait=false")
    tag = overlay.tag(fork.read(overlay.path("dev")))
    last = "ci-build-push-acme-prod-eu.yaml"
    deployed(testbed, "acme-prod-eu", lambda: eve.dispatch(last, image_tag=tag))


def deployed(testbed, namespace, workflow):
    """Run a workflow that deploys to a namespace of this cluster, and check that it is ready."""
    kubectl = testbed.cluster.kubectl
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(workflow)
        until(
            lambda: kubectl.objects("statefulsets", namespace) or running.done(), what="applied", seconds=300
        )
        volumes.open_volumes(kubectl, namespace, testbed.cluster.nodes)
        run = running.result()
    assert run.ok, run
    assert not readiness.unready(kubectl, (namespace,))
