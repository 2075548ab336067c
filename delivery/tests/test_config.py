import pytest

from delivery.adapters.github import ActionsEnvironment
from delivery.domain import workflows
from delivery.domain.errors import ConfigurationError
from delivery.domain.settings import SHAPES, Settings
from delivery.output import summary

GOOD = {
    "name": "acme",
    "registry": "ghcr.io/acme",
    "repository": "acme/acme",
    "base_domain": "localhost:8443",
    "connect": "kind",
    "cluster": "acme",
    "region": "us-west-2",
    "platforms": "linux/arm64",
    "environments": [{"name": "dev"}, {"name": "prod"}],
}


def write(folder, values):
    lines = [f'{key} = "{value}"\n' for key, value in values.items() if key != "environments"]
    listed = ", ".join(f'{{ name = "{each["name"]}" }}' for each in GOOD["environments"])
    (folder / "delivery.toml").write_text(f"{''.join(lines)}environments = [{listed}]\n")
    return folder


def test_every_key_has_a_shape():
    assert {*SHAPES, "environments"} == set(GOOD) == set(Settings.__dataclass_fields__)


def test_addresses_carry_name_environment_and_view(tmp_path):
    settings = Settings.from_file(write(tmp_path, GOOD))

    assert settings.url("qa") == "https://vote-acme-qa.localhost:8443"
    assert settings.url("staging", "vote-preview") == "https://vote-acme-staging-preview.localhost:8443"
    assert settings.url("dev", "result") == "https://result-acme-dev.localhost:8443"
    assert settings.namespace("qa") == "acme-qa"
    assert settings.registry_host == "ghcr.io"


def test_a_cluster_is_on_aws_and_amd64_unless_the_file_says_otherwise():
    rest = {name: value for name, value in GOOD.items() if name not in ("connect", "platforms")}

    assert Settings.checked(rest).connect == "aws"
    assert Settings.checked(rest).platforms == "linux/amd64"


@pytest.mark.parametrize("key", sorted(GOOD.keys() - {"connect", "platforms", "environments"}))
def test_a_missing_key_is_named(tmp_path, key):
    rest = {name: value for name, value in GOOD.items() if name != key}

    with pytest.raises(ConfigurationError, match=f"delivery.toml: {key} is missing; it is"):
        Settings.from_file(write(tmp_path, rest))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Acme"),
        ("name", "a" * 21),
        ("registry", "https://ghcr.io/acme"),
        ("registry", "ghcr.io/acme; rm -rf"),
        ("repository", "acme"),
        ("base_domain", "https://acme.dev"),
        ("connect", "ssh"),
        ("region", "oregon"),
        ("cluster", ""),
        ("platforms", "arm64"),
        ("platforms", "linux/amd64, linux/arm64"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, key, value):
    with pytest.raises(ConfigurationError, match=f"delivery.toml: {key} must be .*, not"):
        Settings.from_file(write(tmp_path, GOOD | {key: value}))


def test_an_unknown_key_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="unknown key regoin"):
        Settings.from_file(write(tmp_path, GOOD | {"regoin": "x"}))


def test_no_file_and_no_toml(tmp_path):
    with pytest.raises(
        ConfigurationError, match=r"there is no delivery.toml in .*; run delivery in a checkout"
    ):
        Settings.from_file(tmp_path)
    (tmp_path / "delivery.toml").write_text("name = ")
    with pytest.raises(ConfigurationError, match="is not readable"):
        Settings.from_file(tmp_path)


def test_a_number_is_not_a_name():
    with pytest.raises(ConfigurationError, match="name must be"):
        Settings.checked(GOOD | {"name": 7})


def test_the_run_url_needs_all_its_parts():
    env = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}

    assert ActionsEnvironment.from_env(env).run_url == "https://github.com/a/b/actions/runs/7"
    assert ActionsEnvironment.from_env({**env, "GITHUB_RUN_ID": ""}).run_url == ""


def test_links_go_to_the_server_that_the_run_is_on(tmp_path, deployment):
    settings = Settings.from_file(write(tmp_path, GOOD))
    around = ActionsEnvironment.from_env({"GITHUB_SERVER_URL": "https://ghe.acme.dev/"})

    there = settings.on(around.server)

    assert workflows.page(there, "x.yaml").startswith("https://ghe.acme.dev/acme/acme/actions/workflows/")
    assert f"[`aaaaaaa`](https://ghe.acme.dev/acme/acme/commit/{'a' * 40})" in summary.deployed(
        there, deployment(commit="a" * 40), ""
    )
    assert settings.on(ActionsEnvironment.from_env({}).server).github == "https://github.com/acme/acme"
