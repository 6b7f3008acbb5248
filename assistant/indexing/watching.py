"""Notices when the files of a corpus have changed and settled."""

import math
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

from assistant.loading import root_of

QUIET = 1_000  # milliseconds without a change, after which a folder has settled
LONGEST_WAIT = 60_000  # milliseconds, where files keep changing
POLL_INTERVAL = 300  # seconds after which to look in any case: not every file system reports changes


def changes(
    corpus: Path, *, leave_out: Path, quiet: int = QUIET, stop: threading.Event | None = None
) -> Iterator[None]:
    """Yields whenever it is time to look at the corpus again: first once watching has begun, a second after the call.

    Changes in the folder `leave_out` do not count; changes while the caller is busy are reported afterwards.
    """
    last = -math.inf
    root, index = root_of(corpus).resolve(), leave_out.resolve()

    def may_matter(_: Change, path: str) -> bool:
        inside = os.path.relpath(path, root)
        return not any(part.startswith(".") for part in Path(inside).parts) and not Path(path).is_relative_to(
            index
        )

    for changed in watch(
        root,
        watch_filter=may_matter,
        step=quiet,
        debounce=LONGEST_WAIT,
        rust_timeout=1_000,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,  # a build reports the folders that cannot be listed
    ):
        if changed or time.monotonic() - last > POLL_INTERVAL:
            yield
            last = time.monotonic()
