"""Market streams: trades and best prices as they happen, changed levels every 100 ms or 1000 ms.

In:  published events, already folded into the market data.
Out: messages to the readers of each stream; nothing is written out for a stream that nobody reads.
"""

from collections.abc import Iterable

from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed, TimeUnit
from rialto.gateway.sockets import CloseReason
from rialto.gateway.wire import streams
from rialto.gateway.wire.streams import Kind, Times
from rialto.market_data.depth import Level
from rialto.market_data.folds import MarketData
from rialto.messages.catalog import Catalog
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import InstrumentId, UpdateId

TICKS = {Kind.DEPTH_100MS: 1, Kind.DEPTH: 10, Kind.DEPTH_1000MS: 10}  # between two messages
UNREPORTED_CHANGES_MAX = 32_768  # then a message goes out before its time

CHANGES_LOST = CloseReason(1011, "Too many levels changed at once; connect again.")


class BookTickerFeed(Feed):
    """best: what was sent last."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.best: tuple[Level | None, Level | None] = (None, None)


class DepthFeed(Feed):
    """last_update_id: up to which its messages go."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.last_update_id = UpdateId(0)


class MarketStreams:
    """A StreamSource; publish() is called after the market data has folded the same events."""

    def __init__(self, market: MarketData, catalog: Catalog, clock: Clock) -> None:
        self._market = market
        self._catalog = catalog
        self._clock = clock
        self._trades: dict[InstrumentId, Feed] = {}
        self._tickers: dict[InstrumentId, BookTickerFeed] = {}
        self._depths: dict[tuple[InstrumentId, Kind], DepthFeed] = {}

    def find_feed(self, name: str) -> Feed | None:
        wanted = streams.parse_name(name)
        instrument = self._catalog.find_instrument(wanted.symbol) if wanted else None
        if wanted is None or instrument is None:
            return None
        if wanted.kind is Kind.TRADE:
            return self._trades.setdefault(instrument.id, Feed(name))
        depth = self._market.depth(instrument.id)
        if wanted.kind is Kind.BOOK_TICKER:
            ticker = self._tickers.setdefault(instrument.id, BookTickerFeed(name))
            if not ticker.readers:
                ticker.best = (depth.bids.best(), depth.asks.best())
            return ticker
        changes = self._depths.setdefault((instrument.id, wanted.kind), DepthFeed(name))
        if not changes.readers:
            changes.last_update_id = depth.last_update_id
        return changes

    def publish(self, events: Iterable[Event]) -> None:
        now_us = self._clock()
        if self._trades:
            for event in events:
                if type(event) is TradeExecuted:
                    self._send_trade(event, now_us)
        for instrument, ticker in self._tickers.items():
            if ticker.readers:
                self._send_best(instrument, ticker)
        for (instrument, _), feed in self._depths.items():
            latest = self._market.depth(instrument).last_update_id
            if feed.readers and latest - feed.last_update_id > UNREPORTED_CHANGES_MAX:
                self._send_changes(instrument, feed, now_us)

    def tick(self, number: int, now_us: int) -> None:
        for (instrument, kind), feed in self._depths.items():
            if feed.readers and number % TICKS[kind] == 0:
                self._send_changes(instrument, feed, now_us)

    def _send_trade(self, trade: TradeExecuted, now_us: int) -> None:
        feed = self._trades.get(trade.instrument)
        if feed is None or not feed.readers:
            return
        instrument = self._catalog.instruments[trade.instrument]

        def render(unit: TimeUnit) -> str:
            return streams.trade(trade, instrument, Times(unit.of(now_us), unit.of(trade.time_us)))

        feed.send(render)

    def _send_best(self, instrument: InstrumentId, ticker: BookTickerFeed) -> None:
        depth = self._market.depth(instrument)
        bid, ask = best = depth.bids.best(), depth.asks.best()
        if best == ticker.best:
            return
        ticker.best = best
        text = streams.book_ticker(
            depth.last_update_id, bid, ask, self._catalog.instruments[instrument]
        )
        ticker.send(lambda _: text)

    def _send_changes(self, instrument: InstrumentId, feed: DepthFeed, now_us: int) -> None:
        if feed.last_update_id == self._market.depth(instrument).last_update_id:
            return
        changes = self._market.depth_changes(instrument, feed.last_update_id)
        if changes is None:
            for reader in feed.readers:
                reader.socket.close(CHANGES_LOST)
            return
        feed.last_update_id = changes.last_update_id
        definition = self._catalog.instruments[instrument]
        feed.send(lambda unit: streams.depth_update(changes, definition, unit.of(now_us)))
