"""Commands for single orders from their parameters.

In:  a request whose parameters are converted, and its instrument.
Out: a command in ticks, lots and amounts; or Refused with the code that Binance gives before its
     engine.
"""

from rialto.gateway.wire.client_order_ids import made_up, order_named
from rialto.gateway.wire.order_requests import AmendOrder as AmendOrderRequest
from rialto.gateway.wire.order_requests import NewOrder
from rialto.gateway.wire.order_requests import ReplaceOrder as ReplaceOrderRequest
from rialto.gateway.wire.order_terms import (
    PLAIN_NAMES,
    check_composition,
    instructions,
    price_ticks,
    quantity_lots,
    quote_amount,
)
from rialto.messages.commands import AmendOrder, PlaceOrder, ReplaceOrder
from rialto.messages.ids import AccountId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import StpMode, TimeInForce

_CANCEL_NAMES = ("cancelOrigClientOrderId", "cancelOrderId")


def place_order(
    request: NewOrder, instrument: Instrument, account: AccountId, *, id_reusable: bool
) -> PlaceOrder:
    check_composition(request, PLAIN_NAMES, instrument)
    return PlaceOrder(
        account,
        instrument.id,
        request.side,
        request.type,
        TimeInForce.GTC if request.time_in_force is None else request.time_in_force,
        stp_mode(request.self_trade_prevention_mode, instrument),
        id_reusable,
        price_ticks(request.price, "price", instrument),
        quantity_lots(request.quantity, "quantity", instrument),
        quote_amount(request.quote_order_qty, instrument.quote),
        request.new_client_order_id or "",
        instructions(request, PLAIN_NAMES, instrument),
    )


def stp_mode(mode: StpMode | None, instrument: Instrument) -> StpMode:
    return instrument.definition.default_stp if mode is None else mode


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
        order.instructions,
    )


def amend_order(
    request: AmendOrderRequest, instrument: Instrument, account: AccountId
) -> AmendOrder:
    order_id, client_order_id = order_named(request.order_id, request.orig_client_order_id)
    lots = quantity_lots(request.new_qty, "newQty", instrument)
    new_client_order_id = request.new_client_order_id or made_up()
    return AmendOrder(account, instrument.id, order_id, lots, client_order_id, new_client_order_id)
