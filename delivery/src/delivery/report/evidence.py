"""The analyses of a release for people: each query with its answer and its threshold."""

from delivery.markdown import code, quoted, table, text
from delivery.report.record import Record

MISSING = "not observed"
SHOWN = 200  # characters of an answer
SIGNS = {"Successful": "✅", "Failed": "❌", "Error": "❌"}


def analyses(record: Record) -> str:
    """The flow of the analysis runs, and each query with its answer and threshold."""
    if not record["analyses"]:
        return "## Analysis\n\nNo analysis ran.\n"
    parts = ["## Analysis\n"]
    for run in record["analyses"]:
        why = f": {text(run['message'], 200)}" if run["message"] else ""
        parts.append(f"### {run['title']}: {run['phase']}{why}\n\n{code(run['name'])}\n")
        rows = [
            [
                each["started"][11:19],
                text(each["metric"]),
                SIGNS.get(each["phase"], text(each["phase"])),
                told(each),
                code(each["job"]),
            ]
            for each in run["measurements"]
        ]
        parts.append(table(["At", "Check", "", "What it found, against which threshold", "Job"], rows))
        parts += [asked(each) for each in run["measurements"] if each["asked"]]
        parts.append("")
    return "\n".join(parts)


def measured(measurement: Record) -> str:
    """One measurement, in a line."""
    sign = SIGNS.get(measurement["phase"], measurement["phase"])
    return f"{sign} {text(measurement['metric'])}: {told(measurement)}"


def told(measurement: Record) -> str:
    """What a Job concluded."""
    return text(measurement["reason"], 200) if measurement["reason"] else MISSING


def asked(measurement: Record) -> str:
    """What a Job asked, and the answer."""
    return quoted(f"{measurement['asked']} -> HTTP {measurement['status']}: {brief(measurement['got'])}")


def brief(got: str) -> str:
    """An answer; pages are too long to show."""
    return got if len(got) <= SHOWN else f"{got[:SHOWN]}..."
