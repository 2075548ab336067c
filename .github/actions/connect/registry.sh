#!/bin/sh
# Logs docker in to Amazon ECR or GHCR; other registries, such as one on localhost, need no login.
set -eu
fail() {
  echo "::error::connect: $1" >&2
  exit 2
}
login() { # login USER, with the password on standard input
  docker login --username "$1" --password-stdin "$REGISTRY_HOST" >/dev/null ||
    fail "login to $REGISTRY_HOST failed; docs/fork.md says what this workflow needs"
}
case $REGISTRY_HOST in
  *.amazonaws.com)
    password=$(aws ecr get-login-password --region "$REGION") ||
      fail "AWS returned no password for $REGISTRY_HOST; the role needs ecr:GetAuthorizationToken"
    echo "$password" | login AWS
    ;;
  ghcr.io)
    echo "$TOKEN" | login "$GITHUB_ACTOR"
    ;;
esac
