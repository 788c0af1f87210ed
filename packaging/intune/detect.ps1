# Intune's detection rule: it is there if this prints a line and ends with 0. Not run on real Windows.
$program = Join-Path $env:ProgramFiles 'netcheck\netcheck.exe'
if (-not (Test-Path $program)) { exit 1 }
& $program --version
exit $LASTEXITCODE
