#!/bin/sh
# One measurement of an analysis Job: `analyse.sh health`, `analyse.sh error-rate` or `analyse.sh metric`.
# Prints the request, the answer and the verdict as one JSON line, and exits with 0 only if the release passes.
# An answer that is missing or cannot be read fails the measurement: no data does not mean healthy.
set -u
export LC_ALL=C
newline='
'

quoted() { # quoted TEXT: prints it as a JSON string of at most 400 characters
  printf '"%s"' "$(printf '%s' "$1" | tr '\n\r\t' '   ' | tr -cd ' -~' | cut -c1-400 | sed 's/[\\"]/\\&/g')"
}

conclude() { # conclude pass|fail REASON
  printf '{"check": %s, "release": %s, "asked": %s, "status": %s, "got": %s, "verdict": "%s", "reason": %s}\n' \
    "$(quoted "$check")" "$(quoted "${RELEASE:-}")" "$(quoted "$asked")" "$(quoted "$status")" "$(quoted "$got")" \
    "$1" "$(quoted "$2")"
  [ "$1" = pass ]
  exit
}

ask() { # ask CURL-ARGUMENTS...: sends a request; sets $asked, $status and $got; fails unless the status is 200
  until=$(($(date +%s) + ${CONNECT_FOR_S:-40}))
  while
    answer=$(curl --silent --connect-timeout 5 --max-time 15 --max-filesize 1000000 \
      --write-out '\n%{http_code} %{time_connect} %{url_effective} %{errormsg}' "$@")
    code=$?
    got=${answer%"$newline"*}
    last=${answer##*"$newline"}
    status=${last%% *} last=${last#* }
    connected=${last%% *} last=${last#* }
    asked=${last%% *}
    no_connection && [ "$(date +%s)" -lt "$until" ]
  do
    sleep 1
  done
  [ $code -eq 0 ] || conclude fail "no answer: curl ended with $code: ${last#* }"
  [ "$status" = 200 ] || conclude fail "the answer is HTTP $status"
}

# Network policies learn a new pod's address only after it has started, and block it until then. So the request
# is retried while no connection was made: name not resolved (6), refused (7), timed out while connecting (28).
# Once a server has answered, in whatever way, the request is not retried.
no_connection() {
  case $code in 6 | 7) ;; 28) ! less 0 "$connected" ;; *) false ;; esac
}

field() { # field NAME: prints the value of this name in the answer; nothing if the name occurs twice
  values=$(printf '%s' "$got" | tr '\n\r\t' '   ' |
    grep -oE "\"$1\" *: *(\"[^\"]*\"|[^],} ]*)" | sed "s/^\"$1\" *: *//")
  case $values in *"$newline"*) ;; *) printf '%s' "$values" ;; esac
}

is_number() { printf '%s' "$1" | grep -qE '^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$'; }

less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 < b + 0) }'; }

health() { # passes if the page answers and shows this release
  ask --header 'Accept: text/html' "http://$SERVICE_NAME.$NAMESPACE.svc/"
  got="release $(printf '%s' "$got" | sed -n 's/.*id="release">\([^<]*\)<.*/\1/p')"
  [ "$got" = "release $RELEASE" ] || conclude fail "another release answers"
  conclude pass "this release answers"
}

error_rate() { # passes if the share of failed requests is below the threshold
  measure errorRate "$ERROR_THRESHOLD"
  less "$value" "$ERROR_THRESHOLD" || conclude fail "$value % of the requests failed, not less than $ERROR_THRESHOLD %"
  conclude pass "$value % of $requests requests failed, less than $ERROR_THRESHOLD %"
}

metric() { # passes if another metric of the APM is below its limit
  check=$METRIC
  measure "$METRIC" "$LIMIT"
  less "$value" "$LIMIT" || conclude fail "$METRIC is $value in $requests requests, not less than $LIMIT"
  conclude pass "$METRIC is $value in $requests requests, less than $LIMIT"
}

measure() { # measure METRIC LIMIT: sets $value and $requests; fails if the APM has too few requests of this release
  app=${APP_NAME%-*} # the app's name, with which its namespaces begin
  host=${NEW_RELIC_HOST:-http://apm.$app-platform.svc}
  case $host in http://* | https://*) ;; *) host=https://$host ;; esac
  { is_number "$2" && is_number "$MIN_REQUESTS"; } || conclude fail "a limit is not a number"
  ask --get "$host/v1/metrics" --data-urlencode "app=$APP_NAME" --data-urlencode "env=${NAMESPACE#"$app"-}" \
    --data-urlencode "metric=$1" --data-urlencode "window=$WINDOW" --data-urlencode "release=$RELEASE"
  case $(printf '%s' "$got" | tr -d ' \n\r\t') in
  '{'*'}') ;;
  *) conclude fail "the answer is not a JSON object" ;;
  esac
  value=$(field "$1") requests=$(field requests)
  [ "$(field release)" = "\"$RELEASE\"" ] || conclude fail "the answer is about another release"
  is_number "$requests" || conclude fail "the answer has no number of requests"
  ! less "$requests" "$MIN_REQUESTS" || conclude fail "$requests requests, fewer than $MIN_REQUESTS"
  is_number "$value" || conclude fail "the answer has no $1"
}

check=${1:-} asked='' status='' got=''
for name in RELEASE NAMESPACE; do
  eval "[ -n \"\${$name:-}\" ]" || conclude fail "$name is not set"
done
case $check in
health) health ;;
error-rate) error_rate ;;
metric) metric ;;
*) conclude fail "there is no such check" ;;
esac
