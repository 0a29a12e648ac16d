"""Market data for FIX: what each subscription hears of its instruments.

In:  published events, already folded into the market data; ticks.
Out: MarketDataIncrementalRefresh<X>, of what has changed.
Never: a change twice, or one that was lost without a word: then a whole snapshot follows.
"""

import asyncio
from collections.abc import Callable, Sequence

from rialto.gateway.fix import market_fields as fields
from rialto.gateway.fix.reports import Fields
from rialto.gateway.sources import Folds
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import InstrumentId
from rialto.messages.instruments import Instrument

TICK_SECONDS = 0.1
Say = Callable[[str, Fields], None]  # MsgType and fields


class Stream:
    """One instrument of one subscription."""

    def __init__(self, folds: Folds, instrument: Instrument, request_id: str, say: Say) -> None:
        self.market = folds.market
        self.id = instrument.id
        self.instrument = instrument
        self.request_id = request_id
        self._say = say

    def begin(self) -> None:
        """Once, before it is told of anything."""

    def hear_batch(self) -> None:
        """The book may have changed."""

    def hear_trade(self, trade: TradeExecuted) -> None: ...

    def tick(self) -> None: ...

    def send_changes(self, entries: list[Fields]) -> None:
        head: Fields = [(262, self.request_id), (268, len(entries))]
        self._say("X", head + [field for entry in entries for field in entry])

    def send_snapshot(self, levels_max: int) -> None:
        depth = self.market.depth(self.id)
        entries = fields.snapshot(depth, levels_max, self.instrument)
        head: Fields = [
            (262, self.request_id),
            (55, self.instrument.symbol),
            (25044, depth.last_update_id),
            (268, len(entries)),
        ]
        self._say("W", head + [field for entry in entries for field in entry])


class Trades(Stream):
    def hear_trade(self, trade: TradeExecuted) -> None:
        self.send_changes([fields.trade(trade, self.instrument)])


class BookTicker(Stream):
    def begin(self) -> None:
        self._note()
        self.send_snapshot(1)

    def hear_batch(self) -> None:
        before = self._best
        if self.market.depth(self.id).last_update_id == self._update_id:
            return
        self._note()
        entries = fields.best_changes(before, self._best, self.instrument, self._update_id)
        if entries:
            self.send_changes(entries)

    def _note(self) -> None:
        depth = self.market.depth(self.id)
        self._update_id = depth.last_update_id
        self._best = (depth.bids.best(), depth.asks.best())


class Levels(Stream):
    """Every level of the book that changes; the snapshot has the best ones."""

    def __init__(
        self, folds: Folds, instrument: Instrument, request_id: str, say: Say, levels_max: int
    ) -> None:
        super().__init__(folds, instrument, request_id, say)
        self._levels_max = levels_max

    def begin(self) -> None:
        self._update_id = self.market.depth(self.id).last_update_id
        self.send_snapshot(self._levels_max)

    def tick(self) -> None:
        if self.market.depth(self.id).last_update_id == self._update_id:
            return
        changes = self.market.depth_changes(self.id, self._update_id)
        if changes is None:
            self.begin()
            return
        self._update_id = changes.last_update_id
        self.send_changes(fields.level_changes(changes, self.instrument))


class MarketFeeds:
    """A Listener of the folds. run() is its clock."""

    def __init__(self) -> None:
        self._streams: dict[InstrumentId, dict[Stream, None]] = {}

    def add(self, stream: Stream) -> None:
        stream.begin()
        self._streams.setdefault(stream.id, {})[stream] = None

    def remove(self, stream: Stream) -> None:
        streams = self._streams[stream.id]
        del streams[stream]
        if not streams:
            del self._streams[stream.id]

    def publish(self, events: Sequence[Event]) -> None:
        if not self._streams:
            return
        for event in events:
            if type(event) is TradeExecuted:
                for stream in list(self._streams.get(event.instrument, ())):
                    stream.hear_trade(event)
        for stream in self._all():
            stream.hear_batch()

    async def run(self) -> None:
        """Until canceled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for stream in self._all():
                stream.tick()

    def _all(self) -> list[Stream]:
        return [stream for streams in self._streams.values() for stream in streams]
