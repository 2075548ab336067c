"""The cookies: the voter's id and the last choice."""

import re
import secrets
from functools import lru_cache

from flask import Request, Response
from werkzeug.http import dump_cookie

VOTER_COOKIE = "voter"
CHOICE_COOKIE = "choice"

# Only these two cookies are read: parsing all of them would take a tenth of the time of a vote.
_KNOWN = {
    VOTER_COOKIE: re.compile(rf"(?:^|;) *{VOTER_COOKIE}=([0-9a-f]{{32}}) *(?:;|$)"),
    CHOICE_COOKIE: re.compile(rf"(?:^|;) *{CHOICE_COOKIE}=([ab]) *(?:;|$)"),
}
_A_YEAR_S = 365 * 24 * 3600


def voter_id(request: Request) -> str:
    """The voter's id from the cookie, or a new random one if the cookie is missing or malformed.

    128 random bits cannot be guessed, so nobody can vote as somebody else. A signature would add a secret
    to manage and prevent nothing, because anybody can get as many new ids as they like.
    """
    return _known(request, VOTER_COOKIE) or secrets.token_hex(16)


def last_choice(request: Request) -> str | None:
    """The last vote of this browser: `a`, `b` or None."""
    return _known(request, CHOICE_COOKIE)


def remember(response: Response, request: Request, *, voter: str, choice: str | None = None) -> None:
    """Set the cookies for the voter's id and the choice, for a year, unless the browser has them already."""
    for name, value in ((VOTER_COOKIE, voter), (CHOICE_COOKIE, choice)):
        if value is not None and value != _known(request, name):
            response.headers.add("Set-Cookie", _cookie(name, value, request.is_secure))


def _known(request: Request, name: str) -> str | None:
    found = _KNOWN[name].search(request.environ.get("HTTP_COOKIE", ""))
    return found[1] if found else None


@lru_cache(maxsize=64)  # the two choices stay cached
def _cookie(name: str, value: str, secure: bool) -> str:
    return dump_cookie(name, value, max_age=_A_YEAR_S, httponly=True, samesite="Lax", secure=secure)
