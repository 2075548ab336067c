import pytest
from environs import ValidationError

from worker.database_url import database_url

GOOD = [
    "postgres://db",
    "postgresql://voting:hush@db:5432/votes",
    "postgresql://voting:a%40%2F%25hush@db/votes?connect_timeout=3",
    "postgresql://voting:hush@one:1,two:2/votes?target_session_attrs=read-write",
    "postgresql://voting:1?hush@db/votes",
    "postgresql://voting@/votes?host=%2Fmy%20app%20%282%29%2Fpostgres",
    "postgresql:///votes?hostaddr=127.0.0.1",
    "postgresql://[::1]:5432/votes",
    "postgresql://db/votes?sslmode=verify-full&sslrootcert=system",
]
BAD = [
    "",
    "db",
    "host=db password=hush",
    "mysql://voting:hush@db/votes",
    "postgresql://",
    "postgresql://voting:hush@/votes",
    "postgresql://voting:100%hush@db/votes",
    "postgresql://voting:pa@hush@db/votes",
    "postgresql://voting:1/hush@db/votes",
    "postgresql://voting:hush@[::1/votes",
    "postgresql://voting:hush@db/votes\n",
    "postgresql://voting:hush@db:tcp/votes",
    "postgresql://voting:hush@db:0/votes",
    "postgresql://voting:hush@db:65536/votes",
    "postgresql://voting:hush@db/votes?colour=red",
    "postgresql://voting:hush@db/votes?sslmode=nonsense",
    "postgresql://voting:hush@db/votes?target_session_attrs=nonsense",
    "postgresql://voting:hush@db/votes?connect_timeout=soon",
    "postgresql://voting:hush@db/votes?keepalives_idle=soon",
    "postgresql://voting:hush@db/votes?sslmode=verify-full&sslrootcert=/no/such/file",
]


@pytest.mark.parametrize("url", GOOD)
def test_a_valid_url_is_accepted(url):
    database_url(url)


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused_in_one_line_without_the_password(url):
    with pytest.raises(ValidationError) as refusal:
        database_url(url)

    assert "hush" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_wrong_variable_of_libpq_is_mentioned(monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "nonsense")

    with pytest.raises(ValidationError, match="variable of libpq, such as PGSSLMODE"):
        database_url("postgresql://voting:hush@db/votes")
