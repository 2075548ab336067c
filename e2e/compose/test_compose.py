"""Tests that need containers: scaling, killed containers, and hardening."""

import json
import os
import subprocess
from collections import Counter

import pytest
from ruamel.yaml import YAML

from e2e.containers import ComposeSite
from e2e.sites import wait_until
from local.app import ROOT

SERVICES = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]


def containers(compose: ComposeSite, service: str = "") -> list[dict]:
    """The project's containers, as `docker inspect` shows them."""
    names = compose.compose("ps", "--quiet", *([service] if service else [])).split()
    shown = subprocess.run(["docker", "inspect", *names], capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


def pods(site) -> Counter:
    """The containers that answer, over new connections."""
    seen = Counter()
    for _ in range(30):
        with site.client(headers={"Connection": "close"}) as browser:
            page = browser.get("/", headers={"Accept": "text/html"}).raise_for_status().text
        seen[page.split('id="pod">')[1].split("<")[0]] += 1
    return seen


def test_every_container_is_healthy(site, compose):
    states = {
        box["Config"]["Labels"]["com.docker.compose.service"]: box["State"]["Health"]["Status"]
        for box in containers(compose)
    }

    assert states == dict.fromkeys(SERVICES, "healthy")


@pytest.mark.parametrize("service", ["vote", "worker", "result"])
def test_our_containers_are_hardened(site, compose, service):
    (box,) = containers(compose, service)

    assert box["HostConfig"]["ReadonlyRootfs"] is True
    assert box["HostConfig"]["CapDrop"] == ["ALL"]
    assert box["Config"]["User"] == "10001:10001"
    assert not box["HostConfig"]["PortBindings"]


def test_only_loopback_is_published(site, compose):
    (caddy,) = containers(compose, "caddy")

    published = [where for bound in caddy["HostConfig"]["PortBindings"].values() for where in bound]
    assert {where["HostIp"] for where in published} == {"127.0.0.1"}


def test_it_scales_and_survives_a_killed_container(site, compose):
    compose.compose("up", "--wait", "--no-recreate", "--scale", "vote=3", "vote")
    wait_until(lambda: len(pods(site)) == 3, what="all three answer")
    before = site.total()

    one = containers(compose, "vote")[0]["Id"]
    subprocess.run(["docker", "kill", one], check=True, capture_output=True)
    for _ in range(30):
        with site.client() as browser:
            assert browser.post("/", data={"vote": "a"}).status_code == 200

    wait_until(lambda: site.total() == before + 30, what="all votes are counted")


@pytest.mark.parametrize("service", ["worker", "redis", "postgres"])
def test_accepted_votes_survive_a_killed_container(site, compose, service):
    def vote() -> bool:
        with site.client() as browser:
            return browser.post("/", data={"vote": "b"}).is_success

    before = site.total()
    accepted = sum(vote() for _ in range(20))
    (box,) = containers(compose, service)

    subprocess.run(["docker", "kill", box["Id"]], check=True, capture_output=True)
    accepted += sum(vote() for _ in range(10))
    compose.compose("up", "--wait", "--no-recreate", service)
    wait_until(vote, what="votes are accepted again")

    wait_until(lambda: site.results()["stale_since"] is None and site.total() == before + accepted + 1)


def test_without_a_password_the_error_says_what_to_do(docker, tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "POSTGRES_PASSWORD"}

    done = subprocess.run(
        ["docker", "compose", "--env-file", "/dev/null", "config"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "run `make .env` once" in done.stderr
