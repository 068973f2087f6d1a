"""Programs and scripts of others that a measurement needs: from npm, in a folder of their own, never committed."""

import shutil
import subprocess
from pathlib import Path


def installed(folder: Path, name: str, version: str) -> Path:
    """Install one release of a package unless it is there, and give its folder. Raises CalledProcessError."""
    package = folder / "node_modules" / name
    if not package.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or "npm"
        words = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), f"{name}@{version}"]
        subprocess.run(words, check=True)
    return package
