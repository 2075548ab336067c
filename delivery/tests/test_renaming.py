from dataclasses import replace

import pytest

from delivery.domain import renaming
from delivery.domain.settings import Settings

from .samples import ENVIRONMENTS, toml

OLD = Settings(
    name="acme",
    registry="registry.example/acme",
    repository="acme-org/acme",
    base_domain="localhost:8443",
    connect="kind",
    cluster="acme",
    region="us-west-2",
    environments=ENVIRONMENTS,
)
NEW = replace(
    OLD, name="zoo", registry="localhost:5000/zoo", repository="zoo-org/animals", base_domain="zoo.example"
)


def rewritten(text, path="k8s/x.yaml", new=NEW):
    return renaming.rewritten(path, text, OLD, new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("newName: registry.example/acme/vote", "newName: localhost:5000/zoo/vote"),
        ("https://vote-acme-qa.localhost:8443/", "https://vote-zoo-qa.zoo.example/"),
        ("value: vote-acme-staging-preview.localhost}", "value: vote-zoo-staging-preview.zoo.example}"),
        ("https://result-acme-dev.localhost:8443", "https://result-zoo-dev.zoo.example"),
        ("namespace: acme-qa", "namespace: zoo-qa"),
        ("https://github.com/acme-org/acme/actions", "https://github.com/zoo-org/animals/actions"),
        ("https://vote-acme-qa2.localhost:8443.", "https://vote-zoo-qa2.zoo.example."),
        ("https://result-acme-prod-eu.localhost:8443/", "https://result-zoo-prod-eu.zoo.example/"),
        ("https://localhost:8443/health", "https://localhost:8443/health"),
        (
            "host: vote.localhost # each overlay names its own",
            "host: vote.localhost # each overlay names its own",
        ),
    ],
)
def test_every_occurrence_is_rewritten(before, after):
    assert rewritten(before) == after


def test_a_registry_with_a_port_moves_the_tag_by_one_colon():
    line = 'options: {delimiter: ":", index: 1}'
    path = "k8s/transformers/image-tag/result.yaml"

    assert rewritten(line, path) == 'options: {delimiter: ":", index: 2}'
    assert rewritten(line, path, replace(NEW, registry="ghcr.io/zoo")) == line
    assert rewritten(line) == line


@pytest.mark.parametrize("path", ["Makefile", "k8s/components/canary/README.md", "demo/src/demo/up.py"])
def test_addresses_outside_of_manifests_are_those_of_make_cluster(path):
    assert rewritten("https://vote-acme-qa.localhost:8443", path) == "https://vote-zoo-qa.localhost:8443"


def test_a_host_without_a_port_becomes_one_without_a_port():
    """Between two domains of which only the new one has a port, an Ingress must not get it."""
    back = replace(NEW, name="shop", base_domain="localhost:8443")

    assert renaming.rewritten("x.yaml", "value: vote-zoo-qa.zoo.example", NEW, back) == (
        "value: vote-shop-qa.localhost"
    )
    assert renaming.rewritten("x.yaml", "https://vote-zoo-qa.zoo.example", NEW, back) == (
        "https://vote-shop-qa.localhost:8443"
    )


def test_the_second_rename_leaves_other_words():
    text = "kubectl apply -n app-qa # apps/v1 myapp app_x x-app.yaml"

    assert renaming.rewritten("README.md", text, replace(OLD, name="app"), replace(OLD, name="shop")) == (
        "kubectl apply -n shop-qa # apps/v1 myapp app_x x-shop.yaml"
    )


@pytest.mark.parametrize(
    "text",
    [
        "newName: registry.example/acme/vote",
        "https://github.com/acme-org/acme/actions",
        "https://vote-zoo-qa.acme.dev/",
        "host: vote-zoo-qa.acme.dev",
    ],
)
def test_settings_that_stay_keep_the_old_name(text):
    """A company's registry and domain may be called as its first app was."""
    here = replace(OLD, base_domain="acme.dev")
    before = text.replace("zoo", "acme")

    assert renaming.rewritten("x.yaml", before, here, replace(here, name="zoo")) == text


def test_a_file_is_renamed_with_its_name():
    assert (
        renaming.renamed(".github/workflows/promote-acme.yaml", OLD, NEW)
        == ".github/workflows/promote-zoo.yaml"
    )


def test_delivery_toml_keeps_its_comments_in_their_column():
    whole = toml(NEW)
    rest = "".join(
        each for each in whole.splitlines(True) if each.split()[0] not in ("connect", "cluster", "region")
    )
    text = '# of a fork\nconnect = "kind"       # how\ncluster = "one"\nregion = "us-west-2" # AWS\n'
    new = replace(NEW, connect="kubeconfig", cluster="another", region="eu-central-1")

    assert renaming.settings_text(text + rest, new) == (
        '# of a fork\nconnect = "kubeconfig" # how\ncluster = "another"\nregion = "eu-central-1" # AWS\n'
        + rest
    )


def test_delivery_toml_gets_the_keys_that_it_lacks():
    lines = [f"{line}\n" for line in NEW.lines().values()]
    without = "".join(line for line in lines if not line.startswith("connect"))

    assert renaming.settings_text(without, NEW) == without + 'connect = "kind"\n'
