"""The garbage collector, off while it would find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection(*, until_exit: bool = False) -> Iterator[None]:
    """Reading and planning make many objects that stay and hardly a cycle: looking for those took a fifth.

    If what was made stays `until_exit` of the process, it is never looked at afterwards either.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if until_exit:
            gc.freeze()
        gc.enable()
