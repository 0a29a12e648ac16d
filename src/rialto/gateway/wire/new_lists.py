"""Commands for order lists from their parameters: legs, their order, and what may stand together.

In:  a request whose parameters are converted, and its instrument.
Out: a PlaceOrderList; or Refused with the code that Binance gives before its engine.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from rialto.gateway.wire import list_requests as requests
from rialto.gateway.wire.errors import (
    INVALID_PARAMETER,
    OCO_BUY_LIMIT_ABOVE,
    OCO_BUY_PROFIT_ABOVE,
    OCO_BUY_STOP_BELOW,
    OCO_SELL_LIMIT_BELOW,
    OCO_SELL_PROFIT_BELOW,
    OCO_SELL_STOP_ABOVE,
    OCO_TWO_LIMITS,
    OCO_TYPE_NOT_SUPPORTED,
    OPO_PENDING_BUYS,
    OPO_PENDING_QUANTITY,
    OPO_WORKING_SELLS,
    Refused,
)
from rialto.gateway.wire.new_orders import stp_mode
from rialto.gateway.wire.order_requests import PegOffsetWord, PegWord
from rialto.gateway.wire.order_terms import (
    PLAIN_NAMES,
    Names,
    check_composition,
    instructions,
    price_ticks,
    quantity_lots,
)
from rialto.messages.commands import PlaceOrderList
from rialto.messages.ids import AccountId
from rialto.messages.instructions import OrderLeg
from rialto.messages.instruments import Instrument
from rialto.messages.orders import OrderListType, OrderType, Side, TimeInForce


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of one order of a list, by the names that an order alone has for them."""

    names: Names
    side: Side
    type: OrderType
    quantity: Decimal | None  # None: what the working order of an OPO buys
    client_order_id: str | None = None
    time_in_force: TimeInForce | None = None
    price: Decimal | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    iceberg_qty: Decimal | None = None
    peg_price_type: PegWord | None = None
    peg_offset_value: int | None = None
    peg_offset_type: PegOffsetWord | None = None
    quote_order_qty: None = None
    good_till_date: None = None


_TERMS = tuple(
    name
    for name in Leg.__struct_fields__
    if name not in ("names", "side", "quantity", "quote_order_qty", "good_till_date")
)


def _named(prefix: str, **others: str) -> dict[str, str]:
    """The names on the wire of a leg's terms."""
    start = prefix.split("_")[0] + "".join(map(str.capitalize, prefix.split("_")[1:]))
    names = {
        name: start + PLAIN_NAMES.get(name, name)[0].upper() + PLAIN_NAMES.get(name, name)[1:]
        for name in (*_TERMS, "quantity")
    }
    return PLAIN_NAMES | names | others


_ONE_QUANTITY = {"quantity": "quantity"}
_PENDING_QUANTITY = {"quantity": "pendingQuantity"}
NAMES: Mapping[str, Names] = {
    "above": _named("above", **_ONE_QUANTITY),
    "below": _named("below", **_ONE_QUANTITY),
    "working": _named("working"),
    "pending": _named("pending"),
    "pending_above": _named("pending_above", **_PENDING_QUANTITY),
    "pending_below": _named("pending_below", **_PENDING_QUANTITY),
}
_LIMIT_NAMES = PLAIN_NAMES | {
    "client_order_id": "limitClientOrderId",
    "iceberg_qty": "limitIcebergQty",
    "strategy_id": "limitStrategyId",
    "strategy_type": "limitStrategyType",
}
_STOP_NAMES = PLAIN_NAMES | {
    "client_order_id": "stopClientOrderId",
    "price": "stopLimitPrice",
    "time_in_force": "stopLimitTimeInForce",
    "iceberg_qty": "stopIcebergQty",
    "strategy_id": "stopStrategyId",
    "strategy_type": "stopStrategyType",
}


def place_oco(
    request: requests.NewOco, instrument: Instrument, account: AccountId, *, id_reusable: bool
) -> PlaceOrderList:
    side, quantity = request.side, request.quantity
    pair = _leg(request, "above", side, quantity), _leg(request, "below", side, quantity)
    _check_pair(*pair)
    return _command(OrderListType.OCO, request, pair, instrument, (account, id_reusable))


def place_old_oco(
    request: requests.OldOco, instrument: Instrument, account: AccountId, *, id_reusable: bool
) -> PlaceOrderList:
    limit, stop = _old_limit(request), _old_stop(request)
    pair = (limit, stop) if request.side is Side.SELL else (stop, limit)
    return _command(OrderListType.OCO, request, pair, instrument, (account, id_reusable))


def place_oto(
    request: requests.NewOto | requests.NewOpo,
    instrument: Instrument,
    account: AccountId,
    *,
    id_reusable: bool,
) -> PlaceOrderList:
    """Or an OPO, which sells what it bought."""
    kind = OrderListType.OTO if isinstance(request, requests.NewOto) else OrderListType.OPO
    legs = (
        _working(request, kind),
        _leg(request, "pending", request.pending_side, request.pending_quantity),
    )
    return _command(kind, request, legs, instrument, (account, id_reusable))


