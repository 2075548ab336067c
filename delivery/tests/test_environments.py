import tomllib
from itertools import pairwise

import pytest

from delivery.domain.environments import Environment, all_checked
from delivery.domain.errors import ConfigurationError, GateError
from delivery.domain.gates import is_next

PATH = ("dev", "qa", "uat", "staging")


@pytest.mark.parametrize(("source", "target"), list(pairwise(PATH)))
def test_promotion_to_the_next_environment_is_allowed(source, target):
    is_next(PATH, source, target)


@pytest.mark.parametrize(
    ("source", "target", "way_out"),
    [
        ("qa", "staging", "promote qa to uat first, or deploy the image to staging directly"),
        ("dev", "uat", "promote dev to qa first"),
        ("qa", "dev", "promote qa to uat first"),
        ("qa", "qa", "promote qa to uat first"),
        ("staging", "dev", "staging is the last one"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(source, target, way_out):
    with pytest.raises(GateError, match="dev -> qa -> uat -> staging") as refused:
        is_next(PATH, source, target)
    assert way_out in str(refused.value)


def test_an_unknown_environment_is_named(settings):
    with pytest.raises(ConfigurationError, match="there is no environment 'prod'; it is one of dev, qa"):
        settings.environment("prod")


@pytest.mark.parametrize("name", ["qa2", "prod-eu", "e"])
def test_valid_names_are_accepted(name):
    assert Environment.checked({"name": name}) == Environment(name=name)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"name": "QA"}, "cannot be called 'QA'"),
        ({"name": "platform"}, "cannot be called 'platform'"),
        ({"name": "qa-"}, "cannot be called 'qa-'"),
        ({"name": "a" * 17}, "16 at most"),
        ({}, "cannot be called ''"),
        ({"name": "qa", "strategy": "shadow"}, "qa: strategy must be one of rolling, canary, blue-green"),
        ({"name": "qa", "replicas": 0}, "qa: replicas must be 1 or more, not 0"),
        ({"name": "qa", "replicas": True}, "replicas must not be True"),
        ({"name": "qa", "traffic": "yes"}, "traffic must not be 'yes'"),
        (
            {"name": "qa", "pods": 3},
            "unknown key pods of an environment; the keys are name, strategy, replicas, traffic, on_push",
        ),
        ("qa", "must be tables"),
    ],
)
def test_the_error_names_what_is_wrong(found, why):
    with pytest.raises(ConfigurationError, match=why):
        Environment.checked(found)


@pytest.mark.parametrize(
    ("found", "why"),
    [(None, "at least two"), ([{"name": "qa"}], "at least two"), ([{"name": "qa"}] * 2, "name qa twice")],
)
def test_a_release_passes_from_one_to_the_next(found, why):
    with pytest.raises(ConfigurationError, match=why):
        all_checked(found)


def test_a_line_is_read_back():
    one = Environment(name="prod-eu", strategy="blue-green", replicas=7, traffic=True, on_push=True)

    assert Environment.checked(tomllib.loads(f"e = {one}")["e"]) == one
