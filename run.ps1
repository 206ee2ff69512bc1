# The Windows twin of `run`: prepares .venv where it must, then does what it was asked.
# The verbs themselves are in installer/verbs.py; `.\run.ps1 help` lists them.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

$lock = 'installer\lock\dev.txt'
$installed = '.venv\.installed-lock'
$python = '.venv\Scripts\python.exe'
$verb = if ($args.Count -gt 0) { $args[0] } else { 'demo' }
$rest = @($args | Select-Object -Skip 1)

function Stop-WithReason([string] $reason) {
    [Console]::Error.WriteLine("run: $reason")
    exit 1
}

function New-Venv {
    foreach ($version in '3.13', '3.12', '3.11') {
        if (Get-Command py -ErrorAction SilentlyContinue) {
            & py "-$version" -m venv --clear .venv 2>$null
            if ($LASTEXITCODE -eq 0) { return }
        }
    }
    Stop-WithReason 'Python 3.11 or newer with its py launcher is needed; install it and run again.'
}

function Test-Installed {
    if (-not (Test-Path $installed) -or -not (Test-Path $python)) { return $false }
    return (Get-FileHash $lock).Hash -eq (Get-FileHash $installed).Hash
}

if (-not (Test-Installed)) {
    if (-not (Test-Path $python)) { New-Venv }
    [Console]::Error.WriteLine("run: installing the Python packages of $lock into .venv")
    & $python -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary :all: -r $lock
    if ($LASTEXITCODE -ne 0) { Stop-WithReason 'the Python packages could not be installed; the reason stands above.' }
    Copy-Item $lock $installed
}

if ($verb -eq 'setup') {
    [Console]::Error.WriteLine('run: everything is in place. Start with .\run.ps1')
    exit 0
}
& $python installer\verbs.py $verb @rest
exit $LASTEXITCODE
