#!/bin/sh
# Writes requirements/*.txt: versions and hashes, no index URL. Needs uv, from the machine or from `make setup`.
# dev.txt is resolved first and constrains the services, so images and tests have the same versions.
set -eu
CDPATH="" cd -- "$(dirname "$0")/.."
uv=$(command -v uv || command -v .venv/bin/uv) || {
  echo "lock: uv is not installed; run make setup, which installs it into .venv" >&2
  exit 2
}
compile() { # compile OUTPUT SOURCE...
  output=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" --output-file "requirements/$output" "$@"
}
compile uv.txt --group pyproject.toml:uv "$@"
compile go.txt --group pyproject.toml:go "$@"
# shellcheck disable=SC2035 # ./ would appear in the comments of dev.txt
compile dev.txt --group pyproject.toml:dev */pyproject.toml "$@"
for service in $SERVICES; do
  compile "$service.txt" --constraints requirements/dev.txt "$service/pyproject.toml"
done
compile template.txt --constraints requirements/dev.txt template/service/pyproject.toml
compile delivery.txt --constraints requirements/dev.txt --group pyproject.toml:build delivery/pyproject.toml
