"""Order lists in memory: every open one, and those done of late that SQL may not know as done yet.

In:  lists as the order fold tells of them.
Out: lists by id, by client order id, and the open ones of an account.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from rialto.messages.ids import AccountId, OrderId, OrderListId, Sequence
from rialto.projections.orders import Order, OrderList

DONE_LISTS_MAX = 10_000  # kept in memory while SQL has not reached them


class LiveLists:
    def __init__(self) -> None:
        self._lists: dict[OrderListId, OrderList] = {}
        self._done: OrderedDict[OrderListId, OrderList] = OrderedDict()  # as they were done
        self._open_of: dict[AccountId, dict[OrderListId, OrderList]] = {}
        self._ids: dict[tuple[AccountId, str], OrderListId] = {}  # the newest with a client id
        self._leg_ids: dict[OrderId, str] = {}  # client order ids of the orders of all lists here

    def load(self, open_lists: Iterable[OrderList], leg_ids: Mapping[OrderId, str]) -> None:
        """Start from the open lists, lowest id first, and the client order ids of their orders."""
        for each in open_lists:
            self.tell(each)
        self._leg_ids.update(leg_ids)

    def name_leg(self, order: Order) -> None:
        """An order of a list was placed, or has another client order id."""
        self._leg_ids[order.id] = order.client_order_id

    def leg_ids(self, of: OrderList) -> dict[OrderId, str]:
        """Client order ids, also of orders that were closed long ago; of a list that is here."""
        return {OrderId(order_id): self._leg_ids[OrderId(order_id)] for order_id in of.order_ids}

    def tell(self, changed: OrderList) -> None:
        """One that was placed, or is done."""
        of_account = self._open_of.setdefault(changed.account, {})
        if not changed.is_done:
            self._lists[changed.id] = of_account[changed.id] = changed
            if changed.client_order_id:
                self._ids[changed.account, changed.client_order_id] = changed.id
            return
        del of_account[changed.id]
        if not of_account:
            del self._open_of[changed.account]
        self._done[changed.id] = changed
        if len(self._done) > DONE_LISTS_MAX:
            self._drop_oldest()

    def find(self, list_id: OrderListId) -> OrderList | None:
        """Open or recently done."""
        return self._lists.get(list_id)

    def find_by_client_order_id(self, account: AccountId, client_order_id: str) -> OrderList | None:
        list_id = self._ids.get((account, client_order_id))
        return None if list_id is None else self._lists[list_id]

    def open_lists(self, account: AccountId) -> list[OrderList]:
        """Lowest id first."""
        return list(self._open_of.get(account, {}).values())

    def forget_done(self, checkpoint: Sequence) -> None:
        """SQL has everything up to the checkpoint: lists done by then are found there."""
        while self._done and next(iter(self._done.values())).changed_sequence <= checkpoint:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, dropped = self._done.popitem(last=False)
        del self._lists[dropped.id]
        for order_id in dropped.order_ids:
            self._leg_ids.pop(OrderId(order_id), None)
        key = (dropped.account, dropped.client_order_id)
        if self._ids.get(key) == dropped.id:
            del self._ids[key]
