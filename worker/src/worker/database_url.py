"""Validates DATABASE_URL; no message repeats any part of it, because that could be the password."""

import re
from pathlib import Path

import psycopg
from environs import ValidationError
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_HOST = re.compile(r"[\w.:%-]+|[/@].+")  # a name, an address, or a folder with a Unix socket
_NUMBERS = re.compile(r"connect_timeout|keepalives.*|tcp_user_timeout")  # libpq reads these while it connects
_FILES = {"sslrootcert", "sslcert", "sslkey", "sslcrl"}
_NOWHERE = "/dev/null"


def database_url(value: str) -> None:
    """Refuse what libpq does not understand, and what it would read as another host."""
    must = "must look like postgresql://user:password@host:5432/name; in a password, escape % (as %25) @ /"
    if not value.startswith(("postgresql://", "postgres://")) or re.search(r"\s", value):
        raise ValidationError(must)
    try:
        options = {name: str(given) for name, given in conninfo_to_dict(value).items()}
    except psycopg.ProgrammingError:
        raise ValidationError(f"{must}, and only options that libpq knows") from None
    hosts = (options.get("host") or options.get("hostaddr") or "").split(",")
    if not all(map(_HOST.fullmatch, hosts)) or "@" in options.get("dbname", ""):
        raise ValidationError(must)
    for name, given in options.items():
        if _NUMBERS.fullmatch(name) and not re.fullmatch(r"-?\d{1,9}", given):
            raise ValidationError(f"{name} must be a number")
        if name in _FILES and given != "system" and not Path(given).is_file():
            raise ValidationError(f"{name} is not an existing file")
    if not _is_understood(options, len(hosts)):
        raise ValidationError(
            "has a wrong value in its port or options, or in a variable of libpq, such as PGSSLMODE"
        )


def _is_understood(options: dict[str, str], hosts: int) -> bool:
    """Let libpq parse every option and connect where no server can be; only connecting may fail."""
    nowhere = {"hostaddr": "", "host": ",".join([_NOWHERE] * hosts)}
    failure = pq.PGconn.connect_start(make_conninfo("", **(options | nowhere)).encode()).get_error_message()
    said = [line for line in failure.splitlines() if not line.startswith("\t")]
    return all(f'"{_NOWHERE}/' in line for line in said)
