import os

import pytest

from local.postgres import Postgres
from local.process import NotStartedError


def test_a_user_that_is_a_number_alone_is_told_what_postgres_needs(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 54321)  # containers run as such, the tests rarely do

    with pytest.raises(NotStartedError, match="user id 54321 has none; add it to /etc/passwd or run as"):
        Postgres(tmp_path / "postgres").start()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
@pytest.mark.skipif(os.geteuid() != 0, reason="as root PostgreSQL runs as the owner of its data")
def test_as_root_data_of_a_user_that_is_gone_is_served_on(folder):
    data = folder / "postgres"
    with Postgres(data):
        pass
    for path in (data, *data.rglob("*")):
        os.chown(path, 54321, 54321)

    with Postgres(data) as server:
        assert server.url
