import pytest

from apm.client import PrometheusError, Sample
from apm.measurements import Measured, error_rate
from apm.question import Question

QUESTION = Question(app="acme-vote", env="qa", metric="errorRate", window="5m")


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ({"s200": 100}, Measured(0.0, 100)),
        ({"s500": 7}, Measured(100.0, 7)),
        ({"s200": 90, "s500": 6, "s503": 4}, Measured(10.0, 100)),
        ({"s302": 10, "s400": 40, "s429": 50}, Measured(0.0, 100)),
        ({"s200": 9801, "s500": 199}, Measured(1.99, 10000)),
        ({"s200": 9800, "s500": 200}, Measured(2.0, 10000)),
        ({"s200": 9799, "s500": 201}, Measured(2.01, 10000)),
        ({"s200": 9_999_999, "s500": 1}, Measured(0.0, 10_000_000)),
        ({"s200": 10.4, "s500": 5.2}, Measured(33.3333, 16)),
        ({"s200": 0.0, "s500": 0.0}, Measured(None, 0)),
        ({"s500": 0.3}, Measured(None, 0)),
        ({}, Measured(None, 0)),
    ],
)
def test_the_share_of_5xx_among_all_votes(prometheus, rows, rate):
    prometheus.answer(**rows)

    assert error_rate(prometheus, QUESTION) == rate
    assert len(prometheus.asked) == 1


@pytest.mark.parametrize("labels", [{}, {"status": ""}])
def test_a_vote_without_a_status_cannot_be_judged(prometheus, labels):
    prometheus.rows = [Sample({"status": "200"}, 100), Sample(labels, 1)]

    with pytest.raises(PrometheusError, match="without a status"):
        error_rate(prometheus, QUESTION)
