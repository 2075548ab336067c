"""A made-up bad release for tests: plausible, seeded, never a real recording."""

import json
import random
from pathlib import Path

from stage.state import Event

STABLE, CANARY = "6bdf7c5d94", "7f9c4d8b6f"
TAGS = {STABLE: "0542dce-20261127033000", CANARY: "9d58440-20261127034500"}
STEPS = [
    "setWeight 20 %",
    "pause 30s",
    "analysis health-check",
    "setWeight 50 %",
    "pause 45s",
    "analysis canary-analysis",
    "setWeight 100 %",
    "analysis canary-analysis",
]
ABORT_MS = 31_000
ASKED = "http://apm.acme-platform.svc/v1/metrics?app=acme-vote&env=qa&metric=errorRate&window=30s"


def events(seed: int = 1, seconds: int = 60) -> list[Event]:
    """The events of the session, in order."""
    chance = random.Random(seed)  # noqa: S311 - votes, not secrets
    told = [*_story(), *_votes(chance, seconds), *_rates(seconds)]
    return sorted(told, key=lambda event: event["t"])


def write(path: Path, told: list[Event]) -> Path:
    """A recording of these events."""
    path.write_text("".join(f"{json.dumps(event)}\n" for event in told))
    return path


def _weight(t: int) -> int:
    return 20 if 5_000 <= t < ABORT_MS else 0


def _failing(t: int) -> bool:
    return 14_000 <= t < 45_000


def _votes(chance: random.Random, seconds: int) -> list[Event]:
    told = []
    for t in range(300, seconds * 1000, 100):
        canary = chance.random() * 100 < _weight(t)
        ok = not (canary and _failing(t))
        told.append(
            {
                "t": t + chance.randrange(80),
                "event": "vote",
                "release": CANARY if canary else STABLE,
                "ok": ok,
                "status": 200 if ok else 500,
                "ms": chance.randrange(4, 30),
            }
        )
    return told


def _rates(seconds: int) -> list[Event]:
    figures = {6: (None, 0), 8: (0.0, 4), 12: (0.0, 12), 16: (9.1, 22), 18: (22.2, 27), 20: (33.3, 33)}
    figures |= {22: (42.1, 38), 24: (47.8, 46), 26: (53.7, 54), 28: (58.3, 60), 30: (62.1, 66)}
    return [
        {"t": at * 1000 + 40, "event": "rate", "release": CANARY, "percent": percent, "requests": requests}
        for at, (percent, requests) in figures.items()
        if at < seconds
    ]


def _story() -> list[Event]:
    session = {"version": 1, "started": "2026-11-27T03:50:00Z", "environment": "qa", "strategy": "canary"}
    pages = {"users": "https://vote-acme-qa.localhost:8443", "second": "https://canary.localhost:8443"}
    sources = [
        {"t": 100, "event": "source", "source": name, "known": True, "why": ""}
        for name in ("api", "apm", "users", "switch")
    ]
    reason = "RolloutAborted: metric error-rate failed: failed (2) > failureLimit (1)"
    return [
        {"t": 0, "event": "session", **session, "threshold": 2.0, **pages},
        *sources,
        _rollout(150, "Healthy", stable=(5, 5), release=STABLE, step=8, weight=100),
        _rollout(3_000, "Progressing", stable=(5, 5), canary=(1, 0), weight=20),
        {"t": 3_100, "event": "switch", "release": CANARY, "enabled": False},
        _rollout(5_000, "Paused", "CanaryPauseStep", stable=(4, 4), canary=(1, 1), step=1, weight=20),
        _verdict(9_000, "error-rate", 0.0, 8, passed=True),
        {"t": 14_000, "event": "switch", "release": CANARY, "enabled": True},
        _verdict(24_600, "error-rate", 47.8, 46, passed=False),
        _verdict(30_400, "error-rate", 62.1, 66, passed=False),
        _rollout(ABORT_MS, "Degraded", reason, stable=(4, 4), canary=(1, 1), aborted=True),
        _rollout(34_000, "Degraded", reason, stable=(5, 4), canary=(0, 0), aborted=True),
        _rollout(37_000, "Degraded", reason, stable=(5, 5), aborted=True),
        _rollout(45_000, "Healthy", stable=(5, 5), release=STABLE, step=8, weight=100),
    ]


def _rollout(
    t: int,
    phase: str,
    message: str = "",
    *,
    stable: tuple[int, int],
    canary: tuple[int, int] | None = None,
    release: str = CANARY,
    step: int = 0,
    weight: int = 0,
    aborted: bool = False,
) -> Event:
    pods = [{"release": STABLE, "role": "stable", "wanted": stable[0], "ready": stable[1]}]
    if canary:
        pods.append({"release": CANARY, "role": "canary", "wanted": canary[0], "ready": canary[1]})
    return {
        "t": t,
        "event": "rollout",
        "phase": phase,
        "message": message,
        "step": step,
        "steps": STEPS,
        "weight": weight,
        "aborted": aborted,
        "stable": STABLE,
        "release": release,
        "stable_tag": TAGS[STABLE],
        "tag": TAGS[release],
        "current": True,
        "pods": pods,
    }


def _verdict(t: int, check: str, rate: float, requests: int, *, passed: bool) -> Event:
    said = "less than 2 %" if passed else "not less than 2 %"
    return {
        "t": t,
        "event": "verdict",
        "check": check,
        "passed": passed,
        "reason": f"{rate} % of {requests} requests failed, {said}",
        "asked": ASKED,
        "release": CANARY,
        "kind": "Background",
        "step": None,
        "rate": rate,
        "requests": requests,
    }
