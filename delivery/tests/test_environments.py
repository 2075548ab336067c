from itertools import pairwise

import pytest

from delivery.domain.environments import ORDER, checked, require_next
from delivery.domain.errors import ConfigurationError, GateError


@pytest.mark.parametrize(("source", "target"), list(pairwise(ORDER)))
def test_each_step_of_the_way_is_open(source, target):
    require_next(source, target)


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
def test_any_other_is_refused_with_the_way_out(source, target, way_out):
    with pytest.raises(GateError, match="dev -> qa -> uat -> staging") as refused:
        require_next(source, target)
    assert way_out in str(refused.value)


def test_an_unknown_environment_is_named():
    with pytest.raises(ConfigurationError, match="there is no environment 'prod'; it is one of dev, qa"):
        checked("prod")
