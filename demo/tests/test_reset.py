import pytest

from delivery.domain.errors import ConfigurationError
from demo import cluster, reset


def test_a_cluster_of_somebody_else_is_neither_started_nor_deleted(monkeypatch):
    asked = []

    def run(*command, **_):
        asked.append(" ".join(command[:2]))
        return "acme\n" if command[0] == "kind" else "{}"

    for module in (cluster, reset):
        monkeypatch.setattr(module, "run", run)

    with pytest.raises(ConfigurationError, match="CLUSTER_NAME"):
        reset.revived("acme")

    assert asked == ["kind get", "docker inspect"]
