# shellcheck shell=bash
# Completion of tapfix for bash 4.4 and later.
_tapfix() {
    local word=${COMP_WORDS[COMP_CWORD]} line
    local -a lines=() files=()
    [[ $word == "=" ]] && word=
    mapfile -t lines < <(_TAPFIX_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    for line in "${lines[@]:1}"; do
        COMPREPLY+=("${line%%$'\t'*}")
    done
    if [[ ${lines[0]} == files ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t files < <(compgen -f -- "$word")
        COMPREPLY+=("${files[@]}")
    fi
}
complete -F _tapfix tapfix
