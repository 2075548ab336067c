import socket

import pytest

from result.checks import ConfigError
from result.config import Settings

REQUIRED = {"DATABASE_URL": "postgresql://u:p@db/votes"}
VARIABLES = [
    *REQUIRED,
    *("VOTE_OPTION_A", "VOTE_OPTION_B", "VOTE_URL", "RELEASE", "IMAGE_TAG", "POD_NAME"),
    *("BIND_HOST", "RESULT_PORT", "RESULT_WORKERS", "LOG_LEVEL"),
]


@pytest.fixture
def read(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Settings.from_env()

    return read


def test_defaults(read):
    assert read(**REQUIRED) == Settings(
        database_url="postgresql://u:p@db/votes",
        option_a="Cats",
        option_b="Dogs",
        vote_url="",
        release="local",
        image_tag="dev",
        pod=socket.gethostname(),
        bind_host="0.0.0.0",  # noqa: S104
        port=8080,
        workers=1,
        log_level="INFO",
    )


def test_every_variable_is_read(read):
    settings = read(
        DATABASE_URL="postgres://x",
        VOTE_OPTION_A="Tea",
        VOTE_OPTION_B="Coffee",
        VOTE_URL="https://vote.example/",
        RELEASE="7d9f",
        IMAGE_TAG="abc1234-20260101000000",
        POD_NAME="result-1",
        BIND_HOST="127.0.0.1",
        RESULT_PORT="9000",
        RESULT_WORKERS="2",
        LOG_LEVEL="DEBUG",
    )
    assert settings == Settings(
        database_url="postgres://x",
        option_a="Tea",
        option_b="Coffee",
        vote_url="https://vote.example/",
        release="7d9f",
        image_tag="abc1234-20260101000000",
        pod="result-1",
        bind_host="127.0.0.1",
        port=9000,
        workers=2,
        log_level="DEBUG",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_URL", ""),
        ("VOTE_OPTION_A", ""),
        ("VOTE_OPTION_B", "x" * 41),
        ("VOTE_URL", "javascript:alert(1)"),
        ("RELEASE", "not a release"),
        ("RESULT_PORT", "banana"),
        ("RESULT_PORT", "70000"),
        ("RESULT_WORKERS", "0"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(read, variable, value):
    with pytest.raises(ConfigError, match=variable) as raised:
        read(**(REQUIRED | {variable: value}))
    assert "\n" not in str(raised.value)


def test_a_missing_database_is_named(read):
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        read()
