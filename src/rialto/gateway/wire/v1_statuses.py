"""The first design's answers and statuses: what became of an order, step by step.

In:  events, and the order that each is about.
Out: JSON texts. One event says one thing of one order, and names it by an event id.
"""

from typing import Protocol

from rialto.gateway.wire import decimals
from rialto.gateway.wire.client_order_ids import shown
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.execution_ids import execution_id
from rialto.gateway.wire.orders import Placement
from rialto.gateway.wire.rejections import WIRE_ERRORS
from rialto.gateway.wire.v1 import Status
from rialto.messages import events as e
from rialto.messages.ids import OrderId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side, StpMode
from rialto.projections.orders import OrderStatus


class OrderFacts(Protocol):
    """Of an order, what a status says about it besides the status."""

    @property
    def id(self) -> OrderId: ...
    @property
    def client_order_id(self) -> str: ...
    @property
    def side(self) -> Side: ...
    @property
    def price_ticks(self) -> int: ...
    @property
    def quantity_lots(self) -> int: ...


_BOTH_LOSE = (StpMode.DECREMENT, StpMode.TRANSFER)


def answer(made: Placement, last: e.Event, instrument: Instrument, *, repeated: bool) -> str:
    """To an order that was accepted; last: its own last event so far, or the repetition."""
    order = made.order
    letters: dict[str, object] = {
        "orderId": shown(order.id, order.client_order_id),
        "accepted": True,
        "status": _status_of_placed(order.status),
        **_described(order, instrument),
        "remaining": decimals.quantity(order.remaining_lots, instrument),
        "trades": [_trade(fill, instrument) for fill in made.fills],
        "eventId": execution_id(last, is_maker=True),
        "time": order.placed_us // 1000,
    }
    if order.expiry_reason is not None:
        letters["reason"] = order.expiry_reason.name
    if repeated:
        letters["repeated"] = True
    return json_text(letters)


def _status_of_placed(status: OrderStatus) -> Status:
    match status:
        case OrderStatus.NEW:
            return Status.RESTING
        case OrderStatus.PARTIALLY_FILLED:
            return Status.PARTLY_MATCHED
        case OrderStatus.FILLED:
            return Status.MATCHED
        case OrderStatus.CANCELED:
            return Status.CANCELED
    return Status.EXPIRED


def status(event: e.Event, order: OrderFacts, instrument: Instrument) -> str | None:
    """What one event means for one of its orders; None if it says nothing new about it."""
    found = _status(event, is_maker=_is_maker(event, order.id))
    if found is None:
        return None
    word, remaining_lots, reason = found
    letters: dict[str, object] = {
        "orderId": shown(order.id, order.client_order_id),
        "status": word,
        **_described(order, instrument),
        "remaining": decimals.quantity(remaining_lots, instrument),
    }
    if isinstance(event, e.TradeExecuted):
        letters["trade"] = _trade(event, instrument)
    if reason is not None:
        letters["reason"] = reason
    letters["eventId"] = event_id(event, order.id)
    letters["time"] = event.time_us // 1000
    return json_text(letters)


def event_id(event: e.Event, order_id: OrderId) -> int:
    """Of what one event means for one order: rising with the log, and what `since` takes."""
    return execution_id(event, is_maker=_is_maker(event, order_id))


def _is_maker(event: e.Event, order_id: OrderId) -> bool:
    if isinstance(event, e.TradeExecuted | e.MatchPrevented):
        return event.maker_order_id == order_id
    return False


def _status(event: e.Event, *, is_maker: bool) -> tuple[Status, int, str | None] | None:
    """(status, remaining lots, reason)."""
    match event:
        case e.OrderRested():
            return Status.RESTING, event.remaining_lots, None
        case e.TradeExecuted():
            left = event.maker_remaining_lots if is_maker else event.taker_remaining_lots
            return (Status.PARTLY_MATCHED if left else Status.MATCHED), left, None
        case e.OrderCanceled():
            return Status.CANCELED, event.remaining_lots, None
        case e.OrderExpired():
            return Status.EXPIRED, event.remaining_lots, event.reason.name
        case e.OrderAmended():
            return Status.AMENDED, event.remaining_lots, None
        case e.MatchPrevented():
            left = event.maker_remaining_lots if is_maker else event.taker_remaining_lots
            lost = event.maker_prevented_lots if is_maker else event.taker_prevented_lots
            if event.mode not in _BOTH_LOSE or not lost or not left:
                return None  # it is untouched, or it expires next and that says so
            return Status.AMENDED, left, "STP"
    return None


def invalid_status(event: e.OrderRejected, instrument: Instrument) -> str:
    """An order that the machine refused, for the owner's other connections."""
    return json_text(
        {
            "orderId": event.client_order_id or None,
            "status": Status.INVALID,
            "type": event.side.name,
            "coinID": instrument.base.symbol,
            "quantity": decimals.quantity(event.quantity_lots, instrument),
            "price": decimals.price(event.price_ticks, instrument),
            "reason": event.rejection.name,
            "message": WIRE_ERRORS[event.rejection].text,
            "eventId": execution_id(event),
            "time": event.time_us // 1000,
        }
    )


def authenticated(user: str) -> str:
    return json_text({"authenticated": True, "userID": user})


def _described(order: OrderFacts, instrument: Instrument) -> dict[str, object]:
    return {
        "type": order.side.name,
        "coinID": instrument.base.symbol,
        "quantity": decimals.quantity(order.quantity_lots, instrument),
        "price": decimals.price(order.price_ticks, instrument),
    }


def _trade(trade: e.TradeExecuted, instrument: Instrument) -> dict[str, object]:
    return {
        "tradeId": trade.trade_id,
        "quantity": decimals.quantity(trade.quantity_lots, instrument),
        "price": decimals.price(trade.price_ticks, instrument),
    }
