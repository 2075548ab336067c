import threading

import httpx
import pytest

from stage.sources import SILENCE_S, Source, SourceError, repeat

from .servers import Events


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self) -> float:
            return self.now

    return Clock()


def test_a_source_is_known_once_all_its_parts_have_answered(events, clock):
    source = Source("api", events, "a", "b", clock=clock)

    source.heard("a")
    assert not events.named("source")
    source.heard("b")

    assert events.named("source") == [{"source": "api", "known": True, "why": ""}]


def test_one_silent_part_makes_it_unknown_and_says_why(events, clock):
    source = Source("api", events, "a", "b", clock=clock)
    source.heard("a")
    source.heard("b")
    source.failed("Connection refused", "b")
    clock.now += SILENCE_S
    source.heard("a")
    source.check()
    assert events.named("source")[-1]["known"]

    clock.now += 0.1
    source.check()
    source.check()

    assert events.named("source")[1:] == [{"source": "api", "known": False, "why": "Connection refused"}]
    source.heard("b")
    assert events.named("source")[2:] == [{"source": "api", "known": True, "why": ""}]


def test_a_source_that_never_answers_is_said_to_be_unknown(events, clock):
    source = Source("apm", events, clock=clock)
    source.check()
    assert not events.named("source")

    clock.now += SILENCE_S + 0.1
    source.check()

    assert events.named("source") == [{"source": "apm", "known": False, "why": "no answer in time"}]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (SourceError("no release is known"), "no release is known"),
        (httpx.ReadTimeout(""), "no answer in time"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "Connection refused"),
        (httpx.HTTPStatusError("", request=None, response=httpx.Response(503)), "HTTP 503"),
        (KeyError("errorRate"), "'errorRate'"),
        (ValueError(), "ValueError"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_failed_question_is_repeated_and_gives_the_reason(events, clock, error, why):
    source, stop, answers = Source("apm", events, clock=clock), threading.Event(), [None, error]

    def ask() -> None:
        if (answer := answers.pop(0)) is not None:
            stop.set()
            raise answer

    repeat(source, ask, stop, every_s=0.001)
    clock.now += SILENCE_S + 0.1
    source.check()

    assert [each["known"] for each in events.named("source")] == [True, False]
    assert events.named("source")[-1]["why"] == why
