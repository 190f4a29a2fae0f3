"""The garbage collector of Python, told what not to look at.

Rows of a batch are freed by their last reference, not by the collector: looking for cycles among them and among the
loaded code finds none.
"""

import gc

YOUNG = 50_000
"""New objects between two looks; Python's 700 are a few rows."""


def look_less() -> None:
    """Look at new objects less often."""
    gc.set_threshold(YOUNG, 20, 20)


def leave_out_what_is_loaded() -> None:
    """Never look at what is there now. Called before processes fork, it keeps their shared memory shared as well."""
    gc.collect()
    gc.freeze()
