import socket

import pytest

from vote.checks import ConfigError
from vote.config import Settings


def test_only_the_redis_url_is_required(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")

    settings = Settings.from_env()

    assert (settings.option_a, settings.option_b) == ("Cats", "Dogs")
    assert settings.release == "local"
    assert settings.error_sim is True
    assert settings.pod == socket.gethostname()


def test_a_missing_setting_is_named(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)

    with pytest.raises(ConfigError, match="REDIS_URL"):
        Settings.from_env()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REDIS_URL", "http://redis"),
        ("VOTE_OPTION_A", ""),
        ("VOTE_OPTION_B", "x" * 41),
        ("RESULT_URL", "javascript:alert(1)"),
        ("VOTE_ERROR_SIM", "maybe"),
        ("RELEASE", "no spaces"),
        ("RELEASE", ""),
        ("VOTE_PORT", "http"),
        ("VOTE_PORT", "70000"),
        ("VOTE_WORKERS", "0"),
        ("VOTE_TRUSTED_PROXIES", "9"),
        ("VOTE_REDIS_TIMEOUT_S", "soon"),
        ("VOTE_REDIS_TIMEOUT_S", "30"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(monkeypatch, variable, value):
    monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=variable) as raised:
        Settings.from_env()

    assert "\n" not in str(raised.value)
