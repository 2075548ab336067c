"""Markdown from templates/; a value that they print is shown as text, and never read as markup."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from delivery.domain import workflows
from delivery.domain.analysis import SIGNS

PLAIN = frozenset(" ,;'\"()/%=+-…")
LONGEST = 60  # characters of a name or a subject


class Markdown(str):
    """Text that is Markdown already: a template prints it as it is."""

    __slots__ = ()


def render(template: str, **values: object) -> str:
    """What a template says about these values; it ends with one line end."""
    return environment(text).get_template(template).render(values).rstrip() + "\n"


@cache
def environment(escape: Callable[[str], str]) -> Environment:
    """Where the templates are, and the filters they have.

    Jinja would escape for HTML: that stays off. `finalize` escapes instead what a template prints, but for
    what a filter has made Markdown: where a filter is forgotten a value of others is shown, not obeyed.
    """
    made = Environment(
        loader=PackageLoader("delivery.output"),
        autoescape=False,  # noqa: S701 - see above
        finalize=lambda value: escape(value) if isinstance(value, str) else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {each.__name__: each for each in (text, plain, code, quoted, names, sign)}
    made.globals["workflows"] = workflows
    return made


def text(value: str, longest: int = LONGEST) -> Markdown:
    """The value on one bounded line, with all that Markdown, HTML or a table reads as markup escaped."""
    if isinstance(value, Markdown):
        return value
    shown = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value).split())
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    return Markdown("".join(escaped(c, shown[i - 1 : i], shown[i + 1 : i + 2]) for i, c in enumerate(shown)))


def escaped(c: str, before: str, after: str) -> str:
    """One character as itself, or as an entity where it could be read as markup between these two."""
    harmless = c.isalnum() or c in PLAIN or unicodedata.category(c)[0] == "M"
    # A point within a word, or a colon before anything, could make an address or an emoji.
    harmless = harmless or (c == "." and (after in ("", " ") or (before + after).isdecimal()))
    harmless = harmless or (c == ":" and after in ("", " "))
    return c if harmless else f"&#{ord(c)};"


def plain(value: str) -> Markdown:
    """A value of ours as it is, such as an address or a time; what could be markup is dropped."""
    return Markdown(re.sub(r"[^A-Za-z0-9._:@/ %+=-]", "", value))


def code(value: str) -> Markdown:
    """A value of ours, such as a tag, in code type; empty without one."""
    return Markdown(value and f"`{plain(value)}`")


def quoted(value: str, longest: int | None = None) -> Markdown:
    """A line of a program for a code block, whose content nothing in it can end; a long one is cut."""
    whole = longest is None or len(value) <= longest
    shown = value if whole else f"{value[:longest]}..."
    return Markdown(" ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in shown).split()))


def names(people: Iterable[str]) -> Markdown:
    """The names of people; empty without any."""
    return Markdown(", ".join(map(text, people)))


def sign(phase: str) -> Markdown:
    """How an analysis or a measurement ended, in one character where there is one for it."""
    return Markdown(SIGNS[phase]) if phase in SIGNS else text(phase)
