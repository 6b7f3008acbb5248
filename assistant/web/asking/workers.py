"""A limited number of threads for work that may hang; none keeps the program from exiting."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


class Workers:
    """Runs each function in a thread of its own; `most` counts the threads that nobody is waiting for any more too."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)

    async def run(self, work: Callable[[], None]) -> None:
        """Wait until it is done; if the caller is cancelled, the work ends by itself."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def finish(error: BaseException | None) -> None:
            self._free.release()
            if done.cancelled():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def thread() -> None:
            error: BaseException | None = None
            try:
                work()
            except BaseException as raised:  # noqa: BLE001 - it is raised again where the work is waited for
                error = raised
            with suppress(RuntimeError):  # the loop has ended by now
                loop.call_soon_threadsafe(finish, error)

        threading.Thread(target=thread, daemon=True, name="answering").start()
        await done
