"""A new order from its parameters: which belong to its type, and what they are in ticks, lots and
amounts.

In:  a request whose parameters are converted, and its instrument.
Out: a PlaceOrder command; or Refused with the code that Binance gives before its engine.
"""

from decimal import Decimal

from rialto.gateway.wire.client_order_ids import made_up, order_named
from rialto.gateway.wire.errors import (
    MANDATORY_PARAMETER,
    NOT_REQUIRED,
    TOO_PRECISE,
    Refused,
    filter_failure,
    invalid,
)
from rialto.gateway.wire.order_requests import AmendOrder as AmendOrderRequest
from rialto.gateway.wire.order_requests import NewOrder, OrderTypeName, StpModeName
from rialto.gateway.wire.order_requests import ReplaceOrder as ReplaceOrderRequest
from rialto.gateway.wire.rejections import STP_MODE_NOT_ALLOWED
from rialto.messages import units
from rialto.messages.commands import AmendOrder, PlaceOrder, ReplaceOrder
from rialto.messages.ids import AccountId
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import OrderType, StpMode, TimeInForce

# (attribute, name on the wire) in the order in which they are complained about.
_TIME_IN_FORCE = ("time_in_force", "timeInForce")
_QUANTITY = ("quantity", "quantity")
_PRICE = ("price", "price")
_QUOTE_QUANTITY = ("quote_order_qty", "quoteOrderQty")
_STOP_PRICE = ("stop_price", "stopPrice")
_TRAILING = ("trailing_delta", "trailingDelta")
_ICEBERG = ("iceberg_qty", "icebergQty")

_REQUIRED = {
    OrderTypeName.LIMIT: (_TIME_IN_FORCE, _QUANTITY, _PRICE),
    OrderTypeName.MARKET: (),
    OrderTypeName.LIMIT_MAKER: (_QUANTITY, _PRICE),
}
_NOT_REQUIRED = {
    OrderTypeName.LIMIT: (_QUOTE_QUANTITY, _STOP_PRICE),
    OrderTypeName.MARKET: (_PRICE, _TIME_IN_FORCE, _STOP_PRICE, _ICEBERG),
    OrderTypeName.LIMIT_MAKER: (_TIME_IN_FORCE, _QUOTE_QUANTITY, _STOP_PRICE),
}
_TYPES = {
    OrderTypeName.LIMIT: OrderType.LIMIT,
    OrderTypeName.MARKET: OrderType.MARKET,
    OrderTypeName.LIMIT_MAKER: OrderType.LIMIT_MAKER,
}
_CANCEL_NAMES = ("cancelOrigClientOrderId", "cancelOrderId")
_STP_MODES: dict[str, StpMode] = {mode.name: mode for mode in StpMode}  # TRANSFER is not one


def place_order(
    request: NewOrder, instrument: Instrument, account: AccountId, *, id_reusable: bool
) -> PlaceOrder:
    _check_composition(request)
    price_ticks = _price_ticks(request.price, instrument)
    quantity_lots = _quantity_lots(request.quantity, instrument)
    quote_amount = _quote_amount(request.quote_order_qty, instrument.quote)
    return PlaceOrder(
        account,
        instrument.id,
        request.side,
        _TYPES[request.type],
        TimeInForce.GTC if request.time_in_force is None else request.time_in_force,
        _stp_mode(request.self_trade_prevention_mode, instrument),
        id_reusable,
        price_ticks,
        quantity_lots,
        quote_amount,
        request.new_client_order_id or "",
    )


def replace_order(
    request: ReplaceOrderRequest, instrument: Instrument, account: AccountId, *, id_reusable: bool
) -> ReplaceOrder:
    order = place_order(request, instrument, account, id_reusable=id_reusable)
    order_id, client_order_id = order_named(
        request.cancel_order_id, request.cancel_orig_client_order_id, _CANCEL_NAMES
    )
    return ReplaceOrder(
        account,
        instrument.id,
        order_id,
        request.cancel_replace_mode,
        request.cancel_restrictions,
        order.side,
        order.type,
        order.time_in_force,
        order.stp,
        order.client_order_id_reusable,
        order.price_ticks,
        order.quantity_lots,
        order.quote_amount,
        order.client_order_id,
        client_order_id,
        request.cancel_new_client_order_id or "",
    )


def amend_order(
    request: AmendOrderRequest, instrument: Instrument, account: AccountId
) -> AmendOrder:
    order_id, client_order_id = order_named(request.order_id, request.orig_client_order_id)
    lots = _quantity_lots(request.new_qty, instrument, "newQty")
    new_client_order_id = request.new_client_order_id or made_up()
    return AmendOrder(account, instrument.id, order_id, lots, client_order_id, new_client_order_id)


def _check_composition(request: NewOrder) -> None:
    required = _REQUIRED.get(request.type)
    if required is None:
        words = request.type.value.replace("_", " ").capitalize()
        raise Refused(invalid(f"{words} orders are not supported for this symbol."))
    for attribute, name in required:
        if getattr(request, attribute) is None:
            raise Refused(MANDATORY_PARAMETER, name)
    for attribute, name in _NOT_REQUIRED[request.type]:
        if getattr(request, attribute) is not None:
            raise Refused(NOT_REQUIRED, name)
    if request.trailing_delta is not None:
        raise Refused(invalid("Trailing stop orders are not supported for this symbol."))
    if request.iceberg_qty is not None:
        raise Refused(invalid("Iceberg orders are not supported for this symbol."))
    if request.type is OrderTypeName.MARKET:
        _check_market(request)


def _check_market(request: NewOrder) -> None:
    if request.quantity is None and request.quote_order_qty is None:
        raise Refused(MANDATORY_PARAMETER, "quantity")
    if request.quantity is not None and request.quote_order_qty is not None:
        raise Refused(NOT_REQUIRED, "quoteOrderQty")


def _stp_mode(name: StpModeName | None, instrument: Instrument) -> StpMode:
    if name is None:
        return instrument.definition.default_stp
    if (mode := _STP_MODES.get(name)) is None:
        raise Refused(STP_MODE_NOT_ALLOWED)
    return mode


def _price_ticks(price: Decimal | None, instrument: Instrument) -> int:
    """0 without a price; zero itself is sent on, for the machine to refuse by its filter."""
    if price is None:
        return 0
    if (ticks := units.ticks(price, instrument)) is None:
        _check_precision("price", price, instrument.quote)
        raise Refused(filter_failure("PRICE_FILTER"))
    return ticks


def _quantity_lots(quantity: Decimal | None, instrument: Instrument, name: str = "quantity") -> int:
    if quantity is None:
        return 0
    if (lots := units.lots(quantity, instrument)) is None:
        _check_precision(name, quantity, instrument.base)
        raise Refused(filter_failure("LOT_SIZE"))
    return lots


def _quote_amount(value: Decimal | None, quote: Asset) -> int:
    if value is None:
        return 0
    if (amount := units.amount(value, quote)) is None:
        raise Refused(TOO_PRECISE, "quoteOrderQty")
    if amount == 0:
        raise Refused(invalid("Price * QTY is zero or less."))
    return amount


def _check_precision(name: str, value: Decimal, asset: Asset) -> None:
    """Off the grid, and also finer than the asset is divided."""
    if units.amount(value, asset) is None:
        raise Refused(TOO_PRECISE, name)
