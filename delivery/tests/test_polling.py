import pytest

from delivery.adapters import polling
from delivery.adapters.polling import until
from delivery.adapters.process import ToolError
from delivery.domain.errors import TimedOutError


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(polling, "PAUSE_S", 0)


def test_it_returns_what_was_found():
    answers = iter([None, False, "there"])

    assert until(lambda: next(answers), what="it is there", seconds=5) == "there"


def test_a_failing_tool_is_asked_again():
    answers = iter([ToolError("the server is away"), "there"])

    def look():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert until(look, what="it is there", seconds=5) == "there"


def test_too_late_it_says_what_was_waited_for_and_how_things_stand():
    with pytest.raises(TimedOutError) as caught:
        until(lambda: None, what="it is there", seconds=0.01, why=lambda: "it is away")

    assert str(caught.value) == "not within 0.01 s: it is there; it is away"
    assert caught.value.exit_code == 5


def test_too_late_the_last_failure_says_more():
    def look():
        raise ToolError("the server is away")

    with pytest.raises(TimedOutError, match="it is there; the server is away"):
        until(look, what="it is there", seconds=0.01)
