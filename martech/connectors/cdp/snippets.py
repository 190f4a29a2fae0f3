"""The first event of a source as something to copy and run."""

import json
from dataclasses import dataclass

NO_KEY = "YOUR_WRITE_KEY"
"""Stands where the text of a key is not known any more."""

CURL = """curl {endpoint}/v1/track -u {key}: -H 'Content-Type: application/json' \\
  -d '{{"userId": "user-42", "event": "Hello mops"}}'"""
PYTHON = """# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key, analytics.host = {key!r}, {endpoint!r}
analytics.identify("user-42", {{"email": "ana@example.com"}})
analytics.track("user-42", "Hello mops", {{"plan": "pro"}})
analytics.flush()"""
BROWSER = """const id = (localStorage.anonymousId ??= crypto.randomUUID());
fetch({endpoint} + "/v1/page", {{
  method: "POST",
  keepalive: true,
  body: JSON.stringify({{
    writeKey: {key},
    anonymousId: id,
    messageId: crypto.randomUUID(),
    context: {{ page: {{ url: location.href, referrer: document.referrer, title: document.title }} }},
  }}),
}});"""


@dataclass(frozen=True)
class Snippet:
    key: str
    label: str
    text: str


def snippets(endpoint: str, key: str = "") -> tuple[Snippet, ...]:
    """The same first event from a shell, a server and a web page."""
    key = key or NO_KEY
    quoted = {"endpoint": json.dumps(endpoint), "key": json.dumps(key)}
    return (
        Snippet("shell", "Shell", CURL.format(endpoint=endpoint, key=key)),
        Snippet("python", "Python", PYTHON.format(endpoint=endpoint, key=key)),
        Snippet("browser", "Web page", BROWSER.format(**quoted)),
    )
