"""Renders Markdown from templates/; printed values are escaped and never read as markup."""

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
    """Text that is already Markdown: a template prints it without escaping."""

    __slots__ = ()


def render(template: str, **values: object) -> str:
    """Render a template with these values; the text ends with one newline."""
    return environment(text).get_template(template).render(values).rstrip() + "\n"


@cache
def environment(escape: Callable[[str], str]) -> Environment:
    """The Jinja environment with the templates and their filters.

    Jinja's escaping for HTML is off. `finalize` escapes every printed value that no filter has turned into
    Markdown, so that a forgotten filter shows a foreign value as text and never as markup.
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
    """The value on one line of limited length, with all markup of Markdown, HTML and tables escaped."""
    if isinstance(value, Markdown):
        return value
    shown = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value).split())
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    return Markdown("".join(escaped(c, shown[i - 1 : i], shown[i + 1 : i + 2]) for i, c in enumerate(shown)))


def escaped(c: str, before: str, after: str) -> str:
    """The character, or an entity if it could be markup between its two neighbours."""
    harmless = c.isalnum() or c in PLAIN or unicodedata.category(c)[0] == "M"
    # A dot within a word, or a colon before another character, could form a URL or an emoji.
    harmless = harmless or (c == "." and (after in ("", " ") or (before + after).isdecimal()))
    harmless = harmless or (c == ":" and after in ("", " "))
    return c if harmless else f"&#{ord(c)};"


def plain(value: str) -> Markdown:
    """A trusted value such as a URL or a time, without characters that could be markup."""
    return Markdown(re.sub(r"[^A-Za-z0-9._:@/ %+=-]", "", value))


def code(value: str) -> Markdown:
    """A trusted value such as a tag, formatted as code; empty if the value is."""
    return Markdown(value and f"`{plain(value)}`")


def quoted(value: str, longest: int | None = None) -> Markdown:
    """A line of program output for a code block, which it cannot end; a long line is cut."""
    whole = longest is None or len(value) <= longest
    shown = value if whole else f"{value[:longest]}..."
    return Markdown(" ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in shown).split()))


def names(people: Iterable[str]) -> Markdown:
    """The names of people; empty without any."""
    return Markdown(", ".join(map(text, people)))


def sign(phase: str) -> Markdown:
    """The result of an analysis or a measurement, as a symbol if there is one."""
    return Markdown(SIGNS[phase]) if phase in SIGNS else text(phase)
