"""Postings: the double entry behind an event. Each set sums to zero per asset.

In:  one event, and the instruments known so far.
Out: (account, asset, bucket, signed amount) rows; bucket is free or locked.
Never: a rule of the exchange. Every amount is read off the event.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, InstrumentId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side, StpMode

Instruments = Mapping[InstrumentId, Instrument]

EXTERNAL = AccountId(0)  # what came from or left to the outside
COMMISSION = AccountId(0xFFFF_FFFF)  # what the exchange earned


class Bucket(IntEnum):
    FREE = 0
    LOCKED = 1


class Posting(NamedTuple):
    account: AccountId
    asset: AssetId
    bucket: Bucket
    amount: int


# A named tuple without the detour over its constructor, which takes three times as long: there are
# eight of them in a trade.
_row: Callable[[tuple[AccountId, AssetId, Bucket, int]], Posting] = partial(tuple.__new__, Posting)
_FREE, _LOCKED = Bucket.FREE, Bucket.LOCKED


def postings(event: e.Event, instruments: Instruments) -> list[Posting]:
    """What one event posts; [] for events that move no money."""
    post = _POSTED.get(type(event))
    return [] if post is None else post(event, instruments)


def _placed(event: e.OrderPlaced | e.OrderActivated, instruments: Instruments) -> list[Posting]:
    asset = _held_asset(instruments[event.instrument], event.side)
    return _lock(event.account, asset, event.held)


def _triggered(event: e.OrderTriggered, instruments: Instruments) -> list[Posting]:
    asset = _held_asset(instruments[event.instrument], event.side)
    return _lock(event.account, asset, event.held - event.released)


def _released(
    event: e.OrderCanceled | e.OrderExpired | e.OrderAmended, instruments: Instruments
) -> list[Posting]:
    asset = _held_asset(instruments[event.instrument], event.side)
    return _lock(event.account, asset, -event.released)


def _proceeds_held(event: e.ProceedsHeld, instruments: Instruments) -> list[Posting]:
    return _lock(event.account, instruments[event.instrument].base.id, event.amount)


def _deposited(event: e.Deposited, _: Instruments) -> list[Posting]:
    return _move(EXTERNAL, event.account, event.asset, event.amount)


def _transferred(event: e.Transferred, _: Instruments) -> list[Posting]:
    return _move(event.source, event.target, event.asset, event.amount)


def _withdrawal_held(event: e.WithdrawalHeld, _: Instruments) -> list[Posting]:
    return _lock(event.account, event.asset, event.amount)


def _withdrawal_released(event: e.WithdrawalReleased, _: Instruments) -> list[Posting]:
    return _lock(event.account, event.asset, -event.amount)


def _withdrawal_settled(event: e.WithdrawalSettled, _: Instruments) -> list[Posting]:
    return [
        _row((event.account, event.asset, _LOCKED, -event.amount)),
        _row((EXTERNAL, event.asset, _FREE, event.amount)),
    ]


def _held_asset(instrument: Instrument, side: Side) -> AssetId:
    return instrument.quote.id if side is Side.BUY else instrument.base.id


def _lock(account: AccountId, asset: AssetId, amount: int) -> list[Posting]:
    """Free to locked; a negative amount the other way."""
    if amount == 0:
        return []
    return [_row((account, asset, _FREE, -amount)), _row((account, asset, _LOCKED, amount))]


def _move(source: AccountId, target: AccountId, asset: AssetId, amount: int) -> list[Posting]:
    return [_row((source, asset, _FREE, -amount)), _row((target, asset, _FREE, amount))]


def _traded(trade: e.TradeExecuted, instruments: Instruments) -> list[Posting]:
    instrument = instruments[trade.instrument]
    buyer, seller = trade.maker_account, trade.taker_account
    if trade.taker_side is Side.BUY:
        buyer, seller = seller, buyer
    base, quote = instrument.base.id, instrument.quote.id
    lots = instrument.base_amount(trade.quantity_lots)
    cost = instrument.notional(trade.price_ticks, trade.quantity_lots)
    rows = [
        _row((buyer, quote, _LOCKED, -cost)),
        _row((seller, quote, _FREE, cost - trade.seller_commission)),
        _row((COMMISSION, quote, _FREE, trade.seller_commission)),
        _row((seller, base, _LOCKED, -lots)),
        _row((buyer, base, _FREE, lots - trade.buyer_commission)),
        _row((COMMISSION, base, _FREE, trade.buyer_commission)),
    ]
    return [row for row in rows if row[3]] + _lock(buyer, quote, -trade.buyer_release)


def _prevented(event: e.MatchPrevented, instruments: Instruments) -> list[Posting]:
    instrument = instruments[event.instrument]
    if event.mode is StpMode.TRANSFER:
        return _handed_over(event, instrument)
    maker_side = Side.SELL if event.taker_side is Side.BUY else Side.BUY
    taker = _lock(event.account, _held_asset(instrument, event.taker_side), -event.taker_released)
    maker = _held_asset(instrument, maker_side)
    return taker + _lock(event.maker_account, maker, -event.maker_released)


def _handed_over(event: e.MatchPrevented, instrument: Instrument) -> list[Posting]:
    """Both sides' quantity changes hands as in a trade, but free of commission."""
    buyer, seller = event.account, event.maker_account
    if event.taker_side is Side.SELL:
        buyer, seller = seller, buyer
    base, quote = instrument.base.id, instrument.quote.id
    lots = instrument.base_amount(event.taker_prevented_lots)
    cost = instrument.notional(event.price_ticks, event.taker_prevented_lots)
    return [
        _row((buyer, quote, _LOCKED, -cost)),
        _row((seller, quote, _FREE, cost)),
        _row((seller, base, _LOCKED, -lots)),
        _row((buyer, base, _FREE, lots)),
        *_lock(buyer, quote, -event.taker_released),
    ]


_POSTED: dict[type[e.Event], Callable[[Any, Instruments], list[Posting]]] = {
    e.OrderPlaced: _placed,
    e.OrderActivated: _placed,
    e.OrderTriggered: _triggered,
    e.TradeExecuted: _traded,
    e.OrderCanceled: _released,
    e.OrderExpired: _released,
    e.OrderAmended: _released,
    e.MatchPrevented: _prevented,
    e.ProceedsHeld: _proceeds_held,
    e.Deposited: _deposited,
    e.Transferred: _transferred,
    e.WithdrawalHeld: _withdrawal_held,
    e.WithdrawalReleased: _withdrawal_released,
    e.WithdrawalSettled: _withdrawal_settled,
}
