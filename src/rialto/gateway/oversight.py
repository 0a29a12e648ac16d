"""How many connections there may be, and how long each may take for what.

In:  connections, and what time it is.
Out: whether one more may be served, and the end of those that are overdue.
Never: a connection that costs something for longer than its deadline. One sweep looks at all of
     them, so that a request costs no timer; whoever is past a deadline is cut off, without a word
     since nobody listens.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from math import inf
from typing import Any

CONNECTIONS_MAX = 16_384
CONNECTIONS_PER_ADDRESS_MAX = 8_192

REQUEST_SECONDS_MAX = 8.0  # from the first byte of a request, or the connection, to its last byte
KEEP_ALIVE_SECONDS = 75.0  # between requests
WRITE_SECONDS_MAX = 8.0  # for a client to make room in a write buffer that is full, or to take any
CLOSE_SECONDS_MAX = 5.0  # for a closed connection to take what is left
SWEEP_SECONDS = 0.5  # how late a deadline may be noticed


class Overseer:
    """Counts connections by address, and cuts off those that are overdue. note_flood hears of the
    address of a WebSocket that was closed for its messages.
    """

    def __init__(self, connections_max: int, note_flood: Callable[[str], None]) -> None:
        self.note_flood = note_flood
        self._connections_max = connections_max
        self._by_address: Counter[str] = Counter()
        self._count = 0

    def admit(self, address: str) -> bool:
        """Whether one more connection may be served; whoever admitted it must also release it."""
        if (
            self._count >= self._connections_max
            or self._by_address[address] >= CONNECTIONS_PER_ADDRESS_MAX
        ):
            return False
        self._count += 1
        self._by_address[address] += 1
        return True

    def release(self, address: str) -> None:
        self._count -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    async def sweep(self, connections: Collection[Any]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = loop.time()
            for connection in list(connections):
                if connection.watch.is_overdue(now):
                    connection.transport.abort()


class Watch:
    """The deadlines of one connection. A request's are set by its protocol, the others seen by
    looking.
    """

    def __init__(self, transport: asyncio.Transport, deadline: float) -> None:
        self._transport = transport
        self.deadline = deadline  # of the request that is being received, or of the wait for one
        self.write_deadline = inf  # of a full write buffer
        self._close_deadline = inf
        self._unsent = 0
        self._unsent_deadline = inf

    def is_overdue(self, now: float) -> bool:
        if self._transport.is_closing():
            if self._close_deadline == inf:
                self._close_deadline = now + CLOSE_SECONDS_MAX
            return now > self._close_deadline
        unsent = self._transport.get_write_buffer_size()
        if unsent == 0:
            self._unsent_deadline = inf
        elif unsent < self._unsent or self._unsent_deadline == inf:
            self._unsent_deadline = now + WRITE_SECONDS_MAX
        self._unsent = unsent
        return now > min(self.deadline, self.write_deadline, self._unsent_deadline)
