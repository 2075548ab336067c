"""The PromQL of a measurement: which counters to select, and how much they grew."""

import re

from apm.question import Question

# How far to look back for a counter's value before the window: Prometheus' own default.
_BEFORE = "5m"


def labels(question: Question) -> list[str]:
    """The label matchers for a query; the mapping from our names to labels is only here.

    The app `acme-vote` selects the pods with app.kubernetes.io/part-of `acme` and
    app.kubernetes.io/name `vote`, which is the label `app` in Prometheus; the environment `qa` selects the
    namespace `acme-qa`. The vote service sets method, route, status and release itself.
    """
    part_of, _, name = question.app.rpartition("-")
    if question.env is None:
        namespace = f"namespace=~{string(re.escape(part_of) + '-.+')}"
    else:
        namespace = f"namespace={string(f'{part_of}-{question.env}')}"
    # Votes only: a release whose pages load while every vote fails must not pass.
    matchers = [namespace, f"app={string(name)}", 'method="POST"', 'route="/"']
    if question.release is not None:
        matchers.append(f"release={string(question.release)}")
    return matchers


def requests_by_status(question: Question) -> str:
    """The requests in the window, summed over pods, one row per status.

    increase() alone is not enough. It takes the first value of a counter as the starting point: a canary
    whose first votes all fail is first scraped as "500: 7" and would show no requests. So a counter that
    appears in the window counts from zero. increase() also extrapolates to the whole window and returns
    fractions; a difference is exact. For each counter, the first clause that applies wins:

    1. It restarted in the window: increase(), which handles restarts.
    2. It existed before the window: the current value minus the value then, unless that is negative, which
       means a restart between two scrapes.
    3. It appeared while Prometheus was running: its value.
    4. It existed when Prometheus started: increase(), because the age of its value is unknown.
    """
    counter = f"http_requests_total{{{','.join(labels(question))}}}"
    window = question.window
    grown, now = f"increase({counter}[{window}])", f"last_over_time({counter}[{window}])"
    then = f"last_over_time({counter}[{_BEFORE}] offset {window})"
    watching = f"count(last_over_time(up[{_BEFORE}] offset {window}))"
    return (
        "sum by (status) ("
        f"({grown} and resets({counter}[{window}]) > 0)"
        f" or ({now} - {then} >= 0)"
        f" or ({now} and on() {watching})"
        f" or {grown})"
    )


def string(value: str) -> str:
    """The value as an escaped PromQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
