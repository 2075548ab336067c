"""The documents match the code: settings, links, pictures, commands, files."""

import re
import shutil
import subprocess
from importlib import import_module

import pytest
from environs import Env

from delivery.domain.services import SERVICES
from delivery.output import dashboard
from local.app import ROOT

README = (ROOT / "README.md").read_text()
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
CHANGING = (ROOT / "docs/changing.md").read_text()
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", ".deployments/README.md", "[a-z]*/**/README.md")
    for path in ROOT.glob(pattern)
)
ROWS = re.compile(r"^\| `(\w+)` \|([^|]*)\|", re.MULTILINE)
REQUIRED = {
    "REDIS_URL": "redis://redis:6379/0",
    "DATABASE_URL": "postgresql://db/votes",
    "PROMETHEUS_URL": "http://prometheus:9090",
    "STAGE_NAMESPACE": "acme-qa",
    "STAGE_APM_URL": "http://apm.acme-platform.svc",
}


class RecordingEnv(Env):
    """Records each variable that a service reads, with its default."""

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
    section = CONFIGURATION.split(f"\n## {service}\n")[1].split("\n#")[0]
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
    documented = {name: shown.strip().strip("`") for name, shown in ROWS.findall(CONFIGURATION)}
    used = re.findall(r"\$\{(\w+)(?::-([^}]*))?", (ROOT / "docker-compose.yml").read_text())
    for name, default in used:
        assert name in documented, name
        if name != "IMAGE_TAG":  # compose has its own default
            assert default in ("", documented[name]), name


@pytest.mark.servers
def test_make_env_writes_a_new_password_each_time(tmp_path):
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


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_has_a_target(path):
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", path.read_text()):
        found = path.parent / target if target else path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text()), f"{target}#{anchor}"


def test_every_make_command_exists():
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        for target in re.findall(r"(?:^    |`)make ([\w.-]+)", path.read_text(), re.MULTILINE):
            assert target in targets, f"{path}: make {target}"


def test_the_first_screen_has_the_picture_three_commands_and_who_it_is_for():
    first = "\n".join(README.splitlines()[:16])
    for needed in (
        "<picture>",
        "make run",
        "make demo-rollback",
        "make stage REPLAY=",
        "fork it, demo it, or teach with it",
    ):
        assert needed in first, needed
    titles = re.findall(r"^## (.+)", README, re.MULTILINE)
    assert titles[:3] == ["What you learn here", "Architecture", "Tour"]


def test_the_picture_has_a_still_one_and_says_what_it_shows():
    (picture,) = re.findall(r"<picture>.*?</picture>", README, re.DOTALL)
    (still,) = re.findall(r'media="\(prefers-reduced-motion: reduce\)" srcset="([^"]+)"', picture)
    (moving,) = re.findall(r'src="([^"]+)"', picture)
    (alt,) = re.findall(r'alt="([^"]+)"', picture)
    assert (ROOT / still).exists()
    assert (ROOT / moving).exists()
    assert len(alt.split()) > 20


def test_the_first_deployment_replaces_the_example_of_the_dashboard():
    assert "**An example**" in README
    assert "**An example**" not in dashboard.replaced(README, "new\n")


def test_every_file_that_a_change_touches_exists():
    for section in CHANGING.split("\n## ")[1:]:
        files = [path for path in re.findall(r"`([^` ]+/[^` ]+)`", section) if not path.startswith(".venv/")]
        assert len(files) >= 2, section
        for path in files:
            assert (ROOT / path).exists(), path
