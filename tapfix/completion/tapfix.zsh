#compdef tapfix
# Completion of tapfix for zsh.
_tapfix() {
    local line
    local -a lines told
    lines=("${(@f)$(_TAPFIX_COMPLETE=zsh $words[1] "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "${(@)lines[2,-1]}"; do
        told+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    (( $#told )) && _describe tapfix told
    [[ $lines[1] == files ]] && _files
}
if [[ $funcstack[1] == _tapfix ]]; then
    _tapfix "$@"
else
    compdef _tapfix tapfix
fi
