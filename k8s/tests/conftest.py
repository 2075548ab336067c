"""Fixtures of the manifests' tests: an APM that gives the answer of a test, and rendered manifests."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from delivery.domain.overlay import load
from delivery.domain.settings import Settings

K8S = Path(__file__).parents[1]
SETTINGS = Settings.from_file(K8S.parent)
NAME, ENVIRONMENTS = SETTINGS.name, SETTINGS.env_names


@dataclass
class Apm:
    """A real HTTP server that gives a prepared answer and records requests."""

    port: int
    status: int = 200
    body: str = ""
    location: str = ""  # the target of a redirect
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def parameters(self) -> dict[str, list[str]]:
        (asked,) = self.asked
        return parse_qs(urlsplit(asked).query)


@contextmanager
def serving(*, after_s: float = 0) -> Iterator[Apm]:
    """Serve; until `after_s` seconds have passed, the port refuses connections."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            body = told.body.encode()
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output to itself."""

    def serve() -> None:
        server.server_activate()
        server.serve_forever(poll_interval=0.02)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.server_bind()
    told = Apm(server.server_address[1])
    if not after_s:
        server.server_activate()
    thread = threading.Timer(after_s, serve)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def apm() -> Iterator[Apm]:
    with serving() as told:
        yield told


@pytest.fixture
def apm_later() -> Iterator[Apm]:
    """The same, but it refuses connections at first, like a network policy that does not know the pod yet."""
    with serving(after_s=1.5) as told:
        yield told


@dataclass
class Measurement:
    """The exit of one run of the script, and the line that it printed."""

    passed: bool
    line: dict[str, str]


@pytest.fixture
def analyse(tmp_path):
    """Run the script as the analysis Job does; `connect` maps cluster addresses to ports of this machine."""

    def run(check: str, *, connect: dict[str, int] | None = None, **env: str) -> Measurement:
        lines = [f'connect-to = "{host}:127.0.0.1:{port}"' for host, port in (connect or {}).items()]
        (tmp_path / ".curlrc").write_text("\n".join(lines))
        done = subprocess.run(
            ["sh", str(K8S / "components/analysis/analyse.sh"), check],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CONNECT_FOR_S": "0", **env},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        (line,) = done.stdout.splitlines()
        assert not done.stderr
        return Measurement(passed=done.returncode == 0, line=json.loads(line))

    return run


@pytest.fixture(scope="session")
def render():
    """Render a folder, or an overlay with more components, as a list of objects."""

    def kustomize(folder: Path) -> list[dict]:
        manifests = kubectl("kustomize", str(folder))
        # kubectl converts YAML to JSON; --local needs no cluster.
        return documents(
            kubectl(
                "annotate", "--local", "--filename=-", "--output=json", "rendered-by=tests", read=manifests
            )
        )

    return kustomize


def kubectl(*arguments: str, read: str | None = None) -> str:
    done = subprocess.run(["kubectl", *arguments], input=read, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def documents(text: str) -> list[dict]:
    """The consecutive JSON documents in a text."""
    found = []
    while text := text.lstrip():
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


@pytest.fixture(scope="session")
def overlay(render, checkout):
    """An overlay's objects, with more components if asked for; rendered once a session."""
    rendered = {}

    def objects(name: str, *components: str) -> list[dict]:
        if (name, components) not in rendered:
            folder = checkout / "overlays" / "-".join([name, "with", *components])
            content = load((K8S / "overlays" / name / "kustomization.yaml").read_text())
            content["components"] += [f"../../components/{each}" for each in components]
            folder.mkdir()
            (folder / "kustomization.yaml").write_text(json.dumps(content))
            rendered[name, components] = render(folder)
        return rendered[name, components]

    return objects


@pytest.fixture(scope="session")
def platform(render):
    return render(K8S / "platform")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """A copy of k8s/ in which a test may add a kustomization of its own."""
    copy = tmp_path_factory.mktemp("checkout") / "k8s"
    shutil.copytree(K8S, copy, ignore=shutil.ignore_patterns("tests"))
    return copy


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="write the table of k8s/README.md again")
