"""Where the demo's password is kept, so that every start can show how to sign in."""

from pathlib import Path

from django.conf import settings

FILE_NAME = "demo-password"


def password_file() -> Path:
    return Path(settings.DATA_DIR) / FILE_NAME


def keep_password(password: str) -> None:
    """Keep it in the data directory, readable by its owner only."""
    path = password_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(password + "\n", encoding="utf-8")


def kept_password() -> str:
    """The password of the demo company loaded here; nothing when there is none."""
    path = password_file()
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
