import httpx
import pytest

from delivery.adapters.process import ToolError
from demo import api


@pytest.fixture
def answers(monkeypatch):
    """The API's answers by path: a real cluster cannot be made to fail in so many ways."""
    found = {}

    def answer(request):
        return found.get(request.url.path, httpx.Response(404))

    made = httpx.Client(base_url="https://127.0.0.1:6443", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(api, "client", lambda context: made)
    return found


def test_objects_have_their_kind(answers):
    where = "/apis/apps/v1/namespaces/acme-qa"
    answers[f"{where}/deployments"] = httpx.Response(200, json={"items": [{"metadata": {"name": "vote"}}]})
    answers[f"{where}/replicasets"] = httpx.Response(200, json={"items": []})

    found = api.objects("kind-x", "acme-qa", "Deployment", "ReplicaSet")

    assert found == [{"kind": "Deployment", "metadata": {"name": "vote"}}]


def test_an_error_of_the_api_is_a_tool_error_which_waiting_retries(answers):
    with pytest.raises(ToolError, match=r"^GET apis/argoproj.io/v1alpha1/namespaces/acme-qa/rollouts: .*404"):
        api.objects("kind-x", "acme-qa", "Rollout")
