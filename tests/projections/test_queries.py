"""Queries give what filtering everything by hand gives (binance-api.md 1.7 and 2.7)."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TypeVar

import pytest

from rialto.messages.catalog import Catalog
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import AccountId, InstrumentId, OrderId
from rialto.messages.klines import DAY_US
from rialto.messages.orders import Side, TimeInForce
from rialto.projections.database import Database
from rialto.projections.order_fold import OrderFold
from rialto.projections.orders import Order
from rialto.projections.projector import Projector
from rialto.projections.queries import ARCHIVED_AFTER_US, Page, Queries, is_archived
from tests.core.markets import ACCOUNTS
from tests.projections.exchanges import (
    ALICE,
    BOB,
    INSTRUMENT,
    START_US,
    Exchange,
    cancel,
    order,
)
from tests.projections.histories import History

Item = TypeVar("Item", Order, TradeExecuted)
INSTRUMENTS = [InstrumentId(n) for n in range(3)]


class Everything:
    """All orders and trades of a history in lists, and the queries of its database."""

    def __init__(self, history: History, database: Database) -> None:
        catalog = Catalog()
        fold = OrderFold(catalog.instruments)
        found: dict[OrderId, Order] = {}
        self.trades: list[TradeExecuted] = []
        for event in history.events:
            catalog.apply((event,))
            found.update((order.id, order) for order in fold.apply(event))
            if isinstance(event, TradeExecuted):
                self.trades.append(event)
        self.orders = [found[order_id] for order_id in sorted(found)]
        self.now_us = max(event.time_us for event in history.events)
        self.queries = Queries(database)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    history = History(seed=25, commands=2_000)
    database = Database.open(tmp_path_factory.mktemp("sql") / "rialto.sqlite")
    Projector(database).apply(history.batches)
    yield Everything(history, database)
    database.close()


def by_hand(
    items: list[Item], page: Page, id_: Callable[[Item], int], time_us: Callable[[Item], int]
) -> list[Item]:
    fits = [
        item
        for item in items
        if (page.from_id is None or id_(item) >= page.from_id)
        and (page.start_us is None or time_us(item) >= page.start_us)
        and (page.end_us is None or time_us(item) <= page.end_us)
    ]
    oldest = page.from_id is not None or page.start_us is not None
    return fits[: page.limit] if oldest else fits[-page.limit :]


def pages(ids: list[int], times_us: list[int]) -> Iterator[Page]:
    """From before the first to after the last, and just beside some in the middle."""
    middle_us = times_us[len(times_us) // 2]
    late_us = times_us[len(times_us) * 3 // 4]
    starts = (None, 0, middle_us - 1, middle_us, middle_us + 1, times_us[-1] + 1)
    ends = (None, 0, late_us - 1, late_us, late_us + 1, times_us[-1] + 1)
    from_ids = (None, 0, ids[len(ids) // 2], ids[-1] + 1)
    for limit, from_id, start_us, end_us in product((1, 7, 1000), from_ids, starts, ends):
        yield Page(limit, from_id, start_us, end_us)


def test_orders_of_an_account(everything: Everything) -> None:
    for account, instrument in product(ACCOUNTS[:2], INSTRUMENTS[:2]):
        mine = [o for o in everything.orders if (o.account, o.instrument) == (account, instrument)]
        mine = [o for o in mine if not is_archived(o, everything.now_us)]
        for page in pages([o.id for o in mine], [o.placed_us for o in everything.orders]):
            found = everything.queries.orders(account, instrument, page, everything.now_us)
            assert found == by_hand(mine, page, lambda o: o.id, lambda o: o.placed_us), page


def test_trades_of_an_account(everything: Everything) -> None:
    for account, instrument in product(ACCOUNTS[:2], INSTRUMENTS[:2]):
        of_instrument = [t for t in everything.trades if t.instrument == instrument]
        mine = [t for t in of_instrument if account in (t.taker_account, t.maker_account)]
        for page in pages([t.trade_id for t in mine], [t.time_us for t in of_instrument]):
            found = everything.queries.trades_of(account, instrument, page)
            assert found == by_hand(mine, page, lambda t: t.trade_id, lambda t: t.time_us), page


def test_public_trades(everything: Everything) -> None:
    mine = [t for t in everything.trades if t.instrument == INSTRUMENTS[0]]
    for page in pages([t.trade_id for t in mine], [t.time_us for t in mine]):
        found = everything.queries.public_trades(INSTRUMENTS[0], page)
        assert found == by_hand(mine, page, lambda t: t.trade_id, lambda t: t.time_us), page


def test_trades_of_each_order(everything: Everything) -> None:
    for o in everything.orders:
        mine = [t for t in everything.trades if o.id in (t.taker_order_id, t.maker_order_id)]
        found = everything.queries.trades_of_order(o.instrument, o.id, Page(1000, from_id=0))
        assert found == mine
        assert sum(t.quantity_lots for t in found) == o.executed_lots


def test_each_order_by_its_id(everything: Everything) -> None:
    for o in everything.orders:
        assert everything.queries.find_order(o.id) == o
    assert everything.queries.find_order(OrderId(10**9)) is None


def test_by_client_order_id_the_newest(everything: Everything) -> None:
    newest = {(o.account, o.client_order_id): o for o in everything.orders if o.client_order_id}
    for (account, client_order_id), o in newest.items():
        found = everything.queries.find_order_by_client_order_id(account, client_order_id)
        assert found == o
    assert everything.queries.find_order_by_client_order_id(AccountId(1), "nobody's") is None


def test_orders_that_ended_unfilled_long_ago_are_archived(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "rialto.sqlite")
    projector = Projector(database)
    exchange = Exchange(lambda events: projector.apply([events]))
    exchange.apply(
        order(ALICE, Side.SELL, 1, 101),  # canceled: archived
        order(ALICE, Side.SELL, 1, 102),  # stays open
        order(ALICE, Side.SELL, 2, 100),  # canceled after a fill
        order(BOB, Side.BUY, 1, 100),
        order(ALICE, Side.BUY, 1, 90, TimeInForce.IOC),  # expired: archived
        cancel(ALICE, 1),
        cancel(ALICE, 3),
    )
    queries, page = Queries(database), Page(10)
    day_90, later = START_US + ARCHIVED_AFTER_US, START_US + ARCHIVED_AFTER_US + DAY_US
    for now_us, ids in ((day_90, [1, 2, 3, 5]), (later, [2, 3])):
        assert [o.id for o in queries.orders(ALICE, INSTRUMENT, page, now_us)] == ids
    assert [
        is_archived(found, later)
        for number in (1, 2, 3, 5)
        if (found := queries.find_order(OrderId(number)))
    ] == [True, False, False, True]
    database.close()
