"""Trades as the accounts that made them see them."""

from collections.abc import Mapping

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import AccountTrade
from rialto.gateway.wire.orders import NO_ORDER_LIST, commission_paid
from rialto.messages import events as e
from rialto.messages.ids import AccountId, OrderId, OrderListId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side

Lists = Mapping[OrderId, OrderListId]  # of the orders that are in one


def account_trade(
    trade: e.TradeExecuted, account: AccountId, instrument: Instrument, divisor: int, lists: Lists
) -> list[AccountTrade]:
    """One trade as its account sees it: two fills if both orders were its own."""
    found = []
    if trade.maker_account == account:
        found.append(_fill(trade, instrument, divisor, lists, is_maker=True))
    if trade.taker_account == account:
        found.append(_fill(trade, instrument, divisor, lists, is_maker=False))
    return found


def _fill(
    trade: e.TradeExecuted, instrument: Instrument, divisor: int, lists: Lists, *, is_maker: bool
) -> AccountTrade:
    order_id = trade.maker_order_id if is_maker else trade.taker_order_id
    buys = (trade.taker_side is Side.BUY) is not is_maker
    asset, commission = commission_paid(trade, Side.BUY if buys else Side.SELL, instrument)
    return AccountTrade(
        instrument.symbol,
        trade.trade_id,
        order_id,
        lists.get(order_id, NO_ORDER_LIST),
        decimals.price(trade.price_ticks, instrument),
        decimals.quantity(trade.quantity_lots, instrument),
        decimals.notional(trade.price_ticks, trade.quantity_lots, instrument),
        commission,
        asset,
        trade.time_us // divisor,
        buys,
        is_maker,
        True,
    )
