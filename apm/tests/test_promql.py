import pytest

from apm.promql import labels, requests_by_status, string
from apm.question import Question

VOTES = ['method="POST"', 'route="/"']


def question(**changes: str) -> Question:
    return Question(**({"app": "acme-vote", "metric": "errorRate", "window": "5m"} | changes))


def test_app_and_environment_become_a_label_and_a_namespace():
    assert labels(question(env="qa")) == ['namespace="acme-qa"', 'app="vote"', *VOTES]


def test_without_an_environment_all_of_the_app_count():
    assert labels(question()) == ['namespace=~"acme-.+"', 'app="vote"', *VOTES]


def test_only_the_last_word_is_the_service():
    assert labels(question(app="my-shop-vote", env="qa"))[:2] == ['namespace="my-shop-qa"', 'app="vote"']


def test_a_release_is_one_more_matcher():
    assert labels(question(env="qa", release="6f9c"))[-1] == 'release="6f9c"'


def test_all_parts_of_the_query_select_the_same_counters():
    asked = requests_by_status(question(env="qa", release="6f9c", window="30s"))

    selectors = {part.split("}")[0] for part in asked.split("http_requests_total{")[1:]}
    assert selectors == {'namespace="acme-qa",app="vote",method="POST",route="/",release="6f9c"'}


def test_restarts_and_counters_older_than_prometheus_have_their_own_clauses():
    """test_prometheus.py, which needs Docker, runs each clause on a real Prometheus."""
    counter = f"http_requests_total{{{','.join(labels(question(env='qa')))}}}"

    assert requests_by_status(question(env="qa")) == (
        "sum by (status) ("
        f"(increase({counter}[5m]) and resets({counter}[5m]) > 0)"
        f" or (last_over_time({counter}[5m]) - last_over_time({counter}[5m] offset 5m) >= 0)"
        f" or (last_over_time({counter}[5m]) and on() count(last_over_time(up[5m] offset 5m)))"
        f" or increase({counter}[5m]))"
    )


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("a", '"a"'), ('a"b', '"a\\"b"'), ("a\\", '"a\\\\"'), ("a\nb", '"a\\nb"'), ('\\"', '"\\\\\\""')],
)
def test_no_value_ends_the_string_early(value, quoted):
    assert string(value) == quoted
