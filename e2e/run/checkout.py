"""Copies of this checkout, as on another machine."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from local.app import CADDY, ROOT


def copy(folder: Path) -> Path:
    """Copy the working tree: tracked files and untracked files that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def private(folder: Path) -> Path:
    """The same, as with umask 077: only the owner can read it."""
    for path in copy(folder).rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def with_packages(folder: Path) -> Path:
    """The same with its own .venv, which uses the packages that are installed here."""
    copy(folder)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site_packages,) = venv.glob("lib/python3*/site-packages")
    paths = [*folder.glob("*/src"), Path(sysconfig.get_path("purelib"))]
    (site_packages / "borrowed.pth").write_text("".join(f"{path}\n" for path in paths))
    (venv / "bin/caddy").symlink_to(CADDY)
    (venv / ".installed").write_text(f"{folder.resolve()}\n")
    return folder
