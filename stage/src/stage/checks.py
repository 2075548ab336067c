"""Checks that all services share; a wrong setting is reported in one line that names its variable."""

from collections.abc import Iterator
from contextlib import contextmanager

from environs import EnvError, validate

RELEASE = validate.Regexp(r"[A-Za-z0-9._-]{1,63}\Z")
PORT = validate.Range(1, 65535)
LOG_LEVEL = validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])


class ConfigError(Exception):
    """A setting is missing or wrong; the message names its variable."""


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn an error of environs into a ConfigError whose message is one line."""
    try:
        yield
    except EnvError as error:
        raise ConfigError(" ".join(str(error).split())) from error
