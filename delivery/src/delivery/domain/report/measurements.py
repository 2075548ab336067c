"""Finds the measurements of a record that have a result."""

from delivery.domain.analysis import STOPPED
from delivery.domain.report.record import Record

RUN_TERMINATED = "Run Terminated"


def stopped(run: Record, measurement: Record) -> bool:
    """Whether the rollout ended before this measurement, so that it has no result.

    In records from before STOPPED existed, it is the last measurement of its metric in a terminated run, and
    has no reason.
    """
    if measurement["phase"] == STOPPED:
        return True
    last = [each for each in run["measurements"] if each["metric"] == measurement["metric"]][-1]
    return run["message"] == RUN_TERMINATED and measurement is last and measurement["reason"] is None


def counted(record: Record) -> list[Record]:
    """The measurements that have a result."""
    return [
        each
        for run in record["analyses"]
        for each in run["measurements"]
        if each["finished"] and not stopped(run, each)
    ]
