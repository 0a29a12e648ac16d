"""Every kind of market stream: when it has something to say, and what.

In:  folds that have the latest events, looked at after each batch or every so many ticks.
Out: messages to the readers of the stream.
Never: the same state twice, but for a new reader, who is told it at the next look.
"""

from collections.abc import Iterable

from rialto.gateway.feeds import Feed, Form, Render
from rialto.gateway.market_view import MarketView, Moment
from rialto.gateway.retention import Retention
from rialto.gateway.sockets import CloseReason, Socket
from rialto.gateway.wire import streams
from rialto.gateway.wire.stream_names import REAL_TIME, TICKS_PER_SECOND, Stream
from rialto.market_data.depth import Level
from rialto.market_data.reference_prices import ReferencePrice
from rialto.messages.aggregate_trades import AggregateTrade
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import UpdateId
from rialto.messages.instruments import Instrument
from rialto.messages.klines import Kline

UNREPORTED_CHANGES_MAX = 32_768  # then a message goes out before its time
KLINES_AT_ONCE_MAX = 64  # that ended since the last look; more are told by REST only

CHANGES_LOST = CloseReason(1011, "Too many levels changed at once; connect again.")


class MarketFeed(Feed):
    """is_fresh: somebody has come who has heard nothing yet."""

    def __init__(self, view: MarketView, stream: Stream, retention: Retention) -> None:
        super().__init__(retention, view.clock())
        self.view = view
        self.stream = stream
        self.is_fresh = True

    def add(self, socket: Socket, form: Form) -> None:
        super().add(socket, form)
        self.is_fresh = True

    def is_due(self, moment: Moment) -> bool:
        """Whether to look in this tick."""
        return False

    def look(self, moment: Moment) -> None:
        """At what may have something to say."""


class SymbolFeed(MarketFeed):
    """The instrument may be replaced when its status changes; its id stays."""

    def __init__(
        self, view: MarketView, stream: Stream, retention: Retention, instrument: Instrument
    ) -> None:
        super().__init__(view, stream, retention)
        self.id = instrument.id
        self.instrument = instrument

    def is_due(self, moment: Moment) -> bool:
        ticks = self.stream.ticks
        return moment.is_turn_of(self.id) if ticks >= TICKS_PER_SECOND else ticks != REAL_TIME


class TradeFeed(SymbolFeed):
    def hear(self, trades: Iterable[TradeExecuted], now_us: int) -> None:
        """Those of a batch."""

        def render(trade: TradeExecuted) -> Render:
            return lambda divisor: streams.trade(trade, self.instrument, now_us, divisor)

        self.send(*map(render, trades))


class AggregateTradeFeed(SymbolFeed):
    def hear(self, trades: Iterable[AggregateTrade], now_us: int) -> None:
        """Those of a batch."""

        def render(trade: AggregateTrade) -> Render:
            return lambda divisor: streams.aggregate_trade(trade, self.instrument, now_us, divisor)

        self.send(*map(render, trades))


class BookTickerFeed(SymbolFeed):
    """best: what was sent last."""

    def __init__(
        self, view: MarketView, stream: Stream, retention: Retention, instrument: Instrument
    ) -> None:
        super().__init__(view, stream, retention, instrument)
        depth = view.market.depth(instrument.id)
        self.update_id = depth.last_update_id
        self.best: tuple[Level | None, Level | None] = (depth.bids.best(), depth.asks.best())

    def hear(self, _: int) -> None:
        """After a batch."""
        depth = self.view.market.depth(self.id)
        if depth.last_update_id == self.update_id:
            return
        self.update_id = depth.last_update_id
        bid, ask = best = depth.bids.best(), depth.asks.best()
        if best != self.best:
            self.best = best
            text = streams.book_ticker(self.update_id, bid, ask, self.instrument)
            self.send(lambda _: text)


