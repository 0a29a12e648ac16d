"""The market streams: which there are, which of them are read, and when they look.

In:  published events, already folded into the market data; ticks.
Out: messages to the readers of each stream; nothing is computed for a stream that nobody reads.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed
from rialto.gateway.market_feeds import (
    AggregateTradeFeed,
    AveragePriceFeed,
    BookTickerFeed,
    DepthFeed,
    KlineFeed,
    MarketFeed,
    PartialDepthFeed,
    ReferencePriceFeed,
    SymbolFeed,
    TradeFeed,
)
from rialto.gateway.market_view import MarketView, Moment
from rialto.gateway.retention import Retention
from rialto.gateway.sources import Folds
from rialto.gateway.ticker_feeds import TickerFeed, TickersFeed
from rialto.gateway.wire.stream_names import TICKS_PER_SECOND, Kind, Stream, parse_name
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import InstrumentId

FEEDS: dict[Kind, type[SymbolFeed]] = {
    Kind.TRADE: TradeFeed,
    Kind.AGGREGATE_TRADE: AggregateTradeFeed,
    Kind.BOOK_TICKER: BookTickerFeed,
    Kind.DEPTH: DepthFeed,
    Kind.PARTIAL_DEPTH: PartialDepthFeed,
    Kind.KLINE: KlineFeed,
    Kind.AVERAGE_PRICE: AveragePriceFeed,
    Kind.REFERENCE_PRICE: ReferencePriceFeed,
    Kind.MINI_TICKER: TickerFeed,
    Kind.TICKER: TickerFeed,
    Kind.WINDOW_TICKER: TickerFeed,
}

Key = tuple[InstrumentId | None, Stream]  # None for all of them


class MarketStreams:
    """A StreamSource; publish() is called after the market data has folded the same events.

    is_settled says whether nothing is on its way: what has happened by now is published.
    """

    def __init__(self, folds: Folds, clock: Clock, is_settled: Callable[[], bool]) -> None:
        self._view = MarketView(folds, clock)
        self._is_settled = is_settled
        self._published_us = 0
        self._retention = Retention()
        self._feeds: dict[Key, MarketFeed] = {}
        self._trades: dict[InstrumentId, TradeFeed] = {}
        self._aggregates: dict[InstrumentId, AggregateTradeFeed] = {}
        self._of_books: list[BookTickerFeed | DepthFeed] = []

    @property
    def feeds(self) -> int:
        """Streams that somebody reads, or has read until a moment ago."""
        return len(self._feeds)

    def find_feed(self, name: str) -> Feed | None:
        wanted = parse_name(name)
        if wanted is None:
            return None
        symbol, stream = wanted
        instrument = self._view.catalog.find_instrument(symbol)
        if instrument is None and not stream.of_all:
            return None
        key = (instrument.id if instrument else None, stream)
        feed = self._feeds.get(key)
        if feed is None or not feed.is_read:  # what an old one knows of before is of no use
            if feed is not None:
                feed.end()
            if instrument is None:
                feed = TickersFeed(self._view, stream, self._retention)
            else:
                feed = FEEDS[stream.kind](self._view, stream, self._retention, instrument)
            self._feeds[key] = feed
            self._sort_feeds()
        return feed

    def publish(self, events: Sequence[Event]) -> None:
        self._published_us = events[-1].time_us
        now_us = self._view.clock()
        if self._trades:
            executed = (event for event in events if type(event) is TradeExecuted)
            for instrument, trades in _by_instrument(executed):
                if instrument in self._trades:
                    self._trades[instrument].hear(trades, now_us)
        if self._aggregates:
            for instrument, joined in _by_instrument(self._view.market.new_aggregate_trades):
                if instrument in self._aggregates:
                    self._aggregates[instrument].hear(joined, now_us)
        for feed in self._of_books:
            if feed.is_read:
                feed.hear(now_us)

    def tick(self, number: int, now_us: int) -> None:
        if number % TICKS_PER_SECOND == 0:
            self._forget_unread(now_us)
        settled_us = now_us if self._is_settled() else self._published_us
        moment = Moment(number, now_us, settled_us)
        self._view.begin_moment()
        for feed in self._feeds.values():
            if feed.is_read and feed.is_due(moment):
                feed.look(moment)

    def _forget_unread(self, now_us: int) -> None:
        for feed in self._feeds.values():
            feed.forget_past(now_us)
        unread = [key for key, feed in self._feeds.items() if not feed.is_read]
        for key in unread:
            self._feeds.pop(key).end()
        if unread:
            self._sort_feeds()

    def _sort_feeds(self) -> None:
        """Those that are told of batches."""
        feeds = list(self._feeds.values())
        self._trades = {feed.id: feed for feed in feeds if isinstance(feed, TradeFeed)}
        self._aggregates = {feed.id: feed for feed in feeds if isinstance(feed, AggregateTradeFeed)}
        self._of_books = [feed for feed in feeds if isinstance(feed, BookTickerFeed | DepthFeed)]


class OfInstrument(Protocol):
    @property
    def instrument(self) -> InstrumentId: ...


T = TypeVar("T", bound=OfInstrument)


def _by_instrument(trades: Iterable[T]) -> Iterable[tuple[InstrumentId, list[T]]]:
    found: dict[InstrumentId, list[T]] = {}
    for trade in trades:
        found.setdefault(trade.instrument, []).append(trade)
    return found.items()
