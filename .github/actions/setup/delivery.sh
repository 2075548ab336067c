#!/bin/sh
# Installs delivery with its locked packages into a folder of this job, and adds it to the PATH.
set -eu
fail() {
  echo "::error::setup: $1" >&2
  exit 2
}
again="see the errors above; running this again may help"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "this runner needs Python 3.11 or newer as python3"
if ! uv=$(command -v uv); then # uv installs the rest in a third of the time of pip
  python3 -m pip --version >/dev/null || fail "this runner's python3 needs pip (apt-get install python3-pip)"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --retries 2 --upgrade \
    --target "$RUNNER_TEMP/uv" --require-hashes --requirement requirements/uv.txt || fail "uv could not be installed; $again"
  uv=$RUNNER_TEMP/uv/bin/uv
fi
export VIRTUAL_ENV="$RUNNER_TEMP/delivery"
"$uv" venv --quiet --clear --python python3 "$VIRTUAL_ENV" || fail "uv could not create a virtual environment; $again"
install() {
  "$uv" pip install --quiet "$@" || fail "delivery could not be installed; $again"
}
install --require-hashes --requirement requirements/delivery.txt
install --no-deps --no-build-isolation --editable delivery
echo "$VIRTUAL_ENV/bin" >>"$GITHUB_PATH"
