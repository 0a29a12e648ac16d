"""The user stream's messages: executionReport, outboundAccountPosition, balanceUpdate.

In:  one event, and the order as it was right after it; times already in the reader's unit.
Out: JSON texts with Binance's letters. Source: section "User data stream" of its public reference.
"""

from collections.abc import Callable
from typing import NamedTuple

from rialto.gateway.wire import decimals
from rialto.gateway.wire.client_order_ids import shown, shown_of_cancel
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.execution_ids import execution_id
from rialto.messages import events as e
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import ExpiryReason, OrderType, Side
from rialto.messages.rejections import Rejection
from rialto.projections.live import Balance
from rialto.projections.orders import Order, OrderStatus

NOTHING = -1

EXPIRY_REASONS = {
    ExpiryReason.UNFILLED_IOC_QUANTITY: "UNFILLED_IOC_QUANTITY_EXPIRED",
    ExpiryReason.UNFILLED_FOK_ORDER: "UNFILLED_FOK_ORDER_EXPIRED",
    ExpiryReason.INSUFFICIENT_LIQUIDITY: "INSUFFICIENT_LIQUIDITY",
}
REJECT_REASONS = {
    Rejection.INSUFFICIENT_BALANCE: "INSUFFICIENT_BALANCES",
    Rejection.WOULD_TAKE: "WOULD_MATCH_IMMEDIATELY",
}

Letters = dict[str, object]
Unit = Callable[[int], int]  # microseconds to what the reader wants


class Fill(NamedTuple):
    """A trade seen from one of its orders."""

    trade: e.TradeExecuted
    is_maker: bool
    side: Side

    @property
    def commission(self) -> int:
        buys = self.side is Side.BUY
        return self.trade.buyer_commission if buys else self.trade.seller_commission


class Prevented(NamedTuple):
    """A prevented match seen from one of its orders."""

    event: e.MatchPrevented
    lots: int
    counter_order_id: int


class Report:
    """One execution report in the making."""

    def __init__(self, event: e.Event, instrument: Instrument, divisor: int, sent_us: int) -> None:
        self.event = event
        self.instrument = instrument
        self.unit: Unit = lambda time_us: time_us // divisor
        self.sent_us = sent_us

    def placed(self, order: Order) -> str:
        return json_text(self._letters(order, "NEW"))

    def executed(self, order: Order, fill: Fill) -> str:
        instrument, trade = self.instrument, fill.trade
        letters = self._letters(order, "TRADE", is_maker=fill.is_maker)
        asset = instrument.base if fill.side is Side.BUY else instrument.quote
        letters["l"] = decimals.quantity(trade.quantity_lots, instrument)
        letters["L"] = decimals.price(trade.price_ticks, instrument)
        letters["Y"] = decimals.notional(trade.price_ticks, trade.quantity_lots, instrument)
        letters["n"] = decimals.amount(fill.commission, asset)
        letters["N"] = asset.symbol
        letters["t"] = trade.trade_id
        letters["m"] = fill.is_maker
        return json_text(letters)

    def canceled(self, order: Order, cancel_client_order_id: str) -> str:
        letters = self._letters(order, "CANCELED")
        letters["c"] = shown_of_cancel(order.id, cancel_client_order_id)
        letters["C"] = shown(order.id, order.client_order_id)
        return json_text(letters)

    def amended(self, order: Order, client_order_id_before: str) -> str:
        letters = self._letters(order, "REPLACED")
        letters["C"] = shown(order.id, client_order_id_before)
        return json_text(letters)

    def expired(self, order: Order) -> str:
        letters = self._letters(order, "EXPIRED")
        reason = EXPIRY_REASONS.get(order.expiry_reason) if order.expiry_reason else None
        if reason is not None:
            letters["eR"] = reason
        return json_text(letters)

    def prevented(self, order: Order, prevented: Prevented) -> str:
        """With the status it ends with if nothing is left: that it expires is not told again."""
        event, instrument = prevented.event, self.instrument
        is_maker = order.id == event.maker_order_id
        letters = self._letters(order, "TRADE_PREVENTION", is_maker=is_maker)
        if order.remaining_lots == 0:
            letters["X"] = OrderStatus.EXPIRED_IN_MATCH.name
            letters["w"] = False
        letters["B"] = decimals.quantity(prevented.lots, instrument)
        letters["u"] = NOTHING
        letters["U"] = prevented.counter_order_id
        letters["Cs"] = instrument.symbol
        letters["pl"] = decimals.quantity(prevented.lots, instrument)
        letters["pL"] = decimals.price(event.price_ticks, instrument)
        letters["pY"] = decimals.notional(event.price_ticks, prevented.lots, instrument)
        return json_text(letters)

    def _letters(self, order: Order, execution: str, *, is_maker: bool = False) -> Letters:
        event, instrument, unit = self.event, self.instrument, self.unit
        letters = _common(instrument, unit(self.sent_us), unit(event.time_us))
        letters |= {
            "c": shown(order.id, order.client_order_id),
            "S": order.side.name,
            "o": order.type.name,
            "f": order.time_in_force.name,
            "q": decimals.quantity(order.quantity_lots, instrument),
            "p": decimals.price(order.price_ticks, instrument),
            "x": execution,
            "X": order.status.name,
            "i": order.id,
            "z": decimals.quantity(order.executed_lots, instrument),
            "I": execution_id(event, is_maker=is_maker),
            "w": order.is_open and (order.type is not OrderType.MARKET or execution == "NEW"),
            "O": unit(order.placed_us),
            "Z": decimals.amount(order.executed_quote, instrument.quote),
            "Q": decimals.amount(order.quote_amount, instrument.quote),
            "W": unit(order.working_us),
            "V": order.stp.name,
        }
        if order.prevented_lots:
            letters["v"] = order.prevented_match_id
            letters["A"] = decimals.quantity(order.prevented_lots, instrument)
        return letters


