"""What becomes of orders, and where they are found."""

import pytest

from rialto.messages.catalog import Catalog
from rialto.messages.commands import Command
from rialto.messages.ids import OrderId, Sequence
from rialto.messages.orders import ExpiryReason, Side, StpMode, TimeInForce
from rialto.projections import live
from rialto.projections.live import LiveOrders
from rialto.projections.orders import Order, OrderStatus
from tests.projections.exchanges import ALICE, BOB, INSTRUMENT, Exchange, amend, cancel, order

BUY, SELL = Side
GTC, IOC, FOK = TimeInForce
S, R = OrderStatus, ExpiryReason

# Each story: commands, then what is left of order 1, 2, ... as
# (status, quantity, executed, quote amount, prevented, expiry reason).
STORIES: dict[str, tuple[list[Command], list[tuple[object, ...]]]] = {
    "rests": ([order(ALICE, SELL, 5, 100)], [(S.NEW, 5, 0, 0, 0, None)]),
    "partly filled, at the maker's price": (
        [order(ALICE, SELL, 5, 100), order(BOB, BUY, 2, 101)],
        [(S.PARTIALLY_FILLED, 5, 2, 200, 0, None), (S.FILLED, 2, 2, 200, 0, None)],
    ),
    "filled in two steps": (
        [order(ALICE, SELL, 5, 100), order(BOB, BUY, 2, 100), order(BOB, BUY, 3, 100)],
        [(S.FILLED, 5, 5, 500, 0, None), (S.FILLED, 2, 2, 200, 0, None),
         (S.FILLED, 3, 3, 300, 0, None)],
    ),
    "through two levels, the rest rests": (
        [order(ALICE, SELL, 1, 100), order(ALICE, SELL, 1, 103), order(BOB, BUY, 3, 104)],
        [(S.FILLED, 1, 1, 100, 0, None), (S.FILLED, 1, 1, 103, 0, None),
         (S.PARTIALLY_FILLED, 3, 2, 203, 0, None)],
    ),
    "canceled": (
        [order(ALICE, SELL, 5, 100), cancel(ALICE, 1)], [(S.CANCELED, 5, 0, 0, 0, None)]
    ),
    "canceled after a fill": (
        [order(ALICE, SELL, 5, 100), order(BOB, BUY, 2, 100), cancel(ALICE, 1)],
        [(S.CANCELED, 5, 2, 200, 0, None), (S.FILLED, 2, 2, 200, 0, None)],
    ),
    "immediate or cancel": (
        [order(ALICE, SELL, 2, 100), order(BOB, BUY, 5, 100, IOC)],
        [(S.FILLED, 2, 2, 200, 0, None), (S.EXPIRED, 5, 2, 200, 0, R.UNFILLED_IOC_QUANTITY)],
    ),
    "fill or kill": (
        [order(ALICE, SELL, 2, 100), order(BOB, BUY, 5, 100, FOK)],
        [(S.NEW, 2, 0, 0, 0, None), (S.EXPIRED, 5, 0, 0, 0, R.UNFILLED_FOK_ORDER)],
    ),
    "market into an empty book": (
        [order(BOB, BUY, 5, 0)], [(S.EXPIRED, 5, 0, 0, 0, R.INSUFFICIENT_LIQUIDITY)]
    ),
    "amended": (
        [order(ALICE, SELL, 5, 100), amend(ALICE, 1, 3), order(BOB, BUY, 3, 100)],
        [(S.FILLED, 3, 3, 300, 0, None), (S.FILLED, 3, 3, 300, 0, None)],
    ),
    "amended to nothing": (
        [order(ALICE, SELL, 5, 100), order(BOB, BUY, 2, 100), amend(ALICE, 1, 2)],
        [(S.EXPIRED, 5, 2, 200, 0, R.AMENDED_TO_NOTHING), (S.FILLED, 2, 2, 200, 0, None)],
    ),
    "self-trade: the taker gives way": (
        [order(ALICE, SELL, 5, 100), order(ALICE, BUY, 7, 100, stp=StpMode.EXPIRE_TAKER)],
        [(S.NEW, 5, 0, 0, 0, None), (S.EXPIRED_IN_MATCH, 7, 0, 0, 7, R.STP)],
    ),
    "self-trade: the maker gives way": (
        [order(ALICE, SELL, 5, 100), order(ALICE, BUY, 7, 100, stp=StpMode.EXPIRE_MAKER)],
        [(S.EXPIRED_IN_MATCH, 5, 0, 0, 5, R.STP), (S.NEW, 7, 0, 0, 0, None)],
    ),
    "self-trade: both give way": (
        [order(ALICE, SELL, 5, 100), order(ALICE, BUY, 7, 100, stp=StpMode.EXPIRE_BOTH)],
        [(S.EXPIRED_IN_MATCH, 5, 0, 0, 5, R.STP), (S.EXPIRED_IN_MATCH, 7, 0, 0, 7, R.STP)],
    ),
    "self-trade: both lose the smaller quantity": (
        [order(ALICE, SELL, 5, 100), order(ALICE, BUY, 7, 100, stp=StpMode.DECREMENT)],
        [(S.EXPIRED_IN_MATCH, 5, 0, 0, 5, R.STP), (S.NEW, 7, 0, 0, 5, None)],
    ),
    "self-trade: what is left then trades": (
        [order(ALICE, SELL, 5, 100), order(ALICE, BUY, 7, 100, stp=StpMode.DECREMENT),
         order(BOB, SELL, 2, 100)],
        [(S.EXPIRED_IN_MATCH, 5, 0, 0, 5, R.STP), (S.FILLED, 7, 2, 200, 5, None),
         (S.FILLED, 2, 2, 200, 0, None)],
    ),
}  # fmt: skip


