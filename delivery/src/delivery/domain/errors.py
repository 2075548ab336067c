"""Why a command ends early: each message is one line that says what to do, each kind has an exit code."""


class DeliveryError(Exception):
    """A step failed; the message is for the user, and the summary, if there is one, says more."""

    exit_code = 1
    summary = ""


class ConfigurationError(DeliveryError):
    """A setting, an option, a program, the cluster or an image is missing or wrong."""

    exit_code = 2


class NothingToDoError(DeliveryError):
    """What was asked for is there already."""

    exit_code = 3


class GateError(DeliveryError):
    """A promotion was refused, a release was aborted, or a demo's promise was not kept."""

    exit_code = 4


class TimedOutError(DeliveryError):
    """A condition did not come true, or a program did not end, in time."""

    exit_code = 5
