def test_requests_are_counted_and_made_up_names_are_not_labels(client):
    client.get("/v1/metrics")
    client.open("/made/up/path", method="MADEUP")

    text = client.get("/metrics").text

    assert 'http_requests_total{method="GET",release="local",route="/v1/metrics",status="400"}' in text
    assert 'http_requests_total{method="OTHER",release="local",route="unmatched",status="404"}' in text
    assert "made" not in text.lower()
    assert "apm_prometheus_failures_total" in text
