"""Files uploaded but not yet added to the corpus: who uploaded them, how much space they take, how long they stay."""

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

MOST_WAITING = 500 * 2**20  # bytes of all waiting files together
MIN_SIZE = 4096  # bytes counted for a file, even an empty one
MAX_REMEMBERED = 10_000  # files whose owner is known
MAX_AGE = 3600  # seconds
SWEPT = 600  # seconds between two clean-ups


@cache
def upload_folder() -> Path:
    """This process's own folder for uploads, which Gradio must be told of before it is imported."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-uploads-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


class Uploads:
    """Knows which file in the folder was uploaded by which visitor."""

    def __init__(self, folder: Path, *, capacity: int = MOST_WAITING) -> None:
        self._folder = folder
        self._capacity = capacity
        self._arriving = 0
        self._owners: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._changing = threading.Lock()

    def begin(self, size: int) -> bool:
        """Reserve this many bytes; False if there is not enough room. `end` must follow."""
        self.sweep()
        with self._changing:
            if size > self._capacity - self._arriving - self._waiting():
                return False
            self._arriving += size
            return True

    def end(self, size: int) -> None:
        with self._changing:
            self._arriving -= size

    def note(self, visitor: str, path: str) -> None:
        """Remember that this visitor uploaded this file."""
        with self._changing:
            self._owners[(visitor, path)] = None
            while len(self._owners) > MAX_REMEMBERED:
                self._owners.popitem(last=False)

    def owns(self, visitor: str, path: object) -> bool:
        """Whether this visitor uploaded this file."""
        return isinstance(path, str) and (visitor, path) in self._owners

    def sweep(self, age: float = MAX_AGE) -> None:
        """Delete files that nobody added within an hour, including parts of interrupted uploads."""
        limit = time.time() - age
        for path in self._files():
            with suppress(OSError):
                if path.lstat().st_mtime < limit:
                    path.unlink()
                    if path.parent != self._folder:
                        path.parent.rmdir()  # fails, and shall, while other files are in it

    def _waiting(self) -> int:
        total = 0
        for path in self._files():
            with suppress(OSError):
                total += max(path.lstat().st_size, MIN_SIZE)
        return total

    def _files(self) -> list[Path]:
        return [Path(folder, name) for folder, _, names in os.walk(self._folder) for name in names]
