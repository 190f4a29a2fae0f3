"""A request's body as bytes and as JSON, within the limits of the protocol."""

import base64
import binascii
import json
import zlib
from typing import Any, NoReturn

EVENT_BYTES = 32 * 1024
BODY_BYTES = 500 * 1024
BATCH_EVENTS = 2_500


class BodyRefused(ValueError):
    """The whole request is refused; `code` names why, the text says it to people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def opened(body: bytes, encoding: str) -> bytes:
    """The body without its gzip, never more than the limit in memory. Raises BodyRefused."""
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        content = body
    else:
        try:
            content = zlib.decompressobj(wbits=31).decompress(body, BODY_BYTES + 1)
        except zlib.error as error:
            raise BodyRefused("bad_gzip", "The body says that it is gzip, but it cannot be opened.") from error
    if len(content) > BODY_BYTES:
        raise BodyRefused("body_too_large", f"A request may have {BODY_BYTES // 1024} KB; send smaller batches.")
    return content


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def read_json(content: bytes) -> dict[str, Any]:
    """Raises BodyRefused unless the content is one JSON object."""
    try:
        document = json.loads(content, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BodyRefused("bad_json", "The body is not JSON.") from error
    if not isinstance(document, dict):
        raise BodyRefused("bad_json", "Send a JSON object.")
    return document


def basic_key(authorization: str) -> str:
    """The write key of `Authorization: Basic base64(key:)`; empty where there is none."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
