# shellcheck shell=sh
# Sourced: finds uv, and passes it pip's settings for a package mirror, which uv does not read.
# These variables would change what is installed, or where.
unset PIP_DRY_RUN PIP_PREFIX PIP_PYTHON PIP_REQUIREMENT PIP_ROOT PIP_TARGET
unset UV_BUILD_CONSTRAINT UV_CONSTRAINT UV_EXCLUDE UV_OVERRIDE UV_PREFIX UV_PROJECT UV_PYTHON UV_REQUIRE_HASHES UV_SYSTEM_PYTHON
unset UV_TARGET UV_WORKING_DIR
export PIP_USER=0
venv=$PWD/.venv

settings=$("${python:-python3}" -m pip config list 2>/dev/null) || settings=""
written() { # written pip-setting: its value in pip's configuration files; several values on one line
  printf '%s\n' "$settings" | sed -n -e "s/^global\.$1=//p" -e "s/^install\.$1=//p" |
    sed -n -e "s/^['\"]//" -e "s/['\"]\$//" -e 's/\\n/ /g' -e '$p'
}
hand() { # hand UV_VARIABLE PIP_VARIABLE pip-setting
  [ -z "$(printenv "$1")" ] || return 0
  value=$(printenv "$2") || value=$(written "$3")
  [ -z "$value" ] || export "$1=$value"
}
[ -n "${UV_INDEX_URL:-}" ] || hand UV_DEFAULT_INDEX PIP_INDEX_URL index-url
[ -n "${UV_EXTRA_INDEX_URL:-}" ] || hand UV_INDEX PIP_EXTRA_INDEX_URL extra-index-url
[ -z "${UV_DEFAULT_INDEX:-}" ] || export PIP_INDEX_URL="$UV_DEFAULT_INDEX" # pip uses it to install uv
hand UV_INSECURE_HOST PIP_TRUSTED_HOST trusted-host
hand SSL_CERT_FILE PIP_CERT cert

uv=$(command -v uv) && [ "$uv" != "$venv/bin/uv" ] || uv=$venv/bin/uv # an activated .venv is created again
