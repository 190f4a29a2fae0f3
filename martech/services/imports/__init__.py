"""Imports: read, matched, written and taken back, set by set."""

from martech.services.imports.engine import run_batch_import, run_file_import
from martech.services.imports.inspection import begin_import, choose_encoding
from martech.services.imports.undo import undo_batch

__all__ = ["begin_import", "choose_encoding", "run_batch_import", "run_file_import", "undo_batch"]
