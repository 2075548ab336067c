"""Text of others as Markdown that shows it, and never as markup."""

import re
import unicodedata

PLAIN = set(" ,'-")
LONGEST = 60  # characters of a name or a subject


def text(value: str, longest: int = LONGEST) -> str:
    """The value on one bounded line, with all that Markdown, HTML or a table reads as markup escaped."""
    shown = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value).split())
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    # A point matters only within a word, where it could make an address.
    return re.sub(r".", escaped, shown.replace(". ", ".\0")).replace("\0", " ")


def escaped(found: re.Match[str]) -> str:
    """One character as itself, or as an entity."""
    c = found[0]
    end = found.string[found.end() : found.end() + 1]
    plain = c.isalnum() or c in PLAIN or c in "\0…" or unicodedata.category(c)[0] == "M"
    return c if plain or (c == "." and end in ("", "\0")) else f"&#{ord(c)};"


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
