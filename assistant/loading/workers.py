"""Files read in worker processes under limits of time and memory, so that no file can stop a build."""

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile, UserError
from assistant.loading.files import LoadOptions, load
from assistant.loading.loaded import Loaded

MEMORY = 4 * 2**30  # bytes of address space of a worker, where the system can limit it
MAX_WORKERS = 4
AHEAD = 4  # files handed to each worker before their content is asked for
STARTING = 3  # seconds that a process may take to come up
GARBAGE = (
    50_000,
    20,
    100,
)  # a table of a million cells is no garbage: to look for some took a quarter of the time
PATIENCE = 3.0  # seconds after which a file is called slow

OnSlow = Callable[[str, float], None]  # path, seconds that it has taken


class FileWorkers:
    """Reads the files of a folder; no process is started before there is a file to read. Close it after use."""

    def __init__(self, root: Path, options: LoadOptions) -> None:
        self._root, self._options = root, options
        self._pool: Any = None
        self._ready: Any = None  # counts the workers that have come up
        self._count = 0

    def close(self) -> None:
        """End the processes, whatever they are doing, once all have come up: one that has not would complain."""
        if self._pool is not None:
            all(self._ready.acquire(timeout=STARTING) for _ in range(self._count))
            self._pool.stop()
            self._pool.join()

    def start(self, count: int) -> None:
        """Have workers for so many files started; they come up while the caller does other things."""
        from loky.backend import get_context
        from pebble import ProcessPool

        if self._pool is None and count:
            # Its processes inherit nothing, above all no threads and locks, and do not run the user's script again.
            context = get_context("loky")
            ready, number = context.Semaphore(0), min(count, MAX_WORKERS, os.cpu_count() or 1)
            pool = ProcessPool(number, initializer=_begin, initargs=[os.getpid(), ready], context=context)
            try:
                pool.schedule(int)
            except OSError as error:
                raise UserError(
                    f"The processes that read files cannot be started ({error.strerror}); "
                    "on Linux they need a writable folder /dev/shm."
                ) from error
            self._pool, self._ready, self._count = pool, ready, number

    def load_each(
        self, paths: Sequence[str], on_slow: OnSlow = lambda *_: None
    ) -> Iterator[Loaded | UnreadableFile]:
        """The content of each file, or why it cannot be read, in the order of the (relative) paths."""
        coming = iter(paths)
        pending: deque[tuple[str, Future[Loaded]]] = deque()
        while True:
            for path in islice(coming, MAX_WORKERS * AHEAD - len(pending)):
                pending.append((path, self._handed_over(path, len(paths))))
            if not pending:
                return
            path, future = pending.popleft()
            if _has_died(_waited_for(path, future, on_slow)):
                # Because of the file, or because the system ended it: reading it once more shows which.
                future = _waited_for(path, self._handed_over(path, len(paths)), on_slow)
            yield self._result(future)

    def _handed_over(self, path: str, count: int) -> "Future[Loaded]":
        if self._pool is not None and not self._pool.active:  # all workers died while none had a file
            self.close()
            self._pool = None
        self.start(count)
        args = [_load, self._root / path, self._root, self._options]
        try:
            handed: Future[Loaded] = self._pool.schedule(_caught, args=args, timeout=self._options.time_limit)
        except RuntimeError as error:  # it broke just now
            handed = Future()
            handed.set_exception(BrokenProcessPool(str(error)))
        return handed

    def _result(self, future: "Future[Loaded]") -> Loaded | UnreadableFile:
        from pebble import ProcessExpired

        try:
            return future.result()
        except UnreadableFile as error:
            return error
        except UserError:
            raise
        except TimeoutError:
            return UnreadableFile(
                f"Reading it took longer than {self._options.time_limit:g} s; "
                "split it into smaller files, or raise the setting file_timeout and run `assistant index --rebuild`."
            )
        except MemoryError:
            return UnreadableFile(
                f"Reading it needs more than {MEMORY // 2**30} GB of memory; split it into smaller files."
            )
        except BrokenProcessPool:
            raise UserError(
                "The processes that read files were ended from outside, so nothing was done; "
                "check whether memory is short, and try again."
            ) from None
        except ProcessExpired:
            return UnreadableFile(
                "Reading it crashed the process that read it: it is damaged or too large; "
                "save it again with the program that made it, or split it into smaller files."
            )


def _waited_for(path: str, future: "Future[Loaded]", on_slow: OnSlow) -> "Future[Loaded]":
    started = time.monotonic()
    while not wait([future], timeout=PATIENCE).done:
        on_slow(path, time.monotonic() - started)
    return future


def _has_died(future: "Future[Loaded]") -> bool:
    from pebble import ProcessExpired

    return isinstance(future.exception(), (BrokenProcessPool, ProcessExpired))


def _caught(read: Callable[..., Loaded], *args: Any) -> Loaded:
    """What is read; a parser's own error stays in the process, as not every exception can be sent to another one."""
    try:
        return read(*args)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever fault a parser has, the other files are read
        raise UnreadableFile(
            f"Its content cannot be parsed ({type(error).__name__}); "
            "save it again with the program that made it, or in another format."
        ) from None


def _load(path: Path, root: Path, options: LoadOptions) -> Loaded:
    return load(path, root=root, options=options)


def _begin(parent: int, ready: Any) -> None:
    """Prepare a worker: it ignores Ctrl-C, ends with the process that builds, and has limited memory."""
    ready.release()
    gc.set_threshold(*GARBAGE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    try:
        import resource
    except ImportError:  # not available on every system
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    with suppress(OSError, ValueError):  # macOS allows none so low: a process has more from its start
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _end_with(parent: int) -> None:
    """End the worker with the process that builds, whatever it is reading."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
