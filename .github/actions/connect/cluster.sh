#!/bin/sh
# Configures kubectl for the later steps of this job with the cluster of delivery.toml, and checks that it answers.
set -eu
fail() {
  echo "::error::connect: $1" >&2
  exit 2
}
unreachable="the cluster $CLUSTER does not answer; nothing was changed, run this again when it does"
umask 077
KUBECONFIG=$RUNNER_TEMP/kubeconfig # only for this job: ~/.kube of the runner is never changed
export KUBECONFIG
case $CONNECT in
  aws)
    aws eks update-kubeconfig --name "$CLUSTER" --region "$REGION" >/dev/null ||
      fail "EKS has no cluster $CLUSTER in $REGION that this role can see; check cluster and region in delivery.toml"
    ;;
  kubeconfig)
    [ -n "$KUBECONFIG_CONTENT" ] || fail "the secret KUBECONFIG is empty; docs/fork.md says what it must contain"
    printf '%s\n' "$KUBECONFIG_CONTENT" >"$KUBECONFIG"
    ;;
  kind)
    command -v kind >/dev/null ||
      fail "delivery.toml has connect = kind, but kind is not installed on this runner; docs/fork.md says how to connect to a cluster"
    kind get clusters 2>/dev/null | grep -qxF "$CLUSTER" ||
      fail "there is no kind cluster $CLUSTER on this runner; create it with make cluster, or see docs/fork.md for other clusters"
    kind get kubeconfig --name "$CLUSTER" >"$KUBECONFIG" 2>/dev/null || fail "$unreachable"
    ;;
esac
kubectl get --raw /readyz --request-timeout=15s >/dev/null || fail "$unreachable"
echo "KUBECONFIG=$KUBECONFIG" >>"$GITHUB_ENV"
