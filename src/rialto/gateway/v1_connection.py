"""One WebSocket connection of the first design's door: its answers and statuses, in one order.

In:  answers to the orders it sent, statuses of all of its owner's orders.
Out: both, in the order of the log. What an answer has said, no status says again here.
"""

from collections import deque
from typing import NamedTuple

from rialto.gateway.sockets import SLOW_CONSUMER, STREAM_BACKLOG_MAX, Socket
from rialto.gateway.wire.execution_ids import sequence_of
from rialto.identity.api_keys import ApiKey
from rialto.messages.ids import OrderId

HELD_MAX = STREAM_BACKLOG_MAX


class Said(NamedTuple):
    """order_id is None for an order that was refused; event_id is None for what is in no log."""

    event_id: int | None
    order_id: OrderId | None
    text: str


class Connection:
    """Statuses are held while it catches up with the past, and while an answer is owed."""

    def __init__(self, socket: Socket, key: ApiKey) -> None:
        self.socket = socket
        self.key = key
        self._held: deque[Said] = deque()
        self._owed = 0
        self._catching_up = True

    def tell(self, status: Said) -> None:
        if not self._catching_up and not self._owed:
            self.socket.push(status.text)
        elif len(self._held) < HELD_MAX:
            self._held.append(status)
        else:
            self.socket.close(SLOW_CONSUMER)

    def caught_up(self) -> None:
        self._catching_up = False
        self._release()

    def owe(self) -> None:
        """An order was sent to the engine."""
        self._owed += 1

    def answer(self, answer: Said) -> None:
        """What it was owed. Statuses of before come first, those that it repeats not at all."""
        self._owed -= 1
        if answer.event_id is not None:
            sequence = sequence_of(answer.event_id)
            while self._held and (self._held[0].event_id or 0) <= answer.event_id:
                status = self._held.popleft()
                is_own = sequence_of(status.event_id or 0) == sequence
                if not is_own or status.order_id != answer.order_id:
                    self.socket.push(status.text)
        self.socket.push(answer.text)
        self._release()

    def _release(self) -> None:
        if not self._owed:
            while self._held:
                self.socket.push(self._held.popleft().text)
