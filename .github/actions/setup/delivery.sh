#!/bin/sh
# Installs delivery with its locked packages into a folder of this job, and puts it on the PATH.
set -eu
fail() {
  echo "::error::setup: $1" >&2
  exit 2
}
venv=$RUNNER_TEMP/delivery
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "this runner needs Python 3.11 or newer as python3"
python3 -m venv --clear "$venv" || fail "this runner needs Python's venv module (apt-get install python3-venv)"
pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check --retries 2 "$@"; }
pip install --require-hashes --requirement requirements/delivery.txt ||
  fail "the locked packages could not be installed; the lines above say why, and a run again may help"
pip install --no-deps --no-build-isolation --editable delivery || fail "delivery could not be installed; the lines above say why"
echo "$venv/bin" >>"$GITHUB_PATH"
