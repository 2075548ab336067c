import pytest

from stage.events import Session

from . import bad_release
from .watching import View


class Clock:
    """A session's clock that a test sets."""

    t = 0

    def __call__(self) -> int:
        return self.t


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(clock):
    return Session(now=clock)


@pytest.fixture
def told():
    return bad_release.events()


@pytest.fixture
def view():
    with View().serving() as served:
        yield served
