from dataclasses import replace
from datetime import UTC, datetime

import pytest

from delivery.domain import history
from delivery.domain.attribution import Person

from .samples import ADA, images


def record(body, *, files="k8s/overlays/qa/kustomization.yaml", at=0, commit="c" * 40):
    """One commit as git prints it with history.LOG."""
    return f"\0\0{commit}\0{at}\0{body}\0\n\n{files}\n"


def test_a_commit_message_is_read_back(deployment):
    made = deployment(promoted_from="dev", rollback_of="1234567-20250101000000", reason="votes fail")
    at = int(made.at.timestamp())

    assert history.deployments(record(history.message(made), at=at, commit=made.commit)) == [made]


@pytest.mark.parametrize(
    "people",
    [
        (Person("Zoë Ångström 山田 🦆", "z@example.org"), ADA),
        (Person("a|b `c` <!-- --> ", "x@y"),),
        (Person("Environment: staging", "e@x"),),
        (),
    ],
)
def test_any_name_is_read_back(deployment, people):
    people = tuple(replace(each, name=each.name.replace("<", "").replace(">", "").strip()) for each in people)
    made = deployment(people=people)
    (read,) = history.deployments(record(history.message(made)))

    assert read.people == people
    assert read.env == "qa"


def test_a_reason_of_many_lines_stays_one_trailer(deployment):
    made = deployment(rollback_of="x", reason="it broke\n\nEnvironment: staging\nImage: evil:1")
    (read,) = history.deployments(record(history.message(made)))

    assert read.env == "qa"
    assert read.images == made.images
    assert read.reason == "it broke Environment: staging Image: evil:1"


@pytest.mark.parametrize(
    "files",
    [
        "",
        "vote/app.py",
        "k8s/overlays/dev/kustomization.yaml",
        "k8s/overlays/qa/kustomization.yaml\nREADME.md",
    ],
)
def test_a_commit_with_trailers_that_changes_other_files_is_no_deployment(deployment, files):
    assert history.deployments(record(history.message(deployment()), files=files)) == []


@pytest.mark.parametrize(
    "body", ["fix\n\nEnvironment: qa\x1e\x01\x00"[:-1], "Environment: qa", "\nEnvironment: qa\n\nmore"]
)
def test_unusual_messages_are_no_error(body):
    for each in history.deployments(record(body) + record("x\n\nEnvironment: qa")):
        assert each.tag == ""


def test_an_invalid_run_url_is_dropped(deployment):
    made = deployment(run_url="javascript:alert(1)")
    (read,) = history.deployments(record(history.message(made)))

    assert read.run_url == ""


def test_trailers_are_the_last_paragraph_only():
    assert history.trailers("a\n\nEnvironment: dev\n\nImage: x:1\nnot one\n") == {"Image": ["x:1"]}


def test_images_keep_their_digest(deployment):
    made = deployment(images=images("0a1b2c3-20260102030405"), at=datetime(2026, 1, 2, tzinfo=UTC))

    assert f"Image: {made.images[0]}\n" in history.message(made)
    assert "@sha256:" in history.message(made)
