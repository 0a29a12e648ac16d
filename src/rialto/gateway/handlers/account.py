"""What an account has and had: balances, orders, trades."""

from itertools import chain

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import account_requests as requests
from rialto.gateway.wire.account import AccountState, account_state
from rialto.gateway.wire.account_trades import account_trade
from rialto.gateway.wire.answers import AccountTrade, OrderState
from rialto.gateway.wire.client_order_ids import derived_from
from rialto.gateway.wire.errors import (
    BAD_COMBINATION,
    CLIENT_ORDER_ID_INVALID,
    EITHER_PARAMETER,
    NO_SUCH_ORDER,
    ORDER_ARCHIVED,
    TOO_MANY_HOURS,
    Refused,
)
from rialto.gateway.wire.orders import order_state
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import OrderId, OrderListId
from rialto.messages.klines import HOUR_US
from rialto.projections.orders import Order
from rialto.projections.queries import Page, is_archived

LOOKUP_HOURS_MAX = 24


async def account(sources: Sources, caller: Caller, request: requests.Account) -> AccountState:
    assert caller.key is not None, "the table says that this endpoint is keyed"
    return account_state(
        sources.folds.catalog,
        sources.folds.balances.of(caller.account),
        caller.key,
        caller.time_divisor,
        omit_zero=request.omit_zero_balances,
    )


async def order(sources: Sources, caller: Caller, request: requests.FindOrder) -> OrderState:
    instrument = sources.instrument(request.symbol)
    found = await _find_order(sources, caller, request)
    mine = found is not None and found.account == caller.account
    if found is None or not mine or found.instrument != instrument.id:
        raise Refused(NO_SUCH_ORDER)
    if is_archived(found, caller.received_us):
        raise Refused(ORDER_ARCHIVED)
    return order_state(found, instrument, caller.time_divisor)


async def _find_order(
    sources: Sources, caller: Caller, request: requests.FindOrder
) -> Order | None:
    """By order id, and then the client order id must be right too; or by client order id alone."""
    order_id, text = request.order_id, request.orig_client_order_id
    if order_id is None and text is None:
        raise Refused(EITHER_PARAMETER, "origClientOrderId", "orderId")
    derived = derived_from(text) if text else None
    if order_id is None and derived is None:
        assert text is not None
        return await sources.find_order_by_client_order_id(caller.account, text)
    found = await sources.find_order(OrderId(derived or 0 if order_id is None else order_id))
    if found is None or text is None or found.account != caller.account:
        return found
    if text != found.client_order_id and (found.client_order_id or derived != found.id):
        raise Refused(CLIENT_ORDER_ID_INVALID if order_id is not None else NO_SUCH_ORDER)
    return found


async def open_orders(
    sources: Sources, caller: Caller, request: requests.OpenOrders
) -> list[OrderState]:
    only = None if request.symbol is None else sources.instrument(request.symbol).id
    instruments = sources.folds.catalog.instruments
    return [
        order_state(found, instruments[found.instrument], caller.time_divisor)
        for found in sources.folds.orders.open_orders(caller.account, only)
    ]


async def all_orders(
    sources: Sources, caller: Caller, request: requests.AllOrders
) -> list[OrderState]:
    instrument = sources.instrument(request.symbol)
    check_span(request.start_time, request.end_time)
    page = Page(request.limit, request.order_id, request.start_time, request.end_time)
    found = await sources.query(
        sources.engine.sequence,
        lambda: sources.queries.orders(caller.account, instrument.id, page, caller.received_us),
    )
    return [order_state(one, instrument, caller.time_divisor) for one in found]


async def my_trades(
    sources: Sources, caller: Caller, request: requests.MyTrades
) -> list[AccountTrade]:
    instrument = sources.instrument(request.symbol)
    by_time = request.start_time is not None or request.end_time is not None
    if by_time and (request.order_id is not None or request.from_id is not None):
        raise Refused(BAD_COMBINATION)
    check_span(request.start_time, request.end_time)
    queries, order_id = sources.queries, request.order_id
    page = Page(request.limit, request.from_id, request.start_time, request.end_time)

    def ask() -> tuple[list[TradeExecuted], dict[OrderId, OrderListId]]:
        if order_id is None:
            trades = queries.trades_of(caller.account, instrument.id, page)
        else:
            trades = queries.trades_of_order(instrument.id, OrderId(order_id), page)
        orders = ((each.taker_order_id, each.maker_order_id) for each in trades)
        return trades, queries.lists_of(chain.from_iterable(orders))

    found, lists = await sources.query(sources.engine.sequence, ask)
    fills = [
        fill
        for trade in found
        for fill in account_trade(trade, caller.account, instrument, caller.time_divisor, lists)
        if order_id is None or fill.order_id == order_id
    ]
    return fills[: request.limit] if page.is_oldest_first else fills[-request.limit :]


def check_span(start_us: int | None, end_us: int | None) -> None:
    """Refused if more lies between them than may be looked at in one request."""
    if start_us is None or end_us is None:
        return
    if end_us - start_us > LOOKUP_HOURS_MAX * HOUR_US:
        raise Refused(TOO_MANY_HOURS, LOOKUP_HOURS_MAX)
