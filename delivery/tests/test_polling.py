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


def test_a_failing_tool_is_retried():
    answers = iter([ToolError("the server is unreachable"), "there"])

    def look():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert until(look, what="it is there", seconds=5) == "there"


def test_a_timeout_says_what_was_awaited_and_the_last_status():
    with pytest.raises(TimedOutError) as caught:
        until(lambda: None, what="it is there", seconds=0.01, why=lambda: "it is unreachable")

    assert str(caught.value) == "not within 0.01 s: it is there; it is unreachable"
    assert caught.value.exit_code == 5


def test_a_timeout_prefers_the_last_failure():
    def look():
        raise ToolError("the server is unreachable")

    with pytest.raises(TimedOutError, match="it is there; the server is unreachable"):
        until(look, what="it is there", seconds=0.01)