class DepthFeed(SymbolFeed):
    """update_id: up to which its messages go."""

    def __init__(
        self, view: MarketView, stream: Stream, retention: Retention, instrument: Instrument
    ) -> None:
        super().__init__(view, stream, retention, instrument)
        self.update_id: UpdateId = view.market.depth(instrument.id).last_update_id

    def hear(self, now_us: int) -> None:
        """After a batch: that the folds do not forget what is not told yet."""
        latest = self.view.market.depth(self.id).last_update_id
        if latest - self.update_id > UNREPORTED_CHANGES_MAX:
            self._tell(now_us)

    def look(self, moment: Moment) -> None:
        if self.update_id != self.view.market.depth(self.id).last_update_id:
            self._tell(moment.now_us)

    def _tell(self, now_us: int) -> None:
        changes = self.view.market.depth_changes(self.id, self.update_id)
        if changes is None:
            self.close_all(lambda socket: socket.close(CHANGES_LOST))
            return
        self.update_id = changes.last_update_id
        instrument = self.instrument
        self.send(lambda divisor: streams.depth_update(changes, instrument, now_us, divisor))


class PartialDepthFeed(SymbolFeed):
    update_id: UpdateId | None = None

    def look(self, moment: Moment) -> None:
        depth = self.view.market.depth(self.id)
        if depth.last_update_id == self.update_id and not self.is_fresh:
            return
        self.update_id, self.is_fresh = depth.last_update_id, False
        text = streams.partial_depth(depth, self.stream.levels, self.instrument)
        self.send(lambda _: text)


class KlineFeed(SymbolFeed):
    """Klines that are over are looked for every second, the others every so many ticks."""

    def __init__(
        self, view: MarketView, stream: Stream, retention: Retention, instrument: Instrument
    ) -> None:
        super().__init__(view, stream, retention, instrument)
        assert stream.interval is not None
        self.interval = stream.interval
        self.latest: Kline | None = None  # what was sent last
        self.last_trade: TradeExecuted | None = None  # that it has seen
        self.open_us = self.interval.open_of(view.clock(), stream.offset_us)
        self.looks = 0

    def look(self, moment: Moment) -> None:
        open_us = self.interval.open_of(moment.settled_us, self.stream.offset_us)
        self.looks += 1
        if open_us > self.open_us:
            self._end_klines(open_us, moment.now_us)
            self.latest = None
        elif not self.is_fresh and self.looks * TICKS_PER_SECOND % self.stream.ticks:
            return
        last_trade = self.view.market.last_trade(self.id)
        if last_trade is self.last_trade and self.latest is not None and not self.is_fresh:
            return
        kline = self._kline(self.open_us)
        if kline is not None:
            self.last_trade, self.latest, self.is_fresh = last_trade, kline, False
            self._tell(kline, moment.now_us, is_closed=False)

    def _end_klines(self, open_us: int, now_us: int) -> None:
        """Those from the one that was open up to the one that is."""
        for _ in range(KLINES_AT_ONCE_MAX):
            if self.open_us >= open_us:
                break
            kline = self._kline(self.open_us)
            if kline is not None:
                self._tell(kline, now_us, is_closed=True)
            self.open_us = self.interval.step(self.open_us, 1, self.stream.offset_us)
        self.open_us = open_us

    def _kline(self, open_us: int) -> Kline | None:
        return self.view.market.kline(self.id, self.interval, open_us, self.stream.offset_us)

    def _tell(self, kline: Kline, now_us: int, *, is_closed: bool) -> None:
        next_us = self.interval.step(kline.open_us, 1, self.stream.offset_us)
        shown = streams.ShownKline(kline, next_us, is_closed, self.interval.name, self.instrument)
        self.send(lambda divisor: streams.kline_update(shown, now_us, divisor))


class AveragePriceFeed(SymbolFeed):
    latest: object = None

    def look(self, moment: Moment) -> None:
        average = self.view.market.average_price(self.id, moment.now_us)
        if average is None or (average == self.latest and not self.is_fresh):
            return
        self.latest, self.is_fresh = average, False
        instrument = self.instrument
        self.send(
            lambda divisor: streams.average_price(average, instrument, moment.now_us, divisor)
        )


class ReferencePriceFeed(SymbolFeed):
    """Told every time, since its time is that of the engine; null without a price."""

    def look(self, moment: Moment) -> None:
        settled_us, instrument = moment.settled_us, self.instrument
        found = self.view.market.reference_price(self.id, settled_us)
        self.send(
            lambda divisor: streams.reference_price(
                found or ReferencePrice(None, settled_us), instrument, divisor
            )
        )
