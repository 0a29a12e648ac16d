"""Postings: the double entry behind an event. Each set sums to zero per asset.

In:  one event, and the instruments known so far.
Out: (account, asset, bucket, signed amount) rows; bucket is free or locked.
Never: a rule of the exchange. Every amount is read off the event.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId, InstrumentId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side, StpMode

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


def postings(event: e.Event, instruments: Mapping[InstrumentId, Instrument]) -> list[Posting]:
    """What one event posts; [] for events that move no money."""
    match event:
        case e.TradeExecuted():
            return _trade(event, instruments[event.instrument])
        case e.OrderPlaced():
            asset = _held_asset(instruments[event.instrument], event.side)
            return _lock(event.account, asset, event.held)
        case e.OrderTriggered():
            asset = _held_asset(instruments[event.instrument], event.side)
            return _lock(event.account, asset, event.held - event.released)
        case e.OrderActivated():
            asset = _held_asset(instruments[event.instrument], event.side)
            return _lock(event.account, asset, event.held)
        case e.ProceedsHeld():
            return _lock(event.account, instruments[event.instrument].base.id, event.amount)
        case e.OrderCanceled() | e.OrderExpired() | e.OrderAmended():
            asset = _held_asset(instruments[event.instrument], event.side)
            return _lock(event.account, asset, -event.released)
        case e.MatchPrevented():
            return _prevented(event, instruments[event.instrument])
        case e.Deposited():
            return _move(EXTERNAL, event.account, event.asset, event.amount)
        case e.Transferred():
            return _move(event.source, event.target, event.asset, event.amount)
        case e.WithdrawalHeld():
            return _lock(event.account, event.asset, event.amount)
        case e.WithdrawalReleased():
            return _lock(event.account, event.asset, -event.amount)
        case e.WithdrawalSettled():
            return [
                Posting(event.account, event.asset, Bucket.LOCKED, -event.amount),
                Posting(EXTERNAL, event.asset, Bucket.FREE, event.amount),
            ]
    return []


def _held_asset(instrument: Instrument, side: Side) -> AssetId:
    return instrument.quote.id if side is Side.BUY else instrument.base.id


def _lock(account: AccountId, asset: AssetId, amount: int) -> list[Posting]:
    """Free to locked; a negative amount the other way."""
    if amount == 0:
        return []
    return [
        Posting(account, asset, Bucket.FREE, -amount),
        Posting(account, asset, Bucket.LOCKED, amount),
    ]


def _move(source: AccountId, target: AccountId, asset: AssetId, amount: int) -> list[Posting]:
    return [
        Posting(source, asset, Bucket.FREE, -amount),
        Posting(target, asset, Bucket.FREE, amount),
    ]


def _trade(trade: e.TradeExecuted, instrument: Instrument) -> list[Posting]:
    taker_buys = trade.taker_side is Side.BUY
    buyer = trade.taker_account if taker_buys else trade.maker_account
    seller = trade.maker_account if taker_buys else trade.taker_account
    base, quote = instrument.base.id, instrument.quote.id
    lots = instrument.base_amount(trade.quantity_lots)
    cost = instrument.notional(trade.price_ticks, trade.quantity_lots)
    rows = [
        Posting(buyer, quote, Bucket.LOCKED, -cost),
        Posting(seller, quote, Bucket.FREE, cost - trade.seller_commission),
        Posting(COMMISSION, quote, Bucket.FREE, trade.seller_commission),
        Posting(seller, base, Bucket.LOCKED, -lots),
        Posting(buyer, base, Bucket.FREE, lots - trade.buyer_commission),
        Posting(COMMISSION, base, Bucket.FREE, trade.buyer_commission),
    ]
    return [row for row in rows if row.amount] + _lock(buyer, quote, -trade.buyer_release)


def _prevented(event: e.MatchPrevented, instrument: Instrument) -> list[Posting]:
    if event.mode is StpMode.TRANSFER:
        return _transferred(event, instrument)
    maker_side = Side.SELL if event.taker_side is Side.BUY else Side.BUY
    taker = _lock(event.account, _held_asset(instrument, event.taker_side), -event.taker_released)
    maker = _held_asset(instrument, maker_side)
    return taker + _lock(event.maker_account, maker, -event.maker_released)


def _transferred(event: e.MatchPrevented, instrument: Instrument) -> list[Posting]:
    """Both sides' quantity changes hands as in a trade, but free of commission."""
    buyer, seller = event.account, event.maker_account
    if event.taker_side is Side.SELL:
        buyer, seller = seller, buyer
    base, quote = instrument.base.id, instrument.quote.id
    lots = instrument.base_amount(event.taker_prevented_lots)
    cost = instrument.notional(event.price_ticks, event.taker_prevented_lots)
    return [
        Posting(buyer, quote, Bucket.LOCKED, -cost),
        Posting(seller, quote, Bucket.FREE, cost),
        Posting(seller, base, Bucket.LOCKED, -lots),
        Posting(buyer, base, Bucket.FREE, lots),
        *_lock(buyer, quote, -event.taker_released),
    ]
