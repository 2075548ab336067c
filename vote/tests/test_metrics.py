def sample(text: str, name: str, *labels: str) -> float:
    """The sum of the samples with that name and these labels; 0.0 if there is none."""
    lines = [line for line in text.splitlines() if line.startswith(f"{name}{{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(label in line for label in labels))


def test_requests_and_votes_are_counted_with_their_release(client_of):
    client = client_of(release="counted")
    client.post("/", data={"vote": "a"})
    client.post("/", data={"vote": "b"}, headers={"X-Synthetic-Vote": "1"})
    client.post("/", data={"vote": "c"})

    text = client.get("/metrics").text

    post = ('method="POST"', 'route="/"', 'release="counted"')
    assert sample(text, "http_requests_total", 'status="200"', *post) == 2
    assert sample(text, "http_requests_total", 'status="400"', *post) == 1
    assert sample(text, "http_request_duration_seconds_count", *post) == 3
    assert sample(text, "vote_votes_accepted_total", 'release="counted"') == 2
    assert sample(text, "vote_votes_synthetic_total", 'release="counted"') == 1


def test_the_metric_shows_the_current_state_of_the_switch(client_of, queue):
    client = client_of(release="switched")

    assert sample(client.get("/metrics").text, "vote_error_sim_enabled", 'release="switched"') == 0
    queue.on = True
    assert sample(client.get("/metrics").text, "vote_error_sim_enabled", 'release="switched"') == 1


def test_made_up_names_do_not_become_labels(client):
    client.open("/made/up/path", method="MADEUP")

    text = client.get("/metrics").text

    assert "made" not in text.lower()
    assert sample(text, "http_requests_total", 'method="OTHER"', 'route="unmatched"') >= 1
