import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi
from jinja2 import UndefinedError

from delivery.output import markdown

HOSTILE = [
    "a|b",
    "`code`",
    "<script>alert(1)</script>",
    "<!-- deployments:end -->",
    "[click](javascript:alert(1))",
    "![](http://x/y.png)",
    "**bold** _em_ ~~gone~~ # head",
    "line\nbreak\r\n\n| new | row |",
    "www.evil.example and https://evil.example @everyone",
    "a & b &lt; c",
    "$\\alpha$ \\| \\`",
    ":tada: http://1.2.3.4 www.1.2",
    "nul\0 bell\a right-to-left\u202e",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_is_markup(value):
    shown = markdown.text(value)

    bare = re.sub(r"&#\d+;", "", shown)
    assert not re.search(r"[\0-\x1f\u202e`*_~#<>|\\@\[\]!&$]", bare)
    assert not re.search(r"[^\W\d]\.\w|:\S", bare)


@pytest.mark.parametrize(
    "value",
    [
        "Zoë Ångström",
        "山田 太郎",
        "O'Neill, Jr.",
        "J. R. Smith",
        "Jean-Luc",
        "éa",
        "0.5 % (of 3)",
        "feat: v17",
    ],
)
def test_a_name_reads_as_it_is(value):
    assert markdown.text(value) == value


def test_a_long_one_is_bounded():
    assert markdown.text("x" * 500) == "x" * 59 + "…"


@pytest.mark.parametrize("value", ["a`b", "a|b", "a<b", "a\nb"])
def test_code_cannot_be_left(value):
    assert markdown.code(value) == "`ab`"


def test_a_quoted_line_stays_in_its_block():
    assert markdown.quoted("one\n```\n</pre>\x1b[31m") == "one ``` </pre> [31m"
    assert markdown.quoted("x" * 9, 5) == "xxxxx..."


def said(template, **values):
    return markdown.environment(markdown.text).from_string(template).render(values)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_template_escapes_by_default(value):
    assert said("{{ value }}", value=value) == markdown.text(value)
    assert said("{{ each.name }}", each={"name": value}) == markdown.text(value)
    assert said("{{ value ~ '<b>' }}", value=value) == markdown.text(f"{value}<b>")
    assert said("{{ value | text }}", value=value) == markdown.text(value)


def test_a_template_cannot_print_undefined_values():
    with pytest.raises(UndefinedError, match="'reason' is undefined"):
        said("{{ reason }}")


@pytest.mark.servers
def test_the_templates_are_installed(tmp_path, monkeypatch):
    """As installed from a wheel, without a checkout."""
    monkeypatch.chdir(Path(__file__).parents[1])
    wheel = buildapi.build_wheel(str(tmp_path))
    zipfile.ZipFile(tmp_path / wheel).extractall(tmp_path / "installed")

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from delivery.output import summary; print(summary.__file__, summary.refused('a', 'b'))",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(tmp_path / "installed"))
    assert "### a\n\nb\n" in done.stdout
