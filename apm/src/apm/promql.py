"""The question in Prometheus's language: which counters are meant, and how far they grew."""

import re

from apm.question import Question

# How long before the window a counter is looked for: as long as Prometheus itself would.
_BEFORE = "5m"


def labels(question: Question) -> list[str]:
    """The mapping from our names to the labels that Prometheus has: here and nowhere else.

    The app `acme-vote` is the pods with app.kubernetes.io/part-of `acme` and
    app.kubernetes.io/name `vote`, which Prometheus has as `app`; its environment `qa` is the namespace
    `acme-qa`. method, route, status and release are the vote service's own.
    """
    part_of, _, name = question.app.rpartition("-")
    if question.env is None:
        namespace = f"namespace=~{string(re.escape(part_of) + '-.+')}"
    else:
        namespace = f"namespace={string(f'{part_of}-{question.env}')}"
    # Votes only: a release whose pages load while every vote fails is the one to catch.
    matchers = [namespace, f"app={string(name)}", 'method="POST"', 'route="/"']
    if question.release is not None:
        matchers.append(f"release={string(question.release)}")
    return matchers


def requests_by_status(question: Question) -> str:
    """The requests in the window, summed over pods, one row a status.

    increase() alone would take a counter's first value for its starting point. A canary whose first
    votes all fail is scraped as "500: 7" at first sight and would read as no requests; so what appeared
    in the window counts from zero. Nor does increase() give whole numbers, as it stretches what it saw to
    the whole window; a difference is exact. In order, the first that there is for a counter:

    1. It restarted in the window: increase(), which knows about restarts.
    2. It was there before: its value now less its value then (less means that it restarted in between).
    3. It appeared while Prometheus was watching: its value.
    4. It was there when Prometheus began to watch: increase(), for nobody knows how old its value is.
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
    """The value as a PromQL string that cannot end early."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
