#!/bin/sh
# Installs the Argo Rollouts plugin of kubectl, in the version of the clusters, unless the runner has one.
set -eu
fail() {
  echo "::error::setup: $1" >&2
  exit 2
}
! command -v kubectl-argo-rollouts >/dev/null || exit 0
version=v1.9.1
case $(uname -m) in
  aarch64 | arm64) file=kubectl-argo-rollouts-linux-arm64 ;;
  *) file=kubectl-argo-rollouts-linux-amd64 ;;
esac
releases=https://github.com/argoproj/argo-rollouts/releases/download/$version
folder=$RUNNER_TEMP/argo-rollouts
mkdir -p "$folder"
cd "$folder"
for each in "$file" argo-rollouts-checksums.txt; do
  curl --fail --silent --show-error --location --retry 3 --max-time 120 --output "$each" "$releases/$each" ||
    fail "$releases/$each could not be downloaded; run this again, or install the plugin on the runner"
done
sha256sum --check --ignore-missing --quiet argo-rollouts-checksums.txt || fail "$file does not match its checksum"
mv "$file" kubectl-argo-rollouts
chmod +x kubectl-argo-rollouts
echo "$folder" >>"$GITHUB_PATH"
