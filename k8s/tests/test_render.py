"""Every overlay, and every component on dev, renders and keeps every policy; no cluster is asked."""

import json
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from delivery.domain.overlay import Image, images, load, with_images
from delivery.domain.services import DEPLOYED
from delivery.domain.settings import Settings
from k8s import policies
from k8s.policies.objects import WORKLOADS, named
from k8s.tests.conftest import ENVIRONMENTS, K8S, NAME

pytestmark = [pytest.mark.servers, pytest.mark.kubectl]

TAG, DIGEST = "1234567-20260102030405", f"sha256:{'a' * 64}"
OVERLAYS = [*ENVIRONMENTS]
WATCHED = "--providers.kubernetesingress.namespaces="
COMPONENTS = sorted(path.parent.name for path in K8S.glob("components/*/kustomization.yaml"))
# dev has ingress already; analysis and rollout are what canary and blue-green share, without a strategy;
# new-relic is for the analysis, which dev has none of.
ON_DEV = sorted({*COMPONENTS} - {"analysis", "ingress", "rollout", "new-relic"})


@pytest.fixture(scope="session")
def overlay(render, checkout):
    """An overlay's objects, with more components if asked for; rendered once a session."""
    rendered = {}

    def objects(name: str, *components: str) -> list[dict]:
        if (name, components) not in rendered:
            folder = checkout / "overlays" / "-".join([name, "with", *components])
            content = load((K8S / "overlays" / name / "kustomization.yaml").read_text())
            content["components"] += [f"../../components/{each}" for each in components]
            folder.mkdir()
            (folder / "kustomization.yaml").write_text(json.dumps(content))
            rendered[name, components] = render(folder)
        return rendered[name, components]

    return objects


@pytest.fixture(scope="session")
def platform(render):
    return render(K8S / "platform")


def test_every_environment_has_its_overlay():
    assert {path.parent.name for path in K8S.glob("overlays/*/kustomization.yaml")} == {*OVERLAYS}


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
@pytest.mark.parametrize("name", OVERLAYS)
def test_every_overlay_keeps_every_policy(overlay, name, policy):
    assert policy(overlay(name)) == []


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
@pytest.mark.parametrize("component", ON_DEV)
def test_every_component_on_dev_keeps_every_policy(overlay, component, policy):
    assert policy(overlay("dev", component)) == []


@pytest.mark.parametrize("component", ["new-relic", "ingress-controller", "alb"])
@pytest.mark.parametrize("name", ["qa", "staging"])
def test_a_way_in_or_out_keeps_every_policy(overlay, name, component):
    assert [policy.__name__ for policy in policies.ALL if policy(overlay(name, component))] == []


@pytest.mark.parametrize("policy", policies.ALL, ids=lambda policy: policy.__name__)
def test_the_platform_keeps_every_policy(platform, policy):
    assert policy(platform) == []


@pytest.mark.parametrize("folder", COMPONENTS)
def test_every_component_says_what_it_adds(folder):
    assert (K8S / "components" / folder / "README.md").is_file()


