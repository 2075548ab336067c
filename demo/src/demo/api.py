"""Direct calls to the Kubernetes API, for polling: a call takes a hundredth of kubectl's time."""

import atexit
import json
import ssl
from base64 import b64decode
from functools import cache
from tempfile import NamedTemporaryFile

import httpx

from delivery.adapters.process import ToolError, run
from delivery.domain.objects import Object

PATHS = {
    "Rollout": "apis/argoproj.io/v1alpha1/namespaces/{}/rollouts",
    "Deployment": "apis/apps/v1/namespaces/{}/deployments",
    "ReplicaSet": "apis/apps/v1/namespaces/{}/replicasets",
    "AnalysisRun": "apis/argoproj.io/v1alpha1/namespaces/{}/analysisruns",
}


def configured(context: str) -> tuple[str, ssl.SSLContext, Object]:
    """The API server of this context, how to verify its certificate, and the user in kubeconfig."""
    view = ("kubectl", "config", "view", "--raw", "--minify", "--flatten", "--output=json")
    config = json.loads(run(*view, f"--context={context}"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    trust = ssl.create_default_context(cadata=b64decode(cluster["certificate-authority-data"]).decode())
    return cluster["server"], trust, user


@cache
def client(context: str) -> httpx.Client:
    """A client for the cluster of this context, with the certificates in its kubeconfig."""
    server, trust, user = configured(context)
    with NamedTemporaryFile() as both:  # ssl reads client certificates only from files
        both.write(b64decode(user["client-certificate-data"]) + b64decode(user["client-key-data"]))
        both.flush()
        trust.load_cert_chain(both.name)
    made = httpx.Client(base_url=server, verify=trust, timeout=10, trust_env=False)
    atexit.register(made.close)
    return made


def objects(context: str, namespace: str, *kinds: str) -> list[Object]:
    """Every object of these kinds in the namespace."""
    found: list[Object] = []
    for kind in kinds:
        path = PATHS[kind].format(namespace)
        try:
            answer = client(context).get(path).raise_for_status()
        except httpx.HTTPError as error:
            raise ToolError(f"GET {path}: {error}".splitlines()[0]) from error
        found += [each | {"kind": kind} for each in answer.json()["items"]]  # items of a list lack their kind
    return found
