"""All that market data is, for all instruments: one fold over the events.

In:  batches of events in order, each once; at the start, rows that SQL has kept.
Out: depth, trades, klines and tickers by instrument. Times are arguments: no clock is read.
"""

from collections.abc import Iterable

import msgspec

from rialto.market_data.depth import Depth, DepthChanges
from rialto.market_data.intervals import KlineRequest
from rialto.market_data.klines import Klines, KlineSpan
from rialto.market_data.tickers import AveragePrice, Ticker, average_price, ticker24h
from rialto.market_data.trades import Trades
from rialto.messages import events as e
from rialto.messages.ids import InstrumentId, UpdateId
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.klines import Kline
from rialto.messages.orders import Side

AVERAGE_PRICE_MINUTES = 5

LevelEvent = (
    e.TradeExecuted
    | e.OrderRested
    | e.OrderCanceled
    | e.OrderExpired
    | e.OrderAmended
    | e.MatchPrevented
)
_LEVEL_EVENTS = frozenset(LevelEvent.__args__)


class StoredMarket(msgspec.Struct):
    """What SQL keeps of one instrument: where its folds start from."""

    definition: InstrumentDefinition
    resting: list[tuple[Side, int, int]]  # (side, price_ticks, remaining_lots) of every open order
    last_update_id: UpdateId
    trades: list[e.TradeExecuted]  # the newest TRADES_MAX, oldest first
    first_trade_us: int | None
    klines: dict[int, list[Kline]]  # the newest KEPT_KLINES by width, oldest first


class MarketData:
    def __init__(self) -> None:
        self._depths: dict[InstrumentId, Depth] = {}
        self._trades: dict[InstrumentId, Trades] = {}
        self._klines: dict[InstrumentId, Klines] = {}
        self._quote_per_tick_lot: dict[InstrumentId, int] = {}

    def load(self, instrument: InstrumentId, stored: StoredMarket) -> None:
        self._list(instrument, stored.definition)
        self._depths[instrument].load(stored.resting, stored.last_update_id)
        self._trades[instrument].load(stored.trades)
        self._klines[instrument].load(stored.first_trade_us, stored.klines)

    def apply(self, events: Iterable[e.Event]) -> None:
        for event in events:
            kind = type(event)
            if kind in _LEVEL_EVENTS:
                self._depths[event.instrument].apply(event)  # type: ignore[attr-defined]
            if isinstance(event, e.TradeExecuted):
                self._add_trade(event)
            elif isinstance(event, e.InstrumentListed):
                self._list(event.instrument, event.definition)

    def depth(self, instrument: InstrumentId) -> Depth:
        return self._depths[instrument]

    def depth_changes(self, instrument: InstrumentId, since: UpdateId) -> DepthChanges | None:
        """Levels changed after an update id; None if that is too long ago to say."""
        return self._depths[instrument].changes_since(since)

    def trades(self, instrument: InstrumentId, limit: int) -> list[e.TradeExecuted]:
        """The newest, oldest first."""
        return self._trades[instrument].newest(limit)

    def last_trade(self, instrument: InstrumentId) -> e.TradeExecuted | None:
        return self._trades[instrument].last()

    def klines_missing(
        self, instrument: InstrumentId, request: KlineRequest, now_us: int
    ) -> KlineSpan | None:
        """What must be read from SQL for `klines` to be complete, None if memory has it all."""
        return self._klines[instrument].missing(request, now_us)

    def klines(
        self,
        instrument: InstrumentId,
        request: KlineRequest,
        now_us: int,
        older: list[Kline] | None = None,
    ) -> list[Kline]:
        """Oldest first, without gaps. older: the klines of the span named by klines_missing."""
        return self._klines[instrument].answer(request, now_us, older or ())

    def ticker24h(self, instrument: InstrumentId, now_us: int) -> Ticker:
        return ticker24h(self._klines[instrument], self._trades[instrument].last(), now_us)

    def average_price(
        self, instrument: InstrumentId, now_us: int, minutes: int = AVERAGE_PRICE_MINUTES
    ) -> AveragePrice | None:
        """None before the first trade."""
        last = self._trades[instrument].last()
        if last is None:
            return None
        units = self._quote_per_tick_lot[instrument]
        return average_price(self._klines[instrument], last, now_us, minutes, units)

    def _list(self, instrument: InstrumentId, definition: InstrumentDefinition) -> None:
        self._depths[instrument] = Depth()
        self._trades[instrument] = Trades()
        self._klines[instrument] = Klines()
        self._quote_per_tick_lot[instrument] = definition.quote_units_per_tick_lot

    def _add_trade(self, trade: e.TradeExecuted) -> None:
        instrument = trade.instrument
        units = self._quote_per_tick_lot[instrument]
        self._trades[instrument].add(trade)
        quote_amount = trade.price_ticks * trade.quantity_lots * units
        self._klines[instrument].add(trade, quote_amount)