def test_our_own_images_are_pulled_with_a_secret(overlay):
    accounts = named(overlay("qa", "pull-secret"), "ServiceAccount")
    pulled = {name: account.get("imagePullSecrets") for name, account in accounts.items()}
    ours = {*DEPLOYED}
    assert {name for name, secrets in pulled.items() if secrets} == ours
    assert all(pulled[name] == [{"name": f"{NAME}-registry"}] for name in ours)


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_stays_in_its_namespace_and_says_which_it_is(overlay, name):
    for thing in overlay(name):
        assert thing["metadata"]["namespace"] == f"{NAME}-{name}"
        assert thing["metadata"]["labels"]["environment"] == name


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_environment_denies_both_ways_first(overlay, name):
    deny = named(overlay(name), "NetworkPolicy")["default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_namespaces_enforce_restricted(platform):
    namespaces = named(platform, "Namespace")

    assert set(namespaces) == {f"{NAME}-{name}" for name in [*OVERLAYS, "platform"]}
    for namespace in namespaces.values():
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_platform_reads_every_environment_and_nothing_else(platform):
    environments = {f"{NAME}-{name}" for name in OVERLAYS}
    deployments, bound = named(platform, "Deployment"), {}
    for each in platform:
        if each["kind"] == "RoleBinding":
            (account,) = each["subjects"]
            assert account["namespace"] == f"{NAME}-platform"
            bound.setdefault(account["name"], set()).add(each["metadata"]["namespace"])
    (traefik,) = deployments["traefik"]["spec"]["template"]["spec"]["containers"]
    (watched,) = [each for each in traefik["args"] if each.startswith(WATCHED)]

    assert bound == {"traefik": environments}
    assert {*watched.removeprefix(WATCHED).split(",")} == environments


def test_prometheus_finds_the_pods_of_every_environment_by_their_label(platform, render):
    (scraped,) = [each for each in platform if "prometheus.yaml" in each.get("data", {})]
    (job,) = YAML(typ="safe").load(scraped["data"]["prometheus.yaml"])["scrape_configs"]
    (pods,) = job["kubernetes_sd_configs"]
    key, value = pods["selectors"][0]["label"].split("=")

    assert "namespaces" not in pods
    for name in OVERLAYS:
        for each in render(K8S / "overlays" / name):
            if each["kind"] in WORKLOADS:
                assert each["spec"]["template"]["metadata"]["labels"][key] == value


def test_a_drained_node_leaves_what_analyses_ask(platform):
    deployments, budgets = named(platform, "Deployment"), named(platform, "PodDisruptionBudget")

    assert deployments["apm"]["spec"]["replicas"] > budgets["apm"]["spec"]["maxUnavailable"]
    assert budgets["prometheus"]["spec"]["minAvailable"] == deployments["prometheus"]["spec"]["replicas"]


def vote(objects: list[dict]) -> dict:
    (found,) = [
        each
        for each in objects
        if each["kind"] in ("Deployment", "Rollout") and each["metadata"]["name"] == "vote"
    ]
    return found


def variables(objects: list[dict]) -> dict[str, dict]:
    (container,) = vote(objects)["spec"]["template"]["spec"]["containers"]
    return {variable["name"]: variable for variable in container["env"]}


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("dev", "Deployment", "pod-template-hash"),
        ("qa", "Rollout", "rollouts-pod-template-hash"),
        ("uat", "Rollout", "rollouts-pod-template-hash"),
        ("staging", "Rollout", "rollouts-pod-template-hash"),
    ],
)
def test_each_pod_knows_its_release_and_its_tag(overlay, name, kind, label):
    objects = overlay(name)

    assert vote(objects)["kind"] == kind
    release = variables(objects)["RELEASE"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert release == f"metadata.labels['{label}']"
    image = vote(objects)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert variables(objects)["IMAGE_TAG"]["value"] == image.split("@")[0].rpartition(":")[2]


def test_a_tag_pinned_by_digest_is_shown_without_it(render, checkout):
    file = checkout / "overlays" / "qa" / "kustomization.yaml"
    before = file.read_text()
    names = {service: Image(each.name, TAG, DIGEST) for service, each in images(before).items()}
    file.write_text(with_images(before, names))
    try:
        objects = render(file.parent)
    finally:
        file.write_text(before)

    image = vote(objects)["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == str(names["vote"])
    assert variables(objects)["IMAGE_TAG"]["value"] == TAG


@pytest.mark.parametrize("name", ["qa", "uat"])
def test_the_canary_has_the_eight_steps(overlay, name):
    rollout = vote(overlay(name))["spec"]
    canary = rollout["strategy"]["canary"]

    def short(step: dict) -> object:
        (kind,) = step
        match kind:
            case "setWeight":
                return step[kind]
            case "pause":
                return step[kind]["duration"]
        return [template["templateName"] for template in step[kind]["templates"]]

    assert rollout["replicas"] == 5
    assert [short(step) for step in canary["steps"]] == [
        20,
        "2m",
        [f"{NAME}-health-check"],
        50,
        "3m",
        [f"{NAME}-canary-analysis"],
        100,
        [f"{NAME}-canary-analysis"],
    ]
    assert {"name": "initial-delay", "value": "1m"} in canary["steps"][7]["analysis"]["args"]
    assert canary["analysis"]["startingStep"] == 1
    assert (canary["canaryService"], canary["stableService"]) == ("vote-canary", "vote-stable")


def test_staging_is_blue_green_as_designed(overlay):
    spec = vote(overlay("staging"))["spec"]
    strategy = spec["strategy"]["blueGreen"]

    assert (spec["replicas"], spec["revisionHistoryLimit"]) == (3, 2)
    assert (strategy["activeService"], strategy["previewService"]) == ("vote", "vote-preview")
    assert (strategy["autoPromotionEnabled"], strategy["scaleDownDelaySeconds"]) == (False, 30)
    hosts = {
        rule["host"]
        for each in named(overlay("staging"), "Ingress").values()
        for rule in each["spec"]["rules"]
    }
    settings = Settings.from_file(K8S.parent)
    pages = ("vote", "vote-preview", "result")
    assert hosts == {urlsplit(settings.url("staging", page)).hostname for page in pages}


DURATIONS = {"duration", "interval", "initialDelay", "progressDeadlineSeconds"}


def differences(one: object, other: object, path: tuple = ()) -> list[tuple]:
    """The paths at which two objects differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        if one.get("name") == other.get("name") == "initial-delay":
            path = (*path, "initialDelay")
        return [at for key in one for at in differences(one[key], other[key], (*path, key))]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            at for i, pair in enumerate(zip(one, other, strict=True)) for at in differences(*pair, (*path, i))
        ]
    return [] if one == other else [path]


@pytest.mark.parametrize("name", OVERLAYS)
def test_fast_changes_durations_only(overlay, name):
    changed = differences(overlay(name), overlay(name, "fast"))

    assert [path for path in changed if not DURATIONS & {path[-1], path[-2]}] == []
    assert bool(changed) == (name != "dev")


def test_managed_data_leaves_no_server_and_reads_a_secret(overlay):
    objects = overlay("qa", "managed-data")

    assert not named(objects, "StatefulSet")
    read = {
        (each["metadata"]["name"], variable["name"]): variable["valueFrom"]["secretKeyRef"]
        for each in objects
        if each["kind"] in ("Deployment", "Rollout")
        for variable in each["spec"]["template"]["spec"]["containers"][0].get("env", [])
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    services = {
        ("vote", "REDIS_URL"),
        ("worker", "REDIS_URL"),
        ("worker", "DATABASE_URL"),
        ("result", "DATABASE_URL"),
    }
    assert read == {each: {"name": f"{NAME}-managed-data", "key": each[1]} for each in services}
    assert "POSTGRES_PASSWORD" not in str(objects)
    assert "redis://redis:6379" not in str(objects)


def test_managed_data_mounts_the_authorities_and_no_address(overlay):
    """A file of DATABASE_URL would hand vote the password of the database."""
    objects = overlay("qa", "managed-data")

    for kind, name in (("Rollout", "vote"), ("Deployment", "worker"), ("Deployment", "result")):
        pod = named(objects, kind)[name]["spec"]["template"]["spec"]
        (volume,) = [each for each in pod["volumes"] if "secret" in each]
        (mount,) = [each for each in pod["containers"][0]["volumeMounts"] if each["name"] == volume["name"]]
        assert volume["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
        assert mount["mountPath"] == "/etc/managed-data"


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_database_password_goes_to_three_workloads(overlay, name):
    holders = {
        each["metadata"]["name"] for each in overlay(name) if f"{NAME}-database" in str(each.get("spec"))
    }

    assert holders == {"worker", "result", "postgres"}


def test_ephemeral_data_claims_no_volume(overlay):
    for server in named(overlay("dev", "ephemeral-data"), "StatefulSet").values():
        assert "volumeClaimTemplates" not in server["spec"]
        assert {"name": "data", "emptyDir": {}} in server["spec"]["template"]["spec"]["volumes"]


def asked(objects):
    """The CPU that the pods ask for, in thousandths of a core."""
    total = 0
    for thing in objects:
        if thing["kind"] in WORKLOADS:
            for container in thing["spec"]["template"]["spec"]["containers"]:
                cpu = container["resources"]["requests"]["cpu"]
                assert cpu.endswith("m")
                total += thing["spec"]["replicas"] * int(cpu.removesuffix("m"))
    return total


@pytest.mark.parametrize(("source", "target"), list(pairwise(OVERLAYS)))
def test_a_promotion_fits_on_two_cores(overlay, platform, source, target):
    """Both ends of it run at once. Kubernetes itself asks for half of the two, and a rollout for a little."""
    assert 0 < asked([*platform, *overlay(source), *overlay(target)]) <= 900
