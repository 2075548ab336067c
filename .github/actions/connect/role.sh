#!/bin/sh
# Reports a missing role with a clearer message than AWS would.
set -eu
if [ -z "$ROLE" ]; then
  echo "::error::connect: the variable AWS_ROLE_ARN is empty; set it to the ARN of the role in docs/fork.md" >&2
  exit 2
fi
