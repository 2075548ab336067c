#!/bin/sh
# Says what is missing before AWS says less.
set -eu
if [ -z "$ROLE" ]; then
  echo "::error::connect: the variable AWS_ROLE_ARN is empty; docs/fork.md says which role it names" >&2
  exit 2
fi
