"""Whose turn it is: a few at once, the others in the order they came, and each knows how many are before it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

REST = 1.0  # seconds after which one is told again that others have gone: with many in line it costs more than it says
Tell = Callable[[int], None]  # is given how many are before one, whenever that changes; never 0


@dataclass(eq=False)
class _Ticket:
    tell: Tell
    called: asyncio.Event = field(default_factory=asyncio.Event)
    before: int = 0
    told: float = -REST


class Line:
    """At most `at_once` at a time; of one event loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._tickets: list[_Ticket] = []

    @asynccontextmanager
    async def turn(self, tell: Tell) -> AsyncIterator[None]:
        """Wait for one's turn, and have it until the block ends."""
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
            elif before != ticket.before and now - ticket.told >= REST:
                ticket.before, ticket.told = before, now
                ticket.tell(before)
