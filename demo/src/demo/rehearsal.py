"""How long the last demo on a cluster took, kept beside the cluster's generated files."""

import json
from datetime import UTC, datetime
from pathlib import Path

from delivery.domain.services import ROOT


def file(cluster: str) -> Path:
    """Where it is kept; git ignores the folder."""
    return ROOT / ".local" / cluster / "rehearsal.json"


def remember(cluster: str, demo: str, seconds: float) -> None:
    """Keep that a demo has just succeeded, and how long it took."""
    file(cluster).parent.mkdir(parents=True, exist_ok=True)
    kept = {"demo": demo, "seconds": round(seconds), "ended": datetime.now(UTC).isoformat(timespec="minutes")}
    file(cluster).write_text(json.dumps(kept) + "\n")


def last(cluster: str) -> str:
    """The last demo that succeeded here, in one line."""
    try:
        kept = json.loads(file(cluster).read_text())
        return f"{kept['demo']} took {kept['seconds']} s, at {kept['ended']}"
    except (OSError, ValueError, KeyError):
        return "none on this cluster yet; make demo-rollback is one"