def place_otoco(
    request: requests.NewOtoco | requests.NewOpoco,
    instrument: Instrument,
    account: AccountId,
    *,
    id_reusable: bool,
) -> PlaceOrderList:
    """Or an OPOCO, which sells what it bought."""
    is_oto = isinstance(request, requests.NewOtoco)
    kind = OrderListType.OTOCO if is_oto else OrderListType.OPOCO
    side, quantity = request.pending_side, request.pending_quantity
    working = _working(request, kind)
    above = _leg(request, "pending_above", side, quantity)
    below = _leg(request, "pending_below", side, quantity)
    _check_pair(above, below)
    return _command(kind, request, (working, above, below), instrument, (account, id_reusable))


def _working(request: requests.Working, kind: OrderListType) -> Leg:
    if request.working_type not in (OrderType.LIMIT, OrderType.LIMIT_MAKER):
        raise Refused(INVALID_PARAMETER, "workingType")
    if kind in (OrderListType.OPO, OrderListType.OPOCO):
        if request.working_side is not Side.BUY:
            raise Refused(OPO_WORKING_SELLS)
        if request.pending_side is not Side.SELL:
            raise Refused(OPO_PENDING_BUYS)
        if getattr(request, "pending_quantity", None) is not None:
            raise Refused(OPO_PENDING_QUANTITY, "pendingQuantity")
    return _leg(request, "working", request.working_side, request.working_quantity)


def _leg(request: requests.NewList, prefix: str, side: Side, quantity: Decimal | None) -> Leg:
    terms: dict[str, Any] = {name: getattr(request, f"{prefix}_{name}", None) for name in _TERMS}
    return Leg(names=NAMES[prefix], side=side, quantity=quantity, **terms)


def _old_limit(request: requests.OldOco) -> Leg:
    return Leg(
        names=_LIMIT_NAMES,
        side=request.side,
        type=OrderType.LIMIT_MAKER,
        quantity=request.quantity,
        client_order_id=request.limit_client_order_id,
        price=request.price,
        strategy_id=request.limit_strategy_id,
        strategy_type=request.limit_strategy_type,
        iceberg_qty=request.limit_iceberg_qty,
    )


def _old_stop(request: requests.OldOco) -> Leg:
    has_limit = request.stop_limit_price is not None
    return Leg(
        names=_STOP_NAMES,
        side=request.side,
        type=OrderType.STOP_LOSS_LIMIT if has_limit else OrderType.STOP_LOSS,
        quantity=request.quantity,
        client_order_id=request.stop_client_order_id,
        time_in_force=request.stop_limit_time_in_force,
        price=request.stop_limit_price,
        strategy_id=request.stop_strategy_id,
        strategy_type=request.stop_strategy_type,
        stop_price=request.stop_price,
        trailing_delta=request.trailing_delta,
        iceberg_qty=request.stop_iceberg_qty,
    )


_LIMITS = (OrderType.LIMIT_MAKER,)
_STOPS = (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)
_PROFITS = (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)
# By side: types that must not be above, and that must not be below.
_WRONG_ABOVE = {
    Side.BUY: ((_LIMITS, OCO_BUY_LIMIT_ABOVE), (_PROFITS, OCO_BUY_PROFIT_ABOVE)),
    Side.SELL: ((_STOPS, OCO_SELL_STOP_ABOVE),),
}
_WRONG_BELOW = {
    Side.BUY: ((_STOPS, OCO_BUY_STOP_BELOW),),
    Side.SELL: ((_LIMITS, OCO_SELL_LIMIT_BELOW), (_PROFITS, OCO_SELL_PROFIT_BELOW)),
}


def _check_pair(above: Leg, below: Leg) -> None:
    """One of the two is done, and then the other is not."""
    for leg in (above, below):
        if leg.type not in _LIMITS + _STOPS + _PROFITS:
            raise Refused(OCO_TYPE_NOT_SUPPORTED)
    if above.type in _LIMITS and below.type in _LIMITS:
        raise Refused(OCO_TWO_LIMITS)
    for leg, wrong in ((above, _WRONG_ABOVE), (below, _WRONG_BELOW)):
        for types, error in wrong[leg.side]:
            if leg.type in types:
                raise Refused(error)


def _command(
    kind: OrderListType,
    request: requests.NewList,
    legs: tuple[Leg, ...],
    instrument: Instrument,
    owner: tuple[AccountId, bool],  # and whether its client order ids may be used again
) -> PlaceOrderList:
    return PlaceOrderList(
        owner[0],
        instrument.id,
        kind,
        stp_mode(request.self_trade_prevention_mode, instrument),
        owner[1],
        request.list_client_order_id or "",
        tuple(_order_leg(leg, instrument) for leg in legs),
    )


def _order_leg(leg: Leg, instrument: Instrument) -> OrderLeg:
    check_composition(_with_quantity(leg), leg.names, instrument)
    return OrderLeg(
        leg.side,
        leg.type,
        TimeInForce.GTC if leg.time_in_force is None else leg.time_in_force,
        price_ticks(leg.price, leg.names["price"], instrument),
        quantity_lots(leg.quantity, leg.names["quantity"], instrument),
        leg.client_order_id or "",
        instructions(leg, leg.names, instrument),
    )


def _with_quantity(leg: Leg) -> Leg:
    """What is bought first has a quantity too, though nobody knows it yet."""
    return leg if leg.quantity is not None else msgspec.structs.replace(leg, quantity=Decimal(1))
