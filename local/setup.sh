#!/bin/sh
# Makes .venv with everything in it: the services, their tools and tests, all locked with hashes.
set -eu
python=${PYTHON:-python3}
fail() {
  echo "setup: $1" >&2
  exit 2
}
command -v "$python" >/dev/null 2>&1 || fail "no $python here; install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old; install Python 3.11 or newer, or name one: make setup PYTHON=python3.13"

echo "setup: installing into .venv (about 150 MB to download the first time)" >&2
if uv=$(command -v uv); then
  "$uv" venv --quiet --clear --python "$python" .venv || fail "uv could not make .venv; its lines above say why"
else
  "$python" -m venv --clear .venv ||
    fail "Python's venv module is missing; install it (Debian and Ubuntu: apt-get install python3-venv)"
  uv=.venv/bin/uv
  why=$(.venv/bin/python -m pip install --quiet --retries 2 --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>&1) ||
    fail "could not install uv; check the network connection to your Python package index and run make setup again ($(printf '%s' "$why" | tail -n 1))"
fi
VIRTUAL_ENV=.venv "$uv" pip install --require-hashes -r requirements/dev.txt ||
  fail "could not install the locked packages; check the network connection to your Python package index and run make setup again"
VIRTUAL_ENV=.venv "$uv" pip install --quiet --no-deps --no-build-isolation -e apm -e vote -e worker -e result -e local -e demo -e delivery ||
  fail "could not install the services into .venv; the lines above say why"
