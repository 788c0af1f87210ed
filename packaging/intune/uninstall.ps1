# Removes netcheck and its scheduled look. Not run on real Windows.
schtasks /Delete /F /TN 'netcheck\look' 2>$null | Out-Null
$keys = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*'
$netcheck = Get-ItemProperty $keys | Where-Object { $_.DisplayName -eq 'netcheck' } | Select-Object -First 1
if (-not $netcheck) { exit 0 }
$done = Start-Process msiexec.exe -Wait -PassThru -ArgumentList '/x', $netcheck.PSChildName, '/qn', '/norestart'
exit $done.ExitCode
