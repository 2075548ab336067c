"""Which measurements of a record came to a result of their own."""

from delivery.domain.analysis import STOPPED
from delivery.domain.report.record import Record

RUN_TERMINATED = "Run Terminated"


def stopped(run: Record, measurement: Record) -> bool:
    """Whether the rollout ended before this measurement, which then found nothing.

    Records written before STOPPED existed show it as the last of its metric in a terminated run, without
    a reason.
    """
    if measurement["phase"] == STOPPED:
        return True
    last = [each for each in run["measurements"] if each["metric"] == measurement["metric"]][-1]
    return run["message"] == RUN_TERMINATED and measurement is last and measurement["reason"] is None


def counted(record: Record) -> list[Record]:
    """The measurements that came to a result of their own."""
    return [
        each
        for run in record["analyses"]
        for each in run["measurements"]
        if each["finished"] and not stopped(run, each)
    ]