def rejected(event: e.OrderRejected, instrument: Instrument, divisor: int, sent_us: int) -> str:
    """An order that was never accepted has no order id and was not created."""
    letters = _common(instrument, sent_us // divisor, event.time_us // divisor)
    letters |= {
        "c": event.client_order_id,
        "S": event.side.name,
        "o": event.type.name,
        "f": event.time_in_force.name,
        "q": decimals.quantity(event.quantity_lots, instrument),
        "p": decimals.price(event.price_ticks, instrument),
        "x": "REJECTED",
        "X": "REJECTED",
        "r": REJECT_REASONS.get(event.rejection, event.rejection.name),
        "i": NOTHING,
        "I": execution_id(event, is_maker=False),
        "O": event.time_us // divisor,
        "Q": decimals.amount(event.quote_amount, instrument.quote),
        "V": event.stp.name,
    }
    return json_text(letters)


def _common(instrument: Instrument, sent: int, happened: int) -> Letters:
    """Every letter in its usual place, with the value it has where nothing happened to it."""
    zero = decimals.ZERO
    return {
        "e": "executionReport",
        "E": sent,
        "s": instrument.symbol,
        **dict.fromkeys(("c", "S", "o", "f"), ""),
        **dict.fromkeys(("q", "p", "P", "F"), zero),
        "g": NOTHING,
        "C": "",
        "x": "",
        "X": "",
        "r": "NONE",
        "i": NOTHING,
        **dict.fromkeys(("l", "z", "L"), zero),
        "n": "0",
        "N": None,
        "T": happened,
        "t": NOTHING,
        "I": 0,
        "w": False,
        "m": False,
        "M": False,
        "O": happened,
        **dict.fromkeys(("Z", "Y", "Q"), zero),
        "V": "NONE",
    }


def account_position(balances: list[tuple[Asset, Balance]], sent: int, changed: int) -> str:
    return json_text(
        {
            "e": "outboundAccountPosition",
            "E": sent,
            "u": changed,
            "B": [
                {
                    "a": asset.symbol,
                    "f": decimals.amount(balance.free, asset),
                    "l": decimals.amount(balance.locked, asset),
                }
                for asset, balance in balances
            ],
        }
    )


def balance_update(asset: Asset, change: int, sent: int, cleared: int) -> str:
    return json_text(
        {
            "e": "balanceUpdate",
            "E": sent,
            "a": asset.symbol,
            "d": decimals.amount(change, asset),
            "T": cleared,
        }
    )


def listen_key_expired(listen_key: str, sent: int) -> str:
    return json_text({"e": "listenKeyExpired", "E": sent, "listenKey": listen_key})
