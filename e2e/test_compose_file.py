"""docker-compose.yml passes each container only the variables it reads, so passwords go only where needed."""

import re
import shutil
import subprocess

import pytest
from ruamel.yaml import YAML

from delivery.domain.services import DEPLOYED, SERVICES
from local.app import ROOT

CONTAINERS = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]


def test_every_service_of_an_environment_is_a_container():
    assert CONTAINERS.keys() & {*SERVICES} == {*DEPLOYED}


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_gets_only_the_variables_it_reads(service):
    config = (ROOT / service / "src" / service / "config.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', config))

    assert CONTAINERS[service]["environment"].keys() <= read


def test_the_database_password_goes_to_three_containers():
    holders = {name for name, service in CONTAINERS.items() if "POSTGRES_PASSWORD" in str(service)}

    assert holders == {"worker", "result", "postgres"}


@pytest.mark.parametrize(("name", "named"), [("проект", ["COMPOSE_PROJECT_NAME=votes"]), ("my_app", [])])
def test_compose_has_a_project_name_in_a_folder_without_latin_letters(tmp_path, name, named):
    """Compose derives one from the letters a-z and digits of the folder's name, and fails without any."""
    folder = tmp_path / name
    folder.mkdir()
    for file in ("Makefile", ".env.example"):
        shutil.copy(ROOT / file, folder)

    subprocess.run(["make", ".env"], cwd=folder, check=True, capture_output=True, timeout=30)

    written = (folder / ".env").read_text().splitlines()
    assert [line for line in written if line.startswith("COMPOSE_PROJECT_NAME")] == named
