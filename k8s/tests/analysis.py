"""The settings for tests of the analysis script, and an APM's answer."""

import json

RELEASE = "6f9c7d4b8"
ASKS = {
    "APP_NAME": "shop-vote",
    "NAMESPACE": "shop-qa",
    "RELEASE": RELEASE,
    "WINDOW": "5m",
    "ERROR_THRESHOLD": "2",
    "MIN_REQUESTS": "10",
}


def answer(rate: object = 0.0, requests: object = 100, release: str = RELEASE, **more: object) -> str:
    figures = {"app": "shop-vote", "release": release, "errorRate": rate, "requests": requests}
    return json.dumps(figures | more)
