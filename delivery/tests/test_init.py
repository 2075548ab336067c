"""`delivery init` on a real clone."""

from dataclasses import replace

import pytest

from delivery.commands import init
from delivery.domain.errors import ConfigurationError, NothingToDoError
from delivery.domain.settings import SHAPES, Settings

from .samples import KUSTOMIZATION, git, toml
from .test_renaming import OLD


@pytest.mark.servers
def test_the_registry_of_ghcr_follows_the_repository(project, fakes):
    old = replace(OLD, registry="ghcr.io/acme-org/acme")
    (project.root / "delivery.toml").write_text(toml(old))
    git(project.root, "add", ".")

    init.init(replace(project, settings=old), {"repository": "Zoo-Org/animals"})

    assert Settings.from_file(project.root).registry == "ghcr.io/zoo-org/animals"


@pytest.mark.servers
def test_a_registry_on_aws_sets_the_connection(project, fakes):
    registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com/acme"
    (project.root / "delivery.toml").write_text(toml(OLD))
    git(project.root, "add", "delivery.toml")

    init.init(replace(project, settings=OLD), {"registry": registry})

    assert Settings.from_file(project.root).connect == "aws"


@pytest.fixture
def fork(origin, project):
    """A clone with a delivery.toml, workflows, a changelog and a picture."""
    root = project.root
    (root / "delivery.toml").write_text(toml(OLD))
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/promote-acme.yaml").write_text("name: promote acme\n")
    (root / "CHANGELOG.md").write_text("acme was born\n")
    (root / "picture.png").write_bytes(b"\x89PNG acme \0\xff\xfe")
    (root / "script.sh").write_text("#!/bin/sh\necho acme\n")
    (root / "script.sh").chmod(0o755)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=feat: fork me")
    return replace(project, settings=OLD)


@pytest.mark.servers
def test_a_fork_has_the_old_name_only_in_its_history(fork):
    init.init(fork, {"name": "zoo", "registry": "ghcr.io/zoo"})

    left = git(fork.root, "grep", "-I", "--name-only", "acme").splitlines()
    assert left == ["CHANGELOG.md"]
    assert (fork.root / ".github/workflows/promote-zoo.yaml").read_text() == "name: promote zoo\n"
    assert not (fork.root / ".github/workflows/promote-acme.yaml").exists()
    assert (fork.root / "picture.png").read_bytes() == b"\x89PNG acme \0\xff\xfe"
    assert (fork.root / "script.sh").stat().st_mode & 0o111
    assert (
        Settings.from_file(fork.root).repository == "zoo-org/zoo"
    )  # settings that are not given follow the name
    overlay = (fork.root / "k8s/overlays/qa/kustomization.yaml").read_text()
    assert overlay == KUSTOMIZATION.format(strategy="canary").replace("registry.example/acme", "ghcr.io/zoo")


@pytest.mark.servers
def test_a_picture_moves_with_its_links_and_stays_as_it_was_taken(fork):
    (fork.root / "acme.svg").write_text("<svg><text>acme</text></svg>")
    (fork.root / "README.md").write_text("![acme](acme.svg)")
    git(fork.root, "add", ".")

    init.init(fork, {"name": "zoo"})

    assert (fork.root / "README.md").read_text() == "![zoo](zoo.svg)"
    assert (fork.root / "zoo.svg").read_text() == "<svg><text>acme</text></svg>"


@pytest.mark.servers
def test_workflows_follow_the_default_branch(fork, origin):
    """GitHub allows no expressions in the branches of a push trigger."""
    git(origin.path, "branch", "--move", "main", "trunk")
    file = fork.root / ".github/workflows/promote-acme.yaml"
    file.write_text("on:\n  push:\n    branches: [main]\n")
    git(fork.root, "fetch", "--quiet")

    assert init.init(fork, {}) == [".github/workflows/promote-acme.yaml"]

    assert file.read_text() == "on:\n  push:\n    branches: [trunk]\n"
    with pytest.raises(NothingToDoError):
        init.init(fork, {})


@pytest.mark.servers
@pytest.mark.parametrize("name", ["newtag", "workflows", "script", "kind"])
def test_a_name_that_the_repository_uses_otherwise_is_refused(fork, name):
    (fork.root / "README.md").write_text("a newtag, of some kind\n")

    with pytest.raises(ConfigurationError, match=f"^--name {name}: .* take another name$"):
        init.init(fork, {"name": name})

    assert git(fork.root, "diff", "--name-only") == "README.md"


@pytest.mark.servers
@pytest.mark.parametrize("path", ["delivery/tests/golden/x.md", "e2e/run/x.txt", "local/src/local/x.py"])
def test_tests_and_code_are_left_alone(fork, path):
    """Tests use made-up names, and code reads delivery.toml."""
    file = fork.root / path
    file.parent.mkdir(parents=True)
    file.write_text("acme goes to the zoo")
    git(fork.root, "add", ".")

    assert "delivery.toml" in init.init(fork, {"name": "zoo"})
    assert file.read_text() == "acme goes to the zoo"


@pytest.mark.servers
def test_a_name_that_only_the_settings_use_is_accepted(fork):
    """The company is named zoo, and its second app gets the same name."""
    init.init(fork, {"registry": "ghcr.io/zoo", "repository": "zoo/acme", "base_domain": "zoo.dev"})

    now = replace(fork, settings=Settings.from_file(fork.root))
    init.init(now, {"name": "zoo"})

    assert Settings.from_file(fork.root).registry == "ghcr.io/zoo"


@pytest.mark.servers
def test_connection_and_region_do_not_follow_the_name(fork):
    here = replace(OLD, name="west", cluster="west")

    init.init(replace(fork, settings=here), {"name": "zoo"})

    found = Settings.from_file(fork.root)
    assert (found.region, found.cluster, found.repository) == ("us-west-2", "zoo", "acme-org/acme")


@pytest.mark.servers
def test_a_dry_run_changes_nothing(fork, capsys):
    dry = replace(fork, runner=replace(fork.runner, dry_run=True))

    assert "README.md" in init.init(dry, {"name": "zoo"})
    assert "+ README.md changes" in capsys.readouterr().out
    assert git(fork.root, "status", "--porcelain") == ""


@pytest.mark.servers
@pytest.mark.parametrize(("given", "key"), [({"name": "Zoo!"}, "name"), ({"connect": "ssh"}, "connect")])
def test_a_wrong_setting_changes_nothing(fork, given, key):
    with pytest.raises(ConfigurationError, match=f"{key} must be"):
        init.init(fork, given)
    assert git(fork.root, "status", "--porcelain") == ""


@pytest.mark.servers
def test_the_same_settings_are_nothing_to_do(fork):
    with pytest.raises(NothingToDoError):
        init.init(fork, {key: getattr(OLD, key) for key in SHAPES})
