# Intune custom compliance, discovery script: one line of JSON, its settings named in
# compliance.json. Not run on real hardware.
$netcheck = Get-Command netcheck -ErrorAction SilentlyContinue
if (-not $netcheck) {
    return @{
        NetcheckSide = 'none'; NetcheckSeverity = 'error'; NetcheckFault = 'none'
        NetcheckConfidencePercent = 0; NetcheckCarrier = 'none'; NetcheckWifiCalling = 'none'
    } | ConvertTo-Json -Compress
}
$told = & $netcheck.Source run --no-input --quiet --splay 20 --budget 30 --format intune-compliance
return ($told | Select-Object -Last 1)
