"""The newest public trades of one instrument."""

from collections import deque
from collections.abc import Iterable
from itertools import islice

from rialto.messages.events import TradeExecuted

TRADES_MAX = 1_000  # as many as one answer may hold


class Trades:
    def __init__(self) -> None:
        self._trades: deque[TradeExecuted] = deque(maxlen=TRADES_MAX)

    def load(self, newest: Iterable[TradeExecuted]) -> None:
        """Start from the newest trades, oldest first."""
        self._trades.extend(newest)

    def add(self, trade: TradeExecuted) -> None:
        self._trades.append(trade)

    def newest(self, limit: int) -> list[TradeExecuted]:
        """Oldest first."""
        return list(islice(self._trades, max(len(self._trades) - limit, 0), None))

    def last(self) -> TradeExecuted | None:
        return self._trades[-1] if self._trades else None
