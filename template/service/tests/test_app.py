def test_it_is_live_and_ready(client):
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").json == {"status": "ready"}


def test_requests_are_counted(client):
    client.get("/health")

    line = 'http_requests_total{method="GET",release="local",route="/health",status="200"}'
    assert line in client.get("/metrics").text


def test_an_unknown_path_is_not_found(client):
    answer = client.get("/nothing")

    assert (answer.status_code, answer.json) == (404, {"error": "Page not found"})
