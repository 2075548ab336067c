import pytest

from apm.checks import ConfigError
from apm.config import Settings

VARIABLES = ("RELEASE", "BIND_HOST", "APM_PORT", "APM_WORKERS", "APM_PROMETHEUS_TIMEOUT_S", "LOG_LEVEL")
URL = "http://prometheus:9090"


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
    assert read(PROMETHEUS_URL=URL) == Settings(
        prometheus_url=URL,
        prometheus_timeout_s=2.0,
        release="local",
        bind_host="0.0.0.0",  # noqa: S104
        port=8080,
        workers=1,
        log_level="INFO",
    )


def test_a_missing_setting_is_named(read, monkeypatch):
    monkeypatch.delenv("PROMETHEUS_URL", raising=False)

    with pytest.raises(ConfigError, match="PROMETHEUS_URL"):
        read()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROMETHEUS_URL", "prometheus:9090"),
        ("PROMETHEUS_URL", ""),
        ("PROMETHEUS_URL", "http://"),
        ("PROMETHEUS_URL", "http://prometheus:port"),
        ("PROMETHEUS_URL", "http://prometheus:9090/?query=up"),
        ("PROMETHEUS_URL", "ftp://u:hush@prometheus"),
        ("PROMETHEUS_URL", "http://u:hush@"),
        ("PROMETHEUS_URL", "http://u:hush@prometheus:0"),
        ("PROMETHEUS_URL", "http://u:100%hush@prometheus"),
        ("PROMETHEUS_URL", "http://u:1/hush@prometheus"),
        ("PROMETHEUS_URL", "http://u:hush@[::1"),
        ("PROMETHEUS_URL", "http://u:hush@prometheus\n"),
        ("APM_PROMETHEUS_TIMEOUT_S", "soon"),
        ("APM_PROMETHEUS_TIMEOUT_S", "0"),
        ("APM_PROMETHEUS_TIMEOUT_S", "nan"),
        ("RELEASE", "no spaces"),
        ("APM_PORT", "70000"),
        ("APM_WORKERS", "0"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(read, variable, value):
    with pytest.raises(ConfigError, match=variable) as raised:
        read(**({"PROMETHEUS_URL": URL} | {variable: value}))

    assert "\n" not in str(raised.value)
    assert "hush" not in str(raised.value)
