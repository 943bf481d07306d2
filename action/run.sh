#!/usr/bin/env bash
# Run tapfix as a step of GitHub Actions: annotations, the job's summary, outputs, and its exit code.
set -euo pipefail

refuse() {
    echo "::error title=tapfix::$1"
    echo "exit-code=2" >>"$GITHUB_OUTPUT"
    exit 2
}

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

# A line of its own in the file of outputs would be another output.
if [[ ${TAPFIX_SARIF_FILE:-} == *[$'\n\r']* ]]; then
    refuse "sarif-file is one line"
fi
options=(--output-format github --output-format "json:$reports/json" --output-format "markdown:$reports/summary")
if [[ -n ${TAPFIX_SARIF_FILE:-} ]]; then
    options+=(--output-format "sarif:$TAPFIX_SARIF_FILE")
fi
case ${TAPFIX_CHANGED_ONLY:-false} in
false) ;;
true)
    if [[ -z ${GITHUB_BASE_REF:-} ]]; then
        echo "::notice title=tapfix::this is no pull request: all files are asked about"
    elif git rev-parse --quiet --verify "origin/$GITHUB_BASE_REF^{commit}" >/dev/null; then
        options+=("--changed=origin/$GITHUB_BASE_REF")
    else
        refuse "changed-only needs actions/checkout with fetch-depth: 0"
    fi
    ;;
*) refuse "changed-only is true or false" ;;
esac
# Options are split at blanks and newlines; paths stand one a line, and may hold blanks.
read -r -d '' -a more <<<"${TAPFIX_ARGS:-}" || true
paths=()
while IFS= read -r path; do
    [[ -n $path ]] && paths+=("$path")
done <<<"${TAPFIX_PATHS:-}"

code=0
# The bash of macOS takes an empty array for a variable that is not set.
tapfix "${options[@]}" ${more[@]+"${more[@]}"} -- "${paths[@]:-.}" || code=$?

if [[ -s $reports/summary ]]; then
    cat "$reports/summary" >>"$GITHUB_STEP_SUMMARY"
fi
findings=
if [[ -s $reports/json ]]; then
    # -I: a json.py of the checkout is not the one that is meant.
    findings=$(python3 -I -c 'import json, sys; print(json.load(open(sys.argv[1]))["summary"]["left"])' "$reports/json")
fi
sarif=
# Where tapfix refused to run, a file of that name is somebody else's.
if [[ -n ${TAPFIX_SARIF_FILE:-} && -s $reports/json && -s $TAPFIX_SARIF_FILE ]]; then
    sarif=$TAPFIX_SARIF_FILE
fi
{
    echo "exit-code=$code"
    echo "findings=$findings"
    echo "sarif-file=$sarif"
} >>"$GITHUB_OUTPUT"
exit "$code"
