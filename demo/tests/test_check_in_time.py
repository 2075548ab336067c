"""`make stage-check` ends in time: programs that hang, a server that accepts and never answers."""

import json
import socket
import stat
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import psutil
import pytest

from demo import check, findings
from demo.cluster import TRAEFIK
from demo.machine import VIEW, Machine

pytestmark = pytest.mark.servers

SECONDS = 2.0  # instead of the command's own limit
NODE = "acme-control-plane"


@pytest.fixture
def silence():
    """The port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        open_, stop = [], threading.Event()
        listening.settimeout(0.05)

        def accept():
            while not stop.is_set():
                try:
                    open_.append(listening.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield listening.getsockname()[1]
        stop.set()
        thread.join()
        for each in open_:
            each.close()


@pytest.fixture
def machine(tmp_path, monkeypatch, silence):
    """Writes a program of the PATH that answers by the words it is asked; other words reach the server."""

    def program(name: str, **answers: str) -> None:
        hang = f"import socket; s = socket.create_connection(('127.0.0.1', {silence})); s.recv(1)"
        text = f"#!{sys.executable}\nimport sys\nasked = ' '.join(sys.argv[1:])\n"
        text += f"for words, said in {answers!r}.items():\n"
        text += "    if words.replace('_', ' ') in asked:\n        print(said)\n        sys.exit()\n"
        path = tmp_path / name
        path.write_text(f"{text}{hang}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    port = {TRAEFIK: [{"HostPort": str(silence)}]}
    program("docker", info="28.0.0", State="running", PortBindings=json.dumps(port), exec="1.0")
    program("kind", get_clusters="acme", get_nodes=NODE)
    program("kubectl-argo-rollouts")
    program("kubectl", readyz="ok")
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def found_in_time():
    began = time.monotonic()
    found = {each.what: each for each in check.findings("acme", "qa", seconds=SECONDS)}
    took = time.monotonic() - began
    assert took < SECONDS + 0.5
    return found


def running() -> set[psutil.Process]:
    """The programs that this process and its children have started."""
    return {each for each in psutil.Process().children(recursive=True) if each.status() != "zombie"}


@pytest.fixture(autouse=True)
def none_is_left():
    """Every program that the checks start ends with them; those of other tests may go on."""
    before = running()
    yield
    _, left = psutil.wait_procs(running() - before, timeout=1)
    assert left == []


def test_docker_that_hangs_is_the_only_finding(machine):
    machine("docker")

    found = found_in_time()

    assert found.keys() == {"programs", "Docker"}
    assert (found["Docker"].ok, found["Docker"].fix) == (False, "start Docker")
    assert "docker info" in found["Docker"].found


def test_an_api_server_that_hangs_is_the_last_finding(machine):
    machine("kubectl")

    found = found_in_time()

    assert list(found) == ["programs", "Docker", "cluster"]
    assert not found["cluster"].ok
    assert found["cluster"].found == "the cluster acme exists but does not answer"
    assert found["cluster"].fix == "delete and create it again: make cluster-down cluster"


@pytest.mark.parametrize(
    ("status", "said"), [("paused", "its node acme-control-plane is paused"), ("exited", "is exited")]
)
def test_a_node_that_is_paused_or_stopped_is_found_at_once(machine, silence, status, said):
    machine("docker", info="28.0.0", State=status)

    found = found_in_time()

    assert said in found["cluster"].found
    assert found["cluster"].fix == check.RESET


def test_an_api_server_that_hangs_after_its_first_answer_fails_each_check_on_time(machine):
    found = found_in_time()

    wrong = {name for name, each in found.items() if not each.ok}
    assert {"workloads", "rollout", "pages", "error rate", "error switch", "Prometheus"} <= wrong
    assert "programs" not in wrong
    assert "rehearsal" not in wrong


def test_a_front_door_that_hangs_fails_its_checks_on_time(machine, silence, monkeypatch):
    monkeypatch.setattr(check.Environment, "urls", lambda _: {"vote": f"http://vote.localhost:{silence}"})

    found = found_in_time()

    assert not found["pages"].ok
    assert not found["certificate"].ok
    assert not found["error switch"].ok


def test_findings_come_in_order_whatever_takes_longer():
    slow = threading.Event()
    checks = [("a", lambda: f"waited {slow.wait(5)}", ""), ("b", lambda: slow.set() or "fine", "")]

    asked = findings.asked(checks, time.monotonic() + 5)

    assert list(asked) == [findings.Finding("a", "waited True"), findings.Finding("b", "fine")]


def test_a_mistake_in_a_check_is_no_finding():
    def broken():
        raise AttributeError("of the program")

    with pytest.raises(AttributeError, match="of the program"):
        list(findings.asked([("a", broken, "")], time.monotonic() + 5))


def test_the_limit_leaves_three_of_twenty_seconds_for_make_and_python():
    assert check.LIMIT_S <= 17


def port_of_the_view(port):
    (found,) = [findings.finding(*each) for each in Machine("acme", port).all() if each[0] == VIEW]
    return found


def test_a_port_of_the_view_that_another_program_has_is_found_with_another_port(silence):
    fix = f"make stage STAGE_PORT={silence + 1}, and open that port"
    found = port_of_the_view(silence)

    assert (found.found, found.fix) == (f"{silence} cannot be used: Address already in use", fix)


@pytest.mark.parametrize("said", ['{"status": "ok"}', "hello"])
def test_a_port_where_the_view_answers_is_fine_and_so_is_a_free_one(said):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        taken = port_of_the_view(port)
        server.shutdown()
        thread.join()

    assert taken.ok == (said != "hello")
    assert port_of_the_view(port).found == f"{port} is free"
