import pytest
from environs import Env

from stage.checks import ConfigError
from stage.config import Settings

GOOD = {"STAGE_NAMESPACE": "shop-qa", "STAGE_APM_URL": "http://apm.shop-platform.svc"}


@pytest.fixture
def env(monkeypatch):
    def read(**changed):
        for name, value in (GOOD | changed).items():
            monkeypatch.setenv(name, value)
        return Settings.from_env(Env())

    return read


def test_the_switch_is_hidden_unless_it_is_asked_for(env):
    assert not env().switch
    assert env(STAGE_SWITCH="on").switch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE_NAMESPACE", ""),
        ("STAGE_APM_URL", "apm.shop-platform"),
        ("STAGE_FRONT_DOOR", "traefik"),
        ("STAGE_FRONT_DOOR", "https://traefik:443"),
        ("STAGE_SWITCH", "yes"),
        ("STAGE_API_URL", "kubernetes"),
        ("STAGE_PORT", "0"),
    ],
)
def test_a_wrong_setting_is_named(env, name, value):
    with pytest.raises(ConfigError, match=name):
        env(**{name: value})
