"""The ticker streams, of one instrument and of all of them.

In:  tickers as of now, once a second.
Out: those that say something new: times alone are nothing new.
"""

import msgspec

from rialto.gateway.feeds import Form
from rialto.gateway.market_feeds import MarketFeed, SymbolFeed
from rialto.gateway.market_view import MarketView, Moment
from rialto.gateway.retention import Retention
from rialto.gateway.sockets import Socket
from rialto.gateway.wire import stream_tickers, streams
from rialto.gateway.wire.market import FullTicker
from rialto.gateway.wire.stream_names import TICKS_PER_SECOND, Kind, Stream
from rialto.messages.ids import InstrumentId

_TIMELESS = {"open_time": 0, "close_time": 0}
_BOOKLESS = dict.fromkeys(("bid_price", "bid_qty", "ask_price", "ask_qty"), "")


def payload(stream: Stream, ticker: FullTicker, sent_us: int, divisor: int) -> streams.Payload:
    if stream.kind is Kind.WINDOW_TICKER:
        return stream_tickers.window_ticker(stream.window, ticker, sent_us, divisor)
    if stream.kind is Kind.TICKER:
        return stream_tickers.ticker(ticker, sent_us, divisor)
    return stream_tickers.mini_ticker(ticker, sent_us, divisor)


def news(stream: Stream, ticker: FullTicker) -> FullTicker:
    """What must differ for a ticker to be told again: only the full one shows the best prices."""
    silent = _TIMELESS if stream.kind is Kind.TICKER else _TIMELESS | _BOOKLESS
    return msgspec.structs.replace(ticker, **silent)


class TickerFeed(SymbolFeed):
    latest: FullTicker | None = None

    def look(self, moment: Moment) -> None:
        now_us, stream = moment.now_us, self.stream
        ticker = self.view.ticker(self.instrument, stream.window, now_us)
        latest = news(stream, ticker)
        if latest != self.latest or self.is_fresh:
            self.latest, self.is_fresh = latest, False
            self.send(lambda divisor: streams.text(payload(stream, ticker, now_us, divisor)))


class TickersFeed(MarketFeed):
    """Of all instruments: one array of those that changed. In each tick it looks at its part of
    them, and says once a second what it has found.
    """

    def __init__(self, view: MarketView, stream: Stream, retention: Retention) -> None:
        super().__init__(view, stream, retention)
        self.latest: dict[InstrumentId, FullTicker] = {}
        self.changed: list[FullTicker] = []

    def add(self, socket: Socket, form: Form) -> None:
        super().add(socket, form)
        self.latest.clear()  # so that everything is news again

    def is_due(self, moment: Moment) -> bool:
        return True

    def look(self, moment: Moment) -> None:
        now_us, stream = moment.now_us, self.stream
        for instrument in self.view.catalog.instruments.values():
            if moment.is_turn_of(instrument.id):
                ticker = self.view.ticker(instrument, stream.window, now_us)
                latest = news(stream, ticker)
                if latest != self.latest.get(instrument.id):
                    self.latest[instrument.id] = latest
                    self.changed.append(ticker)
        if moment.tick % TICKS_PER_SECOND == 0 and self.changed:
            changed, self.changed = self.changed, []
            self.send(
                lambda divisor: streams.text(
                    [payload(stream, ticker, now_us, divisor) for ticker in changed]
                )
            )
