"""HTTP of a practice server: one request in, one answer out, written in one piece on a kept connection."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from martech.twins.faults import Break, Faults


@dataclass(frozen=True)
class Call:
    """A request. `path` is decoded and without query; header names are lower case."""

    method: str
    target: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body read as JSON; raises ValueError."""
        return json.loads(self.body or b"null")

    @cached_property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)

    def first(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def is_true(self, name: str) -> bool:
        return self.first(name).lower() == "true"


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


def answer_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """Header names are given with underscores for hyphens."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Answer(status, body, headers={name.replace("_", "-"): text for name, text in headers.items()})


class Twin(Protocol):
    """A vendor's rules over a state. `answer` is called from several threads; the twin locks what it must.

    `credentials` are what a client signs in with, by the vendor's names for them: invented, so no secret.
    """

    name: str
    faults: Faults
    credentials: Mapping[str, str]

    def answer(self, call: Call) -> Answer: ...

    def control(self, call: Call) -> Answer: ...


CONTROL = "/__twin__/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    twin: Twin

    def _serve(self) -> None:
        call = self._read()
        if call.path.startswith(CONTROL):
            self._write(self.twin.control(call))
            return
        fault = self.twin.faults.strike(call.method, call.path)
        if fault is None:
            self._write(self.twin.answer(call))
        else:
            self._break(fault, call)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _read(self) -> Call:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._chunks() if headers.get("transfer-encoding") == "chunked" else self._exactly(headers)
        query = parse_qs(parts.query, keep_blank_values=True)
        return Call(self.command, self.path, unquote(parts.path), query, headers, body)

    def _exactly(self, headers: Mapping[str, str]) -> bytes:
        length = int(headers.get("content-length") or 0)
        return self.rfile.read(length) if length else b""

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _head(self, answer: Answer, length: int) -> bytes:
        lines = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        headers = {"Content-Length": str(length), **answer.headers}
        if answer.body:
            headers.setdefault("Content-Type", answer.content_type)
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()

    def _write(self, answer: Answer) -> None:
        body = b"" if answer.status == 204 else answer.body
        self.wfile.write(self._head(answer, len(body)) + body)

    def _break(self, fault: Break, call: Call) -> None:
        if fault.applies_first:
            answer = self.twin.answer(call)
        match fault.kind:
            case "status":
                self._write(Answer(fault.status, fault.body.encode(), fault.content_type, dict(fault.headers)))
            case "cut":
                answer = self.twin.answer(call)
                self._write(Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type))
            case "slow":
                self._drip(self.twin.answer(call), fault.seconds)
            case "silence":
                time.sleep(fault.seconds)
                self.close_connection = True
            case "hang_up":
                self.close_connection = True
                self.connection.close()

    def _drip(self, answer: Answer, seconds: float) -> None:
        middle = len(answer.body) // 2
        self.wfile.write(self._head(answer, len(answer.body)) + answer.body[:middle])
        self.wfile.flush()
        time.sleep(seconds)
        self.wfile.write(answer.body[middle:])

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError, ValueError, OSError):
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@dataclass
class Running:
    """A practice server that answers at `url` until `stop`."""

    url: str
    stop: Callable[[], None]


def serve(twin: Twin, *, port: int = 0, address: str = "127.0.0.1") -> Running:
    """Serve in threads of this process; `port` 0 takes a free one. Raises OSError when the port is taken."""
    handler = type("Handler", (_Handler,), {"twin": twin})
    server = _Server((address, port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(5)

    return Running(f"http://{address}:{server.server_address[1]}", stop)
