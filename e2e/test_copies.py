"""Services share no library: copied code must be the same text, except for the service's name."""

from collections import defaultdict

import pytest

from delivery.domain.services import SERVICES
from local.app import ROOT

OWN = {"__init__.py", "app.py", "config.py", "metrics.py", "process.py", "views.py"}
OWN_START = {"stage", "worker"}  # run a loop, or one process, instead of gunicorn


def copies() -> dict[str, dict[str, str]]:
    """The text of each file in every service that has it, with the service's name replaced by NAME."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for service in SERVICES:
        for path in [ROOT / service / "Dockerfile", *(ROOT / service / "src" / service).glob("*.py")]:
            if path.name not in OWN and not (path.name == "__main__.py" and service in OWN_START):
                text = path.read_text().replace(service, "NAME").replace(service.upper(), "NAME")
                texts[path.name][service] = text
    return {name: found for name, found in texts.items() if len(found) > 1}


READERS = ("analysis", "image", "objects", "rollout", "workloads")  # of what the API says about a release


@pytest.mark.parametrize("name", READERS)
def test_the_release_view_reads_a_release_as_delivery_does(name):
    """Its image has no delivery in it, and the page must never say something else than a report."""
    ours, theirs = ROOT / "stage/src/stage", ROOT / "delivery/src/delivery/domain"

    assert (ours / f"{name}.py").read_text() == (theirs / f"{name}.py").read_text().replace(
        "delivery.domain", "stage"
    )


@pytest.mark.parametrize(("name", "found"), copies().items(), ids=copies())
def test_copied_files_are_the_same_text(name, found):
    assert set(found.values()) == {found[min(found)]}, name
