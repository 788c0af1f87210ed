# Configuration Manager, discovery script of a compliance setting (data type: string). Rule: the
# value equals "ok". One line is one instance, and the exit code is always 0.
# Not run on real hardware.
$netcheck = Get-Command netcheck -ErrorAction SilentlyContinue
if (-not $netcheck) {
    Write-Output 'error - netcheck is not installed'
    exit 0
}
$told = & $netcheck.Source run --no-input --quiet --splay 20 --budget 30 --format sccm
Write-Output ($told | Select-Object -Last 1)
exit 0
