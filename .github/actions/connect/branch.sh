#!/bin/sh
# Anybody who can push a branch can change the workflow on it, so only the default branch may deploy.
set -eu
# A scheduled run is always on the default branch, and its event does not name it.
if [ -n "$DEFAULT_BRANCH" ] && [ "$GITHUB_REF" != "refs/heads/$DEFAULT_BRANCH" ]; then
  echo "::error::connect: run this on $DEFAULT_BRANCH, not on $GITHUB_REF_NAME; merge first" >&2
  exit 2
fi
