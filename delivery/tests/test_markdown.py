import re

import pytest

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
    assert markdown.quoted("one\n```\n</pre>\x1b[31m") == "    one ``` </pre> [31m"
