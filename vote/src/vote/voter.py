"""What the browser remembers: who votes, and for what last time."""

import re
import secrets
from functools import lru_cache

from flask import Request, Response
from werkzeug.http import dump_cookie

VOTER_COOKIE = "voter"
CHOICE_COOKIE = "choice"

# Read directly: only these forms count, and a parser of all cookies takes a tenth of a vote's time.
_KNOWN = {
    VOTER_COOKIE: re.compile(rf"(?:^|;) *{VOTER_COOKIE}=([0-9a-f]{{32}}) *(?:;|$)"),
    CHOICE_COOKIE: re.compile(rf"(?:^|;) *{CHOICE_COOKIE}=([ab]) *(?:;|$)"),
}
_A_YEAR_S = 365 * 24 * 3600


def voter_id(request: Request) -> str:
    """The voter's id from the cookie, or a new random one where there is none of the right form.

    128 random bits cannot be guessed, so nobody can vote in another's name; a signature would add a
    secret to manage and stop nothing, since anyone may ask for as many new ids as they like.
    """
    return _known(request, VOTER_COOKIE) or secrets.token_hex(16)


def last_choice(request: Request) -> str | None:
    """What this browser voted for last, `a` or `b`, or None."""
    return _known(request, CHOICE_COOKIE)


def remember(response: Response, request: Request, *, voter: str, choice: str | None = None) -> None:
    """Keep the voter's id, and the choice if there is one, in the browser for a year after each change."""
    for name, value in ((VOTER_COOKIE, voter), (CHOICE_COOKIE, choice)):
        if value is not None and value != _known(request, name):
            response.headers.add("Set-Cookie", _cookie(name, value, request.is_secure))


def _known(request: Request, name: str) -> str | None:
    found = _KNOWN[name].search(request.environ.get("HTTP_COOKIE", ""))
    return found[1] if found else None


@lru_cache(maxsize=64)  # the few choices stay in it
def _cookie(name: str, value: str, secure: bool) -> str:
    return dump_cookie(name, value, max_age=_A_YEAR_S, httponly=True, samesite="Lax", secure=secure)
