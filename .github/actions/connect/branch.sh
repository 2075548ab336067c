#!/bin/sh
# Whoever may push a branch could put another workflow on it: deployments come from the default branch alone.
set -eu
# A scheduled run is always on it, and has no event to say its name.
if [ -n "$DEFAULT_BRANCH" ] && [ "$GITHUB_REF" != "refs/heads/$DEFAULT_BRANCH" ]; then
  echo "::error::connect: run this on $DEFAULT_BRANCH, not on $GITHUB_REF_NAME; merge first" >&2
  exit 2
fi
