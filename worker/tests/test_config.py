import pytest
from environs import Env

from worker.checks import ConfigError
from worker.config import Settings

NEEDED = {"REDIS_URL": "redis://redis:6379/0", "DATABASE_URL": "postgresql://app:secret@db/app"}
OPTIONAL = ["WORKER_BATCH_SIZE", "WORKER_CLAIM_IDLE_S", "BIND_HOST", "WORKER_PORT", "RELEASE", "LOG_LEVEL"]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in OPTIONAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def test_only_the_two_urls_are_required():
    assert Settings.from_env(Env()) == Settings(
        redis_url=NEEDED["REDIS_URL"],
        database_url=NEEDED["DATABASE_URL"],
        batch_size=1000,
        claim_idle_s=15.0,
        bind_host="0.0.0.0",  # noqa: S104
        port=8080,
        release="local",
        log_level="INFO",
    )


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_url_is_named(name, monkeypatch):
    monkeypatch.delenv(name)

    with pytest.raises(ConfigError, match=name):
        Settings.from_env(Env())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", ""),
        ("REDIS_URL", "redis:6379"),
        ("REDIS_URL", "redis://redis:port/0"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://db/app"),
        ("DATABASE_URL", "postgresql://app:secret@db/app?colour=red"),
        ("WORKER_BATCH_SIZE", "0"),
        ("WORKER_BATCH_SIZE", "many"),
        ("WORKER_CLAIM_IDLE_S", "0"),
        ("WORKER_CLAIM_IDLE_S", "soon"),
        ("WORKER_PORT", "65536"),
        ("RELEASE", "a b"),
        ("RELEASE", ""),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError, match=name) as refusal:
        Settings.from_env(Env())

    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)
