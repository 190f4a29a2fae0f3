"""Policies over the API as YAML or JSON, with the line of everything that is wrong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from martech.routing.text import errors_with_lines, policy_text
from mops.core.document_text import TextRefused, Written, read_text
from mops.core.errors import DomainError


class YamlRenderer(BaseRenderer):
    """The document with its keys in a stable order; a problem stays problem+json."""

    media_type = "application/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.exception:
            return bytes(JSONRenderer().render(data))
        return policy_text(data).encode()


class JsonDocumentParser(BaseParser):
    media_type = "application/json"
    text_format = "json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Written:
        """Raises DomainError with the line."""
        try:
            return read_text(stream.read().decode("utf-8-sig"), self.text_format)
        except UnicodeDecodeError:
            raise DomainError("The document was not read.", errors={"document": ["Send it as UTF-8."]}) from None
        except TextRefused as refused:
            raise DomainError("The document was not read.", errors={"document": [str(refused)]}) from None


class YamlDocumentParser(JsonDocumentParser):
    media_type = "application/yaml"
    text_format = "yaml"


def written_in(request: Request) -> Written:
    """What a parser of documents read; an empty body is no document."""
    return request.data if isinstance(request.data, Written) else Written(None)


@contextmanager
def lines_named(written: Written) -> Iterator[None]:
    """A refusal names the lines of its places."""
    try:
        yield
    except DomainError as error:
        error.errors = errors_with_lines(error.errors, written)
        raise
