"""`make shots`: pictures of every page into var/shots, and those of the README into docs/pictures."""

import os
import shutil
import subprocess
import sys

from tests.browser.conftest import ROOT, SHOTS

PICTURES = ["dashboard-light-1440", "policy-light-1440", "person-light-1440"]


def main() -> int:
    """Opens every page as the browser tests do, and keeps the pictures."""
    files = [f"tests/browser/test_{name}.py" for name in ("pages", "states", "account_pages")]
    command = [sys.executable, "-m", "pytest", "-q", "-n0", *files]
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, "MOPS_SHOTS": "1"}, check=False).returncode
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        if (SHOTS / "top" / f"{name}.png").exists():
            shutil.copy(SHOTS / "top" / f"{name}.png", folder / f"{name}.png")
    return status


if __name__ == "__main__":
    sys.exit(main())
