"""The reference price of an instrument: a mean of its trade prices, or what the operator set.

In:  trades and ReferencePriceSet in order.
Out: the price now, as the machine has it (binance-api.md 3.11): time is cut into buckets, each
     trade counts once; the bucket that is too old in part counts in part.
"""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from rialto.messages.events import ReferencePriceSet, TradeExecuted
from rialto.messages.instruments import InstrumentDefinition

REFERENCE_SCALE = 10_000  # of ticks; counts of trades are scaled by it as well
MILLISECOND_US = 1_000


class PriceBucket(NamedTuple):
    """Trades of one bucket: their number, and the sum of their prices in ticks."""

    open_us: int
    trades: int
    price_ticks: int


class ReferencePrice(NamedTuple):
    """scaled_ticks: ticks times REFERENCE_SCALE, None without trades to take the mean of."""

    scaled_ticks: int | None
    time_us: int


class ReferencePriceFold:
    """At most as many buckets as the instrument asks for, and one more."""

    def __init__(self, definition: InstrumentDefinition) -> None:
        self.count = definition.reference_bucket_count
        self.width_us = definition.reference_bucket_width_ms * MILLISECOND_US
        self._buckets: deque[PriceBucket] = deque()
        self._set_ticks = 0

    def load(self, buckets: Iterable[PriceBucket], set_ticks: int) -> None:
        """Start from the newest buckets, oldest first, and what the operator set last."""
        self._buckets.extend(buckets)
        self._set_ticks = set_ticks

    def set(self, event: ReferencePriceSet) -> None:
        self._set_ticks = event.price_ticks

    def add(self, trade: TradeExecuted) -> None:
        if not self.count:
            return
        buckets = self._buckets
        open_us = trade.time_us - trade.time_us % self.width_us
        if buckets and buckets[-1].open_us == open_us:
            _, trades, price_ticks = buckets.pop()
            buckets.append(PriceBucket(open_us, trades + 1, price_ticks + trade.price_ticks))
            return
        buckets.append(PriceBucket(open_us, 1, trade.price_ticks))
        while buckets[0].open_us < open_us - self.count * self.width_us:
            buckets.popleft()

    def now(self, now_us: int) -> ReferencePrice | None:
        """None if nothing says one for the instrument; costs a look at every bucket."""
        if not self.count:
            scaled_ticks = self._set_ticks * REFERENCE_SCALE
            return ReferencePrice(scaled_ticks, now_us) if scaled_ticks else None
        cutoff_us = now_us - self.count * self.width_us
        total = trades = 0
        for bucket in self._buckets:
            if bucket.open_us + self.width_us > cutoff_us:
                late_us = max(cutoff_us - bucket.open_us, 0)
                total += self._left(bucket.price_ticks, late_us)
                trades += self._left(bucket.trades, late_us)
        return ReferencePrice(total * REFERENCE_SCALE // trades if trades else None, now_us)

    def _left(self, number: int, late_us: int) -> int:
        """Scaled, without the part that is too old."""
        scaled = number * REFERENCE_SCALE
        return scaled - scaled * late_us // self.width_us
