from dataclasses import replace

from delivery import narration
from delivery.rollout import State

TAG = "7e662f3-20261124013313"


def test_a_recorded_rollout_in_words(watched, golden):
    golden("narration.txt", "\n".join(watched("canary", TAG, looks=11).said) + "\n")


def test_nothing_new_is_no_line(recorded):
    state = State.read(recorded("canary").looks[2]["objects"])

    assert narration.changes(state, state) == []
    assert narration.changes(None, replace(state, current=False)) == []
