"""README says what the code does: settings, links, pictures, commands."""

import re
import shutil
import subprocess
from importlib import import_module

import pytest
from environs import Env

from delivery.domain.services import SERVICES
from local.app import ROOT

README = (ROOT / "README.md").read_text()
ROWS = re.compile(r"^\| `(\w+)` \|([^|]*)\|", re.MULTILINE)
REQUIRED = {
    "REDIS_URL": "redis://redis:6379/0",
    "DATABASE_URL": "postgresql://db/votes",
    "PROMETHEUS_URL": "http://prometheus:9090",
}


class RecordingEnv(Env):
    """Remembers each variable that a service asks for, with the default it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, str | None] = {}

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in ("str", "int", "float", "bool"):
            return found

        def ask(variable, default=None, **kwargs):
            self.asked[variable] = None if default is None else str(default)
            return found(variable, default if default is not None else REQUIRED[variable], **kwargs)

        return ask


@pytest.mark.parametrize("service", SERVICES)
def test_settings_tables_equal_the_code(service, monkeypatch):
    section = README.split(f"\n### {service}\n")[1].split("\n#")[0]
    documented = dict(ROWS.findall(section))
    env = RecordingEnv()
    for name in documented:
        monkeypatch.delenv(name, raising=False)

    settings = import_module(f"{service}.config").Settings.from_env(env)

    assert list(documented) == list(env.asked)
    assert len(env.asked) == len(settings.__dataclass_fields__)
    for name, default in env.asked.items():
        shown = documented[name].strip().strip("`")
        if default is None:
            assert shown == ""
        elif name == "POD_NAME":
            assert shown == "the host's name"
        else:
            assert shown == (default or "empty")


def test_what_compose_reads_is_documented_with_its_default():
    documented = {name: shown.strip().strip("`") for name, shown in ROWS.findall(README)}
    used = re.findall(r"\$\{(\w+)(?::-([^}]*))?", (ROOT / "docker-compose.yml").read_text())
    for name, default in used:
        assert name in documented, name
        if name != "IMAGE_TAG":  # a container shows that compose made it
            assert default in ("", documented[name]), name


@pytest.mark.servers
def test_make_env_writes_a_password_of_its_own_each_time(tmp_path):
    passwords = set()
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("Makefile", ".env.example"):
            shutil.copy(ROOT / file, folder)
        subprocess.run(["make", ".env"], cwd=folder, check=True, capture_output=True, timeout=30)
        text = (folder / ".env").read_text()
        assert text.splitlines()[2:] == (ROOT / ".env.example").read_text().splitlines()[2:]
        passwords |= set(re.findall(r"^POSTGRES_PASSWORD=([0-9a-f]{32})$", text, re.MULTILINE))
    assert len(passwords) == 2


def anchors(text):
    titles = re.findall(r"^#+ (.+)", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_leads_somewhere():
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]+)#?([^)]*)\)", README):
        assert (ROOT / target).exists(), target
        assert not anchor or anchor in anchors((ROOT / target).read_text()), f"{target}#{anchor}"


def test_every_section_linked_to_exists():
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        assert anchor in anchors(README)


def test_every_make_command_exists():
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"(?:^    |`)make ([\w.-]+)", (ROOT / document).read_text(), re.MULTILINE):
            assert target in targets, f"{document}: make {target}"


def test_what_matters_stands_in_the_first_lines():
    first = README.splitlines()[:30]
    for needed in ("make run", "make test", "docker compose up", "![", "| where |"):
        assert any(needed in line for line in first), needed


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_links_of_a_part_s_readme_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target
