# shellcheck shell=sh
# Sourced: finds uv, and hands it pip's settings of a company's mirror, which uv does not read by itself.
unset PIP_PREFIX PIP_ROOT PIP_TARGET UV_PREFIX UV_PYTHON UV_SYSTEM_PYTHON UV_TARGET # they would install elsewhere
export PIP_USER=0
venv=$PWD/.venv

hand() { # hand UV_VARIABLE PIP_VARIABLE pip-setting
  if [ -z "$(printenv "$1")" ] &&
    value=$(printenv "$2" || "${python:-python3}" -m pip config get "global.$3" 2>/dev/null); then
    export "$1=$value"
  fi
}
[ -n "${UV_INDEX_URL:-}" ] || hand UV_DEFAULT_INDEX PIP_INDEX_URL index-url
[ -n "${UV_EXTRA_INDEX_URL:-}" ] || hand UV_INDEX PIP_EXTRA_INDEX_URL extra-index-url
hand UV_INSECURE_HOST PIP_TRUSTED_HOST trusted-host
hand SSL_CERT_FILE PIP_CERT cert

uv=$(command -v uv) && [ "$uv" != "$venv/bin/uv" ] || uv=$venv/bin/uv # an activated .venv is made anew
