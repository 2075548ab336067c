import pytest

from local import data


def test_the_folder_is_for_one_run_at_a_time(tmp_path):
    first, second = data.locked(tmp_path / "votes"), data.locked(tmp_path / "votes")
    with first, pytest.raises(data.InUseError, match="another `make run` uses votes/"):
        second.__enter__()

    with data.locked(tmp_path / "votes") as again:
        assert again == tmp_path / "votes"


def test_clean_deletes_everything_unless_it_is_in_use(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "votes"
    monkeypatch.setattr(data, "DATA", folder)
    with data.locked(folder):
        assert data.main() == 2
        assert folder.exists()
        assert capsys.readouterr().err.startswith("clean: another")

    assert data.main() == 0
    assert not folder.exists()
    assert data.main() == 0


def test_a_folder_with_other_files_is_neither_used_nor_deleted(tmp_path, monkeypatch, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    monkeypatch.setattr(data, "DATA", tmp_path)

    with pytest.raises(data.UnusableError, match="holds other files"):
        data.locked(tmp_path).__enter__()

    assert data.main() == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("made", ["missing/votes", "file"])
def test_an_unusable_folder_is_reported_in_one_line_with_what_to_do(tmp_path, made):
    (tmp_path / "file").touch()

    with pytest.raises(data.UnusableError, match=r"cannot keep data in .*; choose one .* LOCAL_DATA="):
        data.locked(tmp_path / made).__enter__()
