"""What all market streams look at, and when."""

from typing import NamedTuple

from rialto.gateway.caller import Clock
from rialto.gateway.sources import Folds
from rialto.gateway.wire import market
from rialto.gateway.wire.market import FullTicker
from rialto.gateway.wire.stream_names import TICKS_PER_SECOND, WINDOWS_US
from rialto.gateway.wire.time_units import MICROSECOND
from rialto.market_data.folds import MarketData
from rialto.messages.catalog import Catalog
from rialto.messages.ids import InstrumentId
from rialto.messages.instruments import Instrument

DAY = ""  # the window of the 24 hour tickers


class Moment(NamedTuple):
    """tick: its number. settled_us: everything that happened until then has been published."""

    tick: int
    now_us: int
    settled_us: int

    def is_turn_of(self, instrument: InstrumentId) -> bool:
        """One tick of every second: that not all instruments are looked at in the same one."""
        return (self.tick + instrument) % TICKS_PER_SECOND == 0


class MarketView:
    """The folds of the market, and tickers that several streams ask for in the same moment."""

    def __init__(self, folds: Folds, clock: Clock) -> None:
        self.market: MarketData = folds.market
        self.catalog: Catalog = folds.catalog
        self.clock = clock
        self._tickers: dict[tuple[InstrumentId, str], FullTicker] = {}

    def instrument(self, instrument: InstrumentId) -> Instrument:
        return self.catalog.instruments[instrument]

    def begin_moment(self) -> None:
        self._tickers.clear()

    def ticker(self, instrument: Instrument, window: str, now_us: int) -> FullTicker:
        """Its times are in microseconds."""
        found = self._tickers.get((instrument.id, window))
        if found is None:
            folds = self.market
            if window == DAY:
                ticker = folds.ticker24h(instrument.id, now_us)
            else:
                ticker = folds.rolling_ticker(instrument.id, WINDOWS_US[window], now_us)
            mini = market.mini_ticker(ticker, instrument, MICROSECOND)
            found = market.full_ticker(ticker, mini, folds.depth(instrument.id), instrument)
            self._tickers[instrument.id, window] = found
        return found
