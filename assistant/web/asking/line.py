"""A waiting line: a few at a time, the rest in order of arrival, each told how many are ahead of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

NOTIFY_INTERVAL = (
    1.0  # seconds between two updates of one's place: in a long line they cost more than they say
)
Tell = Callable[[int], None]  # receives how many are ahead whenever that changes; never 0


@dataclass(eq=False)
class _Ticket:
    tell: Tell
    called: asyncio.Event = field(default_factory=asyncio.Event)
    before: int = 0
    last_told: float = -NOTIFY_INTERVAL


class Line:
    """Lets `at_once` through at a time; belongs to one event loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._tickets: list[_Ticket] = []

    @asynccontextmanager
    async def turn(self, tell: Tell) -> AsyncIterator[None]:
        """Wait for a turn and hold it until the block ends."""
        ticket = _Ticket(tell)
        self._tickets.append(ticket)
        try:
            self._call()
            await ticket.called.wait()
            yield
        finally:
            self._tickets.remove(ticket)
            self._call()

    def _call(self) -> None:
        now = time.monotonic()
        for place, ticket in enumerate(self._tickets):
            before = max(0, place - self._at_once + 1)
            if before == 0:
                ticket.called.set()
            elif before != ticket.before and now - ticket.last_told >= NOTIFY_INTERVAL:
                ticket.before, ticket.last_told = before, now
                ticket.tell(before)
