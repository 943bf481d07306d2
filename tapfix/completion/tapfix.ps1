# Completion of tapfix for PowerShell.
Register-ArgumentCompleter -Native -CommandName tapfix -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        Select-Object -Skip 1 |
        ForEach-Object { $_.Extent.Text })
    $Env:_TAPFIX_COMPLETE = 'powershell'
    try {
        # The sign says that a word follows, be it empty, which PowerShell would leave out.
        $lines = @(& tapfix @words "+$wordToComplete" 2>$null)
    } finally {
        Remove-Item Env:_TAPFIX_COMPLETE
    }
    # Without an answer of ours, PowerShell completes the names of files.
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
