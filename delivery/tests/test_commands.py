"""Which commands there are, and what each must import."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from delivery import __main__ as cli
from delivery import commands

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_readme_lists_every_command_and_option():
    rows = dict(
        re.findall(r"^\| `([a-z-]+)[^|]*` \|(.*?)\| [^|]*\|$", README.replace("\\|", "/"), re.MULTILINE)
    )

    assert list(rows) == list(cli.NAMES)
    for name, command in {name: cli.command(name) for name in cli.NAMES}.items():
        options = {
            option for each in command.params if each.param_type_name == "option" for option in each.opts
        }
        options -= {"--help", "--push"} if name == "build" else {"--help"}
        listed = set(re.findall(r"--(?!no-push)[a-z-]+", rows[name]))
        assert listed == options, name


def test_every_command_is_a_file_of_its_name():
    files = {each.stem for each in Path(commands.__file__).parent.glob("[a-z]*.py")}

    assert {name.replace("-", "_") for name in cli.NAMES} == files - {"options"}


@pytest.mark.servers
@pytest.mark.parametrize(
    ("arguments", "imported"), [(["--help"], []), (["verify", "--help"], ["options", "verify"])]
)
def test_only_the_command_that_runs_is_imported(arguments, imported):
    script = (
        "import contextlib, sys; from delivery.__main__ import app\n"
        "with contextlib.suppress(SystemExit): app(sys.argv[1:])\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    modules = done.stdout.splitlines()[-1].split()

    assert "Usage: " in done.stdout
    loaded = [each for each in modules if each.startswith("delivery.commands.")]
    assert sorted(each.split(".")[2] for each in loaded) == imported
    assert imported or not {"httpx", "jinja2", "rich", "ruamel.yaml"} & set(modules)
