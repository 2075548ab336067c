"""docker-compose.yml gives each container what it reads, so a password goes only to whom it belongs."""

import re

import pytest
from ruamel.yaml import YAML

from local.app import ROOT

SERVICES = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]


@pytest.mark.parametrize("service", ["vote", "worker", "result"])
def test_a_service_gets_only_the_variables_it_reads(service):
    config = (ROOT / service / "src" / service / "config.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', config))

    assert SERVICES[service]["environment"].keys() <= read


def test_the_database_password_goes_to_three_containers():
    holders = {name for name, service in SERVICES.items() if "POSTGRES_PASSWORD" in str(service)}

    assert holders == {"worker", "result", "postgres"}
