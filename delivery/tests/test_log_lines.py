from dataclasses import replace

from delivery.domain.rollout import State
from delivery.output import log_lines

TAG = "7e662f3-20261124013313"


def test_a_recorded_rollout_in_words(watched, golden):
    golden("log-lines.txt", "\n".join(watched("canary", TAG, observations=11).said) + "\n")


def test_without_changes_there_is_no_line(recorded):
    state = State.read(recorded("canary").observations[2]["objects"])

    assert log_lines.changes(state, state) == []
    assert log_lines.changes(None, replace(state, current=False)) == []
