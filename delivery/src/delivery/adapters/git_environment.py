"""The environment for git: our settings override those of the user."""

import os
import re
from collections.abc import Mapping

# The user's settings for reaching origin stay: credentials, proxies, certificates.
SETTINGS = {
    **{f"color.{part}": "false" for part in ("ui", "advice", "push", "remote", "transport")},
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.pushOption": "",  # none
    "push.recurseSubmodules": "no",
}
THEIRS = re.compile(r"GIT_(ALLOW_PROTOCOL|ASKPASS|CONFIG_(?!PARAMETERS)|EXEC_PATH|HTTP|PROXY|SSH|SSL|TRACE)")


def environment(env: Mapping[str, str]) -> dict[str, str | None]:
    """The changes to the environment that make SETTINGS win over all others; None removes a variable."""
    given = env.get("GIT_CONFIG_COUNT", "")
    count = int(given) if given.isdecimal() else 0
    foreign: dict[str, str | None] = {
        name: None for name in env if name.startswith("GIT_") and not THEIRS.match(name)
    }
    for number, (key, value) in enumerate(SETTINGS.items(), count):
        foreign |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return foreign | {"GIT_CONFIG_COUNT": str(count + len(SETTINGS)), "GIT_TERMINAL_PROMPT": "0"}
