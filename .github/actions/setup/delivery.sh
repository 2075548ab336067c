#!/bin/sh
# Installs delivery with its locked packages into a folder of this job, and puts it on the PATH.
set -eu
fail() {
  echo "::error::setup: $1" >&2
  exit 2
}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "this runner needs Python 3.11 or newer as python3"
python3 -m pip --version >/dev/null || fail "this runner's python3 needs pip (apt-get install python3-pip)"
venv=$RUNNER_TEMP/delivery
python3 -m venv --clear --without-pip "$venv" # the runner's own pip fills it: seconds less
install() {
  python3 -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check --retries 2 "$@" ||
    fail "delivery could not be installed; the lines above say why, and a run again may help"
}
install --require-hashes --requirement requirements/delivery.txt
install --no-deps --no-build-isolation --editable delivery
echo "$venv/bin" >>"$GITHUB_PATH"
