"""Story 9: the release view in the cluster shows a release as it begins, and its account can only read."""

import json

import pytest

from delivery.adapters import docker, pages
from delivery.adapters.polling import until
from delivery.adapters.process import ToolError
from delivery.domain.services import ROOT, image_names
from delivery.domain.settings import Settings
from demo import images
from e2e.cluster.permissions import rules

SETTINGS = Settings.from_file(ROOT)
HOST = f"stage-{SETTINGS.name}-uat.localhost"
OBJECTS = (
    *(f"{kind}/stage" for kind in ("deployment", "service", "ingress", "pdb", "serviceaccount")),
    *("networkpolicy/stage", "networkpolicy/api-server"),
    *("role/stage-in-cluster", "rolebinding/stage-in-cluster"),
)
READS = {
    ("argoproj.io", "analysisruns"): {"list", "watch"},
    ("argoproj.io", "analysistemplates"): {"list"},
    ("argoproj.io", "rollouts"): {"list", "watch"},
    ("apps", "replicasets"): {"list", "watch"},
    ("networking.k8s.io", "ingresses"): {"list"},
    ("", "pods"): {"list"},
    ("", "pods/log"): {"get"},
}
CONNECT = """
import socket
try:
    socket.create_connection(("redis", 6379), timeout=3)
except (TimeoutError, ConnectionRefusedError):
    print("blocked")
"""


@pytest.fixture
def view(env, cluster):
    """The release view, deployed beside the release; a client of its page, through the front door."""
    image = image_names(SETTINGS)["stage"]
    host = {"op": "replace", "path": "/spec/rules/0/host", "value": HOST}
    docker.build_here({"stage": f"{image}:{env.tag}"}, ROOT)
    images.load(cluster.name, f"{image}:{env.tag}")
    extra = {
        "components": ["../../components/stage"],
        "images": [{"name": image, "newTag": env.tag}],
        "patches": [{"target": {"kind": "Ingress", "name": "stage"}, "patch": json.dumps([host])}],
    }
    try:
        env.deploy(env.tag, extra=extra)
        env.wait_ready()
        with pages.client(f"https://{HOST}:{cluster.port}", local=True) as client:
            yield client
    finally:  # its votes would enter later stories
        cluster.kubectl("delete", "--ignore-not-found", *OBJECTS, f"--namespace={env.namespace}")


def state(view):
    answer = view.get("/api/state")
    return answer.json() if answer.is_success else None


def test_it_shows_a_release_from_within_and_its_account_can_only_read(view, env, cluster, figure):
    until(lambda: state(view), what="the page answers through the front door", seconds=60)

    def known() -> bool:
        return all(each["known"] for each in state(view)["sources"].values())

    until(known, what="every source is known", seconds=30, why=lambda: str(state(view)["sources"]))
    stable = env.look().stable
    began = state(view)
    assert (began["session"]["environment"], began["session"]["strategy"]) == ("uat", "canary")
    assert began["counts"][stable]["ok"] > 0
    assert began["rate"]["release"] == stable
    assert view.post("/api/switch").status_code == 409

    release = env.release(images.new_tag())

    def seen() -> bool:
        now = state(view)
        tried = now["counts"].get(release, {"ok": 0})["ok"] and now["rate"]["release"] == release
        return bool(tried and now["switch"]["release"] == release and now["rollout"]["weight"])

    until(seen, what="the page shows the canary, its votes, its rate and its switch", seconds=90)
    assert state(view)["counts"].keys() >= {stable, release}

    account = f"{env.namespace}:stage"
    assert rules(cluster, account, env.namespace) == READS
    others = ["default", SETTINGS.namespace("platform"), SETTINGS.namespace("qa")]
    assert [rules(cluster, account, each) for each in others] == [{}, {}, {}]
    for what, answer in {"list rollouts": "yes", "patch rollouts": "no", "get secrets": "no"}.items():
        assert may(cluster, account, env.namespace, *what.split()) == answer
    assert env.kubectl("exec", "deployment/stage", "--", "python", "-c", CONNECT) == "blocked\n"
    figure("votes that the page counted", sum(each["ok"] for each in state(view)["counts"].values()))


def may(cluster, account: str, namespace: str, verb: str, resource: str) -> str:
    """What `kubectl auth can-i` answers; its exit code is 1 with no."""
    ask = (
        "auth",
        "can-i",
        verb,
        resource,
        f"--namespace={namespace}",
        f"--as=system:serviceaccount:{account}",
    )
    try:
        return str(cluster.kubectl(*ask)).strip()
    except ToolError as error:
        return error.output.strip().splitlines()[0]
