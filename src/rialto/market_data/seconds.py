"""The seconds of the last day, packed: where a window begins that does not start on a minute.

In:  the kline of each second with trades, once the second is over.
Out: those within one minute. At most DAY_MINUTES_MAX minutes of 60 records are kept.
"""

from collections.abc import Iterable, Iterator
from struct import Struct

from rialto.messages.ids import TradeId
from rialto.messages.klines import DAY_US, MINUTE_US, Kline

DAY_MINUTES_MAX = DAY_US // MINUTE_US + 2  # a day that starts and ends within a minute
_RECORD = Struct("<7q16s16s16s16s")  # 120 bytes, a third of what a Kline takes


class PackedSeconds:
    def __init__(self) -> None:
        self._minutes: dict[int, bytearray] = {}  # by open time, oldest first

    def load(self, seconds: Iterable[Kline]) -> None:
        """Those that are over, oldest first."""
        for second in seconds:
            self.add(second)

    def add(self, second: Kline) -> None:
        minute_us = second.open_us - second.open_us % MINUTE_US
        records = self._minutes.get(minute_us)
        if records is None:
            self._forget_before(minute_us - DAY_MINUTES_MAX * MINUTE_US)
            records = self._minutes[minute_us] = bytearray()
        records += _RECORD.pack(
            second.open_us,
            second.open_ticks,
            second.high_ticks,
            second.low_ticks,
            second.close_ticks,
            second.trades,
            second.first_trade_id,
            second.volume_lots.to_bytes(16, "little"),
            second.quote_amount.to_bytes(16, "little"),
            second.taker_buy_lots.to_bytes(16, "little"),
            second.taker_buy_quote_amount.to_bytes(16, "little"),
        )

    def between(self, start_us: int, end_us: int) -> Iterator[Kline]:
        """Those that open in [start, end), which is within one minute, oldest first."""
        records = self._minutes.get(start_us - start_us % MINUTE_US, b"")
        for record in _RECORD.iter_unpack(records):
            if not start_us <= record[0] < end_us:
                continue
            open_us, open_ticks, high_ticks, low_ticks, close_ticks, trades, first_id = record[:7]
            volume, quote, bought, bought_quote = (
                int.from_bytes(wide, "little") for wide in record[7:]
            )
            yield Kline(
                open_us,
                open_ticks,
                high_ticks,
                low_ticks,
                close_ticks,
                volume,
                quote,
                bought,
                bought_quote,
                trades,
                TradeId(first_id),
                TradeId(first_id + trades - 1),  # trade ids have no gaps
            )

    def _forget_before(self, minute_us: int) -> None:
        while self._minutes and (oldest := next(iter(self._minutes))) <= minute_us:
            del self._minutes[oldest]
