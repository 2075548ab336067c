"""A real Prometheus in Docker with backfilled samples, so that no test waits for scrapes."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Self

import httpx
import tenacity

from local.servers import free_port

IMAGE = "prom/prometheus:v2.53.3"
Past = dict[str, list[tuple[float, float]]]  # series -> (seconds ago, value)

_CONFIG = """
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: pods
    static_configs:
      - {targets: ["127.0.0.1:%d"], labels: {namespace: acme-live, app: vote, pod: vote-1}}
"""


class RealPrometheus:
    """Starts with the given samples, and scrapes one pod of acme-live from then on."""

    def __init__(self, folder: Path, past: Past, *, scraped_port: int) -> None:
        if not shutil.which("docker") or _docker("version").returncode:
            raise AssertionError("these tests need Docker: they run a real Prometheus")
        self._folder = folder
        (folder / "prometheus.yml").write_text(_CONFIG % scraped_port)
        (folder / "past").write_text(_openmetrics(past))
        self._port = free_port()
        self._name = f"acme-apm-test-{self._port}"
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        """Backfill the samples, start the server, and wait until it is ready."""
        self._run("promtool", "tsdb", "create-blocks-from", "openmetrics", "/data/past", "/data/tsdb")
        arguments = ("--config.file=/data/prometheus.yml", "--storage.tsdb.path=/data/tsdb")
        address = f"--web.listen-address=127.0.0.1:{self._port}"
        self._run("prometheus", *arguments, address, detach=True)
        try:
            for attempt in tenacity.Retrying(
                stop=tenacity.stop_after_delay(60), wait=tenacity.wait_fixed(0.1), reraise=True
            ):
                with attempt, contextlib.suppress(httpx.ReadError):
                    assert httpx.get(f"{self.url}/-/ready").status_code == httpx.codes.OK
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the container."""
        _docker("rm", "--force", self._name)

    def _run(self, program: str, *arguments: str, detach: bool = False) -> None:
        done = _docker(
            *("run", "--rm", "--name", self._name, "--network=host"),
            *("--user", f"{os.getuid()}:{os.getgid()}", "--volume", f"{self._folder}:/data"),
            *(["--detach"] if detach else []),
            *("--entrypoint", program, IMAGE, *arguments),
        )
        assert done.returncode == 0, f"docker run {IMAGE} {program}: {done.stdout}{done.stderr}"


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603, S607


def _openmetrics(past: Past) -> str:
    now = time.time()
    lines = ["# TYPE http_requests counter"]
    for series, samples in sorted(past.items(), key=lambda one: not one[0].startswith("http_requests")):
        if series == "up":
            lines.append("# TYPE up gauge")
        lines += [f"{series} {value} {now - ago:.3f}" for ago, value in samples]
    return "\n".join([*lines, "# EOF", ""])
