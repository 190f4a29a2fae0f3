"""The vendors that a connection can be made to."""

from importlib import import_module

from martech.connectors.port import Vendor

FOLDERS = ("hubspot", "salesforce", "marketo")


def vendors() -> dict[str, Vendor]:
    """By key, in the order they are offered."""
    return {key: vendor(key) for key in FOLDERS}


def vendor(key: str) -> Vendor:
    """Raises KeyError for a key that is no vendor's. Imported on use: the clients are large."""
    if key not in FOLDERS:
        raise KeyError(key)
    found: Vendor = import_module(f"martech.connectors.{key}").VENDOR
    return found
