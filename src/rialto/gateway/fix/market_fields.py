"""Books and trades in tags: the entries of W and X."""

from rialto.gateway.fix import times
from rialto.gateway.fix.reports import Fields
from rialto.gateway.wire import decimals
from rialto.market_data.depth import Depth, DepthChanges, Level
from rialto.messages.events import TradeExecuted
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side

NEW, CHANGE, DELETE = 0, 1, 2  # MDUpdateAction(279)
BID, OFFER, TRADE = "0", "1", "2"  # MDEntryType(269)
BUYER, SELLER = 1, 2  # AggressorSide(2446)

Best = tuple[Level | None, Level | None]


def snapshot(depth: Depth, levels_max: int, instrument: Instrument) -> list[Fields]:
    sides = ((BID, depth.bids), (OFFER, depth.asks))
    return [
        [(269, side), *_level(level, instrument)]
        for side, ladder in sides
        for level in ladder.top(levels_max)
    ]


def trade(event: TradeExecuted, instrument: Instrument) -> Fields:
    return [
        (279, NEW),
        *_level((event.price_ticks, event.quantity_lots), instrument),
        (269, TRADE),
        (55, instrument.symbol),
        (60, times.written(event.time_us)),
        (1003, event.trade_id),
        (2446, BUYER if event.taker_side is Side.BUY else SELLER),
    ]


def best_changes(before: Best, now: Best, instrument: Instrument, update_id: int) -> list[Fields]:
    """Of the best bid and the best ask."""
    entries: list[Fields] = []
    for side, old, new in zip((BID, OFFER), before, now, strict=True):
        if old == new:
            continue
        if new is not None:
            action: Fields = [(279, NEW if old is None else CHANGE), *_level(new, instrument)]
        else:
            assert old is not None
            action = [(279, DELETE), (270, decimals.price(old[0], instrument))]
        entries.append([*action, (269, side), (55, instrument.symbol), (25044, update_id)])
    return entries


def level_changes(changes: DepthChanges, instrument: Instrument) -> list[Fields]:
    """Levels as they are now. One that was not there before is a change like any other."""
    entries: list[Fields] = []
    for side, levels in ((BID, changes.bids), (OFFER, changes.asks)):
        for price_ticks, lots in levels:
            if lots:
                action: Fields = [(279, CHANGE), *_level((price_ticks, lots), instrument)]
            else:
                action = [(279, DELETE), (270, decimals.price(price_ticks, instrument))]
            entries.append([*action, (269, side), (55, instrument.symbol)])
    if entries:
        entries[0] += [(25043, changes.first_update_id), (25044, changes.last_update_id)]
    return entries


def _level(level: Level, instrument: Instrument) -> Fields:
    price_ticks, lots = level
    return [
        (270, decimals.price(price_ticks, instrument)),
        (271, decimals.quantity(lots, instrument)),
    ]
