#!/bin/sh
# Logs docker in to Amazon ECR or GHCR; any other registry, as one on localhost, is taken as open.
set -eu
fail() {
  echo "::error::connect: $1" >&2
  exit 2
}
login() { # login USER, with the password on standard input
  docker login --username "$1" --password-stdin "$REGISTRY_HOST" >/dev/null ||
    fail "$REGISTRY_HOST did not let this workflow in; docs/fork.md says what it needs"
}
case $REGISTRY_HOST in
  *.amazonaws.com)
    password=$(aws ecr get-login-password --region "$REGION") ||
      fail "AWS gave no password for $REGISTRY_HOST; the role needs ecr:GetAuthorizationToken"
    echo "$password" | login AWS
    ;;
  ghcr.io)
    echo "$TOKEN" | login "$GITHUB_ACTOR"
    ;;
esac
