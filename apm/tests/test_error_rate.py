import pytest

from apm.client import PrometheusError, Sample
from apm.error_rate import ErrorRate, measure
from apm.question import Question

QUESTION = Question(app="acme-vote", env="qa", metric="errorRate", window="5m")


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ({"s200": 100}, ErrorRate(0.0, 100)),
        ({"s500": 7}, ErrorRate(100.0, 7)),
        ({"s200": 90, "s500": 6, "s503": 4}, ErrorRate(10.0, 100)),
        ({"s302": 10, "s400": 40, "s429": 50}, ErrorRate(0.0, 100)),
        ({"s200": 9801, "s500": 199}, ErrorRate(1.99, 10000)),
        ({"s200": 9800, "s500": 200}, ErrorRate(2.0, 10000)),
        ({"s200": 9799, "s500": 201}, ErrorRate(2.01, 10000)),
        ({"s200": 9_999_999, "s500": 1}, ErrorRate(0.0, 10_000_000)),
        ({"s200": 10.4, "s500": 5.2}, ErrorRate(33.3333, 16)),
        ({"s200": 0.0, "s500": 0.0}, ErrorRate(None, 0)),
        ({"s500": 0.3}, ErrorRate(None, 0)),
        ({}, ErrorRate(None, 0)),
    ],
)
def test_the_share_of_5xx_among_all_votes(prometheus, rows, rate):
    prometheus.answer(**rows)

    assert measure(prometheus, QUESTION) == rate
    assert len(prometheus.asked) == 1


@pytest.mark.parametrize("labels", [{}, {"status": ""}])
def test_a_vote_without_a_status_cannot_be_judged(prometheus, labels):
    prometheus.rows = [Sample({"status": "200"}, 100), Sample(labels, 1)]

    with pytest.raises(PrometheusError, match="without a status"):
        measure(prometheus, QUESTION)
