import re
from dataclasses import replace
from pathlib import Path

import pytest

from local.__main__ import CannotStartError, ports_from_env
from local.app import CADDYFILE, Ports, services

PORTS = Ports(
    vote_https=9443,
    result_https=9444,
    vote=1,
    result=2,
    worker=3,
    others={},
    https_addresses=["127.0.0.1", "::1"],
)


@pytest.fixture
def wired():
    started = services(ports=PORTS, redis_url="redis://r", database_url="postgresql://p", data=Path("/data"))
    return {service.name: service for service in started}


def test_all_services_run_and_listen_on_loopback_only(wired):
    assert list(wired) == ["vote", "worker", "result", "https"]
    for name, service in wired.items():
        assert service.env["BIND_HOST"] == ("127.0.0.1 ::1" if name == "https" else "127.0.0.1")


def test_a_service_that_make_service_made_runs_too():
    ports = replace(PORTS, others={"madeup": 4})

    started = services(ports=ports, redis_url="redis://r", database_url="postgresql://p", data=Path("/data"))

    (madeup,) = [service for service in started if service.name == "madeup"]
    assert madeup.command[-2:] == ["-m", "madeup"]
    assert (madeup.env["BIND_HOST"], madeup.env["MADEUP_PORT"]) == ("127.0.0.1", "4")


def test_the_proxy_finds_the_services(wired):
    assert wired["https"].env["VOTE_UPSTREAM_PORT"] == wired["vote"].env["VOTE_PORT"] == "1"
    assert wired["https"].env["RESULT_UPSTREAM_PORT"] == wired["result"].env["RESULT_PORT"] == "2"
    for variable in ("VOTE_HTTPS_PORT", "RESULT_HTTPS_PORT", "VOTE_UPSTREAM_PORT", "BIND_HOST"):
        assert variable in CADDYFILE.read_text()


def test_the_settings_of_the_proxy_do_not_come_from_the_shell(monkeypatch):
    for name in (names := re.findall(r"\{\$(\w+)", CADDYFILE.read_text())):
        monkeypatch.setenv(name, "elsewhere")

    *_, https = services(ports=PORTS, redis_url="r", database_url="p", data=Path("/data"))

    assert len(names) == 7
    assert [name for name in names if https.env[name] == "elsewhere"] == []


def test_variables_for_other_programs_are_not_passed_on(monkeypatch):
    told = {"PGHOST": "db", "PYTHONPATH": "/ros", "GUNICORN_CMD_ARGS": "--workers=9", "FLASK_DEBUG": "1"}
    for name, value in (told | {"VOTE_OPTION_A": "Tea"}).items():
        monkeypatch.setenv(name, value)

    for service in services(ports=PORTS, redis_url="r", database_url="p", data=Path("/data")):
        assert not told.keys() & service.env.keys()
        assert service.env["VOTE_OPTION_A"] == "Tea"


def test_the_pages_link_to_each_other(wired):
    assert wired["vote"].env["RESULT_URL"] == "https://localhost:9444"
    assert wired["result"].env["VOTE_URL"] == "https://localhost:9443"


@pytest.mark.servers  # asks the kernel for free ports
def test_ports_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("VOTE_HTTPS_PORT", "9443")
    monkeypatch.delenv("RESULT_HTTPS_PORT", raising=False)

    ports = ports_from_env()

    assert (ports.vote_https, ports.result_https) == (9443, 8444)


@pytest.mark.servers
def test_equal_ports_are_refused(monkeypatch):
    monkeypatch.setenv("VOTE_HTTPS_PORT", "8444")
    monkeypatch.delenv("RESULT_HTTPS_PORT", raising=False)

    with pytest.raises(CannotStartError, match="are both 8444; change one of them: make run RESULT_"):
        ports_from_env()


@pytest.mark.parametrize("wrong", ["", "http", "0", "65536", "-1", "8443.5"])
def test_a_wrong_port_is_named(monkeypatch, wrong):
    monkeypatch.setenv("RESULT_HTTPS_PORT", wrong)

    with pytest.raises(CannotStartError, match="RESULT_HTTPS_PORT"):
        ports_from_env()
