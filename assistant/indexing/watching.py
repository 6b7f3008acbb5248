"""Says when the files of a corpus have changed, and come to rest."""

import math
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

from assistant.loading import root_of

QUIET = 1_000  # milliseconds without a change, after which a folder is at rest
AT_MOST = 60_000  # and so many it is waited for, while files go on changing
ANYHOW = 300  # seconds after which to look in any case: not every file system tells of changes


def changes(
    corpus: Path, *, leave_out: Path, quiet: int = QUIET, stop: threading.Event | None = None
) -> Iterator[None]:
    """Yields whenever it is time to look at the corpus again: first when watching has begun, a second after the call.

    What changes in the folder `leave_out` is not told; what changes while the caller is busy is told afterwards.
    """
    told = -math.inf
    root, index = root_of(corpus).resolve(), leave_out.resolve()

    def may_matter(_: Change, path: str) -> bool:
        inside = os.path.relpath(path, root)
        return not any(part.startswith(".") for part in Path(inside).parts) and not Path(path).is_relative_to(
            index
        )

    for found in watch(
        root,
        watch_filter=may_matter,
        step=quiet,
        debounce=AT_MOST,
        rust_timeout=1_000,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,  # a build tells which folders cannot be listed
    ):
        if found or time.monotonic() - told > ANYHOW:
            yield
            told = time.monotonic()
