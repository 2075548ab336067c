import pytest

from local import data


def test_the_folder_is_for_one_run_at_a_time(tmp_path):
    first, second = data.locked(tmp_path / "votes"), data.locked(tmp_path / "votes")
    with first, pytest.raises(data.InUseError, match="another `make run` uses votes/"):
        second.__enter__()

    with data.locked(tmp_path / "votes") as again:
        assert again == tmp_path / "votes"


def test_clean_removes_everything_unless_it_is_in_use(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "votes"
    monkeypatch.setattr(data, "DATA", folder)
    with data.locked(folder):
        assert data.main() == 2
        assert folder.exists()
        assert capsys.readouterr().err.startswith("clean: another")

    assert data.main() == 0
    assert not folder.exists()
    assert data.main() == 0
