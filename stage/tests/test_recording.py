from io import FileIO
from pathlib import Path

import pytest

from stage import replay
from stage.events import Session
from stage.recording import Recording


def test_a_recording_is_what_was_published(tmp_path, told, clock):
    recording = Recording(tmp_path / ".stage", "qa")
    session = Session(now=clock, record=recording)
    for event in told:
        session.publish(**event)
    recording.close()
    assert recording.path.name.startswith("qa-")
    assert replay.read(recording.path) == told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_ends_the_recording_and_not_the_session(tmp_path, told, clock, caplog):
    recording = Recording(tmp_path, "qa")
    recording.close()
    recording._file = FileIO("/dev/full", "w")
    session = Session(now=clock, record=recording)
    for event in told:
        session.publish(**event)
    assert session.snapshot()["abort"]
    assert [record.message for record in caplog.records] == [
        "the recording ends here: [Errno 28] No space left on device"
    ]
