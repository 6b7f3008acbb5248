"""Files that were uploaded and not yet taken into the corpus: whose they are, how much, how long they are kept."""

import atexit
import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from functools import cache
from pathlib import Path

MOST_WAITING = 500 * 2**20  # bytes of all of them together
LEAST = 4096  # bytes that a file takes, though it be empty
MOST_KEPT = 10_000  # files that are remembered
KEPT = 3600  # seconds
SWEPT = 600  # seconds from one look at what is old to the next


@cache
def upload_folder() -> Path:
    """This process's own folder for uploads, which Gradio must be told of before it is imported."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-uploads-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


class Uploads:
    """Knows which file in the folder was uploaded by which visitor."""

    def __init__(self, folder: Path, *, most: int = MOST_WAITING) -> None:
        self._folder = folder
        self._most = most
        self._arriving = 0
        self._owners: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._changing = threading.Lock()

    def begin(self, size: int) -> bool:
        """Keep room for this many bytes; False where there is not enough. `end` has to follow."""
        self.sweep()
        with self._changing:
            if size > self._most - self._arriving - self._waiting():
                return False
            self._arriving += size
            return True

    def end(self, size: int) -> None:
        with self._changing:
            self._arriving -= size

    def note(self, visitor: str, path: str) -> None:
        """This file came from this visitor."""
        with self._changing:
            self._owners[(visitor, path)] = None
            while len(self._owners) > MOST_KEPT:
                self._owners.popitem(last=False)

    def owns(self, visitor: str, path: object) -> bool:
        """Whether it is a file that this visitor uploaded."""
        return isinstance(path, str) and (visitor, path) in self._owners

    def sweep(self, age: float = KEPT) -> None:
        """Delete what nobody took in for an hour, parts of uploads that broke off among it."""
        limit = time.time() - age
        for path in self._files():
            with suppress(OSError):
                if path.lstat().st_mtime < limit:
                    path.unlink()
                    if path.parent != self._folder:
                        path.parent.rmdir()  # the last one of a folder takes it along

    def _waiting(self) -> int:
        total = 0
        for path in self._files():
            with suppress(OSError):
                total += max(path.lstat().st_size, LEAST)
        return total

    def _files(self) -> list[Path]:
        return [Path(folder, name) for folder, _, names in os.walk(self._folder) for name in names]
