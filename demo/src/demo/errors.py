"""Why a command ends early: each message is one line that says what to do, each kind has an exit code."""


class DemoError(Exception):
    """A step failed; the message is for the user."""

    exit_code = 1


class ConfigurationError(DemoError):
    """Something on this machine is missing or in the way."""

    exit_code = 2


class NothingToDoError(DemoError):
    """What was asked for is there already."""

    exit_code = 3


class GateError(DemoError):
    """A release was refused, or a promise was not kept."""

    exit_code = 4


class TimedOutError(DemoError):
    """A condition did not come true, or a program did not end, in time."""

    exit_code = 5
