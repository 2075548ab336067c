import pytest

from result.http_metrics import REGISTRY


def requests(**labels: str) -> float:
    labels = {"release": "local", "method": "GET", "status": "200"} | labels
    return REGISTRY.get_sample_value("http_requests_total", labels) or 0.0


@pytest.mark.parametrize(
    ("path", "method", "labels"),
    [
        ("/", "GET", {"route": "/"}),
        ("/health", "HEAD", {"route": "/health", "method": "HEAD"}),
        ("/made-up-17", "GET", {"route": "unmatched", "status": "404"}),
        ("/", "MADEUP", {"route": "unmatched", "method": "OTHER", "status": "405"}),
    ],
)
def test_requests_are_counted_without_names_that_clients_make_up(client, path, method, labels):
    before = requests(**labels)
    client.open(path, method=method)
    assert requests(**labels) == before + 1


def test_viewers_are_counted_while_they_watch(client):
    def viewers() -> float | None:
        return REGISTRY.get_sample_value("result_viewers")

    assert viewers() == 0
    answer = client.get("/events")
    next(answer.response)
    assert viewers() == 1
    answer.close()
    assert viewers() == 0


def test_the_metrics_endpoint_has_every_metric(client):
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    for name in (
        "result_viewers",
        "result_pushes_total",
        "result_tally_reads_total",
        "result_tally_read_seconds_total",
        "result_stale",
    ):
        assert f"\n{name} " in answer.text
