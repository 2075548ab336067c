"""Text of others as Markdown that shows it, and never as markup."""

import re
import unicodedata

PLAIN = frozenset(" ,;'\"()/%=+-…")
LONGEST = 60  # characters of a name or a subject


def text(value: str, longest: int = LONGEST) -> str:
    """The value on one bounded line, with all that Markdown, HTML or a table reads as markup escaped."""
    shown = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value).split())
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    return "".join(escaped(c, shown[i - 1 : i], shown[i + 1 : i + 2]) for i, c in enumerate(shown))


def escaped(c: str, before: str, after: str) -> str:
    """One character as itself, or as an entity where it could be read as markup between these two."""
    plain = c.isalnum() or c in PLAIN or unicodedata.category(c)[0] == "M"
    # A point within a word, or a colon before anything, could make an address or an emoji.
    plain = plain or (c == "." and (after in ("", " ") or (before + after).isdecimal()))
    plain = plain or (c == ":" and after in ("", " "))
    return c if plain else f"&#{ord(c)};"


def code(value: str) -> str:
    """A value of ours, such as a tag, in code type; what could end that is dropped."""
    return f"`{re.sub(r'[^A-Za-z0-9._:@/ %+=-]', '', value)}`"


def quoted(value: str) -> str:
    """A line of a program as an indented code block, whose content nothing can end."""
    return "    " + " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in value).split())


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table whose cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
