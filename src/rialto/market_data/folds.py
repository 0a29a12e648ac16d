"""All that market data is, for all instruments: one fold over the events.

In:  batches of events in order, whole commands, each once; at the start, rows that SQL has kept.
Out: depth, trades, aggregate trades, klines and tickers by instrument. Times are arguments: no
     clock is read.

A trade costs the same however many there were; a window is joined from at most a hundred klines.
Who tells others of changes reads `new_aggregate_trades` after each batch, and asks for a `kline`,
an `average_price`, a `reference_price` or a ticker when it is time.
"""

from collections.abc import Iterable
from operator import attrgetter

import msgspec

from rialto.market_data import tickers
from rialto.market_data.depth import Depth, DepthChanges
from rialto.market_data.intervals import Interval, KlineRequest
from rialto.market_data.kline_answers import KlineAnswer
from rialto.market_data.klines import Klines
from rialto.market_data.newest import Newest
from rialto.market_data.reference_prices import PriceBucket, ReferencePrice, ReferencePriceFold
from rialto.market_data.tickers import AveragePrice, Ticker
from rialto.messages import events as e
from rialto.messages.aggregate_trades import AggregateTrade, Aggregation
from rialto.messages.icebergs import LevelEvent, RestingOrder
from rialto.messages.ids import InstrumentId, UpdateId
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.klines import Kline, flat

AVERAGE_PRICE_MINUTES = 5

_LEVEL_EVENTS = frozenset(LevelEvent.__args__)


class StoredMarket(msgspec.Struct):
    """What SQL keeps of one instrument: where its folds start from. Lists are oldest first."""

    definition: InstrumentDefinition
    resting: list[RestingOrder]
    last_update_id: UpdateId
    trades: list[e.TradeExecuted]  # the newest KEPT_MAX
    aggregate_trades: list[AggregateTrade]  # the newest KEPT_MAX
    first_trade_us: int | None
    klines: dict[int, list[Kline]]  # the newest KEPT_KLINES by width
    seconds: list[Kline]  # of the last day before the last trade
    price_buckets: list[PriceBucket]
    reference_ticks: int  # that the operator set last, 0 for none


class Market:
    """The folds of one instrument."""

    def __init__(self, definition: InstrumentDefinition) -> None:
        self.depth = Depth()
        self.trades: Newest[e.TradeExecuted] = Newest(attrgetter("trade_id"))
        self.aggregate_trades: Newest[AggregateTrade] = Newest(attrgetter("id"))
        self.aggregation = Aggregation()
        self.klines = Klines()
        self.reference_price = ReferencePriceFold(definition)
        self.quote_per_tick_lot = definition.quote_units_per_tick_lot

    def load(self, stored: StoredMarket) -> None:
        self.depth.load(stored.resting, stored.last_update_id)
        self.trades.load(stored.trades)
        self.aggregate_trades.load(stored.aggregate_trades)
        latest = self.aggregate_trades.last()
        self.aggregation = Aggregation(latest.id if latest else 0)
        self.klines.load(stored.first_trade_us, stored.klines, stored.seconds)
        self.reference_price.load(stored.price_buckets, stored.reference_ticks)

    def add(self, trade: e.TradeExecuted) -> AggregateTrade | None:
        """A new aggregate trade, None if the trade joined the newest one."""
        self.trades.add(trade)
        amount = trade.price_ticks * trade.quantity_lots * self.quote_per_tick_lot
        self.klines.add(trade, amount)
        if self.reference_price.count:
            self.reference_price.add(trade)
        made = self.aggregation.add(trade)
        if made is not None:
            self.aggregate_trades.add(made)
        return made


