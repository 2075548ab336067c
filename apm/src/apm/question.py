"""Parses a query strictly: a query that is misread would judge the wrong release."""

import re
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import MultiDict

_EXAMPLE = "/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=5m"
_RULES = {
    "app": (r"[a-z0-9][a-z0-9-]*-[a-z0-9]+", "app must look like acme-vote"),
    "env": (r"[a-z0-9][a-z0-9-]*", "env must look like qa"),
    "metric": (r"[A-Za-z][A-Za-z0-9]*", "metric must look like errorRate"),
    "window": (r"[1-9][0-9]*[smh]", "window must look like 30s, 5m or 1h"),
    "release": (r"[A-Za-z0-9._-]+", "release must be the name of a release, like 6f9c7d4b8"),
}
_OPTIONAL = {"env", "release"}
_LONGEST = 63  # the limit of Kubernetes for names and label values
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_WINDOW_S = range(10, 24 * 3600 + 1)


class BadQuestionError(Exception):
    """The query is invalid; the message says in one line what to change."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The parameters of one measurement; no env means all environments, no release means all releases."""

    app: str
    metric: str
    window: str
    env: str | None = None
    release: str | None = None

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Self:
        """Parse the query string, or raise a BadQuestionError; unknown parameters are refused."""
        if not set(args) <= set(_RULES):
            raise BadQuestionError(f"unknown parameter; the parameters are {', '.join(_RULES)}")
        values = {name: _value(name, args.getlist(name)) for name in _RULES if name in args}
        for name in _RULES:
            if name not in values and name not in _OPTIONAL:
                raise BadQuestionError(f"{name} is missing; an example is {_EXAMPLE}")
        window = values["window"]
        if int(window[:-1]) * _SECONDS[window[-1]] not in _WINDOW_S:
            raise BadQuestionError("window must be from 10s to 24h")
        return cls(**values)


def _value(name: str, given: list[str]) -> str:
    if len(given) != 1:
        raise BadQuestionError(f"{name} is given more than once")
    (value,) = given
    pattern, hint = _RULES[name]
    if len(value) > _LONGEST or not re.fullmatch(pattern, value):
        raise BadQuestionError(hint)
    return value
