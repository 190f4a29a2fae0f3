"""Static files: a few named files out of `node_modules`, served under hashed names, compressed once."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class PackageFinder(BaseFinder):
    """Finds the files of `settings.STATIC_PACKAGES`: path below STATIC_URL → path below `settings.NODE_MODULES`."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.storages = {path: PackageStorage(path, self.source(path)) for path in settings.STATIC_PACKAGES}

    @staticmethod
    def source(path: str) -> Path:
        return Path(settings.NODE_MODULES) / settings.STATIC_PACKAGES[path]

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        missing = [source for path in settings.STATIC_PACKAGES if not (source := self.source(path)).is_file()]
        return [Error(explain(missing[0]), id="mops.E001")] if missing else []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """The file behind `path`, in the shape Django asks for: a list with `find_all`, else a path or nothing."""
        found = [str(self.source(path))] if path in settings.STATIC_PACKAGES and self.source(path).is_file() else []
        if find_all:
            return found
        return found[0] if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every file with its storage. Raises ImproperlyConfigured when a package is not installed."""
        for path, storage in self.storages.items():
            if not self.source(path).is_file():
                raise ImproperlyConfigured(explain(self.source(path)))
            yield path, storage


class PackageStorage(FileSystemStorage):
    """One file under another name, as `collectstatic` wants it."""

    prefix = ""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.public_name, self.source_file = name, source

    def path(self, name: str) -> str:
        """The source for the public name; anything else is not ours."""
        return str(self.source_file) if name == self.public_name else super().path(name)


def without_source_maps(patterns: Iterable[tuple[str, tuple[Any, ...]]]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    kept = ((glob, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule))) for glob, rules in patterns)
    return tuple((glob, rules) for glob, rules in kept if rules)


class QuickCompressor(Compressor):
    """Brotli at 9 of 11: a few per cent larger, in a tenth of the time, since a first start waits for it."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=9))


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash, so that browsers may keep files for ever; only those are compressed, since pages name no others.

    Source maps are not shipped, so the comments that name them must not be looked up.
    """

    patterns = without_source_maps(CompressedManifestStaticFilesStorage.patterns)

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed = set(self.hashed_files.values())
        yield from super().compress_files([path for path in paths if path in hashed])


def explain(missing: Path) -> str:
    return f"{missing} is missing: install the front-end packages with `npm ci` (`make run` does it)"
