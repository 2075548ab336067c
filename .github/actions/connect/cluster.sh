#!/bin/sh
# Makes kubectl of this job's later steps talk to the cluster that delivery.toml names, and asks it once.
set -eu
fail() {
  echo "::error::connect: $1" >&2
  exit 2
}
away="the cluster $CLUSTER does not answer; nothing was changed, run this again when it does"
umask 077
KUBECONFIG=$RUNNER_TEMP/kubeconfig # a file of this job: the runner's own ~/.kube is never touched
export KUBECONFIG
case $CONNECT in
  aws)
    aws eks update-kubeconfig --name "$CLUSTER" --region "$REGION" >/dev/null ||
      fail "EKS has no cluster $CLUSTER in $REGION that this role may see; check cluster and region in delivery.toml"
    ;;
  kubeconfig)
    [ -n "$KUBECONFIG_CONTENT" ] || fail "the secret KUBECONFIG is empty; docs/fork.md says what belongs there"
    printf '%s\n' "$KUBECONFIG_CONTENT" >"$KUBECONFIG"
    ;;
  kind)
    command -v kind >/dev/null ||
      fail "connect is kind in delivery.toml and this runner has no kind; docs/fork.md says how to reach a cluster"
    kind get clusters 2>/dev/null | grep -qxF "$CLUSTER" ||
      fail "there is no kind cluster $CLUSTER on this runner; docs/fork.md says how to reach another, or: make cluster"
    kind get kubeconfig --name "$CLUSTER" >"$KUBECONFIG" 2>/dev/null || fail "$away"
    ;;
esac
kubectl get --raw /readyz --request-timeout=15s >/dev/null || fail "$away"
echo "KUBECONFIG=$KUBECONFIG" >>"$GITHUB_ENV"
