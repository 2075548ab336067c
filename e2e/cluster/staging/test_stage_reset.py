"""`make stage-reset` while a preview waits for a person."""

import pytest

from e2e.cluster import messes
from e2e.cluster.resetting import require_reset


@pytest.mark.alone
@pytest.mark.whole
def test_a_reset_removes_a_preview_that_waits(env, figure):
    require_reset(env, messes.preview_waiting, figure)
