"""Errors of commands: each message is one line that says what to do, and each class has an exit code."""


class DeliveryError(Exception):
    """A step failed; the message is for the user, and the summary, if any, has the details."""

    exit_code = 1
    summary = ""


class ConfigurationError(DeliveryError):
    """A setting, an option, a program, the cluster or an image is missing or wrong."""

    exit_code = 2


class NothingToDoError(DeliveryError):
    """The desired result already exists."""

    exit_code = 3


class GateError(DeliveryError):
    """A promotion was refused, a release was aborted, or a promise of a demo was broken."""

    exit_code = 4


class TimedOutError(DeliveryError):
    """A condition was not met, or a program did not end, in time."""

    exit_code = 5
