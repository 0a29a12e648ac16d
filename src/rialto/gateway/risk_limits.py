"""What an API key may risk, checked before an order reaches the engine.

In:  the limits stored with a key, a command, and the book as it is known by now.
Out: nothing; or Refused, which says what limit it was.
Never: a clock, a balance, or a word about cancels: whoever may not place an order may take one
     back.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Protocol

import msgspec

from rialto.gateway.wire.errors import (
    KEY_NOTIONAL,
    KEY_SYMBOL,
    TOO_MANY_ORDERS,
    Refused,
)
from rialto.identity.api_keys import ApiKey
from rialto.market_data.depth import Depth, Level
from rialto.market_data.folds import MarketData
from rialto.messages.catalog import Catalog
from rialto.messages.commands import Command, PlaceOrder, PlaceOrderList, ReplaceOrder
from rialto.messages.instructions import Instructions
from rialto.messages.instruments import EXACT, Instrument
from rialto.messages.orders import Side

LEVELS_MAX = 500  # that are looked at to value an order without a price
SECOND_US = 1_000_000
AMOUNTS_REMEMBERED_MAX = 1_024


class Valued(msgspec.Struct, gc=False):
    """What of an order says how much it can cost."""

    side: Side
    price_ticks: int
    quantity_lots: int
    quote_amount: int
    instructions: Instructions | None


class Known(Protocol):
    """What the folds know by now."""

    catalog: Catalog
    market: MarketData


class RiskLimits:
    def __init__(self) -> None:
        self._second = 0
        self._sent: dict[str, int] = {}  # orders in that second, by API key

    def check(self, key: ApiKey, command: Command, known: Known, now_us: int) -> None:
        """Orders that pass count as sent."""
        orders = check_values(key, command, known)
        if orders and key.limits.orders_per_second:
            self._count(key, orders, now_us)

    def _count(self, key: ApiKey, count: int, now_us: int) -> None:
        second, limit = now_us // SECOND_US, key.limits.orders_per_second
        if second != self._second:
            self._second, self._sent = second, {}
        sent = self._sent.get(key.key, 0) + count
        if sent > limit:
            raise Refused(TOO_MANY_ORDERS, limit, "1 SECOND", retry_after_seconds=1)
        self._sent[key.key] = sent


def check_values(key: ApiKey, command: Command, known: Known) -> int:
    """Symbols and amounts alone; how many orders they were."""
    if not isinstance(command, PlaceOrder | ReplaceOrder | PlaceOrderList):
        return 0
    limits = key.limits
    instrument = known.catalog.instruments[command.instrument]
    if limits.symbols and instrument.symbol not in limits.symbols:
        raise Refused(KEY_SYMBOL)
    orders = _orders(command)
    text = limits.notional_max.get(instrument.quote.symbol)
    if text is not None:
        notional_max = _amount(text, instrument.quote.decimals)
        depth = known.market.depth(instrument.id)
        if any(_notional(order, instrument, depth) > notional_max for order in orders):
            raise Refused(KEY_NOTIONAL, text, instrument.quote.symbol)
    return len(orders)


def _notional(order: Valued, instrument: Instrument, depth: Depth) -> int:
    """The most that an order can cost or bring as the book is, in smallest units of quote."""
    if order.quote_amount:
        return order.quote_amount
    details, lots = order.instructions, order.quantity_lots
    price_ticks = max(order.price_ticks, details.stop_price_ticks if details else 0)
    if order.side is Side.SELL:
        # However low its price is, it sells to the best bid first.
        best = depth.bids.best()
        return instrument.notional(max(price_ticks, best[0] if best else 0), lots)
    if price_ticks:
        return instrument.notional(price_ticks, lots)
    return instrument.notional(1, _cost(depth.asks.top(LEVELS_MAX), lots))


def _orders(command: PlaceOrder | ReplaceOrder | PlaceOrderList) -> list[Valued]:
    if isinstance(command, PlaceOrderList):
        # The pending orders of an OPO have the quantity of what they wait for.
        first_lots = command.legs[0].quantity_lots
        return [
            Valued(leg.side, leg.price_ticks, leg.quantity_lots or first_lots, 0, leg.instructions)
            for leg in command.legs
        ]
    return [
        Valued(
            command.side,
            command.price_ticks,
            command.quantity_lots,
            command.quote_amount,
            command.instructions,
        )
    ]


def _cost(levels: Sequence[Level], lots: int) -> int:
    """Of buying through the levels, in ticks times lots; what is not there costs as the last."""
    cost = price_ticks = 0
    for price_ticks, there in levels:
        bought = min(lots, there)
        cost, lots = cost + bought * price_ticks, lots - bought
    return cost + lots * price_ticks


@lru_cache(AMOUNTS_REMEMBERED_MAX)
def _amount(text: str, asset_decimals: int) -> int:
    """In smallest units; what is finer does not count."""
    return int(Decimal(text).scaleb(asset_decimals, EXACT).to_integral_value(ROUND_FLOOR))
