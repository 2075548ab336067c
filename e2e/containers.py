"""The whole app as containers, for a test."""

import json
import os
import secrets
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from e2e.run.checkout import private
from e2e.sites import Site
from local.servers import free_port


def docker_config(folder: Path) -> Path:
    """The user's Docker configuration, with an unreachable proxy for containers."""
    theirs = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker").absolute()
    folder.mkdir()
    for name in ("cli-plugins", "contexts"):
        (folder / name).symlink_to(theirs / name)
    settings = theirs / "config.json"
    told = json.loads(settings.read_text()) if settings.exists() else {}
    nowhere = dict.fromkeys(("httpProxy", "httpsProxy"), "http://127.0.0.1:9")
    context = {key: value for key, value in told.items() if key == "currentContext"}
    (folder / "config.json").write_text(json.dumps(context | {"proxies": {"default": nowhere}}))
    return folder


@dataclass
class ComposeSite:
    """Everything as containers of a separate compose project, under difficult conditions.

    Only the owner can read the checkout, and Docker gives every container an unreachable proxy.
    """

    project: str = field(default_factory=lambda: f"votes-e2e-{secrets.token_hex(3)}")

    def __enter__(self) -> Self:
        self._machine = tempfile.TemporaryDirectory()
        self.home = private(Path(self._machine.name) / "checkout")
        self.vote_port, self.result_port = free_port(), free_port()
        own = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
        self.env = own | {
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "VOTE_HTTPS_PORT": str(self.vote_port),
            "RESULT_HTTPS_PORT": str(self.result_port),
        }
        return self

    def __exit__(self, *_: object) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        self._machine.cleanup()

    def compose(self, *args: str) -> str:
        """Run docker compose on this project; returns its standard output."""
        done = subprocess.run(
            ["docker", "compose", "--project-name", self.project, *args],
            cwd=self.home,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            timeout=600,
            check=True,
        )
        return done.stdout

    def start_all(self) -> Site:
        """Build and start every container, and return once all are healthy."""
        self.compose("build", "--quiet")  # may need a real proxy
        self.env["DOCKER_CONFIG"] = str(docker_config(Path(self._machine.name) / "docker"))
        self.compose("up", "--wait", "--quiet-pull")
        authority = self.compose("exec", "-T", "caddy", "cat", "/data/caddy/pki/authorities/local/root.crt")
        return Site(f"https://localhost:{self.vote_port}", f"https://localhost:{self.result_port}", authority)
