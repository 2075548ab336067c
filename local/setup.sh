#!/bin/sh
# Creates .venv with everything in it: the services, their tools and tests, all locked with hashes.
set -eu
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS # they are meant for other programs
python=${PYTHON:-python3}
fail() {
  echo "setup: $1" >&2
  exit 2
}
otherwise="install Python 3.11 or newer, or choose one: make setup PYTHON=/path/to/python3"
index="check the network connection to your Python package index (PIP_INDEX_URL or UV_DEFAULT_INDEX, if you use a mirror) and run make setup again"
command -v "$python" >/dev/null 2>&1 || fail "$python is not installed; $otherwise"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  said=$("$python" --version 2>&1 | head -n 1)
  case $said in
  Python*) fail "$said is too old; $otherwise" ;;
  *) fail "$python does not start ($said); $otherwise" ;;
  esac
fi
[ -w . ] || fail "this folder is not writable; copy it to one that is, because .venv is created in it"

# The Python that a virtual environment is based on: an activated environment may be deleted, .venv itself included.
python=$("$python" -c 'import sys; print(sys._base_executable)')
# shellcheck source=local/uv.sh
. local/uv.sh
echo "setup: installing into .venv (about 150 MB to download the first time)" >&2
rm -rf .venv || fail "cannot remove the old .venv; see the errors above"
if [ "$uv" != "$venv/bin/uv" ]; then
  "$uv" venv --quiet --python "$python" .venv || fail "uv could not create .venv; see its errors above"
else
  "$python" -m venv .venv ||
    fail "Python's venv module is missing; install it (Debian and Ubuntu: apt-get install python3-venv)"
  why=$(.venv/bin/python -m pip install --quiet --retries 2 --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>&1) ||
    fail "could not install uv; $index ($(printf '%s' "$why" | tail -n 1))"
fi
install() {
  "$uv" pip install --python .venv/bin/python "$@"
}
install --require-hashes -r requirements/dev.txt || fail "could not install the locked packages; see the errors above: $index"
set --
for project in */pyproject.toml; do
  set -- "$@" -e "${project%/pyproject.toml}"
done
install --quiet --no-deps --no-build-isolation "$@" ||
  fail "could not install the services into .venv; see the errors above"
