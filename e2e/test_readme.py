"""README says what the code does: settings, links, pictures, commands."""

import re

import pytest
from environs import Env

import apm.config
import result.config
import vote.config
import worker.config
from local.app import ROOT

README = (ROOT / "README.md").read_text()
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


@pytest.mark.parametrize("config", [vote.config, worker.config, result.config, apm.config])
def test_settings_tables_equal_the_code(config, monkeypatch):
    service = config.__name__.split(".")[0]
    section = README.split(f"\n### {service}\n")[1].split("\n#")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", section, re.MULTILINE))
    env = RecordingEnv()
    for name in documented:
        monkeypatch.delenv(name, raising=False)

    settings = config.Settings.from_env(env)

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


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#][^)]*)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_every_section_linked_to_exists():
    titles = re.findall(r"^#+ (.+)", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        assert anchor in anchors


def test_every_make_command_exists():
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"(?:^    |`)make ([\w.-]+)", (ROOT / document).read_text(), re.MULTILINE):
            assert target in targets, f"{document}: make {target}"


def test_what_matters_stands_in_the_first_lines():
    first = README.splitlines()[:30]
    for needed in ("make run", "make test", "docker compose up", "![", "| where |"):
        assert any(needed in line for line in first), needed
