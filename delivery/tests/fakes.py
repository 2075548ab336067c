"""Fake kubectl and docker programs: they answer from files and record their arguments."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

DIGEST = "sha256:" + "a" * 64

KUBECTL = """#!/bin/sh
echo "kubectl $*" >>"$FAKES/asked"
[ ! -e "$FAKES/cluster-away" ] || { echo "Unable to connect to the server: connection refused" >&2; exit 1; }
case $* in
"config view "*) cat "$FAKES/config.json" ;;
"kustomize "*) [ ! -e "$FAKES/rendered" ] || cat "$FAKES/rendered" ;;
"get namespace "*)
  [ ! -e "$FAKES/no-namespace" ] || { echo 'Error (NotFound): namespaces "x" not found' >&2; exit 1; } ;;
"get secret "*) [ -e "$FAKES/no-secret" ] || echo secret/acme-database ;;
"get nodes"*) cat "$FAKES/nodes" 2>/dev/null || { echo "Error (Forbidden): nodes" >&2; exit 1; } ;;
"get events"*) echo '{"items": []}' ;;
"get deployments.apps --output=name"*) echo deployment.apps/apm ;;
"get rollouts"*namespace=acme-uat*) cat "$FAKES/uat.json" ;;
"get rollouts"*) cat "$FAKES/objects.json" ;;
"apply "*)
  [ ! -e "$FAKES/refuse" ] || { echo "error: admission webhook said no" >&2; exit 1; }
  [ ! -e "$FAKES/refuse-once" ] || { rm "$FAKES/refuse-once"; echo "error: webhook said no" >&2; exit 1; }
  [ ! -e "$FAKES/exists-once" ] || { rm "$FAKES/exists-once"; echo "Error (AlreadyExists): x" >&2; exit 1; }
  folder=$(echo "$*" | sed 's/.*--kustomize=\\([^ ]*\\).*/\\1/')
  cp "$folder/kustomization.yaml" "$FAKES/applied.yaml"
  [ ! -e "$FAKES/on-apply" ] || sh "$FAKES/on-apply"
  [ ! -e "$FAKES/next.json" ] || mv "$FAKES/next.json" "$FAKES/objects.json" ;;
"argo rollouts "*) [ ! -e "$FAKES/promoted.json" ] || mv "$FAKES/promoted.json" "$FAKES/objects.json" ;;
create*)
  cat >"$FAKES/created"
  [ ! -e "$FAKES/exists" ] || { echo 'Error from server (AlreadyExists): secrets "x"' >&2; exit 1; } ;;
esac
"""
DOCKER = """#!/bin/sh
echo "docker $*" >>"$FAKES/asked"
[ ! -e "$FAKES/registry-away" ] || { echo "ERROR: failed to do request: connection refused" >&2; exit 1; }
[ ! -e "$FAKES/no-image" ] || { echo "ERROR: registry.example/acme/vote:x: not found" >&2; exit 1; }
case $* in
*imagetools*--format*) [ ! -e "$FAKES/built-for" ] || cat "$FAKES/built-for" ;;
*imagetools*) cat "$FAKES/digest" ;;
"build "*)
  [ ! -e "$FAKES/no-buildx" ] || { echo "unknown flag: --provenance" >&2; exit 125; } ;;
"buildx inspect"*) [ -e "$FAKES/builder" ] ;;
esac
"""


@dataclass
class Fakes:
    """The folder with the answers of both programs."""

    folder: Path

    def make(self, monkeypatch):
        binaries = self.folder / "bin"
        binaries.mkdir(parents=True)
        for name, script in (("kubectl", KUBECTL), ("docker", DOCKER)):
            (binaries / name).write_text(script)
            (binaries / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
        monkeypatch.setenv("FAKES", str(self.folder))
        self.serves(DIGEST)
        self.runs([])
        return self

    def serves(self, digest):
        """The registry's answer, in the form of a real one."""
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        lines = [f"Name:      registry.example/acme/x\nMediaType: {kind}\nDigest:    {digest}\n", ""]
        (self.folder / "digest").write_text("\n".join(lines))

    def nodes_are(self, *architectures, **spec):
        """The nodes of the cluster; without it, this user may not list nodes."""
        infos = [{"operatingSystem": "linux", "architecture": each} for each in architectures]
        items = [{"spec": spec, "status": {"nodeInfo": info}} for info in infos]
        (self.folder / "nodes").write_text(json.dumps({"items": items}))

    def is_built_for(self, said):
        """The platforms of an image according to buildx."""
        (self.folder / "built-for").write_text(said)

    def runs(self, objects, file="objects.json"):
        """What the cluster has, now or after the next apply (next.json) or promotion (promoted.json);
        uat.json is what uat has."""
        (self.folder / file).write_text(json.dumps({"items": objects}))

    def renders(self, text):
        """The output of kustomize for the overlay."""
        (self.folder / "rendered").write_text(text)

    def breaks(self, what):
        (self.folder / what).touch()

    @property
    def asked(self):
        file = self.folder / "asked"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def applied(self):
        file = self.folder / "applied.yaml"
        return file.read_text() if file.exists() else ""


def rollout(tag, *, phase="Healthy", stable=None, strategy="canary", abort=False, digest=DIGEST, message=""):
    """A Rollout of a tag; `stable` is another tag if it is not this one."""
    release, old = f"hash{tag[-6:]}", f"hash{(stable or tag)[-6:]}"
    status = {
        "observedGeneration": "3",
        "phase": phase,
        "message": message,
        "currentPodHash": release,
        "stableRS": old,
        "abort": abort,
        "blueGreen": {"activeSelector": old, "previewSelector": release} if strategy == "blue-green" else {},
    }
    metadata = {
        "name": "vote",
        "uid": "u",
        "generation": 3,
        "annotations": {"rollout.argoproj.io/revision": "3"},
        "creationTimestamp": "2026-01-02T03:04:05Z",
    }
    kinds = {"canary": {"canary": {"steps": [{"setWeight": 20}]}}, "blue-green": {"blueGreen": {}}}
    thing = {
        "kind": "Rollout",
        "metadata": metadata,
        "spec": {"strategy": kinds[strategy], "template": pod(tag, digest)},
        "status": status | {"currentStepIndex": 1 if phase == "Healthy" else 0},
    }
    sets = {release: tag, old: stable or tag}
    return [thing, *(replica_set(each, sets[each], digest) for each in sets)]


def replica_set(release, tag, digest):
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "name": f"vote-{release}",
            "labels": {"rollouts-pod-template-hash": release},
            "ownerReferences": [{"uid": "u"}],
        },
        "spec": {"replicas": 1, "template": pod(tag, digest)},
        "status": {"readyReplicas": 1},
    }


def worker(tag, *, ready=1, digest=DIGEST):
    return {
        "kind": "Deployment",
        "metadata": {"name": "worker", "uid": "w", "generation": 2},
        "spec": {"replicas": 1, "template": pod(tag, digest, "worker")},
        "status": {"observedGeneration": 2, "updatedReplicas": 1, "replicas": 1, "readyReplicas": ready},
    }


def pod(tag, digest, service="vote"):
    return {"spec": {"containers": [{"image": f"registry.example/acme/{service}:{tag}@{digest}"}]}}
