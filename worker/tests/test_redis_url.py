import pytest
from environs import ValidationError

from worker.redis_url import redis_url

GOOD = [
    "redis://redis",
    "redis://redis:6379/0",
    "redis://user:100%25hush@redis/1",
    "redis://:pa@hush@redis/0",
    "redis://[::1]:6379/0",
    "rediss://user:hush@cache.acme.dev:6380/0?ssl_cert_reqs=none",
    "unix:///run/redis.sock?db=1",
]
BAD = [
    "",
    "redis:6379",
    "http://:hush@redis",
    "redis://",
    "redis://:hush@/0",
    "redis://:hush@redis:tcp/0",
    "redis://:hush@redis:0/0",
    "redis://:hush@redis:65536/0",
    "redis://:100%hush@redis/0",
    "redis://:1/hush@redis/0",
    "redis://:1#hush@redis/0",
    "redis://user:1/hush@redis/0",
    "redis://user:1#hush@redis/0",
    "redis://user:1?hush@redis/0",
    "redis://:[hush@redis/0",
    "redis://:hu sh@redis/0",
    "redis://:hush@redis/0\n",
    "redis://:hush@redis/first",
    "redis://:hush@redis/-1",
    "redis://:hush@redis/0/1",
    "redis://:hush@redis/0?db=first",
    "redis://:hush@redis/0?colour=red",
    "redis://:hush@redis/0?colour",
    "redis://:hush@redis/0?socket_timeout=600",
    "redis://:hush@redis/0?ssl_cert_reqs=none",
    "rediss://:hush@redis/0?ssl_cert_reqs=some",
    "rediss://:hush@redis/0?ssl_ca_certs=/no/such/file",
    "unix://",
    "unix://redis.sock",
]


@pytest.mark.parametrize("url", GOOD)
def test_a_valid_url_is_accepted(url):
    redis_url(url)


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused_in_one_line_without_the_password(url):
    with pytest.raises(ValidationError) as refusal:
        redis_url(url)

    assert "hush" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.__cause__ is None