class MarketData:
    def __init__(self) -> None:
        self.new_aggregate_trades: list[AggregateTrade] = []  # those of the last batch, in order
        self._markets: dict[InstrumentId, Market] = {}

    def load(self, instrument: InstrumentId, stored: StoredMarket) -> None:
        market = self._markets[instrument] = Market(stored.definition)
        market.load(stored)

    def apply(self, events: Iterable[e.Event]) -> None:
        """A batch of whole commands."""
        self.new_aggregate_trades = []
        for event in events:
            kind = type(event)
            if kind in _LEVEL_EVENTS:
                depth = self._markets[event.instrument].depth  # type: ignore[attr-defined]
                depth.apply(event)  # type: ignore[arg-type]
                if isinstance(event, e.TradeExecuted):
                    self._add_trade(event)
            elif isinstance(event, e.InstrumentListed):
                self._markets[event.instrument] = Market(event.definition)
            elif isinstance(event, e.ReferencePriceSet):
                self._markets[event.instrument].reference_price.set(event)

    def depth(self, instrument: InstrumentId) -> Depth:
        return self._markets[instrument].depth

    def depth_changes(self, instrument: InstrumentId, since: UpdateId) -> DepthChanges | None:
        """Levels changed after an update id; None if that is too long ago to say."""
        return self._markets[instrument].depth.changes_since(since)

    def trades(self, instrument: InstrumentId) -> Newest[e.TradeExecuted]:
        return self._markets[instrument].trades

    def last_trade(self, instrument: InstrumentId) -> e.TradeExecuted | None:
        return self._markets[instrument].trades.last()

    def aggregate_trades(self, instrument: InstrumentId) -> Newest[AggregateTrade]:
        return self._markets[instrument].aggregate_trades

    def klines(self, instrument: InstrumentId, request: KlineRequest, now_us: int) -> KlineAnswer:
        """Without gaps; a part that memory has let go must be read from SQL first."""
        return self._markets[instrument].klines.answer(request, now_us)

    def kline(
        self, instrument: InstrumentId, interval: Interval, time_us: int, offset_us: int = 0
    ) -> Kline | None:
        """The one that a time of late is in, over or not, as a copy; None before the first trade.

        Any interval in a zone of whole hours from UTC, if it is the one of now or the one before;
        seconds and minutes up to a day ago.
        """
        klines = self._markets[instrument].klines
        open_us = interval.open_of(time_us, offset_us)
        total = klines.total(open_us, interval.step(open_us, 1, offset_us))
        if total is not None:
            return total
        earlier = klines.last_before(open_us)
        return flat(open_us, earlier.close_ticks) if earlier else None

    def ticker24h(self, instrument: InstrumentId, now_us: int) -> Ticker:
        market = self._markets[instrument]
        return tickers.ticker24h(market.klines, market.trades.last(), now_us)

    def rolling_ticker(self, instrument: InstrumentId, window_us: int, now_us: int) -> Ticker:
        """Of ticker?windowSize= and the streams of 1h, 4h and 1d; at most WINDOW_US_MAX."""
        market = self._markets[instrument]
        return tickers.rolling_ticker(market.klines, market.trades.last(), window_us, now_us)

    def day_ticker(self, instrument: InstrumentId, offset_us: int, now_us: int) -> Ticker:
        """Of the trading day in a time zone."""
        market = self._markets[instrument]
        return tickers.day_ticker(market.klines, market.trades.last(), offset_us, now_us)

    def average_price(
        self, instrument: InstrumentId, now_us: int, minutes: int = AVERAGE_PRICE_MINUTES
    ) -> AveragePrice | None:
        """None before the first trade."""
        market = self._markets[instrument]
        last = market.trades.last()
        if last is None:
            return None
        units = market.quote_per_tick_lot
        return tickers.average_price(market.klines, last, now_us, minutes, units)

    def reference_price(self, instrument: InstrumentId, now_us: int) -> ReferencePrice | None:
        """None if the instrument never had one."""
        return self._markets[instrument].reference_price.now(now_us)

    def _add_trade(self, trade: e.TradeExecuted) -> None:
        instrument = trade.instrument
        made = self._markets[instrument].add(trade)
        if made is not None:
            self.new_aggregate_trades.append(made)
