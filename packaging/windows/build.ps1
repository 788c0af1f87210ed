# Makes netcheck's program and MSI on Windows. Not run on real Windows.
# Needs Python 3.11 or newer and WiX 5 (dotnet tool install --global wix).
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..\..')
$version = (Select-String -Path netcheck\__init__.py -Pattern '^__version__ = "(.+)"$').Matches[0].Groups[1].Value

function Invoke-Checked {
    & $args[0] $args[1..($args.Length - 1)]
    if ($LASTEXITCODE -ne 0) { throw "$($args[0]) failed with $LASTEXITCODE" }
}

Invoke-Checked python -m venv build\packaging\frozen
$python = 'build\packaging\frozen\Scripts\python.exe'
Invoke-Checked $python -m pip install -q --require-hashes -r packaging\requirements.txt -r packaging\requirements-freeze.txt
Invoke-Checked $python -m hatchling build -t wheel -d dist
Invoke-Checked $python -m pip install -q --no-deps --force-reinstall "dist\netcheck_agent-$version-py3-none-any.whl"

# The folder, for the MSI: it starts at once.
$env:NETCHECK_FREEZE = 'folder'
Invoke-Checked $python -m PyInstaller --log-level ERROR -y packaging\binary\netcheck.spec --workpath build\packaging\work --distpath build\packaging
# One file, to hand around: it unpacks itself at each start, which takes a second or so.
$env:NETCHECK_FREEZE = 'file'
Invoke-Checked $python -m PyInstaller --log-level ERROR -y packaging\binary\netcheck.spec --workpath build\packaging\work1 --distpath build\packaging\file
Copy-Item build\packaging\file\netcheck.exe "dist\netcheck-$version-windows-x64.exe"

Push-Location packaging\windows
try {
    Invoke-Checked wix build netcheck.wxs -arch x64 -d "Version=$version" -d "Folder=..\..\build\packaging\netcheck" -o "..\..\dist\netcheck-$version-windows-x64.msi"
} finally { Pop-Location }
# To sign both: signtool sign /fd SHA256 /tr TIMESTAMP-SERVICE /td SHA256 /n "YOUR NAME" FILE
