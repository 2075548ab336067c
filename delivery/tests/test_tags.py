from datetime import datetime, timedelta, timezone

import pytest

from delivery.domain import tags
from delivery.domain.errors import ConfigurationError


def test_a_tag_is_commit_and_utc_time():
    tokyo = timezone(timedelta(hours=9))

    assert tags.new("0a1b2c3d4e5f", datetime(2026, 1, 2, 12, 4, 5, tzinfo=tokyo)) == "0a1b2c3-20260102030405"
    assert tags.commit("0a1b2c3-20260102030405") == "0a1b2c3"


@pytest.mark.parametrize(
    "tag", ["", "latest", "0a1b2c3", "0A1B2C3-20260102030405", "0a1b2c3-20260102030405\n", "-x"]
)
def test_anything_else_is_refused(tag):
    with pytest.raises(ConfigurationError, match="looks like 0a1b2c3-20260102030405"):
        tags.checked(tag)
