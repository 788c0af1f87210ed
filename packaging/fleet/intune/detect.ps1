# Intune remediation, detection script. Run it in 64-bit PowerShell, as the system.
# Exit 1 starts the remediation: only for a fault that lies with this device. The last line, which
# the portal shows, names every fault. Not run on real hardware.
$netcheck = Get-Command netcheck -ErrorAction SilentlyContinue
if (-not $netcheck) {
    Write-Output 'error - netcheck is not installed'
    exit 2
}
$told = & $netcheck.Source run --no-input --quiet --splay 20 --budget 30 --format intune
$code = $LASTEXITCODE
Write-Output ($told | Select-Object -Last 1)
exit $code
