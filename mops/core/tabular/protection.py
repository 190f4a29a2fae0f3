"""Text that a spreadsheet would run as a formula, and the apostrophe that stops it."""

import re

# Half and full width: Excel in East Asian locales reads the wide signs as the narrow ones.
_DANGEROUS = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")
_PROTECTED = re.compile("'+[=+\\-@\t\r\n\0＝＋－＠]")


def protect(text: str) -> str:
    """One apostrophe in front of text that would be run, also when it already has apostrophes, so it can be undone."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unprotect(text: str) -> str:
    """The exact reverse of `protect`; any other leading apostrophe ('t Hart) stays."""
    return text[1:] if text[:1] == "'" and _PROTECTED.match(text) else text
