# Completion of tapfix for fish.
function __tapfix_complete
    set -l word (commandline -ct)
    set -l lines (env _TAPFIX_COMPLETE=fish (commandline -opc) "$word" 2>/dev/null)
    printf '%s\n' $lines[2..]
    test "$lines[1]" = files; and __fish_complete_path "$word"
end
complete --command tapfix --no-files --arguments '(__tapfix_complete)'
