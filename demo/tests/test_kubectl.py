from demo import kubectl
from demo.kubectl import Kubectl


def test_kubectl_never_asks_another_cluster(monkeypatch):
    called = []

    def run(*command, seconds, stdin):
        assert seconds > 0
        called.append(command)
        return '{"items": [{"kind": "Pod"}]}'

    monkeypatch.setattr(kubectl, "run", run)

    assert Kubectl("kind-x").objects("pods", "voting01-qa") == [{"kind": "Pod"}]
    assert called == [
        ("kubectl", "get", "pods", "--namespace=voting01-qa", "--output=json", "--context=kind-x")
    ]
