"""Order lists and instructions: in memory, in SQL, and from a restart on, they are the same."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from rialto.messages.catalog import Catalog
from rialto.messages.ids import OrderId, OrderListId
from rialto.projections.boot import load_open_lists, load_open_orders
from rialto.projections.database import Database
from rialto.projections.list_queries import ListQueries
from rialto.projections.live import LiveOrders
from rialto.projections.order_fold import OrderFold
from rialto.projections.orders import Order, OrderList
from rialto.projections.projector import Projector
from rialto.projections.queries import Page, Queries
from tests.core.markets import ACCOUNTS
from tests.projections.histories import History

COMMANDS = 1_500


@pytest.fixture(scope="module")
def history() -> History:
    return History(seed=5, commands=COMMANDS)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, history: History) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("sql") / "rialto.sqlite")
    Projector(database).apply(history.batches)
    yield database
    database.close()


class Everything:
    """All lists and orders of a history, as a fold that forgets nothing has them."""

    def __init__(self, history: History) -> None:
        self.lists: dict[OrderListId, OrderList] = {}
        self.orders: dict[OrderId, Order] = {}
        catalog = Catalog()
        fold = OrderFold(catalog.instruments, self._tell)
        for event in history.events:
            catalog.apply((event,))
            self.orders.update((order.id, order) for order in fold.apply(event))

    def _tell(self, changed: OrderList) -> None:
        self.lists[changed.id] = changed


@pytest.fixture(scope="module")
def everything(history: History) -> Everything:
    return Everything(history)


def test_the_history_has_some_of_each_kind(everything: Everything) -> None:
    """Else the other tests prove little."""
    lists = everything.lists.values()
    assert len({each.type for each in lists}) == 5
    assert any(each.changed_sequence > 1_000 and each.is_done for each in lists)
    wanted = [order.instructions for order in everything.orders.values() if order.instructions]
    assert any(wants.stop_price_ticks for wants in wanted)
    assert any(wants.trailing_delta for wants in wanted)
    assert any(wants.iceberg_lots for wants in wanted)
    assert any(order.pegged_ticks for order in everything.orders.values())


def test_a_list_is_done_when_its_orders_are(everything: Everything) -> None:
    for each in everything.lists.values():
        legs = [everything.orders[OrderId(order_id)] for order_id in each.order_ids]
        assert {leg.order_list for leg in legs} == {each.id}
        assert each.is_done == (not any(leg.is_open for leg in legs))


def test_sql_has_every_order_and_list(database: Database, everything: Everything) -> None:
    queries, lists = Queries(database), ListQueries(database)
    for order in everything.orders.values():
        assert queries.find_order(order.id) == order
    for each in everything.lists.values():
        assert lists.find(each.id) == each
        ids = {id_: everything.orders[OrderId(id_)].client_order_id for id_ in each.order_ids}
        assert lists.client_order_ids(each.order_ids) == ids
    assert lists.find(OrderListId(10**9)) is None
    in_lists = {
        order.id: order.order_list for order in everything.orders.values() if order.order_list
    }
    assert queries.lists_of(everything.orders) == in_lists


def test_lists_of_an_account(database: Database, everything: Everything) -> None:
    queries = ListQueries(database)
    for account in ACCOUNTS[:3]:
        mine = [each for each in everything.lists.values() if each.account == account]
        times = [each.placed_us for each in mine]
        middle_us, last_id = times[len(times) // 2], mine[-1].id
        early_id = mine[len(mine) // 3].id
        for limit, from_id, start_us, end_us in product(
            (1, 5, 1000), (None, early_id, last_id + 1), (None, middle_us), (None, middle_us + 1)
        ):
            page = Page(limit, from_id, start_us, end_us)
            fits = [
                each
                for each in mine
                if each.id >= (from_id or 0)
                and each.placed_us >= (start_us or 0)
                and each.placed_us <= (end_us or times[-1])
            ]
            expected = fits[:limit] if page.is_oldest_first else fits[-limit:]
            assert queries.lists(account, page) == expected, page
        newest = {each.client_order_id: each for each in mine if each.client_order_id}
        for text, each in newest.items():
            assert queries.find_by_client_order_id(account, text) == each


@pytest.mark.parametrize("sequence", [200, 700, 1200, COMMANDS])
def test_from_sql_and_the_rest_it_is_the_same(
    tmp_path: Path, history: History, sequence: int
) -> None:
    part = Database.open(tmp_path / "rialto.sqlite")
    Projector(part).apply(history.until(sequence))
    catalog, whole_catalog = Catalog(), Catalog()
    whole, late = LiveOrders(whole_catalog.instruments), LiveOrders(catalog.instruments)
    for batch in history.batches:
        whole_catalog.apply(batch)
        whole.apply(batch)
    for batch in history.until(sequence):
        catalog.apply(batch)
    with part.read() as connection:
        late.load(load_open_orders(connection), load_open_lists(connection))
    for batch in history.after(sequence):
        catalog.apply(batch)
        late.apply(batch)
    assert sorted(late.all_open(), key=lambda order: order.id) == sorted(
        whole.all_open(), key=lambda order: order.id
    )
    for account in ACCOUNTS:
        assert late.lists.open_lists(account) == whole.lists.open_lists(account)
        for each in whole.lists.open_lists(account):
            if each.client_order_id:
                found = late.lists.find_by_client_order_id(account, each.client_order_id)
                assert found == each
    part.close()


def test_done_lists_stay_until_sql_has_them(history: History) -> None:
    catalog = Catalog()
    live = LiveOrders(catalog.instruments)
    for batch in history.batches:
        catalog.apply(batch)
        live.apply(batch)
    done = [live.lists.find(OrderListId(n)) for n in range(1, 500)]
    newest = max((each for each in done if each and each.is_done), key=lambda e: e.changed_sequence)
    live.forget_closed(type(newest.changed_sequence)(newest.changed_sequence - 1))
    assert live.lists.find(newest.id) == newest
    live.forget_closed(newest.changed_sequence)
    assert live.lists.find(newest.id) is None
