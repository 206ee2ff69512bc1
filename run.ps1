# The Windows twin of `run`: prepares .venv where it must, then does what it was asked.
# The verbs themselves are in installer/verbs.py; `.\run.ps1 help` lists them. Where scripts are
# not allowed:  powershell -ExecutionPolicy Bypass -File run.ps1
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false  # exit codes are looked at one by one
Set-Location $PSScriptRoot

$lock = 'installer\lock\dev.txt'
$installed = '.venv\.installed-lock'
$python = '.venv\Scripts\python.exe'
$lowest = 'import sys; sys.exit(sys.version_info < (3, 11))'
$verb = if ($args.Count -gt 0) { $args[0] } else { 'demo' }
$rest = @($args | Select-Object -Skip 1)

function Write-Said([string] $text) {
    [Console]::Error.WriteLine("run: $text")
}

function Stop-WithReason([string] $reason) {
    Write-Said $reason
    exit 1
}

function Test-Command([string] $name) {
    return [bool](Get-Command $name -CommandType Application -ErrorAction SilentlyContinue)
}

# Whether that command line is a Python that will do. What it prints to its error stream would end
# this script in Windows PowerShell 5.1, so errors are let pass in here.
function Test-Python([string[]] $command) {
    $ErrorActionPreference = 'SilentlyContinue'
    if (-not (Test-Command $command[0])) { return $false }
    $more = @($command | Select-Object -Skip 1)
    & $command[0] @more -c $lowest 2>$null | Out-Null
    return $LASTEXITCODE -eq 0
}

# The launcher's newest first, then whatever is called python.
function Find-Python {
    foreach ($command in @('py', '-3.13'), @('py', '-3.12'), @('py', '-3.11'), @('python')) {
        if (Test-Python $command) { return , $command }
    }
    Stop-WithReason 'Python 3.11 or newer is needed; install it from python.org and run again.'
}

function Invoke-Python {
    [string[]] $found = Find-Python
    $more = @($found | Select-Object -Skip 1) + $args
    & $found[0] @more
}

function New-Venv {
    if (Test-Command 'uv') {
        & uv venv --quiet --clear --python 3.12 .venv
    }
    else {
        Invoke-Python -m venv --clear .venv
    }
    if ($LASTEXITCODE -ne 0) { Stop-WithReason 'no virtual environment could be made; the reason stands above.' }
}

function Test-Installed {
    if (-not (Test-Path $installed) -or -not (Test-Path $python)) { return $false }
    return (Get-FileHash $lock).Hash -eq (Get-FileHash $installed).Hash
}

function Install-Dependencies {
    Write-Said "installing the Python packages of $lock into .venv (about a minute, once)"
    if (-not (Test-Path $python) -or -not (Test-Python $python)) { New-Venv }
    if (Test-Command 'uv') {
        & uv pip install --quiet --python $python --require-hashes --only-binary ':all:' -r $lock
    }
    else {
        & $python -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary ':all:' -r $lock
    }
    if ($LASTEXITCODE -ne 0) { Stop-WithReason 'the Python packages could not be installed; the reason stands above.' }
    & $python -c 'from PySide6.QtWidgets import QApplication; QApplication([])'
    if ($LASTEXITCODE -ne 0) { Stop-WithReason 'Qt does not start; the reason stands above.' }
    Copy-Item $lock $installed
}

if ($verb -in 'help', '-h', '--help') {
    Invoke-Python installer\verbs.py help
    exit $LASTEXITCODE
}
if (-not (Test-Installed)) { Install-Dependencies }
if ($verb -eq 'setup') {
    Write-Said 'everything is in place. Start with .\run.ps1'
    exit 0
}
& $python installer\verbs.py $verb @rest
exit $LASTEXITCODE
