"""Ask a running mops for its health: `python -m mops.supervisor.probe URL` exits with 0 when it answers 200, else 1."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def answers(url: str, *, seconds: float = 3) -> bool:
    """Whether `url` answers 200 in time. Sends a host name that MOPS_ALLOWED_HOSTS lets in."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/healthz", headers={"Host": allowed_host()})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def allowed_host() -> str:
    first = os.environ.get("MOPS_ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first and first != "*" else "127.0.0.1"


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
