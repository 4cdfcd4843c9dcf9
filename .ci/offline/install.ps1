# 离线安装 clerk-tui: powershell -ExecutionPolicy Bypass -File install.ps1 [安装文件夹]
# Offline installation; needs Python 3.11 or newer, and no network.
param([string]$Target = "$env:LOCALAPPDATA\clerk-tui-program")
$ErrorActionPreference = "Stop"
$here = Split-Path -Parent $MyInvocation.MyCommand.Path

$python = $null
foreach ($name in @("py", "python", "python3")) {
    if (Get-Command $name -ErrorAction SilentlyContinue) {
        & $name -c "import sys; sys.exit(sys.version_info < (3, 11))"
        if ($LASTEXITCODE -eq 0) { $python = $name; break }
    }
}
if (-not $python) { Write-Error "没有找到 Python 3.11 或更新的版本, 请先安装 Python" }

foreach ($line in Get-Content "$here\SHA256SUMS") {
    $wanted, $name = $line -split "\s+", 2
    $found = (Get-FileHash -Algorithm SHA256 (Join-Path $here $name)).Hash.ToLower()
    if ($found -ne $wanted) { Write-Error "安装包损坏: $name, 请重新拷贝" }
}

& $python -m venv $Target
if ($LASTEXITCODE -ne 0) { exit 1 }
& "$Target\Scripts\python.exe" -m pip install --quiet --no-index --find-links "$here\wheels" --upgrade clerk-tui
if ($LASTEXITCODE -ne 0) { exit 1 }
& "$Target\Scripts\clerk-tui.exe" --version
Write-Output "已装好。试用: $Target\Scripts\clerk-tui demo    正式使用: $Target\Scripts\clerk-tui"