class Orders:
    """The live orders of an exchange."""

    def __init__(self) -> None:
        catalog = Catalog()
        self.live = LiveOrders(catalog.instruments)
        self.exchange = Exchange(catalog.apply, self.live.apply)

    def find(self, order_id: int) -> Order:
        found = self.live.find(OrderId(order_id))
        assert found is not None
        return found


@pytest.mark.parametrize("story", STORIES)
def test_what_becomes_of_an_order(story: str) -> None:
    commands, expected = STORIES[story]
    orders = Orders()
    for command in commands:
        orders.exchange.apply(command)
    found = [orders.find(number + 1) for number in range(len(expected))]
    assert [
        (
            o.status,
            o.quantity_lots,
            o.executed_lots,
            o.executed_quote,
            o.prevented_lots,
            o.expiry_reason,
        )
        for o in found
    ] == expected
    assert [o.id for o in orders.live.all_open()] == [o.id for o in found if o.is_open]


def test_times_of_an_order() -> None:
    orders = Orders()
    placed_us = orders.exchange.time_us
    orders.exchange.apply(order(ALICE, SELL, 5, 100))
    orders.exchange.time_us += 7_000
    orders.exchange.apply(order(BOB, BUY, 2, 100))
    maker = orders.find(1)
    assert (maker.placed_us, maker.working_us, maker.changed_us) == (
        placed_us,
        placed_us,
        placed_us + 7_000,
    )
    assert maker.changed_sequence == orders.exchange.core.exchange.sequence


def test_by_client_order_id() -> None:
    orders = Orders()
    orders.exchange.apply(
        order(ALICE, SELL, 5, 100, client_order_id="a"),
        order(BOB, SELL, 5, 101, client_order_id="a"),
        amend(ALICE, 1, 4, new_client_order_id="b"),
    )
    find = orders.live.find_by_client_order_id
    assert find(ALICE, "a") is None
    assert find(ALICE, "b") is orders.find(1)
    assert find(BOB, "a") is orders.find(2)
    orders.exchange.apply(cancel(ALICE, 1))
    assert find(ALICE, "b") is orders.find(1)
    orders.live.forget_closed(orders.find(1).changed_sequence)
    assert find(ALICE, "b") is None


def test_open_orders_by_account_and_instrument() -> None:
    orders = Orders()
    for number in range(4):
        orders.exchange.apply(order(ALICE, SELL, 1, 100 + number))
    orders.exchange.apply(order(BOB, SELL, 1, 110), cancel(ALICE, 2))
    open_orders = orders.live.open_orders
    assert [o.id for o in open_orders(ALICE)] == [1, 3, 4]
    assert [o.id for o in open_orders(ALICE, INSTRUMENT)] == [1, 3, 4]
    assert [o.id for o in open_orders(BOB)] == [5]


def test_closed_orders_stay_until_sql_has_them() -> None:
    orders = Orders()
    orders.exchange.apply(order(ALICE, SELL, 1, 100), order(ALICE, SELL, 1, 101))
    orders.exchange.apply(cancel(ALICE, 1))
    first_closed = orders.find(1).changed_sequence
    orders.exchange.apply(cancel(ALICE, 2))
    orders.live.forget_closed(Sequence(first_closed - 1))
    assert orders.live.find(OrderId(1)) is not None
    orders.live.forget_closed(first_closed)
    assert orders.live.find(OrderId(1)) is None
    assert orders.find(2).status is OrderStatus.CANCELED


def test_closed_orders_have_a_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CLOSED_ORDERS_MAX", 2)
    orders = Orders()
    for number in (1, 2, 3):
        orders.exchange.apply(order(ALICE, SELL, 1, 100))
        orders.exchange.apply(cancel(ALICE, number))
        if number == 1:
            oldest = orders.find(1).changed_sequence
    assert [orders.live.find(OrderId(n)) is None for n in (1, 2, 3)] == [True, False, False]
    assert orders.live.dropped_sequence == oldest
