"""`make stage-reset`: from any mess to the first line of the script, within 90 s."""

import pytest

from e2e.cluster import messes
from e2e.cluster.resetting import require_reset

pytestmark = pytest.mark.alone  # the platform is reset, too
WHOLE = pytest.mark.whole
MESSES = [
    messes.killed_demo,
    pytest.param(messes.mid_step, marks=WHOLE),
    pytest.param(messes.aborted, marks=WHOLE),
    pytest.param(messes.promoted, marks=WHOLE),
    pytest.param(messes.switch_on, marks=WHOLE),
    pytest.param(messes.stopped_node, marks=WHOLE),
    pytest.param(messes.slept, marks=WHOLE),
    pytest.param(messes.half_deleted, marks=WHOLE),
]


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.__name__)
def test_a_reset_brings_back_the_start(env, mess, figure):
    require_reset(env, mess, figure)
