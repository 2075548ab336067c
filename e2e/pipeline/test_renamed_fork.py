"""Story 5: a fork under another name lints, renders and deploys to dev; its old name is gone."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from delivery.adapters.process import run
from demo import workloads
from demo.waiting import until
from e2e.pipeline.fork import Fork, Person
from e2e.pipeline.testbed import hasten

EVE = Person("Eve Adams", "eve@example.org")
HISTORY = ("CHANGELOG.md", ".deployments/", "docs/images/")


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


def test_a_renamed_fork_deploys_to_dev(testbed, tmp_path):
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
    hasten(eve.folder)
    eve.commit("chore: our own name")

    left = [
        path
        for path in eve.git("ls-files").splitlines()
        if not path.startswith(HISTORY) and b"voting01" in (eve.folder / path).read_bytes().lower()
    ]
    assert left == []
    assert not [path for path in fork.files(".") if "voting01" in path]
    linted = make(eve.folder, "lint")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    for overlay in sorted((eve.folder / "k8s/overlays").iterdir()):
        assert "namespace: acme-" in run("kubectl", "kustomize", str(overlay))

    kubectl = testbed.cluster.kubectl
    kubectl("apply", "--kustomize", str(eve.folder / "k8s/platform/environments"))
    eve.show_version(17)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(eve.pushed, "ci-build-push-acme-dev.yaml")
        until(
            lambda: kubectl.objects("statefulsets", "acme-dev") or running.done(), what="applied", seconds=300
        )
        workloads.open_volumes(kubectl, "acme-dev", testbed.cluster.nodes)
        dev = running.result()
    assert dev.ok, dev
    assert not workloads.unready(kubectl, ("acme-dev",))
