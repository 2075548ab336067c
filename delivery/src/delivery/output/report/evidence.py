"""The analyses of a release for people: each query with its answer and its threshold."""

from delivery.domain.analysis import SIGNS, STOPPED
from delivery.domain.report.measurements import RUN_TERMINATED, stopped
from delivery.domain.report.record import Record
from delivery.output.markdown import code, quoted, table, text

MISSING = "not observed"
SHOWN = 200  # characters of an answer


def analyses(record: Record) -> str:
    """The flow of the analysis runs, and each query with its answer and threshold."""
    if not record["analyses"]:
        return "## Analysis\n\nNo analysis ran.\n"
    parts = ["## Analysis\n"]
    for run in record["analyses"]:
        why = f": {text(run['message'], 200)}" if run["message"] else ""
        parts.append(f"### {run['title']}: {phase(run)}{why}\n\n{code(run['name'])}\n")
        rows = [
            [
                each["started"][11:19],
                text(each["metric"]),
                sign(run, each),
                told(run, each),
                code(each["job"]),
            ]
            for each in run["measurements"]
        ]
        parts.append(table(["At", "Check", "", "What it found, against which threshold", "Job"], rows))
        parts += [asked(each) for each in run["measurements"] if each["asked"]]
        parts.append("")
    return "\n".join(parts)


def phase(run: Record) -> str:
    """How a run ended; Argo Rollouts calls one Successful that it stopped with its rollout.

    That is how a background analysis ends, unless it was measuring.
    """
    halted = run["kind"] != "Background" or any(stopped(run, each) for each in run["measurements"])
    return STOPPED if run["message"] == RUN_TERMINATED and halted else str(run["phase"])


def measured(run: Record, measurement: Record) -> str:
    """One measurement, in a line."""
    return f"{sign(run, measurement)} {text(measurement['metric'])}: {told(run, measurement)}"


def sign(run: Record, measurement: Record) -> str:
    """How a measurement ended, in one character where there is one for it."""
    ended = STOPPED if stopped(run, measurement) else measurement["phase"]
    return SIGNS.get(ended, text(ended))


def told(run: Record, measurement: Record) -> str:
    """What a Job concluded."""
    if stopped(run, measurement):
        return "stopped"
    return text(measurement["reason"], 200) if measurement["reason"] else MISSING


def asked(measurement: Record) -> str:
    """What a Job asked, and the answer."""
    return quoted(f"{measurement['asked']} -> HTTP {measurement['status']}: {brief(measurement['got'])}")


def brief(got: str) -> str:
    """An answer; pages are too long to show."""
    return got if len(got) <= SHOWN else f"{got[:SHOWN]}..."
