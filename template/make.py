"""`make service NAME=audit`: creates a service of the common shape and lists it where services are listed."""

import re
import sys
from bisect import bisect
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATE, NEW, SHARED = ROOT / "template", "newservice", "vote"
WORKFLOW = "delivery/src/delivery/output/environment/deploy.yaml"
REACH = ROOT / "k8s/README.md"
OWN = {path.name for path in TEMPLATE.glob("service/src/*/*.py")} | {"metrics.py", "views.py"}


class RefusedError(Exception):
    """The service cannot be created; the message says what to do."""


def main(name: str) -> int:
    """Create the service and return 0, or print one line, change nothing and return 2."""
    try:
        checked(name)
        made = shared(name) | own(name) | naming(name)
    except RefusedError as error:
        print(f"service: {error}", file=sys.stderr)
        return 2
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"created {name}/ and k8s/base/{name}; describe the service in README.md, then run: make test")
    return 0


def checked(name: str) -> None:
    """Refuse a name that is not valid as Python package and DNS label, or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9]{1,19}", name):
        raise RefusedError("NAME must be lower-case letters and digits, 20 at most: make service NAME=audit")
    if (ROOT / name).exists() or name in sys.stdlib_module_names or find_spec(name):
        raise RefusedError(f"{name} is taken by a folder here or by a Python package; choose another name")
    for path, text in (*shared(SHARED).items(), *own(NEW).items()):
        if re.search(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])", text, re.IGNORECASE):
            raise RefusedError(
                f"{name} already occurs as a word in {path.relative_to(ROOT)}; choose another name"
            )


def shared(name: str) -> dict[Path, str]:
    """The files that all services share: the same text with the service's name."""
    source, other = ROOT / SHARED / "src" / SHARED, ROOT / "apm/src/apm"
    modules = [path for path in source.glob("*.py") if (other / path.name).exists() and path.name not in OWN]
    texts = {ROOT / name / "src" / name / path.name: path for path in modules}
    texts[ROOT / name / "Dockerfile"] = ROOT / SHARED / "Dockerfile"
    return {to: named(path, SHARED, name) for to, path in texts.items()}


def own(name: str) -> dict[Path, str]:
    """The service's own files, from the template."""
    folders = {TEMPLATE / "service": ROOT / name, TEMPLATE / "k8s": ROOT / "k8s/base" / name}
    texts = {ROOT / "requirements" / f"{name}.txt": ROOT / "requirements/template.txt"}
    for source, folder in folders.items():
        for path in source.rglob("*.*"):
            if path.suffix in {".md", ".py", ".toml", ".yaml"}:
                texts[folder / str(path.relative_to(source)).replace(NEW, name)] = path
    return {to: named(path, NEW, name) for to, path in texts.items()}


def named(path: Path, old: str, new: str) -> str:
    """The text of a file with the service renamed, and paths for a folder at the root."""
    text = (
        path.read_text(encoding="utf-8").replace("template/service", old).replace("../../docs/", "../docs/")
    )
    return text.replace(old, new).replace(old.upper(), new.upper())


def sorted_images(text: str) -> str:
    """A kustomization with its images sorted, as delivery writes them."""
    images = re.compile(r"(?<=^images:\n)(  - name: .+\n(?:    .+\n)*)+", re.MULTILINE)
    entry = re.compile(r"  - name: .+\n(?:    .+\n)*")
    return images.sub(lambda found: "".join(sorted(entry.findall(found[0]))), text)


def reach_table(text: str, name: str) -> str:
    """The table of who reaches whom with the service in it: Prometheus reaches it, and it reaches nobody."""
    head, border, rest = text.partition("| from \\ to ")
    lines, end, tail = (border + rest).partition("\n\n")
    rows = [line[2:-2].split(" | ") for line in lines.splitlines()]
    first, *_ = rows
    services = slice(first.index("postgres") + 1, first.index("apm"))
    place = bisect(first, name, services.start, services.stop)
    for row, cell in zip(rows, (name, "---"), strict=False):
        row.insert(place, cell)
    for row in rows[2:]:
        row.insert(place, "yes" if row[0] == "prometheus" else "-")
    # Behind the border, rows of services are in the order of their columns.
    rows.insert(2 + place - services.start, [name, *["-"] * (len(first) - 1)])
    return head + "\n".join(f"| {' | '.join(row)} |" for row in rows) + end + tail


def naming(name: str) -> dict[Path, str]:
    """The files that list the services, with the new service added."""
    row = f"| [{name}/]({name}/) | does nothing yet | [`create_app`]({name}/src/{name}/app.py) |\n"
    container = f"  {name}:\n    <<: *hardened\n    build: {{context: ., dockerfile: {name}/Dockerfile}}\n"
    pushes = f"      - {name}/**\n      - requirements/{name}.txt\n"
    image = r"(?=  - name: vote\n    newName: (?P<registry>\S+/)vote\n    newTag: (?P<tag>[^@\s]+))"
    edits = [
        ("docker-compose.yml", r"(?=  redis:\n    image)", f"{container}    environment: *logs\n\n"),
        ("README.md", r"(?=\| \[k8s/\])", row),
        ("docs/configuration.md", r"(?=## apm\n)", named(TEMPLATE / "settings.md", NEW, name)),
        (f".github/workflows/*.yaml {WORKFLOW}", r"(?=      - result/\*\*\n)", pushes),
        ("k8s/base/kustomization.yaml", r"(?=  - vote\n)", f"  - {name}\n"),
        ("k8s/components/pull-secret/kustomization.yaml", r"(?<=vote\|worker)", f"|{name}"),
        ("k8s/platform/prometheus/networkpolicy.yaml", r"(?<=vote, worker)", f", {name}"),
        (
            "k8s/overlays/*/kustomization.yaml",
            image,
            f"  - name: {name}\n    newName: \\g<registry>{name}\n    newTag: \\g<tag>\n",
        ),
    ]
    texts = {REACH: reach_table(REACH.read_text(encoding="utf-8"), name)}
    for patterns, place, addition in edits:
        paths = [path for pattern in patterns.split() for path in ROOT.glob(pattern)]
        before = {path: texts.get(path) or path.read_text(encoding="utf-8") for path in paths}
        after = {path: sorted_images(re.sub(place, addition, text, count=1)) for path, text in before.items()}
        if after == before:
            raise RefusedError(
                f"cannot add the service to {patterns}: template/make.py does not find the place"
            )
        texts |= {path: text for path, text in after.items() if text != before[path]}
    return texts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
