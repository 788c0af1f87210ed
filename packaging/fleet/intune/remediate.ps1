# Intune remediation, remediation script: the two faults that a script can mend without taking the
# network away from whoever sits there. Intune runs the detection again afterwards.
# Not run on real hardware.
$netcheck = Get-Command netcheck -ErrorAction SilentlyContinue
if (-not $netcheck) {
    Write-Output 'error - netcheck is not installed'
    exit 1
}
$last = & $netcheck.Source show --format ansible-fact | ConvertFrom-Json
switch ($last.fault) {
    'clock-wrong' {
        w32tm /resync /force | Out-Null
        Write-Output 'the clock was set anew'
    }
    'device-dns-dead' {
        Clear-DnsClientCache
        Write-Output 'the cache of names was emptied'
    }
    default {
        Write-Output "nothing that a script should mend: $($last.side) $($last.fault)"
    }
}
exit 0
