#!/usr/bin/env bash
# Install tapfix in an environment of its own, and put that on the path of the steps that follow.
set -euo pipefail

environment=$RUNNER_TEMP/tapfix
# -I: nothing of the checkout is run, whatever its files are called.
python3 -I -m venv "$environment"
"$environment/bin/pip" install --quiet "${TAPFIX_VERSION:+tapfix==}${TAPFIX_VERSION:-$GITHUB_ACTION_PATH}"
echo "$environment/bin" >>"$GITHUB_PATH"
