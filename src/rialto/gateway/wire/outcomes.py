"""The three outcomes of orders, and their messages.

In:  events.
Out: which outcome an event is, and what is said of it: JSON with decimal texts and account ids.
"""

from collections.abc import Mapping
from enum import StrEnum

from rialto.gateway.wire import decimals
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.execution_ids import execution_id
from rialto.gateway.wire.rejections import WIRE_ERRORS
from rialto.messages import events as e
from rialto.messages.ids import InstrumentId
from rialto.messages.instruments import Instrument


class Outcome(StrEnum):
    MATCH = "match"
    NO_MATCH = "no-match"
    OTHER = "other"


OUTCOMES: dict[type[e.Event], Outcome] = {
    e.TradeExecuted: Outcome.MATCH,
    e.OrderRested: Outcome.NO_MATCH,
    e.OrderCanceled: Outcome.OTHER,
    e.OrderExpired: Outcome.OTHER,
    e.OrderRejected: Outcome.OTHER,
}

Told = dict[str, object]


def text(event: e.Event, instruments: Mapping[InstrumentId, Instrument]) -> str:
    """Of an event that is one of OUTCOMES."""
    match event:
        case e.TradeExecuted():
            told = _match(event, instruments[event.instrument])
        case e.OrderRested():
            told = _left("resting", event, instruments[event.instrument])
        case e.OrderCanceled():
            told = _left("canceled", event, instruments[event.instrument])
        case e.OrderExpired():
            told = _left("expired", event, instruments[event.instrument])
            told["reason"] = event.reason.name
        case e.OrderRejected():
            told = _rejected(event, instruments.get(event.instrument))
        case _:
            raise AssertionError(f"{event} is no outcome")
    told["eventId"] = execution_id(event)
    told["time"] = event.time_us // 1000
    return json_text(told)


def _match(trade: e.TradeExecuted, instrument: Instrument) -> Told:
    return {
        "outcome": "matched",
        "symbol": instrument.symbol,
        "tradeId": trade.trade_id,
        "price": decimals.price(trade.price_ticks, instrument),
        "quantity": decimals.quantity(trade.quantity_lots, instrument),
        "takerSide": trade.taker_side.name,
        "taker": {
            "account": trade.taker_account,
            "exchangeOrderId": trade.taker_order_id,
            "remaining": decimals.quantity(trade.taker_remaining_lots, instrument),
        },
        "maker": {
            "account": trade.maker_account,
            "exchangeOrderId": trade.maker_order_id,
            "remaining": decimals.quantity(trade.maker_remaining_lots, instrument),
        },
    }


def _left(
    outcome: str, event: e.OrderRested | e.OrderCanceled | e.OrderExpired, instrument: Instrument
) -> Told:
    return {
        "outcome": outcome,
        "symbol": instrument.symbol,
        "account": event.account,
        "exchangeOrderId": event.order_id,
        "side": event.side.name,
        "price": decimals.price(event.price_ticks, instrument),
        "remaining": decimals.quantity(event.remaining_lots, instrument),
    }


def _rejected(event: e.OrderRejected, instrument: Instrument | None) -> Told:
    """An order on an instrument that there is not has neither price nor quantity."""
    told: Told = {
        "outcome": "rejected",
        "account": event.account,
        "orderId": event.client_order_id or None,
        "side": event.side.name,
        "reason": event.rejection.name,
        "message": WIRE_ERRORS[event.rejection].text,
    }
    if instrument is not None:
        told["symbol"] = instrument.symbol
        told["price"] = decimals.price(event.price_ticks, instrument)
        told["quantity"] = decimals.quantity(event.quantity_lots, instrument)
    return told
