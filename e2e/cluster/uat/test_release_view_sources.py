"""The release view while something that it reads is down: it says since when, and shows no figure."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from delivery.adapters.polling import until
from delivery.adapters.process import run
from demo.environment import Environment
from e2e.cluster.viewing import UNKNOWN, view

KNOWN_S = 5


@contextmanager
def gone(env: Environment, name: str) -> Iterator[None]:
    """Kill every pod of one part of the platform, and keep it away within the block."""
    kubectl, where = env.cluster.kubectl, f"--namespace={env.cluster.platform_namespace}"
    (deployment,) = kubectl.objects(
        "deployments", env.cluster.platform_namespace, f"--field-selector=metadata.name={name}"
    )
    try:
        kubectl("scale", f"deployment/{name}", "--replicas=0", where)
        kill = ("--grace-period=0", "--force", f"--selector=app.kubernetes.io/name={name}")
        kubectl("delete", "pods", *kill, where)
        yield
    finally:
        kubectl("scale", f"deployment/{name}", f"--replicas={deployment['spec']['replicas']}", where)
        env.cluster.wait_ready()


@contextmanager
def no_api(env: Environment, name: str) -> Iterator[None]:
    """Halt the API server for less time than the controllers' leases last."""
    (node,) = env.cluster.nodes
    try:
        run("docker", "exec", node, "pkill", "-STOP", name)
        yield
    finally:
        run("docker", "exec", node, "pkill", "-CONT", name)


# What each failure makes unknown: where the page says so, and which figures it must not show.
LOST = [
    (gone, "apm", ["#rate .tag"], ["#rate .figure"]),
    (gone, "prometheus", ["#rate .tag"], ["#rate .figure"]),
    (gone, "traefik", ["#first .votes", "#second .votes"], ["#first .ok b", "#first .failed b"]),
    (
        no_api,
        "kube-apiserver",
        ["#first .tag", "#rate .tag", "#headline"],
        ["#first .figure", "#rate .figure"],
    ),
]
# What the page says at a place; style sheets show the attribute of a column of votes over its figures.
SAID = "(place) => place.dataset.unknown ?? place.textContent"


@pytest.mark.alone
def test_a_lost_source_is_not_known_within_five_seconds(env, page, figure):
    with view(env) as shown:
        shown.open(page)
        for lose, name, places, figures in LOST:
            with lose(env, name):
                lost = time.monotonic()
                wait(page, places, known=False)
                took = time.monotonic() - lost
                for each in figures:
                    expect(page.locator(each)).to_have_text("")
            figure(f"{name} lost to not known", f"{took:.1f} s")
            assert took <= KNOWN_S, name
            wait(page, places, known=True)
            expect(page.locator(figures[0])).not_to_have_text("")


def wait(page: Page, places: list[str], *, known: bool) -> None:
    """Return once these places say that nothing is known there, or that something is."""

    def said() -> bool:
        return all(bool(UNKNOWN.search(page.locator(each).evaluate(SAID))) != known for each in places)

    until(said, what=f"{', '.join(places)}: known is {known}", seconds=60)
